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

from sqlalchemy import delete, func, literal, or_, select, update
from sqlmodel import Session

from assessments.surveys import answers as shapes
from assessments.surveys import flags
from assessments.surveys.questionnaire import Questionnaire
from data import store
from data.asked import waves
from data.asked.waves import SURVEY, Asked, WaveView, digest_of
from data.tables import AnswerSheet, Draft, Participation

NOT_INVITED = "This link does not open a survey any more. Ask whoever sent it to you for a new one."
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
        return _admit(session, secret)


def sit_down(secret: str, draft: str) -> Sitting:
    """Opens the questionnaire and what the draft of this browser holds. Nothing is written.

    Raises NotInvited, NotOpen, AlreadyAnswered, and ValueError for what is no secret of a draft.
    """
    with store.reading() as session:
        admitted, asked = _open(session, secret)
        row = session.get(Draft, _draft_digest(admitted, draft))
        raw = row.answers if row else {}
        return Sitting(
            admitted, asked.questionnaire.shuffled(_draft_digest(admitted, draft)), asked.capabilities,
            row is not None, raw,
        )  # fmt: skip


def save(secret: str, draft: str, answers: Mapping[str, Any]) -> int:
    """Puts answers to some questions into the draft; None takes an answer back. Others in it stay, so that two tabs do
    not erase each other. Returns how many questions are answered now.

    Raises NotInvited, NotOpen, AlreadyAnswered, and ValueError (also AnswerError) for what cannot be; then nothing is
    changed.
    """
    with store.writing(quietly=True) as session:
        admitted, asked = _open(session, secret)
        digest = _draft_digest(admitted, draft)
        row = session.get(Draft, digest)
        sheet = _merged(asked, row, answers)
        if row is None:
            _refuse_many(session, admitted)
            session.add(Draft(digest=digest, wave_id=admitted.wave.id, answers=_written(asked, sheet)))
        else:
            row.answers = _written(asked, sheet)
            session.add(row)
        return sheet.answered


def hand_in(secret: str, draft: str, answers: Mapping[str, Any] | None = None, seconds: float | None = None) -> None:
    """Makes a sheet of the draft, with `answers` put into it, and forgets the draft. seconds: that answering took,
    where the browser knows; only a sign is kept of it.

    Raises NotInvited, NotOpen, AlreadyAnswered (also for the second of two clicks), and ValueError for answers that
    cannot be, or none; then nothing is changed.
    """
    with store.writing(quietly=True) as session:
        admitted, asked = _open(session, secret)
        digest, wave_id = _draft_digest(admitted, draft), admitted.wave.id
        sheet = _merged(asked, session.get(Draft, digest), answers or {})
        if not sheet.answered:
            raise ValueError("Nothing is answered yet: answer at least one question before you hand in.")
        signs = flags.flags(asked.questionnaire, sheet, seconds)
        mine = Participation.id == literal(admitted.participation_id)
        session.execute(
            update(Participation)
            .where(Participation.wave_id == wave_id)
            .values(answered=or_(Participation.answered, mine))
            .execution_options(synchronize_session=False)
        )
        session.execute(delete(Draft).where(Draft.digest == digest))
        session.add(
            AnswerSheet(
                id=secrets.token_hex(16), wave_id=wave_id, answers=_written(asked, sheet), signs=" ".join(sorted(signs))
            )
        )


def _admit(session: Session, secret: str) -> Admitted:
    if not isinstance(secret, str) or not _SECRET.fullmatch(secret):
        raise NotInvited(NOT_INVITED)
    wanted = select(Participation.id, Participation.name, Participation.answered, Participation.wave_id)
    row = session.execute(wanted.where(Participation.digest == digest_of(secret))).one_or_none()
    if row is None:
        raise NotInvited(NOT_INVITED)
    return Admitted(waves.view_in(session, row.wave_id), row.id, row.name, row.answered)


def _open(session: Session, secret: str) -> tuple[Admitted, Asked]:
    """Who may answer now, and what is asked."""
    admitted = _admit(session, secret)
    if admitted.answered:
        raise AlreadyAnswered("The answers of this invitation are handed in already. Nothing was changed.")
    if not admitted.wave.takes_answers:
        raise NotOpen("This survey is closed and takes no more answers.")
    if admitted.wave.kind != SURVEY:
        raise NotOpen("This is no survey to answer alone: your team answers it together.")
    return admitted, waves.asked_in(session, admitted.wave.id, admitted.wave.digest)


def _draft_digest(admitted: Admitted, draft: str) -> str:
    """The key of a draft: of one wave, whatever else a browser uses its secret for."""
    if not isinstance(draft, str) or not _SECRET.fullmatch(draft):
        raise ValueError("Reload the page: the browser did not say which answers are its own.")
    return hashlib.sha256(f"{admitted.wave.id}/{draft}".encode()).hexdigest()


def _merged(asked: Asked, row: Draft | None, answers: Mapping[str, Any]) -> shapes.Sheet:
    if not isinstance(answers, Mapping):
        raise shapes.AnswerError("answers come as an object with one entry for each question")
    raw = {**(row.answers if row else {}), **answers}
    kept = {key: answer for key, answer in raw.items() if answer is not None}
    return shapes.read(asked.questionnaire, kept, frozenset(asked.capabilities))


def _written(asked: Asked, sheet: shapes.Sheet) -> dict[str, Any]:
    """In the order of the questionnaire: that in which somebody answered is theirs alone."""
    raw = shapes.written(sheet)
    return {item.key: raw[item.key] for item in asked.questionnaire.items if item.key in raw}


def _refuse_many(session: Session, admitted: Admitted) -> None:
    there = select(func.count()).select_from(Draft).where(Draft.wave_id == admitted.wave.id)
    if session.execute(there).scalar_one() >= MOST_DRAFTS * admitted.wave.people:
        raise ValueError(
            "Too many answers to this survey were begun and not handed in, so nothing more is kept while you answer: "
            "stay on this page and hand in at its end."
        )
