"""Closing a wave: the one moment at which answers become a result, once and for all readers.

A wave that is to be closed takes no more answers first; then its result is worked out, and saved in one transaction
with everything that ends: drafts, votes, invitations, and the order in which sheets came. Killed anywhere it is either
still to be closed, and `close_due` closes it, or closed as a whole.
"""

import logging
import secrets

from sqlalchemy import delete, select, update
from sqlmodel import Session

from data import access, audit, store, trouble
from data.access import Action, NotFound
from data.asked import snapshots
from data.people import Who
from data.tables import AnswerSheet, ConsensusSeat, ConsensusVote, Draft, Participation, Team, Wave

OPEN, CLOSED, CANCELLED = "open", "closed", "cancelled"
TRIES = 3  # of working out a result while somebody changes what it rests on

log = logging.getLogger("milepost.asked")
_told: set[int] = set()  # waves whose trouble is in the log


class CannotClose(ValueError):
    """The wave cannot be closed; the text is one sentence for people."""


def close(who: Who, wave_id: int) -> None:
    """Closes an open wave now; one that is closed stays as it is.

    Raises Forbidden, NotFound, or CannotClose for a wave that was cancelled.
    """
    with store.writing() as session:
        wave = _wave(session, wave_id)
        access.check(who, Action.ASK, access.of_team(wave.team_id))
        if wave.state == CANCELLED:
            raise CannotClose("This wave was cancelled, so there is nothing to close. Open a new one.")
        if wave.state == CLOSED:
            return
        wave.closes_at = min(wave.closes_at, store.now_us())
        team = session.get_one(Team, wave.team_id)
        audit.record(session, who, "close_wave", f"wave:{wave_id}", {"title": wave.title}, team.organization_id)
    finish(wave_id)


def close_due(now: int | None = None, most: int | None = None) -> list[int]:
    """Closes the waves whose time is over, the longest over first, and no more than `most`; their ids. What goes wrong
    with one keeps no other open, and is logged once. now: microseconds."""
    now = store.now_us() if now is None else now
    due = select(Wave.id).where(Wave.state == OPEN, Wave.closes_at <= now).order_by(Wave.closes_at, Wave.id)
    with store.reading() as session:
        waiting = list(session.execute(due).scalars())
    closed: list[int] = []
    for wave_id in waiting:
        if len(closed) == most:
            break
        try:
            if finish(wave_id, now):
                closed.append(wave_id)
        except Exception as error:  # the next look tries again
            if wave_id not in _told:
                _told.add(wave_id)
                log.warning("survey %s is not closed yet", wave_id, exc_info=not trouble.passes(error))
    return closed


def finish(wave_id: int, now: int | None = None) -> bool:
    """Closes a wave whose time is over, whoever asks; whether this call did. Several may try at once.

    The result is worked out before the transaction that saves it, as nobody else can write during that; it is saved
    only if it rests on what is there then. Raises NotFound.
    """
    at = store.now_us() if now is None else now
    for last in (False,) * TRIES + (True,):
        found = None if last else snapshots.work_out(wave_id, at)
        with store.writing() as session:
            wave = _wave(session, wave_id)
            if wave.state != OPEN or wave.closes_at > at:
                return False
            if last:
                found = snapshots.work_out(wave_id, at)
            if found.rests_on == snapshots.grounds(session, wave):
                _save(session, wave, found, at)
                return True
    raise AssertionError("a result worked out inside its transaction rests on what is there")


def _save(session: Session, wave: Wave, found: snapshots.Result, at: int) -> None:
    wave.state, wave.closed_at = CLOSED, snapshots.moment(wave, at)
    session.add(wave)
    snapshots.keep(session, wave, found, wave.closed_at)
    for table in (Draft, ConsensusVote, ConsensusSeat):
        session.execute(delete(table).where(table.wave_id == wave.id))
    for participation_id in session.execute(select(Participation.id).where(Participation.wave_id == wave.id)).scalars():
        dead = {"digest": secrets.token_hex(32)}  # of no secret
        session.execute(update(Participation).where(Participation.id == participation_id).values(dead))
    _anew(session, wave.id, found.keeps_sheets)


def _anew(session: Session, wave_id: int, keep: bool) -> None:
    """Writes the sheets anew in random order under new ids, or takes them away: how they lay tells nothing any more."""
    sheets = session.execute(select(AnswerSheet.answers, AnswerSheet.signs).where(AnswerSheet.wave_id == wave_id)).all()
    session.execute(delete(AnswerSheet).where(AnswerSheet.wave_id == wave_id))
    if not keep:
        return
    secrets.SystemRandom().shuffle(sheets)
    for answers, signs in sheets:
        session.add(AnswerSheet(id=secrets.token_hex(16), wave_id=wave_id, answers=answers, signs=signs))
    session.flush()


def _wave(session: Session, wave_id: int) -> Wave:
    wave = session.get(Wave, wave_id, populate_existing=True)
    if wave is None:
        raise NotFound(f"There is no wave {wave_id}.")
    return wave
