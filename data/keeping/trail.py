"""Reading the audit log: who saw or changed what, for administrators."""

import csv
import io
import json
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import ColumnElement, false, func, or_, select
from sqlmodel import Session

from data import access, audit, store
from data.access import Action
from data.keeping import shelf
from data.people import Who
from data.sources.files import csv_safe
from data.tables import (
    ApiToken,
    AuditEvent,
    Goal,
    Intervention,
    Organization,
    Person,
    ProofAttempt,
    Service,
    Source,
    Team,
    Wave,
    WorkflowMap,
)

MOST = 10_000  # lines that are counted and leafed through; a filter finds older ones
MOST_IN_FILE = 200_000
ALL, SEEN, CHANGED, ACCESS = "all", "seen", "changed", "access"
KINDS = {
    ALL: "Everything",
    SEEN: "Seen or taken away",
    CHANGED: "Changed",
    ACCESS: "Sign-in, roles, tokens",
}
#: Who did it, where that is no person of now.
MILEPOST, DELETED = 0, -1
_ACCESS = (
    "sign_in", "sign_out", "sign_out_everywhere", "give_role", "take_role", "switch_person_on", "switch_person_off",
    "delete_person", "create_token", "revoke_token", "replace_token", "end_old_token",
    "switch_badge_on", "switch_badge_off",
)  # fmt: skip
#: What a subject is called: the column of its name.
_NAMED = {
    "team": Team.name, "service": Service.name, "source": Source.name, "person": Person.name, "wave": Wave.title,
    "map": WorkflowMap.title, "organization": Organization.name, "goal": Goal.title, "token": ApiToken.name,
    "intervention": Intervention.title, "proof": ProofAttempt.poc,
}  # fmt: skip
_IDS = {
    "team": Team, "service": Service, "source": Source, "person": Person, "wave": Wave, "map": WorkflowMap,
    "organization": Organization, "goal": Goal, "token": ApiToken, "intervention": Intervention, "proof": ProofAttempt,
}  # fmt: skip
_TIMES = ("expires", "good_until")  # of tokens, in microseconds
_WORDS = {"wave": "survey", "pain_point": "pain point", "store": "everything"}
#: The past of verbs that do not form it by -ed.
_PAST = {
    "begin": "began", "choose": "chose", "give": "gave", "take": "took", "set": "set", "send": "sent", "undo": "undid",
    "make": "made", "keep": "kept", "say": "said", "tie": "tied", "free": "freed", "sign": "signed", "put": "put",
    "read": "read", "stop": "stopped", "forget": "forgot",
}  # fmt: skip


@dataclass(frozen=True)
class Filter:
    """Which lines. person: an id, MILEPOST, DELETED, or None for everybody. since, until: days UTC, both included.
    about: what stands in the subject, as "team:3"; "" for all."""

    kind: str = ALL
    person: int | None = None
    since: date | None = None
    until: date | None = None
    about: str = ""


@dataclass(frozen=True)
class Line:
    """One thing that happened. who, did, about: in words. detail: name and value of what is known more."""

    id: int
    at: datetime
    who: str
    did: str
    about: str
    detail: tuple[tuple[str, str], ...]
    is_look: bool


@dataclass(frozen=True)
class Page:
    """Some lines, the newest first. total: how many there are, as far as they are counted; more: there are others."""

    lines: tuple[Line, ...]
    total: int
    more: bool


def page(who: Who, organization_id: int, wanted: Filter, number: int = 1, size: int = 25) -> Page:
    """The lines of that page, from 1. Raises Forbidden, NotFound, ValueError for a filter that is none."""
    where = _where(who, organization_id, wanted)
    counted = select(AuditEvent.id).where(*where).limit(MOST + 1).subquery()
    rows = select(AuditEvent).where(*where).order_by(AuditEvent.at.desc(), AuditEvent.id.desc())
    with store.reading() as session:
        total = session.execute(select(func.count()).select_from(counted)).scalar_one()
        found = session.execute(rows.limit(size).offset(max(number - 1, 0) * size)).scalars().all()
        lines = _lines(session, found)
    return Page(lines, min(total, MOST), total > MOST)


def as_csv(who: Who, organization_id: int, wanted: Filter) -> str:
    """The newest MOST_IN_FILE lines as a table; that it was taken away stands in the log. Raises as `page`."""
    where = _where(who, organization_id, wanted)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["at", "person", "person_id", "action", "subject", "named", "detail"])
    rows = select(AuditEvent).where(*where).order_by(AuditEvent.at.desc(), AuditEvent.id.desc()).limit(MOST_IN_FILE)
    number = 0
    with store.reading() as session:
        for some in session.execute(rows.execution_options(yield_per=1_000)).scalars().partitions():
            for row, line in zip(some, _lines(session, some), strict=True):
                detail = json.dumps(row.detail, ensure_ascii=False) if row.detail else ""
                cells = [line.at.isoformat(), line.who, row.person_id, row.action, row.subject, line.about, detail]
                writer.writerow(csv_safe(cell) if isinstance(cell, str) else cell for cell in cells)
                number += 1
    about = f"organization:{organization_id}"
    audit.seen(who, "download_audit", about, {"lines": number, **_plain(wanted)}, organization_id)
    return out.getvalue()


def did(action: str) -> str:
    """An action in words: "Gave role", "Renamed team"."""
    verb, _, what = action.partition("_")
    past = _PAST.get(verb) or f"{verb}{'d' if verb.endswith('e') else 'ed'}"
    return f"{past} {what.replace('_', ' ')}".strip().capitalize()


def _plain(wanted: Filter) -> dict:
    return {name: str(value) for name, value in vars(wanted).items() if value not in (None, "", ALL)}


def _where(who: Who, organization_id: int, wanted: Filter) -> list[ColumnElement]:
    """Lines of the organization; those of none, which are of the whole installation, and those of what is invented,
    for who administers all of it."""
    access.check(who, Action.ADMINISTER, access.of_organization(organization_id))
    seen = AuditEvent.organization_id == organization_id
    if shelf.may(who):
        demos = select(Organization.id).where(Organization.is_demo)
        seen = or_(seen, AuditEvent.organization_id.is_(None), AuditEvent.organization_id.in_(demos))
    found = [seen, *_of_kind(wanted.kind)]
    if wanted.person == MILEPOST:
        found += [AuditEvent.person_id.is_(None), AuditEvent.was_person.is_(False)]
    elif wanted.person == DELETED:
        found.append(AuditEvent.was_person)
    elif wanted.person is not None:
        found.append(AuditEvent.person_id == wanted.person)
    if wanted.since is not None:
        found.append(AuditEvent.at >= _begins(wanted.since))
    if wanted.until is not None:
        found.append(AuditEvent.at < _begins(wanted.until + timedelta(days=1)))
    if wanted.about:
        found.append(AuditEvent.subject == wanted.about)
    return found


def _of_kind(kind: str) -> list[ColumnElement]:
    if kind not in KINDS:
        raise ValueError("There is no such filter: choose another.")
    looked = or_(
        false(), *(AuditEvent.action.startswith(each, autoescape=True) for each in (audit.LOOKED, *audit.TOOK))
    )
    let_in = AuditEvent.action.in_(_ACCESS)
    return {ALL: [], SEEN: [looked], ACCESS: [let_in], CHANGED: [~looked, ~let_in]}[kind]


def _begins(day: date) -> int:
    return store.to_us(datetime.combine(day, time.min, UTC))


def _lines(session: Session, rows) -> tuple[Line, ...]:
    names = _names(session, rows)
    return tuple(
        Line(
            id=row.id,
            at=store.from_us(row.at),
            who=_who(row, names),
            did=did(row.action),
            about=_about(row.subject, names),
            detail=tuple(
                (str(key).replace("_", " "), _value(key, value))
                for key, value in (row.detail or {}).items()
                if value is not None
            ),
            is_look=row.action.startswith((audit.LOOKED, *audit.TOOK)),
        )
        for row in rows
    )


def _names(session: Session, rows) -> dict[str, str]:
    """Of every subject and person that is still there: "team:3" -> its name."""
    wanted: dict[str, set[int]] = {"person": {row.person_id for row in rows if row.person_id is not None}}
    for row in rows:
        kind, _, number = row.subject.partition(":")
        if kind in _IDS and number.isdecimal() and number.isascii() and len(number) < 10:
            wanted.setdefault(kind, set()).add(int(number))
    found = {}
    for kind, ids in wanted.items():
        if ids:
            of = select(_IDS[kind].id, _NAMED[kind]).where(_IDS[kind].id.in_(sorted(ids)))
            found |= {f"{kind}:{number}": name for number, name in session.execute(of)}
    return found


def _who(row: AuditEvent, names: dict[str, str]) -> str:
    if row.person_id is not None:
        return names.get(f"person:{row.person_id}", f"person {row.person_id}")
    return "A deleted person" if row.was_person else "Milepost itself"


def _about(subject: str, names: dict[str, str]) -> str:
    kind, _, number = subject.partition(":")
    words = _WORDS.get(kind, kind.replace("_", " "))
    if subject in names:
        return f"{words} {names[subject]}"
    return f"{words} {number}, which is gone" if kind in _IDS and number else f"{words} {number}".strip()


def _value(key: str, value: object) -> str:
    if key in _TIMES and type(value) is int:
        return f"{store.from_us(value):%Y-%m-%d %H:%M} UTC"
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return ", ".join(value) or "none"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def people_of(who: Who, organization_id: int) -> dict[int | None, str]:
    """Whom one may choose in a filter, by name: everybody who stands in a line that one may see."""
    where = _where(who, organization_id, Filter())
    ids = select(AuditEvent.person_id).where(*where, AuditEvent.person_id.is_not(None)).distinct()
    with store.reading() as session:
        rows = session.execute(select(Person.id, Person.name).where(Person.id.in_(ids))).all()
    named = sorted(((number, name) for number, name in rows), key=lambda each: each[1].casefold())
    return {None: "Everybody", **dict(named), MILEPOST: "Milepost itself", DELETED: "Deleted people"}
