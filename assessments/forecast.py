"""Where a metric is on the way to: its mean over some weeks as it was, and a band of where that will be if things go on
as they have.

Level, trend and season are taken from the last weeks by the model of `assessments.stepped`, and what the weeks to come
share with them (Goldberger 1962, JASA 57, 369-375). A trend fades as it goes on: what is carried on in a straight line
misses more often than not (Gardner and McKenzie 1985, Management Science 31, 1237-1246). The band is one of 80 %, as a
forecast is no finding; in simulations it holds in 80 to 95 of 100 cases (docs/leading.md).
"""

from dataclasses import dataclass, replace

import numpy as np

from assessments.outcomes import COUNTS, LOW, SHARES, SHORTEST, TIMES, Weeks
from assessments.stepped import SEASON, Series, foresee

BASIS = 39  # weeks it rests on, at most
FEWEST = 12  # of them with a value
FURTHEST = 26  # weeks ahead
SPAN, SHORTEST_SPAN = 13, 4  # weeks of the mean
BAND = 0.8
DAMPING = 0.9  # of the trend from week to week
VERDICTS = ON_COURSE, OFF_COURSE, OPEN, NOT_TOLD = "on course", "off course", "open", "not told"


@dataclass(frozen=True)
class Forecast:
    """The mean of so many weeks (`span`) up to each of these, in the unit of the metric. past: week numbers and means;
    ahead: week numbers, then middle and ends of the band, empty where `why_not` says why there is none. verdict: of the
    target at the end: on course (all of the band is there), off course (none of it is), open, or not told. rests_on:
    weeks with a value."""

    span: int
    past: tuple[np.ndarray, np.ndarray]
    week: np.ndarray
    middle: np.ndarray
    low: np.ndarray
    high: np.ndarray
    verdict: str
    rests_on: int
    why_not: str


_NONE = np.empty(0)


def span(set_week: int, due_week: int) -> int:
    """Of how many weeks the mean is for a goal of that length: as many as it is judged by in the end."""
    return min(max(due_week - set_week, SHORTEST_SPAN), SPAN)


def forecast(
    weeks: Weeks, now: float | None, span: int, due: int, target: float, better: str, name: str = "The metric"
) -> Forecast:
    """Up to the week `due` (a number, see `Weeks`), at most FURTHEST weeks ahead.

    now: the metric over the last `span` weeks, as it is shown elsewhere, where the band begins: a median of changes and
    a mean of weeks differ a little. target, better: see `assessments.goals`.
    """
    newest = int(weeks.week.max()) if len(weeks) else due
    recent = weeks.part(low=newest - BASIS + 1)
    shift = 0.0 if now is None or not len(weeks) else _scaled(weeks.kind, now) - _mean(recent, newest, span)
    past = _past(weeks, span, shift)
    nothing = Forecast(span, past, _NONE, _NONE, _NONE, _NONE, NOT_TOLD, len(recent), "")
    if why_not := _why_not(recent, now, newest, due, name):
        return replace(nothing, why_not=why_not)
    last = min(due, newest + FURTHEST)
    try:
        ahead = _ahead(recent, newest, last, span)
    except _TooFar as error:
        return replace(nothing, why_not=f"{name} has a value in so few weeks that {error} to come may have none.")
    except ValueError:
        same = f"{name} is the same in every week so far, so nothing can be told of the weeks to come."
        return replace(nothing, why_not=same)
    middle, low, high = (_natural(weeks.kind, each + shift) for each in ahead)
    week = np.arange(newest + 1, last + 1)
    verdict = _verdict(low[-1], high[-1], target, better) if last == due else NOT_TOLD
    far = f"The forecast ends {FURTHEST} weeks ahead, before its day." if last < due else ""
    return replace(nothing, week=week, middle=middle, low=low, high=high, verdict=verdict, why_not=far)


def _why_not(recent: Weeks, now: float | None, newest: int, due: int, name: str) -> str:
    if len(recent) < FEWEST:
        having = {0: "No week has", 1: "Only 1 week has"}.get(len(recent), f"Only {len(recent)} weeks have")
        return f"Too few to forecast: {having} a value of {name.lower()} in the last {BASIS}; {FEWEST} are needed."
    if now is None:
        return f"{name} has no value in the last weeks, so there is nothing that a forecast could begin from."
    if due <= newest:
        return "All weeks up to its day are known, so there is nothing left to forecast."
    return ""


class _TooFar(ValueError):
    """Weeks with a value are so far from each other that a mean would rest on none; the text says how many weeks."""


def _ahead(recent: Weeks, newest: int, last: int, span: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Middle and ends of the mean up to each of the weeks to come, on the scale of the model."""
    rate = len(recent) / (newest - int(recent.week.min()) + 1)  # weeks without a value stay as frequent
    number = max(round((last - newest) * rate), 1)
    coming = np.minimum(newest + 1 + np.floor(np.arange(number) / rate), last)
    week = np.concatenate([recent.week, coming])
    size = np.concatenate([recent.size, np.full(number, recent.size.mean())])
    ends = np.arange(newest + 1, last + 1)[:, None]
    parts = ((week > ends - span) & (week <= ends)) * size
    if not parts.sum(axis=1).all():
        raise _TooFar(f"{span} weeks")
    scale = 1.0 if recent.kind == TIMES else max(abs(recent.typical or 0), 1e-9)
    series = Series(recent.week.astype(float), recent.value, recent.size, season=SEASON * scale)
    found = foresee(series, coming, parts / parts.sum(axis=1, keepdims=True), DAMPING, BAND)
    return found.mean, found.low, found.high


def _past(weeks: Weeks, span: int, shift: float) -> tuple[np.ndarray, np.ndarray]:
    """The mean up to each week with a value that has as many weeks before it."""
    if not len(weeks):
        return _NONE, _NONE
    since = weeks.week >= weeks.week.min() + span - 1
    inside = (weeks.week > weeks.week[since][:, None] - span) & (weeks.week <= weeks.week[since][:, None])
    parts = inside * weeks.size
    return weeks.week[since], _natural(weeks.kind, parts @ weeks.value / parts.sum(axis=1) + shift)


def _mean(weeks: Weeks, newest: int, span: int) -> float:
    part = weeks.part(low=newest - span + 1)
    return float(np.average(part.value, weights=part.size))


def _scaled(kind: str, value: float) -> float:
    return float(np.log(max(value, SHORTEST))) if kind == TIMES else value


def _natural(kind: str, value: np.ndarray) -> np.ndarray:
    if kind == TIMES:
        return np.exp(value)
    return np.clip(value, 0, {COUNTS: np.inf, SHARES: 1}[kind])


def _verdict(low: float, high: float, target: float, better: str) -> str:
    best, worst = (low, high) if better == LOW else (-high, -low)
    wanted = target if better == LOW else -target
    return ON_COURSE if worst <= wanted else OFF_COURSE if best > wanted else OPEN
