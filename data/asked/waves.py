"""Waves: a questionnaire asked of a team once. Who is asked, who has answered, until when; never who answered what.

An invitation is a random secret of 128 bits, shown once; the ledger keeps its sha256. What is answered is kept apart:
see `data.asked.answering`.
"""

import hashlib
import secrets
import threading
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, delete, func, select
from sqlmodel import Session

from assessments.surveys import questionnaire as shapes
from assessments.surveys.anonymity import K
from assessments.surveys.questionnaire import PAIN_POINTS, Questionnaire
from content import catalog
from data import access, audit, store
from data.access import Action
from data.people import Who
from data.tables import (
    AnswerSheet,
    ConsensusItem,
    ConsensusVote,
    Draft,
    Membership,
    Organization,
    Participation,
    Person,
    ProvidedRole,
    Team,
    Wave,
)
from data.teams import clean_name

SURVEY, CONSENSUS = "survey", "consensus"
LEAST = {SURVEY: K, CONSENSUS: 2}  # people
MOST_PEOPLE = 500
MOST_OPEN = 20  # waves of a team
LONGEST = timedelta(days=90)  # from now until a wave closes
WHERE = {SURVEY: "/answer", CONSENSUS: "/consensus"}  # the page an invitation opens
_HEAD = ("key", "version", "title", "purpose", "recall")


@dataclass(frozen=True)
class Invitation:
    """Shown once: nobody can read the secret again."""

    participation_id: str
    name: str
    secret: str


@dataclass(frozen=True)
class Opened:
    wave_id: int
    invitations: tuple[Invitation, ...]


@dataclass(frozen=True)
class WaveView:
    """A wave without its questions (see `asked`). state: open | closed | cancelled. takes_answers: it is open and its
    end has not come, at the moment of reading. people: who were asked; answered: how many of them have."""

    id: int
    team_id: int
    team: str
    organization_id: int
    is_demo: bool
    kind: str
    title: str
    questionnaire: str
    digest: str
    state: str
    elsewhere: bool
    opened_by: int | None
    opened_at: datetime
    closes_at: datetime
    closed_at: datetime | None
    released_at: datetime | None
    people: int
    answered: int
    takes_answers: bool


@dataclass(frozen=True)
class Seat:
    """A line of the ledger."""

    participation_id: str
    name: str
    answered: bool


@dataclass(frozen=True)
class Asked:
    """What a wave asks, as it stood when it was opened. capabilities: name by key, where pain points are asked."""

    questionnaire: Questionnaire
    capabilities: Mapping[str, str]


# What is asked


def plain_questionnaire(key: str, blocks: Iterable[str] | None = None) -> dict:
    """The plain values that a wave keeps of a questionnaire of today's content: all of its blocks, or these.

    Raises ValueError for a questionnaire or block that there is not.
    """
    there = catalog.surveys().get(key)
    if there is None:
        raise ValueError("There is no such questionnaire: choose one of the list.")
    wanted = None if blocks is None else set(blocks)
    try:
        Questionnaire.of(there, wanted)
    except ValueError as error:
        raise ValueError(f"{str(error).capitalize()}.") from None
    chosen = [block for block in there["blocks"] if wanted is None or block["key"] in wanted]
    plain = {**{name: there[name] for name in _HEAD}, "blocks": chosen}
    if any(item["kind"] == PAIN_POINTS for block in chosen for item in block["items"]):
        plain["capabilities"] = {
            one["key"]: one["name"] for area in catalog.practices()["areas"] for one in area["capabilities"]
        }
    return plain


def asked(wave_id: int) -> Asked:
    """What the wave asks; it says nothing about anybody. Raises NotFound."""
    with store.reading() as session:
        digest = session.execute(select(Wave.digest).where(Wave.id == wave_id)).scalar_one_or_none()
        if digest is None:
            raise access.NotFound(f"There is no survey {wave_id}.")
        return asked_in(session, wave_id, digest)


_KNOWN: dict[str, Asked] = {}
_MOST_KNOWN = 64
_knowing = threading.Lock()


def asked_in(session: Session, wave_id: int, digest: str) -> Asked:
    """The same inside a transaction. What has the same digest is the same, so it is read once."""
    if (known := _KNOWN.get(digest)) is None:
        plain = session.execute(select(Wave.asked).where(Wave.id == wave_id)).scalar_one()
        known = Asked(Questionnaire.of(plain), plain.get("capabilities", {}))
        with _knowing:
            while len(_KNOWN) >= _MOST_KNOWN:
                _KNOWN.pop(next(iter(_KNOWN)))
            _KNOWN[digest] = known
    return known


# Opening


def open_wave(
    who: Who,
    team_id: int,
    kind: str,
    questionnaire: str,
    blocks: Iterable[str] | None,
    title: str,
    names: Sequence[str | int],
    closes_at: datetime,
) -> Opened:
    """Asks a team. kind: survey | consensus. blocks: None for all. names: of who is asked, as typed, or the ids of
    people of the team. Returns the invitations in this order.

    Raises Forbidden, NotFound, and ValueError with a sentence for what cannot be.
    """
    subject = access.of_team(team_id)
    access.check(who, Action.ASK, subject)
    if kind not in LEAST:
        raise ValueError("A wave is a survey or a consensus.")
    plain = plain_questionnaire(questionnaire, blocks)
    title = clean_name(title or plain["title"], "survey")
    closes_us = _end(closes_at)
    with store.writing() as session:
        still = select(func.count()).select_from(Wave).where(Wave.team_id == team_id, Wave.state == "open")
        if session.execute(still).scalar_one() >= MOST_OPEN:
            raise ValueError(f"The team has {MOST_OPEN} open surveys: close or cancel one first.")
        people = _people(session, team_id, names)
        _check_number(kind, len(people))
        wave = Wave(
            team_id=team_id, kind=kind, title=title, questionnaire=questionnaire, asked=plain,
            digest=shapes.digest(plain), opened_by=who.id, opened_at=store.now_us(), closes_at=closes_us,
        )  # fmt: skip
        session.add(wave)
        session.flush()
        invitations = make_invitations(session, wave.id, people)
        detail = {"team": team_id, "kind": kind, "questionnaire": questionnaire, "people": len(people)}
        audit.record(session, who, "open_survey", f"wave:{wave.id}", detail, subject.organization_id)
        return Opened(wave.id, invitations)


def invite(who: Who, wave_id: int, names: Sequence[str | int]) -> tuple[Invitation, ...]:
    """Asks more people in an open wave. Raises Forbidden, NotFound, ValueError."""
    with store.writing() as session:
        wave, organization_id = _open(session, who, wave_id)
        there = select(Participation.person, Participation.name).where(Participation.wave_id == wave_id)
        already = session.execute(there).all()
        people = _people(session, wave.team_id, names, already)
        if not people:
            raise ValueError("Choose or type who else is asked.")
        _check_number(wave.kind, len(already) + len(people))
        audit.record(session, who, "invite_more", f"wave:{wave_id}", {"people": len(people)}, organization_id)
        return make_invitations(session, wave_id, people)


def make_invitations(session: Session, wave_id: int, people: list[tuple[str, str]]) -> tuple[Invitation, ...]:
    """Lines of the ledger for these people (key and name), in the caller's transaction."""
    made = [Invitation(secrets.token_hex(16), name, new_secret()) for _, name in people]
    for invitation, (person, name) in zip(made, people, strict=True):
        session.add(
            Participation(
                id=invitation.participation_id, wave_id=wave_id, person=person, name=name,
                digest=digest_of(invitation.secret),
            )
        )  # fmt: skip
    session.flush()
    return tuple(made)


def _people(
    session: Session, team_id: int, names: Sequence[str | int], already: Sequence[tuple[str, str]] = ()
) -> list[tuple[str, str]]:
    """Who is meant: the key that tells a person from others over all waves of the team, and the name.

    The plan of what may be shown compares who took part in which wave, so one person must not have two keys: who was
    asked before under a name keeps the key of then, and who types the name of one of the team means that one.
    """
    if len(names) > MOST_PEOPLE:
        raise ValueError(f"These are {len(names)} people: a survey asks at most {MOST_PEOPLE}.")
    members = {person_id: name for person_id, name in session.execute(_members(team_id))}
    by_name: dict[str, set[str]] = {}
    earlier = select(Participation.name, Participation.person).join(Wave, Wave.id == Participation.wave_id)
    for name, key in session.execute(earlier.where(Wave.team_id == team_id).distinct()):
        by_name.setdefault(name.casefold(), set()).add(key)
    for person_id, name in members.items():
        by_name.setdefault(name.casefold(), set()).add(f"person:{person_id}")
    found: list[tuple[str, str]] = []
    for given in names:
        if isinstance(given, int):
            if given not in members:
                raise ValueError("One of those chosen is not in the team any more: choose again.")
            name = clean_name(members[given], "person")
            known = by_name.get(name.casefold(), set()) - {f"person:{given}"}
            # Typed before the team had an account for it.
            typed = {key for key in known if key.startswith("name:")}
            key = typed.pop() if len(known) == len(typed) == 1 else f"person:{given}"
        else:
            name = clean_name(given, "person")
            known = by_name.get(name.casefold(), set())
            key = next(iter(known)) if len(known) == 1 else f"name:{name.casefold()}"
        found.append((key, name))
    keys = Counter([*(key for key, _ in already), *(key for key, _ in found)])
    shown = Counter([*(name.casefold() for _, name in already), *(name.casefold() for _, name in found)])
    for key, name in found:
        if keys[key] > 1 or shown[name.casefold()] > 1:
            raise ValueError(f"{name} is there twice: leave one out, or add what tells the two apart.")
    return found


def _members(team_id: int) -> Select:
    by_hand = select(Membership.person_id).where(Membership.team_id == team_id)
    provided = select(ProvidedRole.person_id).where(ProvidedRole.team_id == team_id)
    wanted = select(Person.id, Person.name).where(Person.id.in_(by_hand.union(provided)), Person.is_active)
    return wanted.order_by(func.lower(Person.name), Person.id)


def members(who: Who, team_id: int) -> tuple[tuple[int, str], ...]:
    """Id and name of the people of the team, who can be asked. Raises Forbidden, NotFound."""
    access.check(who, Action.ASK, access.of_team(team_id))
    with store.reading() as session:
        return tuple(map(tuple, session.execute(_members(team_id))))


def _check_number(kind: str, people: int) -> None:
    if people < LEAST[kind]:
        more = f"below {K} answers nothing can be shown; use a consensus instead" if kind == SURVEY else "add somebody"
        raise ValueError(f"A {kind} asks at least {LEAST[kind]} people, these are {people}: {more}.")
    if people > MOST_PEOPLE:
        raise ValueError(f"These are {people} people: a survey asks at most {MOST_PEOPLE}.")


def _end(closes_at: datetime) -> int:
    closes_us, now = store.to_us(closes_at), store.now_us()
    if not now < closes_us <= now + LONGEST // timedelta(microseconds=1):
        raise ValueError(f"Let the survey close in the future, within {LONGEST.days} days.")
    return closes_us


# Reading


def waves(who: Who, team_id: int) -> tuple[WaveView, ...]:
    """The waves of a team, the newest first. Raises Forbidden, NotFound."""
    access.check(who, Action.VIEW, access.of_team(team_id))
    with store.reading() as session:
        found = session.execute(_views().where(Wave.team_id == team_id).order_by(Wave.opened_at.desc(), Wave.id.desc()))
        return tuple(_view(row) for row in found)


def wave(who: Who, wave_id: int) -> WaveView:
    """Raises Forbidden, NotFound."""
    access.check(who, Action.VIEW, access.of_wave(wave_id))
    with store.reading() as session:
        return view_in(session, wave_id)


def view_in(session: Session, wave_id: int) -> WaveView:
    """The same inside a transaction, whoever asks. Raises NotFound."""
    row = session.execute(_views().where(Wave.id == wave_id)).one_or_none()
    if row is None:
        raise access.NotFound(f"There is no survey {wave_id}.")
    return _view(row)


def ledger(who: Who, wave_id: int) -> tuple[Seat, ...]:
    """Who is asked and who has answered, by name: for whoever asks. Raises Forbidden, NotFound."""
    access.check(who, Action.ASK, access.of_wave(wave_id))
    wanted = select(Participation.id, Participation.name, Participation.answered)
    with store.reading() as session:
        rows = session.execute(wanted.where(Participation.wave_id == wave_id)).all()
    return tuple(sorted((Seat(*row) for row in rows), key=lambda seat: (seat.name.casefold(), seat.participation_id)))


def _views() -> Select:
    def counted(*those):
        asked_here = select(func.count()).select_from(Participation)
        return asked_here.where(Participation.wave_id == Wave.id, *those).correlate(Wave).scalar_subquery()

    return select(
        Wave.id, Wave.team_id, Team.name, Team.organization_id, Organization.is_demo, Wave.kind, Wave.title,
        Wave.questionnaire, Wave.digest, Wave.state, Wave.elsewhere, Wave.opened_by, Wave.opened_at, Wave.closes_at,
        Wave.closed_at, Wave.released_at, counted(), counted(Participation.answered),
    ).join(Team, Team.id == Wave.team_id).join(Organization, Organization.id == Team.organization_id)  # fmt: skip


def _view(row) -> WaveView:
    *head, opened, closes, closed, released, people, answered = row
    at = (store.from_us(moment) for moment in (opened, closes, closed, released))
    return WaveView(*head, *at, people, answered, row.state == "open" and store.now_us() < closes)


# Changing


def renew(who: Who, participation_id: str) -> str:
    """A new secret for somebody who has not answered; the old link opens nothing any more.

    Raises Forbidden, NotFound, and ValueError when the wave is over or they have answered.
    """
    with store.writing(quietly=True) as session:
        row = session.get(Participation, participation_id)
        if row is None:
            raise access.NotFound("There is no such invitation any more.")
        _, organization_id = _open(session, who, row.wave_id)
        if row.answered:
            raise ValueError(f"{row.name} has answered and needs no link.")
        secret = new_secret()
        row.digest = digest_of(secret)
        session.add(row)
        audit.record(session, who, "renew_invitation", f"wave:{row.wave_id}", None, organization_id)
        return secret


def renew_missing(who: Who, wave_id: int) -> tuple[Invitation, ...]:
    """New secrets for everybody who has not answered, by name; their old links open nothing any more.

    Raises Forbidden, NotFound, ValueError.
    """
    with store.writing(quietly=True) as session:
        _, organization_id = _open(session, who, wave_id)
        missing = select(Participation).where(Participation.wave_id == wave_id, Participation.answered.is_(False))
        made = []
        for row in sorted(session.execute(missing).scalars(), key=lambda row: (row.name.casefold(), row.id)):
            made.append(Invitation(row.id, row.name, new_secret()))
            row.digest = digest_of(made[-1].secret)
            session.add(row)
        audit.record(session, who, "renew_invitations", f"wave:{wave_id}", None, organization_id)
        return tuple(made)


def extend(who: Who, wave_id: int, closes_at: datetime) -> None:
    """Lets a wave that is open close later. Raises Forbidden, NotFound, ValueError."""
    closes_us = _end(closes_at)
    with store.writing() as session:
        row, organization_id = _open(session, who, wave_id)
        if closes_us <= row.closes_at:
            raise ValueError("It closes later already: choose a later day, or close it now.")
        detail = {"from": row.closes_at, "to": closes_us}
        row.closes_at = closes_us
        session.add(row)
        audit.record(session, who, "extend_survey", f"wave:{wave_id}", detail, organization_id)


def cancel(who: Who, wave_id: int) -> None:
    """Ends an open wave without a result: what was answered is deleted, with who was asked.

    Raises Forbidden, NotFound, ValueError.
    """
    with store.writing() as session:
        row, organization_id = _open(session, who, wave_id)
        for table in (AnswerSheet, Draft, Participation, ConsensusVote, ConsensusItem):
            session.execute(delete(table).where(table.wave_id == wave_id))
        row.state, row.closed_at = "cancelled", store.now_us()
        session.add(row)
        audit.record(session, who, "cancel_survey", f"wave:{wave_id}", {"title": row.title}, organization_id)


def _open(session: Session, who: Who, wave_id: int) -> tuple[Wave, int]:
    """The wave, when the person may lead it and it is open; and its organization."""
    subject = access.of_wave(wave_id)
    access.check(who, Action.ASK, subject)
    row = session.get_one(Wave, wave_id)
    if row.state != "open":
        raise ValueError("This survey is closed already: reload the page.")
    return row, subject.organization_id


# Secrets


def new_secret() -> str:
    """128 random bits in a form that no program cuts off at the end of a link."""
    return secrets.token_hex(16)


def digest_of(secret: str) -> str:
    """What the store keeps of an invitation."""
    return hashlib.sha256(secret.encode()).hexdigest()
