"""Answering without a name: whoever holds an invitation may answer once, and nothing in the store says what they said.

The secret of an invitation leads to a line of the ledger. What is answered so far lies under the sha256 of a second
secret that the browser makes for itself, without a person. Handing in turns the line of the ledger to "answered" and
makes a sheet with a random id, both in one transaction that writes every line of the wave anew: no id, time, order or
number of a transaction then says which line belongs to which sheet. Nothing here is noted in the audit trail or a log,
and none of it raises the version of the store.
"""

import hashlib
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, bindparam, delete, func, or_, select, update
from sqlmodel import Session

from assessments.surveys import answers as shapes
from assessments.surveys import flags
from assessments.surveys.questionnaire import Questionnaire
from data import store
from data.asked import waves
from data.asked.waves import SURVEY, Asked, WaveView, digest_of
from data.tables import AnswerSheet, Draft, Participation, Wave

NOT_INVITED = (
    "This link does not open a survey: it may be closed, or there is a newer link. Ask whoever sent it to you."
)
MOST_DRAFTS = 5  # for each person of a wave; a browser that forgets begins another
_SECRET = re.compile(r"[0-9a-f]{32}")


class NotInvited(LookupError):
    """The secret opens nothing: wrong, renewed, of a wave that is gone. The same sentence for each."""


class NotOpen(ValueError):
    """The wave takes no answers any more; the text says so in one sentence."""


class AlreadyAnswered(ValueError):
    """These answers, or others under the same invitation, were handed in."""


@dataclass(frozen=True)
class Admitted:
    """Who was let in. name: whose invitation it is."""

    wave: WaveView
    participation_id: str
    name: str
    answered: bool


@dataclass(frozen=True)
class Sitting:
    """What somebody sees who answers. questionnaire: in the order of this draft. begun: the draft was there already.
    raw: what is answered so far, as `assessments.surveys.answers` reads it."""

    admitted: Admitted
    questionnaire: Questionnaire
    capabilities: Mapping[str, str]
    begun: bool
    raw: Mapping[str, Any]


def admit(secret: str) -> Admitted:
    """Whose invitation the secret is, and to which wave, open or not. Raises NotInvited."""
    with store.reading() as session:
        return _admitted(session, _find(session, secret))


def sit_down(secret: str, draft: str) -> Sitting:
    """Opens the questionnaire and what the draft of this browser holds. Nothing is written.

    Raises NotInvited, NotOpen, AlreadyAnswered, and ValueError for what is no secret of a draft.
    """
    with store.reading() as session:
        found, asked = _open(session, secret)
        digest = _draft_digest(found.wave_id, draft)
        held, admitted = _held(session, digest), _admitted(session, found)
    ordered = asked.questionnaire.shuffled(digest)
    return Sitting(admitted, ordered, asked.capabilities, held is not None, held or {})


def save(secret: str, draft: str, answers: Mapping[str, Any]) -> int:
    """Puts answers to some questions into the draft; None takes an answer back. Others in it stay, so that two tabs do
    not erase each other. Returns how many questions are answered now.

    Raises NotInvited, NotOpen, AlreadyAnswered, and ValueError (also AnswerError) for what cannot be; then nothing is
    changed.
    """
    with store.writing(quietly=True) as session:
        found, asked = _open(session, secret)
        digest = _draft_digest(found.wave_id, draft)
        held = _held(session, digest)
        sheet = _merged(asked, held, answers)
        if held is None:
            _refuse_many(session, found.wave_id)
        row = {"digest": digest, "wave_id": found.wave_id, "answers": _written(asked, sheet)}
        store.upsert(session, Draft, [row], ["digest"])
        return sheet.answered


def hand_in(secret: str, draft: str, answers: Mapping[str, Any] | None = None, seconds: float | None = None) -> None:
    """Makes a sheet of the draft, with `answers` put into it, and forgets the draft. seconds: that answering took,
    where the browser knows; only a sign is kept of it.

    Raises NotInvited, NotOpen, AlreadyAnswered (also for the second of two clicks), and ValueError for answers that
    cannot be, or none; then nothing is changed.
    """
    with store.writing(quietly=True) as session:
        found, asked = _open(session, secret)
        digest = _draft_digest(found.wave_id, draft)
        sheet = _merged(asked, _held(session, digest), answers or {})
        if not sheet.answered:
            raise ValueError("Nothing is answered yet: answer at least one question before you hand in.")
        signs = flags.flags(asked.questionnaire, sheet, seconds)
        session.execute(_ANSWERED, {"wave": found.wave_id, "me": found.id})
        session.execute(_FORGOTTEN, {"held": digest})
        made = {"id": secrets.token_hex(16), "wave_id": found.wave_id, "signs": " ".join(sorted(signs))}
        session.execute(_SHEETS.insert(), {**made, "answers": _written(asked, sheet)})


# What is asked of the store, put together once


_LEDGER, _DRAFTS, _SHEETS = Participation.__table__.c, Draft.__table__.c, AnswerSheet.__table__
_INVITED = (
    select(
        _LEDGER.id, _LEDGER.name, _LEDGER.answered, _LEDGER.wave_id, Wave.kind, Wave.state, Wave.closes_at, Wave.digest
    )
    .join(Wave, Wave.id == _LEDGER.wave_id)
    .where(_LEDGER.digest == bindparam("shown"))
)
#: Every line of the wave is written anew, so that none of them is the newest.
_ANSWERED = (
    update(Participation.__table__)
    .where(_LEDGER.wave_id == bindparam("wave"))
    .values(answered=or_(_LEDGER.answered, _LEDGER.id == bindparam("me")))
)
_HELD = select(_DRAFTS.answers).where(_DRAFTS.digest == bindparam("held"))
_FORGOTTEN = delete(Draft.__table__).where(_DRAFTS.digest == bindparam("held"))


def _find(session: Session, secret: str) -> Row:
    """The line of the ledger with what decides whether it may answer."""
    if not isinstance(secret, str) or not _SECRET.fullmatch(secret):
        raise NotInvited(NOT_INVITED)
    row = session.execute(_INVITED, {"shown": digest_of(secret)}).one_or_none()
    if row is None:
        raise NotInvited(NOT_INVITED)
    return row


def _open(session: Session, secret: str) -> tuple[Row, Asked]:
    """Who may answer now, and what is asked."""
    found = _find(session, secret)
    if found.answered:
        raise AlreadyAnswered("The answers of this invitation are handed in already. Nothing was changed.")
    if found.state != "open" or store.now_us() >= found.closes_at:
        raise NotOpen("This survey is closed and takes no more answers.")
    if found.kind != SURVEY:
        raise NotOpen("This is no survey to answer alone: your team answers it together.")
    return found, waves.asked_in(session, found.wave_id, found.digest)


def _draft_digest(wave_id: int, draft: str) -> str:
    """The key of a draft: of one wave, whatever else a browser uses its secret for."""
    if not isinstance(draft, str) or not _SECRET.fullmatch(draft):
        raise ValueError("Reload the page: the browser did not say which answers are its own.")
    return hashlib.sha256(f"{wave_id}/{draft}".encode()).hexdigest()


def _held(session: Session, digest: str) -> dict | None:
    return session.execute(_HELD, {"held": digest}).scalar_one_or_none()


def _admitted(session: Session, found: Row) -> Admitted:
    return Admitted(waves.view_in(session, found.wave_id), found.id, found.name, found.answered)


def _merged(asked: Asked, held: dict | None, answers: Mapping[str, Any]) -> shapes.Sheet:
    if not isinstance(answers, Mapping):
        raise shapes.AnswerError("answers come as an object with one entry for each question")
    raw = {**(held or {}), **answers}
    kept = {key: answer for key, answer in raw.items() if answer is not None}
    return shapes.read(asked.questionnaire, kept, frozenset(asked.capabilities))


def _written(asked: Asked, sheet: shapes.Sheet) -> dict[str, Any]:
    """In the order of the questionnaire: that in which somebody answered is theirs alone."""
    raw = shapes.written(sheet)
    return {item.key: raw[item.key] for item in asked.questionnaire.items if item.key in raw}


def _refuse_many(session: Session, wave_id: int) -> None:
    begun = select(func.count()).select_from(Draft).where(Draft.wave_id == wave_id)
    asked = select(func.count()).select_from(Participation).where(Participation.wave_id == wave_id)
    if session.execute(begun).scalar_one() >= MOST_DRAFTS * session.execute(asked).scalar_one():
        raise ValueError(
            "Too many answers to this survey were begun and not handed in, so nothing more is kept while you answer: "
            "stay on this page and hand in at its end."
        )
