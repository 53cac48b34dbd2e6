"""Where goals are on the way to: their weeks, and a band of where metric and counter-metric will be on the day."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from assessments import forecast
from assessments.forecast import Forecast
from assessments.outcomes import WEEK, Weeks, week_of
from data.improving import figures, measuring
from data.improving.goals import OPEN, GoalView
from data.improving.measuring import Measured, Metric


@dataclass(frozen=True)
class Course:
    """One metric of a goal. aim: the target, or the limit of a counter-metric; since: the week in which the goal was
    set, due: that of its day. weeks: all that are known; ahead: see `assessments.forecast`. why_not: why nothing is
    drawn at all, "" otherwise."""

    metric: Metric
    aim: float
    since: int
    due: int
    weeks: Weeks | None
    ahead: Forecast | None
    why_not: str = ""


Pair = tuple[Course, Course]  # of the metric, and of the counter-metric


def courses(goals: Sequence[GoalView]) -> dict[int, Pair]:
    """Of goals that `goals.listed` has let somebody see, by id. Those whose service is not there any more are left out.
    Takes some ten milliseconds a goal."""
    there = [one for one in goals if one.service]
    if not there:
        return {}
    metrics = {each.key for one in there for each in (one.metric, one.counter)}
    found = measuring.measured({one.wanted.service_id for one in there}, metrics)
    asked = _asked(there)
    now = figures.figures(asked.values())
    return {
        one.id: tuple(
            _course(one, metric, aim, found, now.get(asked.get((one.id, metric.key))))
            for metric, aim in ((one.metric, one.wanted.target), (one.counter, one.wanted.counter_limit))
        )
        for one in there
    }


def _asked(goals: Sequence[GoalView]) -> dict[tuple[int, str], figures.Wanted]:
    """The figures at which the bands begin, by goal and metric."""
    until = figures.newest({one.wanted.service_id for one in goals})
    return {
        (one.id, metric.key): (one.wanted.service_id, metric.key, end - _span(one) * WEEK, end)
        for one in goals
        if one.wanted.service_id in until
        for end in (min(until[one.wanted.service_id][1], one.ended_at or until[one.wanted.service_id][1]),)
        for metric in (one.metric, one.counter)
    }


def _span(one: GoalView) -> int:
    return forecast.span(week_of(one.created_at), week_of(one.wanted.due_at))


def _course(
    one: GoalView, metric: Metric, aim: float, found: Mapping[tuple[int, str], Measured], now: figures.Figure | None
) -> Course:
    since, due, known = (
        week_of(one.created_at),
        week_of(one.wanted.due_at),
        found.get((one.wanted.service_id, metric.key)),
    )
    if known is None or known.why_not:
        why_not = known.why_not if known else "This service is not there any more."
        return Course(metric, aim, since, due, None, None, why_not)
    weeks = known.weeks if one.ended_at is None else known.weeks.part(high=week_of(one.ended_at))
    value = now.value if now else None
    until = due if one.state == OPEN else since  # what has ended is on the way to nothing
    ahead = forecast.forecast(weeks, value, _span(one), until, aim, metric.better, metric.name)
    return Course(metric, aim, since, due, weeks, ahead)
