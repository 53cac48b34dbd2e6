"""For how long what is kept: chosen by administrators, tried before, and done once a day by the worker.

Without a rule a thing is kept for good. What ends by itself has no rule here: `ENDS` says when.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, delete, func, select
from sqlmodel import Session

from data import access, audit, jobs, store, work
from data.access import Action
from data.keeping import deleting, shelf
from data.people import LOCAL, Who
from data.tables import (
    AnswerSheet,
    AuditEvent,
    Base,
    Job,
    Membership,
    Organization,
    Person,
    PersonRole,
    ProvidedRole,
    Retention,
    Team,
    Wave,
)

JOB = "retention"
DAY = 86_400_000_000  # microseconds
MOST_DAYS = 3_650
_AT_ONCE = 5_000  # rows a transaction


@dataclass(frozen=True)
class Kind:
    """Something that can have a rule. goes: what does, in one sentence. least: days that it is always kept. whole: it
    is of all organizations together."""

    name: str
    goes: str
    least: int
    whole: bool = False


KINDS = {
    "audit": Kind("Audit log", "Lines about who saw or changed what.", 90),
    "jobs": Kind("Past jobs", "Jobs that have ended; the newest of each source and check stays.", 7),
    "sheets": Kind(
        "Answer sheets of closed surveys",
        "What each person answered, without a name. Results, and how they compare, stay.",
        1,
    ),
    "people": Kind(
        "People who are switched off",
        "Their account and what was theirs alone, counted from when they last signed in.",
        30,
    ),
    "backups": Kind("Backups", "Files in the folder of backups; the newest stays.", 1, whole=True),
}
#: What ends by itself, and when.
ENDS = {
    "Sessions": "when their time is over, or somebody signs out",
    "Answers that are not handed in": "when their survey closes",
    "Votes of a consensus": "when their question is settled",
    "Surveys with fewer than 5 answers": "their answers, when they close",
    "Bodies of webhooks": "when they are worked on",
    "Answers of the API to requests that may be sent again": "after a day",
    "Facts, numbers and what teams wrote": "with their source, service or team: on Teams and services, and Sources",
}


@dataclass(frozen=True)
class Rule:
    """A kind and how long it is kept. days: None for good. done_at, done_rows: when the rule was last carried out, and
    how much went then."""

    kind: str
    days: int | None
    done_at: datetime | None
    done_rows: int


@dataclass(frozen=True)
class Tried:
    """What a rule would take away now. oldest: from when the oldest of it is."""

    number: int
    oldest: datetime | None


def rules(who: Who, organization_id: int) -> tuple[Rule, ...]:
    """Of every kind that the person may decide on. Raises Forbidden, NotFound."""
    _check(who, organization_id)
    whole = shelf.may(who)
    with store.reading() as session:
        found = {name: _row(session, organization_id, name) for name, kind in KINDS.items() if whole or not kind.whole}
    return tuple(
        Rule(name, row.days, store.from_us(row.done_at), row.done_rows) if row else Rule(name, None, None, 0)
        for name, row in found.items()
    )


def tried(who: Who, organization_id: int, kind: str, days: int, now: int | None = None) -> Tried:
    """What would go if that were the rule; nothing is changed. now: microseconds. Raises Forbidden, NotFound,
    ValueError."""
    _check_rule(who, organization_id, kind, days)
    cutoff = (store.now_us() if now is None else now) - days * DAY
    if kind == "backups":
        old = [shelf.moment(path.name) for path in _old_backups(cutoff)]
        return Tried(len(old), min(old, default=None))
    with store.reading() as session:
        some, at = _TAKES[kind](organization_id, cutoff)
        number, oldest = session.execute(
            some.with_only_columns(func.count(), func.min(at), maintain_column_froms=True)
        ).one()
    return Tried(number, store.from_us(oldest))


def keep(who: Who, organization_id: int, kind: str, days: int | None) -> None:
    """Makes that the rule; None keeps for good. Carried out by the worker, within the hour and then once a day.

    Raises Forbidden, NotFound, ValueError.
    """
    with store.writing(quietly=True) as session:
        _check_rule(who, organization_id, kind, KINDS[kind].least if days is None and kind in KINDS else days)
        row = _row(session, organization_id, kind)
        before = row.days if row else None
        if before == days:
            return
        if days is None:
            session.delete(row)
        else:
            row = row or Retention(organization_id=_owner(organization_id, kind), kind=kind, days=days, changed_at=0)
            row.days, row.changed_by, row.changed_at, row.done_at = days, who.id, store.now_us(), None
            session.add(row)
        detail = {"kind": kind, "days_before": before, "days_after": days}
        audit.record(session, who, "change_retention", f"organization:{organization_id}", detail, organization_id)


def schedule(now: int | None = None) -> list[int]:
    """Begins a job for each organization of which a rule was not carried out for a day; their ids."""
    now = store.now_us() if now is None else now
    due = select(Retention.organization_id).where((Retention.done_at.is_(None)) | (Retention.done_at < now - DAY))
    with store.reading() as session:
        organizations = set(session.execute(due).scalars())
        if None in organizations:
            first = select(Organization.id).where(Organization.is_demo.is_(False)).order_by(Organization.id).limit(1)
            organizations = organizations - {None} | set(session.execute(first).scalars())
        live = select(Job.organization_id).where(Job.kind == JOB, Job.state.in_(jobs.LIVE))
        organizations -= set(session.execute(live).scalars())
    return [jobs.enqueue(JOB, {"lock": JOB}, None, each) for each in sorted(organizations)]


@work.handler(JOB)
def _carry_out(doing: work.Work) -> str:
    """Each rule of the organization, and those of all together; again, it finds what is left."""
    with store.reading() as session:
        mine = (Retention.organization_id == doing.organization_id) | Retention.organization_id.is_(None)
        found = session.execute(select(Retention.id, Retention.kind, Retention.days).where(mine)).all()
    gone = {}
    for rule_id, kind, days in found:
        if kind not in KINDS:  # of another version
            continue
        gone[kind] = _take(doing, kind, store.now_us() - days * DAY)
        with store.writing(quietly=True) as session:
            row = session.get(Retention, rule_id)
            if row is not None:
                row.done_at, row.done_rows = store.now_us(), gone[kind]
            if gone[kind]:
                about, detail = (
                    f"organization:{doing.organization_id}",
                    {"kind": kind, "days": days, "rows": gone[kind]},
                )
                audit.record(session, None, "delete_by_retention", about, detail, doing.organization_id)
    told = [f"{KINDS[kind].name.lower()} {number:,}" for kind, number in gone.items() if number]
    return f"Deleted what is older than the rules say: {', '.join(told)}." if told else "Nothing was too old."


def _take(doing: work.Work, kind: str, cutoff: int) -> int:
    if kind == "backups":
        old = _old_backups(cutoff)
        for path in old:
            path.unlink(missing_ok=True)
        return len(old)
    number = 0
    while True:
        doing.progress(number, None, f"Deleting: {KINDS[kind].name.lower()}")
        with store.writing(quietly=kind != "people") as session:
            some = _TAKES[kind](doing.organization_id, cutoff)[0].limit(1 if kind == "people" else _AT_ONCE)
            ids = session.execute(some).scalars().all()
            if not ids:
                return number
            _GOES[kind](session, doing.organization_id, ids)
            number += len(ids)


# What is too old, by kind: a select of ids, and the column of the moment


def _old_lines(organization_id: int, cutoff: int) -> tuple[Select, ColumnElement]:
    where = (AuditEvent.organization_id == organization_id, AuditEvent.at < cutoff)
    return select(AuditEvent.id).where(*where), AuditEvent.at


def _old_jobs(organization_id: int, cutoff: int) -> tuple[Select, ColumnElement]:
    wanted = select(Job.id).where(
        Job.organization_id == organization_id, Job.state.not_in(jobs.LIVE), Job.finished_at < cutoff
    )
    for column in _of_jobs():
        wanted = wanted.where(Job.id.not_in(select(column).where(column.is_not(None))))
    return wanted, Job.finished_at


def _of_jobs() -> list[ColumnElement]:
    """Every column that names a job: pages tell of that one."""
    return [
        column
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if any(key.column.table.name == "job" for key in column.foreign_keys)
    ]


def _old_sheets(organization_id: int, cutoff: int) -> tuple[Select, ColumnElement]:
    wanted = select(AnswerSheet.id).join(Wave, Wave.id == AnswerSheet.wave_id).join(Team, Team.id == Wave.team_id)
    where = (Team.organization_id == organization_id, Wave.state == "closed", Wave.closed_at < cutoff)
    return wanted.where(*where), Wave.closed_at


def _old_people(organization_id: int, cutoff: int) -> tuple[Select, ColumnElement]:
    """Switched off, and of this organization alone, or of none."""
    last = func.coalesce(Person.signed_in_at, Person.created_at)
    elsewhere = (
        select(PersonRole.person_id).where(PersonRole.organization_id != organization_id),
        select(ProvidedRole.person_id).where(ProvidedRole.organization_id != organization_id),
        select(Membership.person_id)
        .join(Team, Team.id == Membership.team_id)
        .where(Team.organization_id != organization_id),
    )
    where = (Person.is_active.is_(False), Person.provider != LOCAL, last < cutoff)
    return select(Person.id).where(*where, *(Person.id.not_in(each) for each in elsewhere)), last


def _old_backups(cutoff: int):
    """All but the newest: a rule that is too short must not leave nobody with nothing."""
    return [path for path in shelf.files()[1:] if store.to_us(shelf.moment(path.name)) < cutoff]


def _rows_go(table: type[Base]) -> Callable:
    return lambda session, organization_id, ids: session.execute(delete(table).where(table.id.in_(ids)))


def _people_go(session: Session, organization_id: int, ids: list[int]) -> None:
    for person_id in ids:
        deleting.erase(session, None, organization_id, session.get_one(Person, person_id))


_TAKES = {"audit": _old_lines, "jobs": _old_jobs, "sheets": _old_sheets, "people": _old_people}
_GOES = {"audit": _rows_go(AuditEvent), "jobs": _rows_go(Job), "sheets": _rows_go(AnswerSheet), "people": _people_go}


# Who may, and where the rule is


def _check(who: Who, organization_id: int) -> None:
    subject = access.of_organization(organization_id)
    if subject.is_demo:
        raise access.Forbidden("What is invented is removed as a whole: there is no rule for it.")
    access.check(who, Action.ADMINISTER, subject)


def _check_rule(who: Who, organization_id: int, kind: str, days: int | None) -> None:
    _check(who, organization_id)
    if kind not in KINDS:
        raise ValueError("There is no rule for that: choose another.")
    if KINDS[kind].whole and not shelf.may(who):
        raise access.Forbidden("This is of every organisation: only who administers all of them decides on it.")
    if type(days) is not int or not KINDS[kind].least <= days <= MOST_DAYS:
        raise ValueError(f"{KINDS[kind].name}: give {KINDS[kind].least} to {MOST_DAYS:,} days.")


def _owner(organization_id: int, kind: str) -> int | None:
    return None if KINDS[kind].whole else organization_id


def _row(session: Session, organization_id: int, kind: str) -> Retention | None:
    owner = _owner(organization_id, kind)
    mine = Retention.organization_id.is_(None) if owner is None else Retention.organization_id == owner
    return session.execute(select(Retention).where(Retention.kind == kind, mine)).scalar_one_or_none()
