"""The tracks that a team has chosen: at most two at once, with what the plan said for each and the version it had."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlmodel import Session

from assessments import recommend
from assessments.recommend import AT_ONCE
from content import catalog
from data import access, audit, people, store
from data.access import Action, NotFound
from data.asked import results
from data.improving import interventions, texts
from data.improving.interventions import Done
from data.people import Who
from data.tables import Enrolment, Intervention

CHOSEN, UNDER_WAY, FINISHED, DROPPED = "chosen", "under_way", "finished", "dropped"
ACTIVE = (CHOSEN, UNDER_WAY)
_FIRST = 946_684_800_000_000  # the year 2000


@dataclass(frozen=True)
class ChoiceView:
    """A chosen track. title, hours: as the track is now; version: that the team has chosen, newest: that there is now,
    "" when the track is not taught any more. coming: its content is not written yet. interventions: what was made of it
    for Did it work?"""

    id: int
    team_id: int
    slug: str
    title: str
    hours: float | None
    version: str
    newest: str
    coming: bool
    state: str
    why: str
    chosen_at: int
    begun_at: int | None
    ended_at: int | None
    interventions: tuple[int, ...] = ()

    @property
    def is_active(self) -> bool:
        """Whether it takes one of the places."""
        return self.state in ACTIVE


def listed(who: Who, team_id: int) -> tuple[ChoiceView, ...]:
    """All that the team has ever chosen, active ones first, then the newest. Those who only lead read no `why` that may
    tell of answers that are not for them yet. Raises Forbidden, NotFound."""
    subject = access.of_team(team_id)
    access.check(who, Action.VIEW, subject)
    sees_all = access.may(people.of_this_moment(who), Action.VIEW_ANSWERS, subject)
    with store.reading() as session:
        views = in_team(session, team_id)
        held = None if sees_all else results.held_back_since(session, team_id, store.from_us(store.now_us()))
    return views if held is None else tuple(replace(one, why="") if one.chosen_at >= held else one for one in views)


def in_team(session: Session, team_id: int) -> tuple[ChoiceView, ...]:
    """The same, in a session of somebody who may see it."""
    rows = session.execute(select(Enrolment).where(Enrolment.team_id == team_id)).scalars().all()
    made = select(Intervention.enrolment_id, Intervention.id).where(
        Intervention.team_id == team_id, Intervention.enrolment_id.is_not(None)
    )
    of: dict[int, list[int]] = {}
    for enrolment_id, key in session.execute(made.order_by(Intervention.id)):
        of.setdefault(enrolment_id, []).append(key)
    views = [_view(row, tuple(of.get(row.id, ()))) for row in rows]
    return tuple(sorted(views, key=lambda one: (not one.is_active, -one.chosen_at, -one.id)))


def states(choices: Sequence[ChoiceView]) -> dict[str, str]:
    """What the team has done of each track, as `assessments.recommend.plan` takes it. What was chosen has its place
    already, begun or not; what was dropped may come again."""
    found = {}
    for one in choices:
        if one.is_active:
            found[one.slug] = recommend.UNDER_WAY
        elif one.state == FINISHED:
            found.setdefault(one.slug, recommend.FINISHED)
    return found


def choose(who: Who, team_id: int, slug: str, why: str = "") -> int:
    """Chooses a track; the id of the choice. why: what the plan said for it.

    Raises Forbidden, NotFound, or ValueError with a sentence when it is no track, or two are chosen already.
    """
    with store.writing() as session:
        subject = access.of_team(team_id)
        access.check(who, Action.PLAN, subject)
        row = make(session, team_id, slug, why, who.id)
        detail = {"track": slug, "version": row.version}
        audit.record(session, who, "choose_track", f"enrolment:{row.id}", detail, subject.organization_id)
        return row.id


def make(session: Session, team_id: int, slug: str, why: str = "", by: int | None = None) -> Enrolment:
    """The row, in the caller's transaction. Raises ValueError with a sentence."""
    track = catalog.tracks().get(slug)
    if track is None or track["status"] not in recommend.OPEN:
        raise ValueError("There is no such track to choose; reload the page.")
    rows = session.execute(select(Enrolment).where(Enrolment.team_id == team_id)).scalars().all()
    mine = [row for row in rows if row.track_id == track["id"]]
    if any(row.state in ACTIVE for row in mine):
        raise ValueError(f"{track['title']} is chosen already.")
    if any(row.state == FINISHED for row in mine):
        raise ValueError(f"The team has finished {track['title']}.")
    active = [row for row in rows if row.state in ACTIVE]
    if len(active) >= AT_ONCE:
        titles = " and ".join(_title(row) for row in active)
        raise ValueError(f"A team does {AT_ONCE} tracks at once, so that they get done. Finish or drop one: {titles}.")
    row = Enrolment(
        team_id=team_id, track_id=track["id"], slug=slug, version=track["version"], state=CHOSEN,
        why=texts.note(why), chosen_by=by, chosen_at=store.now_us(),
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row


def begin(who: Who, choice_id: int, at: int | None = None) -> None:
    """The team works on it since then, now when None. Beginning twice changes nothing.

    Raises Forbidden, NotFound, or ValueError with a sentence.
    """
    with _changing(who, choice_id, "begin") as (_, row):
        if row.state == UNDER_WAY:
            return
        _refuse_ended(row)
        row.begun_at, row.state = _past(at), UNDER_WAY


def finish(who: Who, choice_id: int, at: int | None = None, done: Done | None = None) -> int | None:
    """The team has done it, now when `at` is None. done: what is to be looked at for Did it work?; its kind, start and
    finish are those of the track, and the id of what was made is returned.

    Raises Forbidden, NotFound, or ValueError with a sentence; then nothing is changed.
    """
    with _changing(who, choice_id, "finish") as (session, row):
        if row.state == CHOSEN:
            raise ValueError("Begin it first: when it began says which weeks are before it.")
        _refuse_ended(row)
        ended = _past(at)
        if ended < row.begun_at:
            raise ValueError("It cannot have finished before it began.")
        row.ended_at, row.state = ended, FINISHED
        return None if done is None else _watched(session, row, done, who).id


def watch(who: Who, choice_id: int, done: Done) -> int:
    """Looks at a finished track for Did it work? after all; the id of what was made.

    Raises Forbidden, NotFound, or ValueError with a sentence.
    """
    with _changing(who, choice_id, "watch") as (session, row):
        if row.state != FINISHED:
            raise ValueError("Only a finished track can be looked at.")
        return _watched(session, row, done, who).id


def drop(who: Who, choice_id: int) -> None:
    """The team does not do it, or not any more; it may choose it again. Raises Forbidden, NotFound, ValueError."""
    with _changing(who, choice_id, "drop") as (_, row):
        _refuse_ended(row)
        row.ended_at, row.state = store.now_us(), DROPPED


def _watched(session: Session, row: Enrolment, done: Done, who: Who) -> Intervention:
    dates = {"kind": "track", "started_at": row.begun_at, "finished_at": row.ended_at}
    return interventions.make(session, row.team_id, Done(**{**vars(done), **dates}), who.id, row.id)


def _past(at: int | None) -> int:
    now = store.now_us()
    if at is not None and not _FIRST <= at <= now:
        raise ValueError("Choose a date that is not in the future.")
    return now if at is None else at


def _refuse_ended(row: Enrolment) -> None:
    if row.state not in ACTIVE:
        raise ValueError(f"{_title(row)} was {row.state} already; reload the page.")


@contextmanager
def _changing(who: Who, choice_id: int, name: str) -> Iterator[tuple[Session, Enrolment]]:
    with store.writing() as session:
        row = session.get(Enrolment, choice_id)
        if row is None:
            raise NotFound("This track is not chosen any more; reload the page.")
        subject = access.of_team(row.team_id)
        access.check(who, Action.PLAN, subject)
        before = row.state
        yield session, row
        if row.state != before or name == "watch":
            detail = {"track": row.slug, "version": row.version}
            audit.record(session, who, f"{name}_track", f"enrolment:{choice_id}", detail, subject.organization_id)


def _track(row: Enrolment) -> Mapping | None:
    """The track as it is taught now; it may have another slug than when it was chosen."""
    return next((track for track in catalog.tracks().values() if track["id"] == row.track_id), None)


def _title(row: Enrolment) -> str:
    track = _track(row)
    return track["title"] if track else row.slug


def _view(row: Enrolment, made: tuple[int, ...]) -> ChoiceView:
    track = _track(row) or {}
    return ChoiceView(
        row.id, row.team_id, track.get("slug", row.slug), track.get("title", row.slug), track.get("hours"), row.version,
        track.get("version", ""), track.get("status") == "wip", row.state, row.why, row.chosen_at, row.begun_at,
        row.ended_at, made,
    )  # fmt: skip
