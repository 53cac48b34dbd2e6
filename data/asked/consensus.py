"""A consensus: a team under five talks a questionnaire through. Each question is voted on in private, revealed to all
at once, talked about, and one value is agreed on.

A vote hangs on a seat, the sha256 of a secret that a browser made for itself; no seat hangs on an invitation, so the
store cannot say who voted what. Before the reveal nothing that this module returns holds a vote, but for the asker's
own: whoever leads gets counts. Votes are gone once their question is settled.

Whoever leads says which `step` they acted on. What was done already by a second click is done; where the session has
moved on by another browser, nothing is changed.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, delete, func, select
from sqlmodel import Session

from assessments.surveys import answers, consensus
from assessments.surveys.consensus import Spread
from assessments.surveys.questionnaire import Block, Item
from data import access, audit, store
from data.access import Action
from data.asked import answering, closing, waves
from data.asked.answering import NotOpen
from data.asked.waves import CONSENSUS, WaveView
from data.people import Who
from data.tables import ConsensusItem, ConsensusSeat, ConsensusVote, Wave

VOTING, REVEALED, AGREED, PARTED, SKIPPED, AHEAD = "voting", "revealed", "agreed", "parted", "skipped", "ahead"
LIVE = (VOTING, REVEALED)
LEAST_REVEALED = 2  # votes: one shown alone would tell whose it is
LONGEST_NOTE = 1_000  # characters
_SECRET = re.compile(r"[0-9a-f]{32}")


class MovedOn(ValueError):
    """The session is at another place than the page that asked; nothing was changed."""


class Full(ValueError):
    """As many browsers take part as people are invited."""


@dataclass(frozen=True)
class Place:
    """A question of the session. state: ahead (not begun), voting, revealed, agreed, parted (no agreement yet) or
    skipped. ballot: 2 when it is voted on a second time; voted: votes at its last reveal. agreed: an answer; while a
    question is voted on anew, what was agreed before."""

    item: Item
    block: Block
    state: str
    ballot: int
    voted: int
    agreed: Mapping[str, Any] | None
    note: str

    @property
    def settled(self) -> bool:
        return self.state in (AGREED, PARTED, SKIPPED)


@dataclass(frozen=True)
class Room:
    """A session as everybody in it may see it. front: which of the places is in front, None before the first. joined:
    browsers that take part; voted: how many have voted on the question in front. spread: its votes, only once they are
    revealed. step: what an action of whoever leads refers to."""

    wave: WaveView
    recall: str
    places: tuple[Place, ...]
    front: int | None
    joined: int
    voted: int
    spread: Spread | None
    step: str

    @property
    def place(self) -> Place | None:
        """The question in front."""
        return None if self.front is None else self.places[self.front]

    @property
    def after(self) -> Place | None:
        """The next question that was not begun: after the one in front, or else the first that was left behind."""
        start = 0 if self.front is None else self.front + 1
        order = (*self.places[start:], *self.places[:start])
        return next((place for place in order if place.state == AHEAD), None)

    @property
    def settled(self) -> int:
        return sum(place.settled for place in self.places)

    @property
    def agreed(self) -> int:
        """How many questions have an agreed value."""
        return sum(place.agreed is not None for place in self.places)


@dataclass(frozen=True)
class Seen:
    """What one browser sees: the room, whether it takes part, and its own vote on the question in front."""

    room: Room
    seated: bool
    mine: Mapping[str, Any] | None


# Taking part, with the secret of an invitation and that of a seat


def seen(secret: str, seat: str) -> Seen:
    """The session as this browser may see it; nothing is written.

    Raises NotInvited, NotOpen, and ValueError for what is no secret of a seat.
    """
    with store.reading() as session:
        wave = _admitted(session, secret)
        digest = _seat(wave.id, seat)
        room = room_in(session, wave)
        mine = None
        if room.place is not None and room.place.state in LIVE:
            vote = session.get(ConsensusVote, (wave.id, room.place.item.key, digest))
            mine = vote.answer if vote else None
        return Seen(room, session.get(ConsensusSeat, (wave.id, digest)) is not None, mine)


def join(secret: str, seat: str) -> None:
    """Gives this browser a seat; one that has it keeps it. Raises NotInvited, NotOpen, Full, ValueError."""
    with store.writing(quietly=True) as session:
        wave = _admitted(session, secret)
        _sit(session, wave, _seat(wave.id, seat))


def vote(secret: str, seat: str, item: str, ballot: int, answer: Mapping[str, Any] | None) -> None:
    """Sets, changes or, with None, takes back the vote of this browser: any number of times until the reveal.

    Raises NotInvited, NotOpen, Full, MovedOn when the question is not voted on (any more), AnswerError and ValueError;
    then nothing is changed.
    """
    with store.writing(quietly=True) as session:
        wave = _admitted(session, secret)
        digest = _seat(wave.id, seat)
        row = front_in(session, wave.id)
        if row is None or (row.item, row.ballot, row.state) != (item, ballot, VOTING):
            raise MovedOn("The votes on this question are revealed, or the session has moved on: your vote came late.")
        clean = checked(session, wave, item, answer) if answer is not None else None
        _sit(session, wave, digest)
        there = session.get(ConsensusVote, (wave.id, item, digest))
        if clean is None:
            session.execute(delete(ConsensusVote).where(_votes(row), ConsensusVote.seat == digest))
        elif there is None:
            session.add(ConsensusVote(wave_id=wave.id, item=item, seat=digest, answer=clean))
        else:
            there.answer = clean
            session.add(there)


def _admitted(session: Session, secret: str) -> WaveView:
    wave = answering.admit(secret).wave
    if wave.kind != CONSENSUS:
        raise NotOpen("This link opens a survey that each answers alone, not a session.")
    if not wave.takes_answers:
        raise NotOpen("This session has ended.")
    return wave


def _seat(wave_id: int, seat: str) -> str:
    if not isinstance(seat, str) or not _SECRET.fullmatch(seat):
        raise ValueError("Reload the page: the browser did not say which seat is its own.")
    return hashlib.sha256(f"{wave_id}/{seat}".encode()).hexdigest()


def _sit(session: Session, wave: WaveView, digest: str) -> None:
    if session.get(ConsensusSeat, (wave.id, digest)) is not None:
        return
    if _count(session, ConsensusSeat, ConsensusSeat.wave_id == wave.id) >= wave.people:
        raise Full(
            f"All {wave.people} seats are taken. Did you join in another browser or on another device? Go on there, or "
            "ask whoever leads to free the seats."
        )
    session.add(ConsensusSeat(wave_id=wave.id, seat=digest))
    session.flush()


# Leading


def room(who: Who, wave_id: int) -> Room:
    """The session as whoever leads it sees it: counts, and votes only once revealed, by nobody's name.

    Raises Forbidden, NotFound, and ValueError for a wave that is no consensus.
    """
    access.check(who, Action.ASK, access.of_wave(wave_id))
    with store.reading() as session:
        wave = waves.view_in(session, wave_id)
        if wave.kind != CONSENSUS:
            raise ValueError("This survey is answered alone, not together.")
        return room_in(session, wave)


def pulse(wave_id: int) -> tuple:
    """Changes whenever `room` does, and costs little; it tells nothing but counts."""
    own = ConsensusItem.wave_id == wave_id
    with store.reading() as session:
        head = session.execute(select(Wave.state, Wave.closes_at, Wave.title).where(Wave.id == wave_id)).one_or_none()
        rows = session.execute(select(ConsensusItem.turn, ConsensusItem.ballot, ConsensusItem.state).where(own)).all()
        counts = (_count(session, table, table.wave_id == wave_id) for table in (ConsensusSeat, ConsensusVote))
        return (tuple(head or ()), tuple(sorted(map(tuple, rows))), *counts)


def begin(who: Who, wave_id: int, item: str, step: str) -> None:
    """Puts a question in front of everybody: to be voted on, or, when it was settled before, as it stands.

    Raises Forbidden, NotFound, MovedOn, and ValueError while another question is not settled.
    """
    with store.writing(quietly=True) as session:
        wave = _led(session, who, wave_id)
        begin_in(session, wave, item, step)


def reveal(who: Who, wave_id: int, step: str) -> None:
    """Shows all votes on the question in front to everybody. Raises Forbidden, NotFound, MovedOn, and ValueError while
    fewer than two have voted."""
    with store.writing(quietly=True) as session:
        wave = _led(session, who, wave_id)
        row = reveal_in(session, wave, step)
        if row is not None:
            _trace(session, who, wave, "reveal_votes", row)


def vote_again(who: Who, wave_id: int, step: str) -> None:
    """Begins a new ballot on the question in front; its votes are deleted. Raises Forbidden, NotFound, MovedOn."""
    with store.writing(quietly=True) as session:
        wave = _led(session, who, wave_id)
        row = again_in(session, wave, step)
        if row is not None:
            _trace(session, who, wave, "vote_again", row)


def agree(who: Who, wave_id: int, step: str, answer: Mapping[str, Any], note: str = "") -> None:
    """Keeps what the team agreed on and deletes the votes. It can be corrected until the session ends.

    Raises Forbidden, NotFound, MovedOn, AnswerError, and ValueError before the votes are revealed.
    """
    with store.writing(quietly=True) as session:
        wave = _led(session, who, wave_id)
        row = settle_in(session, wave, step, AGREED, answer, note)
        if row is not None:
            _trace(session, who, wave, "agree", row)


def part(who: Who, wave_id: int, step: str, note: str = "") -> None:
    """Keeps that there is no agreement yet, and why; deletes the votes. Raises as `agree`."""
    with store.writing(quietly=True) as session:
        wave = _led(session, who, wave_id)
        row = settle_in(session, wave, step, PARTED, None, note)
        if row is not None:
            _trace(session, who, wave, "agree_not_yet", row)


def skip(who: Who, wave_id: int, step: str) -> None:
    """Leaves the question in front; its votes are deleted. What was agreed on it before stays agreed.

    Raises Forbidden, NotFound, MovedOn.
    """
    with store.writing(quietly=True) as session:
        wave = _led(session, who, wave_id)
        row = settle_in(session, wave, step, SKIPPED, None, "")
        if row is not None:
            _trace(session, who, wave, "skip_question", row)


def free_seats(who: Who, wave_id: int) -> None:
    """Has every browser take its seat anew, so that one that is not used any more takes none. Votes that are not
    revealed are deleted with the seats they hang on. Raises Forbidden, NotFound, MovedOn."""
    with store.writing(quietly=True) as session:
        wave = _led(session, who, wave_id)
        session.execute(delete(ConsensusSeat).where(ConsensusSeat.wave_id == wave.id))
        row = front_in(session, wave.id)
        if row is not None and row.state == VOTING:
            _forget(session, row)
        audit.record(session, who, "free_seats", f"wave:{wave.id}", None, wave.organization_id)


def finish(who: Who, wave_id: int) -> None:
    """Ends the session: what was agreed becomes the result, and the links open nothing any more. One that has ended
    stays as it is. Raises Forbidden, NotFound, CannotClose, and ValueError while something is in the way."""
    access.check(who, Action.ASK, access.of_wave(wave_id))
    with store.reading() as session:
        there = room_in(session, waves.view_in(session, wave_id))
        if there.wave.state == "open":
            if there.place is not None and not there.place.settled:
                raise ValueError("One question is still open: agree on it or skip it, then finish.")
            if not there.agreed:
                raise ValueError("Nothing is agreed yet, so there is no result. Cancel the session instead.")
    closing.close(who, wave_id)


def _led(session: Session, who: Who, wave_id: int) -> WaveView:
    access.check(who, Action.ASK, access.of_wave(wave_id))
    wave = waves.view_in(session, wave_id)
    if wave.kind != CONSENSUS or not wave.takes_answers:
        raise MovedOn("This session has ended: reload the page.")
    return wave


def _trace(session: Session, who: Who, wave: WaveView, action: str, row: ConsensusItem) -> None:
    detail = {"question": row.item, "ballot": row.ballot, "votes": row.voted}
    audit.record(session, who, action, f"wave:{wave.id}", detail, wave.organization_id)


# The steps of a session, whoever asks, inside a transaction. Each returns the row it changed; None: it was done before.


def begin_in(session: Session, wave: WaveView, item: str, step: str) -> ConsensusItem | None:
    """See `begin`."""
    if item not in {one.key for one in _items(session, wave)}:
        raise ValueError("This question is not one of the session: reload the page.")
    front = front_in(session, wave.id)
    if front is not None and front.item == item:
        return None
    if step != _step(front):
        raise MovedOn("The session has moved on meanwhile. Look at where it is now.")
    if front is not None and front.state in LIVE:
        raise ValueError("Agree on the question that is in front, or skip it, before another begins.")
    turn = front.turn + 1 if front is not None else 1
    row = session.get(ConsensusItem, (wave.id, item))
    if row is None:
        row = ConsensusItem(wave_id=wave.id, item=item, state=VOTING, turn=turn)
    row.turn = turn
    session.add(row)
    session.flush()
    return row


def reveal_in(session: Session, wave: WaveView, step: str) -> ConsensusItem | None:
    """See `reveal`."""
    row = front_in(session, wave.id)
    if row is not None and row.state == REVEALED and step == _step(row, VOTING):
        return None
    row = _at(row, step)
    if row.state != VOTING:
        raise MovedOn("The votes on this question are not open any more.")
    voted = _count(session, ConsensusVote, _votes(row))
    if voted < LEAST_REVEALED:
        raise ValueError("Wait until at least two have voted: a single vote would tell whose it is.")
    row.state, row.voted = REVEALED, voted
    session.add(row)
    session.flush()
    return row


def again_in(session: Session, wave: WaveView, step: str) -> ConsensusItem | None:
    """See `vote_again`."""
    row = front_in(session, wave.id)
    if row is not None and row.state == VOTING and step in {_step(row, state, row.ballot - 1) for state in _ENDS}:
        return None
    row = _at(row, step)
    if row.state == VOTING:
        raise ValueError("This question is being voted on already.")
    _forget(session, row)
    row.state, row.ballot = VOTING, row.ballot + 1
    session.add(row)
    session.flush()
    return row


def settle_in(
    session: Session, wave: WaveView, step: str, state: str, answer: Mapping[str, Any] | None, note: str
) -> ConsensusItem | None:
    """See `agree`, `part` and `skip`."""
    row = front_in(session, wave.id)
    clean = checked(session, wave, row.item, answer) if row is not None and answer is not None else None
    note = answers.clean(note, "note")
    if len(note) > LONGEST_NOTE:
        raise ValueError(f"The note has {len(note):,} characters; shorten it to {LONGEST_NOTE:,}.")
    if row is not None and _done(row, step, (state, clean, note)):
        return None
    row = _at(row, step)
    if state != SKIPPED and row.state not in (REVEALED, AGREED, PARTED):
        raise ValueError("Reveal the votes first, then agree.")
    _forget(session, row)
    if state == SKIPPED and row.agreed is not None:
        state, clean, note = AGREED, row.agreed, row.note
    row.state, row.agreed, row.note = state, clean, note
    session.add(row)
    session.flush()
    return row


_ENDS = (REVEALED, AGREED, PARTED, SKIPPED)


def _done(row: ConsensusItem, step: str, wanted: tuple) -> bool:
    """Whether the question was settled like that already, from that step of the same ballot."""
    state, answer, note = wanted
    if state == SKIPPED:
        # What was agreed before comes back when a new ballot is left, and nothing else leads there from a vote.
        return (row.state == SKIPPED and step in {_step(row, each) for each in LIVE}) or (
            row.state == AGREED and step == _step(row, VOTING)
        )
    return (row.state, row.agreed, row.note) == (state, answer, note) and step in {_step(row, each) for each in _ENDS}


def room_in(session: Session, wave: WaveView) -> Room:
    """The session as everybody in it may see it."""
    asked = waves.asked_in(session, wave.id, wave.digest).questionnaire
    block = {item.key: block for block in asked.blocks for item in block.items}
    rows = {row.item: row for row in session.execute(_rows(wave.id)).scalars()}
    items = consensus.items(asked)
    places = tuple(_place(item, block[item.key], rows.get(item.key)) for item in items)
    row = max(rows.values(), key=lambda each: each.turn, default=None)
    front = next((at for at, item in enumerate(items) if row is not None and item.key == row.item), None)
    voted, spread = 0, None
    if row is not None and row.state == VOTING:
        voted = _count(session, ConsensusVote, _votes(row))
    elif row is not None:
        voted = row.voted
    if row is not None and row.state == REVEALED:
        found = session.execute(select(ConsensusVote.answer).where(_votes(row))).scalars()
        spread = consensus.spread(places[front].item, [answers.read(asked, {row.item: raw}) for raw in found])
    joined = _count(session, ConsensusSeat, ConsensusSeat.wave_id == wave.id)
    return Room(wave, asked.recall, places, front, joined, voted, spread, _step(row))


def front_in(session: Session, wave_id: int) -> ConsensusItem | None:
    """The question in front of everybody, None before the first."""
    return session.execute(_rows(wave_id).order_by(ConsensusItem.turn.desc()).limit(1)).scalar_one_or_none()


def checked(session: Session, wave: WaveView, item: str, answer: Mapping[str, Any]) -> dict[str, Any]:
    """The answer as it is kept. Raises AnswerError for what the question does not have."""
    if item not in {one.key for one in _items(session, wave)}:
        raise answers.AnswerError("This question is not one of the session: reload the page.")
    asked = waves.asked_in(session, wave.id, wave.digest).questionnaire
    return answers.written(answers.read(asked, {item: answer}))[item]


def _place(item: Item, block: Block, row: ConsensusItem | None) -> Place:
    if row is None:
        return Place(item, block, AHEAD, 0, 0, None, "")
    return Place(item, block, row.state, row.ballot, row.voted, row.agreed, row.note)


def _items(session: Session, wave: WaveView) -> tuple[Item, ...]:
    return consensus.items(waves.asked_in(session, wave.id, wave.digest).questionnaire)


def _at(row: ConsensusItem | None, step: str) -> ConsensusItem:
    """The question in front, when it is at that step. Raises MovedOn."""
    if row is None or step != _step(row):
        raise MovedOn("The session has moved on meanwhile. Look at where it is now.")
    return row


def _step(row: ConsensusItem | None, state: str | None = None, ballot: int | None = None) -> str:
    if row is None:
        return ""
    return f"{row.turn}/{row.item}/{row.ballot if ballot is None else ballot}/{state or row.state}"


def _rows(wave_id: int):
    return select(ConsensusItem).where(ConsensusItem.wave_id == wave_id).execution_options(populate_existing=True)


def _votes(row: ConsensusItem) -> ColumnElement[bool]:
    return (ConsensusVote.wave_id == row.wave_id) & (ConsensusVote.item == row.item)


def _forget(session: Session, row: ConsensusItem) -> None:
    session.execute(delete(ConsensusVote).where(_votes(row)))


def _count(session: Session, table: type, where: ColumnElement[bool]) -> int:
    return session.execute(select(func.count()).select_from(table).where(where)).scalar_one()
