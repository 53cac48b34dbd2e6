"""What a team says about the judging itself: that something does not apply to it, or that it accepts for now that
something is not there. A mark is taken back, never deleted; an exception ends by itself.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import aliased
from sqlmodel import Session

from assessments.maturity import EXCEPTION, Mark, wrong_with
from assessments.surveys.answers import clean
from data import access, audit, store
from data.access import Action, NotFound
from data.people import Who
from data.practices.model import capabilities
from data.tables import Person, PracticeMark

IN_FORCE, ENDED, UNDONE = "in force", "ended", "undone"
MOST = 500  # of a team that are not undone


@dataclass(frozen=True)
class MarkView:
    """A mark with its story. state: in force | ended (an exception whose day has come) | undone. made_by, undone_by:
    names, None where that is no longer known."""

    id: int
    mark: Mark
    state: str
    made_by: str | None
    made_at: datetime
    undone_by: str | None
    undone_at: datetime | None


def listed(who: Who, team_id: int, now: int | None = None) -> tuple[MarkView, ...]:
    """All marks of a team, the newest first. now: microseconds, the clock when None. Raises Forbidden, NotFound."""
    access.check(who, Action.VIEW, access.of_team(team_id))
    with store.reading() as session:
        return listed_in(session, team_id, store.now_us() if now is None else now)


def listed_in(session: Session, team_id: int, now: int) -> tuple[MarkView, ...]:
    """The same inside a session; one statement."""
    maker, undoer = aliased(Person), aliased(Person)
    joined = select(PracticeMark, maker.name, undoer.name)
    joined = joined.outerjoin(maker, maker.id == PracticeMark.made_by)
    joined = joined.outerjoin(undoer, undoer.id == PracticeMark.undone_by)
    rows = session.execute(joined.where(PracticeMark.team_id == team_id).order_by(PracticeMark.id.desc())).all()
    return tuple(_view(row, made_by, undone_by, now) for row, made_by, undone_by in rows)


def counting(views: Iterable[MarkView]) -> tuple[Mark, ...]:
    """Those that a standing is worked out with, in the order they were made: whether an exception has ended is for
    `assessments.maturity` to say."""
    return tuple(view.mark for view in views if view.state != UNDONE)[::-1]


def make(who: Who, team_id: int, mark: Mark, now: int | None = None) -> int:
    """Makes a mark; its id. One of the same kind that has ended makes room for it.

    Raises Forbidden, NotFound, or ValueError with everything that is wrong, or when the same is marked already.
    """
    now = store.now_us() if now is None else now
    mark = _cleaned(mark)
    capability = capabilities().get(mark.capability)
    if capability is None:
        raise ValueError("There is no such capability; reload the page.")
    if wrong := wrong_with(mark, capability, now):
        raise ValueError(" ".join(wrong))
    with store.writing() as session:
        subject = access.of_team(team_id)
        access.check(who, Action.PLAN, subject)
        standing = [view for view in listed_in(session, team_id, now) if view.state != UNDONE]
        same = [view for view in standing if _target(view.mark) == _target(mark)]
        if any(view.state == IN_FORCE for view in same):
            raise ValueError("The same is marked already; take that back first.")
        if len(standing) - len(same) >= MOST:
            raise ValueError(f"A team has at most {MOST} marks; take some back first.")
        for view in same:
            _take_back(session, who, view.id, now)
        row = PracticeMark(
            team_id=team_id, kind=mark.kind, capability=mark.capability, item=mark.item, reason=mark.reason,
            owner=mark.owner, expires_at=mark.expires, made_by=who.id, made_at=now,
        )  # fmt: skip
        session.add(row)
        session.flush()
        detail = {"kind": mark.kind, "capability": mark.capability, "item": mark.item, "reason": mark.reason}
        detail |= {"owner": mark.owner, "expires": mark.expires} if mark.kind == EXCEPTION else {}
        audit.record(session, who, "mark_practice", f"team:{team_id}", detail, subject.organization_id)
        return row.id


def undo(who: Who, mark_id: int, now: int | None = None) -> None:
    """Takes a mark back; one that is taken back stays as it is. Raises Forbidden, NotFound."""
    with store.writing() as session:
        row = session.get(PracticeMark, mark_id)
        if row is None:
            raise NotFound("This mark is not there any more.")
        subject = access.of_team(row.team_id)
        access.check(who, Action.PLAN, subject)
        if row.undone_at is None:
            _take_back(session, who, mark_id, store.now_us() if now is None else now)
            detail = {"kind": row.kind, "capability": row.capability, "item": row.item}
            audit.record(session, who, "undo_mark", f"team:{row.team_id}", detail, subject.organization_id)


def _take_back(session: Session, who: Who, mark_id: int, now: int) -> None:
    row = session.get_one(PracticeMark, mark_id)
    row.undone_by, row.undone_at = who.id, now
    session.add(row)


def _view(row: PracticeMark, made_by: str | None, undone_by: str | None, now: int) -> MarkView:
    ended = row.expires_at is not None and row.expires_at <= now
    state = UNDONE if row.undone_at is not None else ENDED if ended else IN_FORCE
    mark = Mark(row.kind, row.capability, row.reason, row.item, row.owner, row.expires_at)
    times = store.from_us(row.made_at), store.from_us(row.undone_at)
    return MarkView(row.id, mark, state, made_by, times[0], undone_by, times[1])


def _cleaned(mark: Mark) -> Mark:
    """On one line, and without what belongs to an exception alone."""
    reason, owner = (" ".join(clean(text, "mark").split()) for text in (mark.reason, mark.owner))
    if mark.kind != EXCEPTION:
        return Mark(mark.kind, mark.capability, reason, mark.item)
    return Mark(mark.kind, mark.capability, reason, mark.item, owner, mark.expires)


def _target(mark: Mark) -> tuple[str, str, str | None]:
    return mark.kind, mark.capability, mark.item
