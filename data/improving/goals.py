"""Goals of a team: a metric to better, beside one that must not get worse for it, until a day, from where it stood.

A single metric is refused: whoever watches one improves it at the cost of what nobody watches. So is one without a
baseline, as nobody could say later that anything changed, and one that rests on failures that were only inferred.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta

from sqlalchemy import select
from sqlmodel import Session

from assessments import goals as ways
from assessments.delivery.results import State
from assessments.goals import Figure, Progress
from assessments.maturity import Standing
from content import catalog
from data import access, audit, people, store
from data.access import Action, NotFound
from data.asked import results
from data.improving import figures, texts
from data.improving.interventions import service_of
from data.improving.measuring import METRICS, Metric, check_pair
from data.people import Who
from data.tables import Goal, GoalLook, PainPoint, Service

OPEN, REACHED, MISSED, DROPPED = "open", "reached", "missed", "dropped"
ENDS = (REACHED, MISSED, DROPPED)
MOST = 50  # of a team that are open
MOST_LOOKS = 200  # of a goal
TOP = 4  # the highest level
LARGEST = 1_000_000  # of a target or limit: more than a hundred years in hours
_LONGEST = timedelta(days=3 * 366) // timedelta(microseconds=1)


@dataclass(frozen=True)
class Wanted:
    """What somebody wants. target, counter_limit: in the unit of their metric (hours, a week, share). due_at:
    microseconds. capability, level: the gap that it comes from; pain_id: the pain point. owner: the role or name of
    whoever keeps an eye on it, "" for nobody; look_at: when they look at it next, microseconds."""

    title: str
    service_id: int
    metric: str
    target: float
    counter_metric: str
    counter_limit: float
    due_at: int
    capability: str | None = None
    level: int | None = None
    pain_id: int | None = None
    note: str = ""
    owner: str = ""
    look_at: int | None = None


@dataclass(frozen=True)
class Look:
    """That somebody looked: when, what was measured (metric and counter-metric), and what they said to it."""

    at: int
    seen: tuple[Figure, Figure]
    note: str


@dataclass(frozen=True)
class GoalView:
    """service: its name, "" when it is gone or another team's now; then nothing is measured. baseline: of the metric
    and of the counter-metric, when the goal was set. state: open | reached | missed | dropped. looks: the newest
    first."""

    id: int
    team_id: int
    service: str
    metric: Metric
    counter: Metric
    wanted: Wanted
    baseline: tuple[Figure, Figure]
    state: str
    created_at: int
    ended_at: int | None
    capability_name: str
    looks: tuple[Look, ...] = ()


@dataclass(frozen=True)
class Stand:
    """Where a goal stands: the metric and the counter-metric since it was set, at most the last weeks, and what that
    means. overdue: its day has passed; look_due: that of the next look has."""

    now: Figure
    counter: Figure
    progress: Progress
    overdue: bool
    look_due: bool = False


# Reading


def listed(who: Who, team_id: int) -> tuple[GoalView, ...]:
    """Open ones by their day, then the others, the newest first. Those who only lead see of no goal the level that it
    came from while that may tell of answers that are not for them yet. Raises Forbidden, NotFound."""
    subject = access.of_team(team_id)
    access.check(who, Action.VIEW, subject)
    sees_all = access.may(people.of_this_moment(who), Action.VIEW_ANSWERS, subject)
    with store.reading() as session:
        held = None if sees_all else results.held_back_since(session, team_id, store.from_us(store.now_us()))
        return in_teams(session, {team_id: held})[team_id]


def in_teams(session: Session, held: Mapping[int, int | None]) -> dict[int, tuple[GoalView, ...]]:
    """The same of several teams, in a session of somebody who may see them. held: the teams, each with since when its
    answers are held back from the reader (`results.held_back_since`)."""
    rows = session.execute(select(Goal).where(Goal.team_id.in_(held)).order_by(Goal.id)).scalars().all()
    named = select(Service.team_id, Service.id, Service.name).where(Service.team_id.in_(held))
    services = {(team_id, key): name for team_id, key, name in session.execute(named)}
    looks, names = _looks(session, [row.id for row in rows]), _capabilities()
    found: dict[int, list[GoalView]] = {team_id: [] for team_id in held}
    for row in rows:
        if row.metric in METRICS and row.counter_metric in METRICS:
            one, since = _view(row, services, names, looks.get(row.id, ())), held[row.team_id]
            found[row.team_id].append(one if since is None or one.created_at < since else _without_level(one))
    return {team_id: _ordered(some) for team_id, some in found.items()}


def _ordered(views: Collection[GoalView]) -> tuple[GoalView, ...]:
    now = [one for one in views if one.state == OPEN]
    ended = [one for one in views if one.state != OPEN]
    return (
        *sorted(now, key=lambda one: (one.wanted.due_at, one.id)),
        *sorted(ended, key=lambda one: (-(one.ended_at or 0), -one.id)),
    )


def _looks(session: Session, goal_ids: Collection[int]) -> dict[int, tuple[Look, ...]]:
    found: dict[int, list[Look]] = {}
    mine = select(GoalLook).where(GoalLook.goal_id.in_(goal_ids))
    for row in session.execute(mine.order_by(GoalLook.looked_at.desc(), GoalLook.id.desc())).scalars():
        seen = tuple(figures.of(row.seen[name]) for name in ("metric", "counter"))
        found.setdefault(row.goal_id, []).append(Look(row.looked_at, seen, row.note))
    return {goal_id: tuple(some) for goal_id, some in found.items()}


def _without_level(one: GoalView) -> GoalView:
    return replace(one, wanted=replace(one.wanted, capability=None, level=None), capability_name="")


def stands(goals: Sequence[GoalView], now: int | None = None) -> dict[int, Stand]:
    """Where each stands, by its id; only goals that `listed` has let somebody see. Those whose service is not there any
    more are left out. now: microseconds, the clock when None."""
    at = store.now_us() if now is None else now
    there = [one for one in goals if one.service]
    until = figures.newest({one.wanted.service_id for one in there})
    asked = {}
    for one in there:
        first, last = until.get(one.wanted.service_id, (0, 0))
        end = min(last, one.ended_at or last)
        window = max(one.created_at, first), end
        asked[one.id] = [(one.wanted.service_id, key, *window) for key in (one.metric.key, one.counter.key)]
    found = figures.figures([each for pair in asked.values() for each in pair])
    out = {}
    for one in there:
        metric, counter = (found[each] for each in asked[one.id])
        progress = ways.progress(
            one.baseline[0], metric, one.wanted.target, one.metric.better, counter, one.wanted.counter_limit,
            one.counter.better,
        )  # fmt: skip
        is_open, look_at = one.state == OPEN, one.wanted.look_at
        overdue, look_due = is_open and one.wanted.due_at < at, is_open and look_at is not None and look_at < at
        out[one.id] = Stand(metric, counter, progress, overdue, look_due)
    return out


def baseline(service_id: int, metric: str, counter: str) -> tuple[Figure, Figure] | None:
    """Both as they are in the weeks up to where the sources of the service were read; None where nothing has been
    worked out of it."""
    window = figures.newest([service_id]).get(service_id)
    if window is None:
        return None
    wanted = [(service_id, key, *window) for key in (metric, counter)]
    found = figures.figures(wanted)
    return tuple(found[each] for each in wanted)


def targets(goals: Sequence[GoalView], standings: dict[str, Standing]) -> dict[str, int]:
    """The levels that the team has set itself, by capability, as `assessments.recommend.plan` takes them."""
    found: dict[str, int] = {}
    for one in goals:
        key, level = one.wanted.capability, one.wanted.level
        if one.state == OPEN and key in standings and level is not None:
            found[key] = max(found.get(key, 0), level)
    return found


def by_pain(who: Who, team_id: int) -> dict[int, tuple[GoalView, ...]]:
    """The open goals that came from a pain point, by it. Raises Forbidden, NotFound."""
    found: dict[int, list[GoalView]] = {}
    for one in listed(who, team_id):
        if one.state == OPEN and one.wanted.pain_id is not None:
            found.setdefault(one.wanted.pain_id, []).append(one)
    return {key: tuple(some) for key, some in found.items()}


# Writing


def add(who: Who, team_id: int, wanted: Wanted) -> int:
    """Sets a goal, with its baseline measured now; its id.

    Raises Forbidden, NotFound, or ValueError with a sentence.
    """
    subject = access.of_team(team_id)
    access.check(who, Action.PLAN, subject)
    check_pair(wanted.metric, wanted.counter_metric)
    with store.reading() as session:
        service_of(session, team_id, wanted.service_id)
    before = measured(wanted.service_id, wanted.metric, wanted.counter_metric)
    with store.writing() as session:
        access.check(who, Action.PLAN, access.of_team(team_id))
        row = make(session, team_id, wanted, before, who.id)
        detail = {"title": row.title, "metric": row.metric, "counter": row.counter_metric, "service": row.service_id}
        audit.record(session, who, "add_goal", f"goal:{row.id}", detail, subject.organization_id)
        return row.id


def make(
    session: Session, team_id: int, wanted: Wanted, before: tuple[Figure, Figure], by: int | None = None,
    at: int | None = None,
) -> Goal:  # fmt: skip
    """The row, in the caller's transaction. before: the baseline of both metrics; at: when it is set, now when None.

    Raises ValueError with a sentence, NotFound.
    """
    at = store.now_us() if at is None else at
    wanted = checked(session, team_id, wanted, before[0], at)
    open_ones = select(Goal.id).where(Goal.team_id == team_id, Goal.state == OPEN)
    if len(session.execute(open_ones).all()) >= MOST:
        raise ValueError(f"The team has {MOST} open goals, more than anybody can keep in mind: end some first.")
    kept = {"metric": figures.plain(before[0]), "counter": figures.plain(before[1])}
    row = Goal(team_id=team_id, baseline=kept, created_by=by, created_at=at, **vars(wanted))
    session.add(row)
    session.flush()
    return row


def edit(who: Who, goal_id: int, wanted: Wanted) -> None:
    """Says it otherwise; what it is measured by and from where stays, as the baseline is of that.

    Raises Forbidden, NotFound, or ValueError with a sentence.
    """
    with _changing(who, goal_id, "edit") as (session, row):
        _refuse_ended(row)
        same = (row.service_id, row.metric, row.counter_metric)
        if same != (wanted.service_id, wanted.metric, wanted.counter_metric):
            raise ValueError("What a goal is measured by stays; end this one and set another.")
        before = figures.of(row.baseline["metric"])
        wanted = checked(session, row.team_id, wanted, before, row.created_at, kept=True)
        for name, value in vars(wanted).items():
            setattr(row, name, value)


def end(who: Who, goal_id: int, state: str, note: str | None = None) -> None:
    """Ends it: reached, missed or dropped. note: what was learnt, added to what is there.

    Raises Forbidden, NotFound, or ValueError with a sentence.
    """
    if state not in ENDS:
        raise ValueError("Say whether it was reached, missed or dropped.")
    with _changing(who, goal_id, "end", {"state": state}) as (_, row):
        _refuse_ended(row)
        row.state, row.ended_at = state, store.now_us()
        if note:
            row.note = texts.note("\n".join(filter(None, (row.note, note))))


def look(who: Who, goal_id: int, note: str = "", next_at: int | None = None) -> None:
    """Keeps that somebody looked where it stands, with what is measured now. next_at: when to look next, None for no
    day; microseconds.

    Raises Forbidden, NotFound, or ValueError with a sentence.
    """
    note, at = texts.note(note), store.now_us()
    with store.reading() as session:
        row = session.get(Goal, goal_id)
        views = () if row is None else in_teams(session, {row.team_id: None})[row.team_id]
    stand = next((stands([one], at).get(goal_id) for one in views if one.id == goal_id), None)
    with _changing(who, goal_id, "look_at", {"next": next_at}) as (session, row):
        _refuse_ended(row)
        if stand is None:
            raise ValueError("The service that it is measured on is not the team's any more: nothing is there to see.")
        _check_look(next_at, at)
        if len(session.execute(select(GoalLook.id).where(GoalLook.goal_id == goal_id)).all()) >= MOST_LOOKS:
            raise ValueError(f"{MOST_LOOKS} looks are kept of this goal already: end it and set another.")
        seen = {"metric": figures.plain(stand.now), "counter": figures.plain(stand.counter)}
        session.add(GoalLook(goal_id=goal_id, seen=seen, note=note, looked_by=who.id, looked_at=at))
        row.look_at = next_at


class NotWorkedOut(ValueError):
    """A service that has no numbers yet."""


def measured(service_id: int, metric: str, counter: str) -> tuple[Figure, Figure]:
    """The baseline of a goal. Raises ValueError with a sentence where there is no value of one of them (NotWorkedOut
    before the service has numbers): what is not known is not 0, and nobody could tell a change from it."""
    found = baseline(service_id, metric, counter)
    if found is None:
        raise NotWorkedOut(
            "Nothing has been worked out of this service yet: connect a source and say what counts as production."
        )
    for key, figure in zip((metric, counter), found, strict=True):
        if figure.value is None:
            why = _MISSING.get(figure.state, "There is no data")
            when = "" if figure.state is State.NOT_COLLECTED else f" in the last {figures.WEEKS} weeks"
            raise ValueError(
                f"{METRICS[key].name} has no value to begin from: {why}{when}. Without one "
                "nobody could say later whether it changed. Choose another, or collect it first."
            )
    return found


def valued(service_id: int) -> frozenset[str]:
    """Metrics of the service with a value that a goal could begin from."""
    window = figures.newest([service_id]).get(service_id)
    found = figures.figures([(service_id, key, *window) for key in METRICS]) if window else {}
    return frozenset(key for (_, key, *_), figure in found.items() if figure.value is not None)


_MISSING = {
    State.TOO_FEW: "there is too little to judge",
    State.NONE_HAPPENED: "nothing of the kind happened",
    State.NOT_COLLECTED: "it is not collected",
    State.NO_DATA: "there is no data",
}


def checked(
    session: Session, team_id: int, wanted: Wanted, before: Figure, at: int, kept: bool = False
) -> Wanted:  # fmt: skip
    """As it may be kept. before: the baseline of the metric; at: when it was set; kept: its service is as it was.

    Raises ValueError with a sentence, NotFound.
    """
    check_pair(wanted.metric, wanted.counter_metric)
    service_of(session, team_id, wanted.service_id, kept)
    for number in (wanted.target, wanted.counter_limit):
        if isinstance(number, bool) or not isinstance(number, int | float):
            raise ValueError("Give the target and the limit as numbers.")
        if LARGEST < number < float("inf"):
            raise ValueError(f"The target and the limit are at most {LARGEST:,}.")
    if told := ways.refused(before, wanted.target, METRICS[wanted.metric].better):
        raise ValueError(told)
    share = METRICS[wanted.counter_metric].unit == "share"
    if not 0 <= wanted.counter_limit < (1.0000001 if share else float("inf")):
        raise ValueError("The limit is a share: 0 to 100 %." if share else "The limit is a number, and not negative.")
    if not at < wanted.due_at <= at + _LONGEST:
        raise ValueError("Choose a day after today, and within three years.")
    _check_look(wanted.look_at, at)
    _check_origin(session, team_id, wanted)
    values = {"title": texts.title(wanted.title, "goal"), "note": texts.note(wanted.note)}
    values["owner"] = texts.owner(wanted.owner)
    numbers = {"target": float(wanted.target), "counter_limit": float(wanted.counter_limit)}
    return Wanted(**{**vars(wanted), **values, **numbers})


def _check_look(look_at: int | None, at: int) -> None:
    if look_at is not None and not (type(look_at) is int and at < look_at <= at + _LONGEST):
        raise ValueError("Choose a day after today for the next look, and within three years.")


def _check_origin(session: Session, team_id: int, wanted: Wanted) -> None:
    if (wanted.capability is None) != (wanted.level is None):
        raise ValueError("A goal from a gap has a capability and the level that is wanted of it.")
    if wanted.capability is not None:
        if wanted.capability not in _capabilities():
            raise ValueError("Choose a capability from the list.")
        if type(wanted.level) is not int or not 1 <= wanted.level <= TOP:
            raise ValueError(f"A level is 1 to {TOP}.")
    if wanted.pain_id is not None:
        row = session.get(PainPoint, wanted.pain_id)
        if row is None or row.team_id != team_id:
            raise NotFound("This pain point is not there any more; reload the list.")


def _capabilities() -> dict[str, str]:
    areas = catalog.practices()["areas"]
    return {each["key"]: each["name"] for area in areas for each in area["capabilities"]}


def _refuse_ended(row: Goal) -> None:
    if row.state != OPEN:
        raise ValueError(f"This goal was {row.state} already; reload the page.")


@contextmanager
def _changing(who: Who, goal_id: int, name: str, detail: dict | None = None) -> Iterator[tuple[Session, Goal]]:
    with store.writing() as session:
        row = session.get(Goal, goal_id)
        if row is None:
            raise NotFound("This goal is not there any more; reload the page.")
        subject = access.of_team(row.team_id)
        access.check(who, Action.PLAN, subject)
        yield session, row
        about = {"title": row.title, **(detail or {})}
        audit.record(session, who, f"{name}_goal", f"goal:{goal_id}", about, subject.organization_id)


def _view(
    row: Goal, services: Mapping[tuple[int, int], str], capabilities: Mapping[str, str], looks: tuple[Look, ...]
) -> GoalView:
    wanted = Wanted(**{name: getattr(row, name) for name in Wanted.__dataclass_fields__})
    before = tuple(figures.of(row.baseline[name]) for name in ("metric", "counter"))
    return GoalView(
        row.id, row.team_id, services.get((row.team_id, row.service_id), ""), METRICS[row.metric],
        METRICS[row.counter_metric], wanted, before, row.state, row.created_at, row.ended_at,
        capabilities.get(row.capability or "", ""), looks,
    )  # fmt: skip
