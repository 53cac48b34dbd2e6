"""What a team did, with dates and the metric that should move by it; whether it did is worked out in `verdicts`.

Two things done in the same weeks on one service cannot be told apart by any statistics, so each names the others.
"""

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import select
from sqlmodel import Session

from assessments.outcomes import WEEK
from data import access, audit, store
from data.access import Action, NotFound
from data.improving import texts
from data.improving.measuring import METRICS, Metric, check_pair
from data.people import Who
from data.tables import Goal, Intervention, Service

KINDS: Mapping[str, str] = {
    "track": "Learning track",
    "proof_of_concept": "Proof of concept",
    "migration": "Migration",
    "process": "Way of working",
    "other": "Something else",
}
MOST = 200  # of a team
MOST_SETTLE = 26  # weeks
JUDGED_WEEKS = 52  # after the settling: what changes later has other causes
_FIRST = 946_684_800_000_000  # the year 2000; nothing that is measured is older


@dataclass(frozen=True)
class Done:
    """What somebody says was, or is being, done. started, finished: microseconds; finished None while it goes on."""

    kind: str
    title: str
    service_id: int
    metric: str
    counter_metric: str
    started_at: int
    finished_at: int | None = None
    settle_weeks: int = 4
    note: str = ""
    goal_id: int | None = None


@dataclass(frozen=True)
class InterventionView:
    """service: its name, "" when it is gone or another team's now. beside: titles of what else was done on the service
    in the weeks that are judged."""

    id: int
    team_id: int
    enrolment_id: int | None
    service: str
    metric: Metric
    counter: Metric | None
    said: Done
    created_at: int
    beside: tuple[str, ...] = ()

    @property
    def until(self) -> int | None:
        """The end of the weeks that are judged; None while it goes on."""
        if self.said.finished_at is None:
            return None
        return self.said.finished_at + (self.said.settle_weeks + JUDGED_WEEKS + 1) * WEEK


def listed(who: Who, team_id: int, now: int | None = None) -> tuple[InterventionView, ...]:
    """All of the team, the newest first: what goes on, then by finish. now: microseconds, the clock when None.

    Raises Forbidden, NotFound.
    """
    access.check(who, Action.VIEW, access.of_team(team_id))
    with store.reading() as session:
        return in_teams(session, [team_id], store.now_us() if now is None else now)


def in_teams(session: Session, team_ids: Collection[int], at: int) -> tuple[InterventionView, ...]:
    """The same of several teams, in a session of somebody who may see them."""
    rows = session.execute(select(Intervention).where(Intervention.team_id.in_(team_ids))).scalars().all()
    if not rows:
        return ()
    named = select(Service.team_id, Service.id, Service.name).where(Service.team_id.in_(team_ids))
    services: dict[int, dict[int, str]] = {team_id: {} for team_id in team_ids}
    for team_id, key, name in session.execute(named):
        services[team_id][key] = name
    views = [_view(row, services[row.team_id]) for row in rows if row.metric in METRICS]
    begun = [one for one in views if one.said.started_at <= at]
    named = [_with_others(one, begun) for one in views]
    last = float("inf")
    return tuple(sorted(named, key=lambda one: (-(one.said.finished_at or last), -one.said.started_at, -one.id)))


def add(who: Who, team_id: int, done: Done) -> int:
    """Keeps what was done; its id. Raises Forbidden, NotFound, or ValueError with a sentence."""
    with store.writing() as session:
        subject = access.of_team(team_id)
        access.check(who, Action.PLAN, subject)
        row = make(session, team_id, done, who.id)
        detail = {"title": row.title, "metric": row.metric, "service": row.service_id}
        audit.record(session, who, "add_intervention", f"intervention:{row.id}", detail, subject.organization_id)
        return row.id


def make(
    session: Session, team_id: int, done: Done, by: int | None = None, enrolment_id: int | None = None
) -> Intervention:
    """The row, in the caller's transaction. Raises ValueError with a sentence, NotFound."""
    done = checked(session, team_id, done)
    if len(session.execute(select(Intervention.id).where(Intervention.team_id == team_id)).all()) >= MOST:
        raise ValueError(f"The team has {MOST} entries here: remove some that nobody looks at any more first.")
    row = Intervention(
        team_id=team_id, enrolment_id=enrolment_id, created_by=by, created_at=store.now_us(), **vars(done)
    )
    session.add(row)
    session.flush()
    return row


def edit(who: Who, intervention_id: int, done: Done) -> None:
    """Says it otherwise. Raises Forbidden, NotFound, or ValueError with a sentence."""
    with _changing(who, intervention_id, "edit") as (session, row):
        was = row.service_id == done.service_id
        for name, value in vars(checked(session, row.team_id, done, kept=was)).items():
            setattr(row, name, value)


def finish(who: Who, intervention_id: int, at: int | None = None) -> None:
    """It is done since then, now when None. Raises Forbidden, NotFound, or ValueError with a sentence."""
    with _changing(who, intervention_id, "finish") as (_, row):
        at = store.now_us() if at is None else at
        if row.finished_at is not None:
            raise ValueError("It is finished already; edit it to change its dates.")
        _check_dates(row.started_at, at)
        row.finished_at = at


def remove(who: Who, intervention_id: int) -> None:
    """Takes it away; what was measured stays. Raises Forbidden, NotFound."""
    with _changing(who, intervention_id, "remove") as (session, row):
        session.delete(row)


def checked(session: Session, team_id: int, done: Done, kept: bool = False) -> Done:
    """As it may be kept. kept: the service is as it was, and may be another team's by now. Raises ValueError with a
    sentence, NotFound."""
    if done.kind not in KINDS:
        raise ValueError("Say what kind of thing it was: choose one from the list.")
    check_pair(done.metric, done.counter_metric)
    service_of(session, team_id, done.service_id, kept)
    if type(done.settle_weeks) is not int or not 0 <= done.settle_weeks <= MOST_SETTLE:
        raise ValueError(f"Things settle within 0 to {MOST_SETTLE} weeks.")
    _check_dates(done.started_at, done.finished_at)
    goal = None if done.goal_id is None else session.get(Goal, done.goal_id)
    if done.goal_id is not None and (goal is None or goal.team_id != team_id):
        raise NotFound("This goal is not there any more.")
    values = {**vars(done), "title": texts.title(done.title, "entry"), "note": texts.note(done.note)}
    return Done(**values)


def service_of(session: Session, team_id: int, service_id: int | None, kept: bool = False) -> Service | None:
    """The service of the team. Raises NotFound."""
    row = session.get(Service, service_id) if service_id is not None else None
    if (row is None or row.team_id != team_id) and not kept:
        raise NotFound("This service is not one of the team's any more; choose another.")
    return row


def _check_dates(started: int, finished: int | None) -> None:
    if started < _FIRST or (finished or started) > store.now_us() + JUDGED_WEEKS * WEEK:
        raise ValueError("Choose a date between the year 2000 and a year from now.")
    if finished is not None and finished < started:
        raise ValueError("It cannot have finished before it started.")
    if finished is not None and finished > store.now_us():
        raise ValueError("It cannot have finished in the future; leave the finish empty while it goes on.")


@contextmanager
def _changing(who: Who, intervention_id: int, name: str) -> Iterator[tuple[Session, Intervention]]:
    with store.writing() as session:
        row = session.get(Intervention, intervention_id)
        if row is None:
            raise NotFound("This entry is not there any more; reload the page.")
        subject = access.of_team(row.team_id)
        access.check(who, Action.PLAN, subject)
        detail = {"title": row.title}
        yield session, row
        about = f"intervention:{intervention_id}"
        audit.record(session, who, f"{name}_intervention", about, detail, subject.organization_id)


def _view(row: Intervention, services: Mapping[int, str]) -> InterventionView:
    said = Done(**{name: getattr(row, name) for name in Done.__dataclass_fields__})
    counter = METRICS.get(row.counter_metric or "")
    name = services.get(row.service_id, "")
    return InterventionView(
        row.id, row.team_id, row.enrolment_id, name, METRICS[row.metric], counter, said, row.created_at
    )


def _with_others(one: InterventionView, views: Collection[InterventionView]) -> InterventionView:
    """What else was done on its service between its start and the end of the weeks that are judged, or settled then."""
    last = float("inf")
    others = [
        other.said.title
        for other in views
        if other.id != one.id and other.said.service_id == one.said.service_id is not None
        if other.said.started_at <= (one.until or last)
        if (other.said.finished_at or last) + other.said.settle_weeks * WEEK >= one.said.started_at
    ]
    return InterventionView(**{**vars(one), "beside": tuple(dict.fromkeys(others))})
