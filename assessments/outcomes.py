"""Did it work? The metric of an intervention after it, beside the same team's weeks before, with trend and season.

Changes that ship together are one observation, and weeks resemble each other; so everything is judged by weeks of
deployments, never by changes (docs/outcomes.md has how often that is wrong, and how often judging by changes would be).
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from assessments.stepped import CONFIDENCE, SEASON, YEAR, Outlook, Series, course, outlook, step

TIMES, COUNTS, SHARES = "times", "counts", "shares"
MOVED, NOT_MOVED, INCONCLUSIVE = "moved", "not moved", "inconclusive"
BETTER, WORSE = "better", "worse"
LOW, HIGH = "low", "high"  # the end one wishes for
WEEK = 7 * 86_400_000_000  # microseconds
_MONDAY = 4 * 86_400_000_000  # 5 January 1970
FEWEST_BEFORE, FEWEST_AFTER = 12, 4  # weeks with a value
RELEVANT = 0.3  # a change of this part is worth seeing
POWER = 0.8
HORIZON = 104  # weeks that one might wait
SHORTEST = 1 / 3600  # hours; shorter times count as a second


@dataclass(frozen=True)
class Weeks:
    """A metric by ISO weeks in UTC. `week`: numbers, Monday 5 January 1970 begins week 0; only weeks that are whole.

    kind: times (hours, judged on the log scale: `value` is the mean log of the week's deployments), counts (deployments
    a week; a week without any is 0) or shares (of deployments). `size`: deployments behind the value (counts: 1, as a
    week is one observation). `changes`: how many rows it comes from.
    """

    kind: str
    week: np.ndarray
    value: np.ndarray
    size: np.ndarray
    changes: np.ndarray

    def __len__(self) -> int:
        return len(self.week)

    def part(self, low: float = -np.inf, high: float = np.inf) -> "Weeks":
        """Weeks low <= number < high."""
        inside = (self.week >= low) & (self.week < high)
        return Weeks(self.kind, *(column[inside] for column in (self.week, self.value, self.size, self.changes)))

    @property
    def natural(self) -> np.ndarray:
        """The values in the unit of the metric: hours (a geometric mean), deployments a week, or a share."""
        return np.exp(self.value) if self.kind == TIMES else self.value

    @property
    def deployments(self) -> int:
        """How many there are in all."""
        return int(self.value.sum() if self.kind == COUNTS else self.size.sum())

    @property
    def typical(self) -> float | None:
        """Geometric mean of times in hours, mean of counts, share of all deployments; None without weeks."""
        if not len(self):
            return None
        if self.kind == TIMES:
            return float(np.exp(np.average(self.value, weights=self.size)))
        return float(np.average(self.value, weights=self.size if self.kind == SHARES else None))


@dataclass(frozen=True)
class Intervention:
    """What was done. `start`, `finish`: microseconds. `settle`: weeks after the finish that are not judged: a dip is
    to be expected while people learn, and is no failure."""

    start: int
    finish: int
    settle: int = 4


@dataclass(frozen=True)
class Outcome:
    """What came of it. verdict: moved (`direction` better or worse), not moved (a change worth seeing is ruled out) or
    inconclusive. change, low, high: of the metric as parts (times: 0.7 is 30 % less) or differences (counts a week,
    shares); None where nothing could be worked out. missing: sentences on what would make it conclusive.
    weeks, deployments: before and after."""

    verdict: str
    direction: str | None
    change: float | None
    low: float | None
    high: float | None
    before: float | None
    after: float | None
    weeks: tuple[int, int]
    deployments: tuple[int, int]
    missing: tuple[str, ...]
    because: str


@dataclass(frozen=True)
class Needed:
    """What a service needs to see a change of the relevant size in POWER of all cases. weeks: after the settling; None
    when even HORIZON weeks are too few, or the history is. changes, deployments: how many these weeks bring, at the
    rate of the history. `smallest`: the part of a drop that a year would show; None when not even one of 95 %."""

    weeks: int | None
    deployments: int | None
    changes: int | None
    smallest: float | None
    because: str


def week_of(instant: int) -> int:
    """Number of the ISO week that holds the instant (microseconds)."""
    return (instant - _MONDAY) // WEEK


def weekly(kind: str, at, value, deployment, since: int, until: int) -> Weeks:
    """The weeks of a metric between two instants; the first and the last are left out unless they are whole.

    One row a change (times) or a deployment (counts, shares): `at` when the deployment finished in microseconds,
    `value` hours, or whether it failed (counts: unused), `deployment` its number. Rows outside are left out.
    Raises ValueError for a negative or unknown time, or a share that is neither 0 nor 1.
    """
    at, deployment = np.asarray(at, np.int64), np.asarray(deployment, np.int64)
    value = np.asarray(value, float) if kind != COUNTS else np.ones(len(at))
    if kind == TIMES and not (value >= 0).all():
        raise ValueError("a time is known and not negative")
    if kind == SHARES and not np.isin(value, (0, 1)).all():
        raise ValueError("a deployment failed (1) or did not (0)")
    first, last = -((_MONDAY - since) // WEEK), (until - _MONDAY) // WEEK
    week = (at - _MONDAY) // WEEK
    inside = (week >= first) & (week < last)
    week, value, deployment = week[inside], value[inside], deployment[inside]
    each, place, count = np.unique(deployment, return_inverse=True, return_counts=True)
    if kind == TIMES:
        value = np.log(np.maximum(value, SHORTEST))
    by_deployment = np.bincount(place, value, len(each)) / count
    week_of_each = np.zeros(len(each), np.int64)
    week_of_each[place] = week
    if kind == COUNTS:
        numbers = np.arange(first, max(first, last))
        found = np.bincount(week_of_each - first, minlength=len(numbers)).astype(float)
        return Weeks(kind, numbers, found, np.ones(len(numbers)), found)
    numbers, slot, size = np.unique(week_of_each, return_inverse=True, return_counts=True)
    mean = np.bincount(slot, by_deployment, len(numbers)) / np.maximum(size, 1)
    rows = np.bincount(slot[place], minlength=len(numbers))
    return Weeks(kind, numbers, mean, size.astype(float), rows)


def judge(
    weeks: Weeks,
    done: Intervention,
    better: str,
    now: int,
    *,
    name: str = "The metric",
    relevant: float = RELEVANT,
    look_ahead: bool = True,
) -> Outcome:
    """Whether the metric moved. `better`: the end one wishes for (low, high); `relevant`: the part of the level before
    that a change must have to be worth seeing; `look_ahead`: say of what is inconclusive what is missing, which takes
    most of the time.

    Before are the weeks that ended before the start, after are those that began after the settling. Moved: the 95 %
    interval of the step, beside trend and season, leaves out zero. Not moved: it holds zero, and rules out a change of
    the relevant size either way.
    Raises ValueError when it finished before it started, `better` is no end, or relevant is not between 0 and 1.
    """
    if better not in (LOW, HIGH) or not 0 < relevant < 1 or done.finish < done.start or done.settle < 0:
        raise ValueError("an intervention ends after it starts, and is judged by an end and a part between 0 and 1")
    first, before, after = _sides(weeks, done, now)
    seen = _Seen(name, better, relevant, before, after)
    if missing := _too_few(seen, first, now):
        return seen.open(missing)
    series = _series(before, after, first)
    try:
        found = step(series)
    except ValueError:
        return seen.open((f"{name} is the same in every week, so there is nothing to compare.",))
    low, high = found.interval()
    good = -1 if better == LOW else 1
    if low > 0 or high < 0:
        direction = BETTER if (good > 0) == (low > 0) else WORSE
        return seen.closed(MOVED, direction, found.value, low, high, ())
    if max(-low, high) < _size(before, relevant, better):
        return seen.closed(NOT_MOVED, None, found.value, low, high, ())
    return seen.closed(INCONCLUSIVE, None, found.value, low, high, tuple(_missing(seen, series)) if look_ahead else ())


@dataclass(frozen=True)
class Fitted:
    """The weeks that were compared, as the model takes them to be, in the unit of the metric (times: hours). `after`:
    which of them are. trend: what it changed by in half a year beside the step, as `Outcome.change` is, with its
    interval; season: the highest of the year against the lowest, likewise. short: less than a year is known, so that
    the season can hardly be told."""

    week: np.ndarray
    level: np.ndarray
    low: np.ndarray
    high: np.ndarray
    after: np.ndarray
    trend: tuple[float, float, float]
    season: float
    short: bool


def fitted(weeks: Weeks, done: Intervention, now: int) -> Fitted | None:
    """The course that `judge` compared; None where there are too few weeks for it, or nothing changes in them."""
    first, before, after = _sides(weeks, done, now)
    if len(before) < FEWEST_BEFORE or len(after) < FEWEST_AFTER:
        return None
    series = _series(before, after, first)
    try:
        found = course(series)
    except ValueError:
        return None
    natural = np.exp if weeks.kind == TIMES else np.asarray
    ends = {TIMES: (0, np.inf), COUNTS: (0, np.inf), SHARES: (0, 1)}[weeks.kind]
    level, low, high = (np.clip(natural(each), *ends) for each in (found.mean, found.low, found.high))
    trend, season = tuple(float(natural(each)) for each in found.trend), float(natural(found.season))
    short = bool(series.week.max() - series.week.min() + 1 < YEAR)
    return Fitted(series.week.astype(int), level, low, high, series.after, trend, season, short)


def first_after(done: Intervention) -> int:
    """Number of the first week that is judged: the first whole one after the finish and the settling."""
    return -((_MONDAY - done.finish) // WEEK) + done.settle


def _sides(weeks: Weeks, done: Intervention, now: int) -> tuple[int, Weeks, Weeks]:
    """The first week after, the weeks before and the weeks after."""
    first = first_after(done)
    return first, weeks.part(high=week_of(done.start)), weeks.part(low=first, high=week_of(now))


def needed(history: Weeks, better: str = LOW, relevant: float = RELEVANT, settle: int = 4) -> Needed:
    """How long this service has to wait until a change of that part would be seen, from its own weeks so far."""
    if len(history) < FEWEST_BEFORE:
        because = f"The history has {len(history)} weeks with a value; {FEWEST_BEFORE} are needed to tell."
        return Needed(None, None, None, None, because)
    series = _series(history, history.part(high=-np.inf), None)
    try:
        ahead = outlook(series, HORIZON, settle)
    except ValueError:
        return Needed(None, None, None, None, "Every week so far has the same value, so nothing can be told.")
    weeks = _fewest(ahead, _size(history, relevant, better), FEWEST_AFTER)
    smallest = _smallest(ahead, history, better)
    span = float(history.week.max() - history.week.min() + 1)
    deployments = history.deployments / span
    least = f"a year would show one of {_percent(smallest)}" if smallest else "a year would not show one of 95 %"
    if weeks is None:
        because = f"In {HORIZON} weeks a change of {_percent(relevant)} would not be seen reliably; {least}."
        return Needed(None, None, None, smallest, because)
    ships, changes = round(weeks * deployments), round(weeks * history.changes.sum() / span)
    counted = (
        f"{weeks} weeks ({ships} deployments with {changes} changes)"
        if history.kind == TIMES
        else (f"{weeks} weeks ({ships} deployments)")
    )
    because = (
        f"A change of {_percent(relevant)} would be seen in {_percent(POWER)} of all cases after {counted}, "
        f"at the pace of the {span:.0f} weeks so far; {least}."
    )
    return Needed(weeks, ships, changes, smallest, because)


def beside(outcome: Outcome, counter: Outcome | None) -> str:
    """The outcome in a sentence with its counter-metric, which must not have paid for it."""
    if counter is None:
        return f"{outcome.because} No counter-metric was chosen."
    if counter.verdict == MOVED and counter.direction == WORSE:
        link = "But at a cost:" if outcome.verdict == MOVED and outcome.direction == BETTER else "And beside it:"
    elif counter.verdict == INCONCLUSIVE:
        link = "Whether it was paid for is open:"
    else:
        link = "It was not paid for:"
    return f"{outcome.because} {link} {counter.because}"


def signed(kind: str, change: float) -> str:
    """A change, as `Outcome` has it, in words: "−30 %", "+1.5 points", "−0.4 a week"."""
    if kind == TIMES:
        return f"{(change - 1) * 100:+.0f} %".replace("-", "−")
    if kind == SHARES:
        return f"{change * 100:+.1f} points".replace("-", "−")
    return f"{change:+.1f} a week".replace("-", "−")


@dataclass(frozen=True)
class _Seen:
    """What is said about the metric, whatever the verdict."""

    name: str
    better: str
    relevant: float
    before: Weeks
    after: Weeks

    def _outcome(self, verdict, direction, change, low, high, missing, because) -> Outcome:
        deployments = self.before.deployments, self.after.deployments
        typical = self.before.typical, self.after.typical
        weeks = len(self.before), len(self.after)
        return Outcome(verdict, direction, change, low, high, *typical, weeks, deployments, missing, because)

    def open(self, missing: tuple[str, ...]) -> Outcome:
        return self._outcome(INCONCLUSIVE, None, None, None, None, missing, " ".join(missing))

    def closed(self, verdict, direction, change, low, high, missing) -> Outcome:
        times = self.before.kind == TIMES
        change, low, high = (float(np.exp(x)) if times else float(x) for x in (change, low, high))
        said = f"{self._signed(change)} ({CONFIDENCE * 100:.0f} % interval {self._signed(low)} to {self._signed(high)})"
        weeks = f"{len(self.before)} weeks before and {len(self.after)} after, with trend and season"
        verb = f"{verdict} for the {direction}" if direction else verdict
        because = " ".join([f"{self.name}: {verb}, {said}; {weeks}.", *missing])
        return self._outcome(verdict, direction, change, low, high, missing, because)

    def _signed(self, x: float) -> str:
        return signed(self.before.kind, x)


def _too_few(seen: _Seen, first: int, now: int) -> tuple[str, ...]:
    missing = []
    if week_of(now) < first + FEWEST_AFTER:
        wait = first + FEWEST_AFTER - week_of(now)
        missing.append(f"It is too early: the weeks after the settling are judged in {_weeks(wait)} at the soonest.")
    elif len(seen.after) < FEWEST_AFTER:
        missing.append(f"{_having(len(seen.after), 'after it')}; {FEWEST_AFTER} are needed.")
    if len(seen.before) < FEWEST_BEFORE:
        missing.append(f"{_having(len(seen.before), 'before it')}; {FEWEST_BEFORE} are needed.")
    if not missing and seen.before.kind != TIMES and not seen.before.value.any() and not seen.after.value.any():
        missing.append(f"{seen.name}: none happened before or after, so there is nothing to compare.")
    return tuple(missing)


def _having(number: int, when: str) -> str:
    """'No week after it has deployments', 'Only 1 week ... has', '8 weeks ... have'."""
    if number < 2:
        return f"{'Only 1' if number else 'No'} week {when} has deployments"
    return f"{number} weeks {when} have deployments"


def _weeks(count: int) -> str:
    return f"{count} week{'' if count == 1 else 's'}"


def _series(before: Weeks, after: Weeks, first: float | None) -> Series:
    scale = 1.0 if before.kind == TIMES else max(abs(before.typical or 0), 1e-9)
    joined = [np.concatenate([getattr(part, field) for part in (before, after)]) for field in ("week", "value", "size")]
    joined[0] = joined[0].astype(float)
    return Series(*joined, since=first, season=SEASON * scale)


def _size(before: Weeks, part: float, better: str) -> float:
    """How large a change of that part of the level before is on the scale of the model; positive."""
    if before.kind == TIMES:
        return float(-np.log1p(-part) if better == LOW else np.log1p(part))
    return part * (before.typical or 0.0)


def _missing(seen: _Seen, series: Series) -> Iterator[str]:
    span = series.week.max() - series.week.min() + 1
    ahead = outlook(series, HORIZON)
    more, change = _fewest(ahead, _size(seen.before, seen.relevant, seen.better), 1), _percent(seen.relevant)
    if more is None:
        smallest = _smallest(ahead, seen.before, seen.better)
        least = f"; a year more would show one of {_percent(smallest)}" if smallest else ""
        yield f"Even {HORIZON} more weeks like these would not show a change of {change} reliably{least}."
    else:
        yield f"Some {_weeks(more)} more like these would show a change of {change} in {_percent(POWER)} of all cases."
    if span < YEAR:
        yield f"The {span:.0f} weeks known are less than a year, so the season can hardly be told from the step."


def _fewest(ahead: Outlook, size: float, least: int) -> int | None:
    """The fewest weeks from which on there is enough power; None when HORIZON is too few."""
    weak = np.flatnonzero(ahead.power(size) < POWER)
    weeks = max(least, int(weak[-1]) + 2 if len(weak) else 1)
    return weeks if weeks <= HORIZON else None


_PARTS = (0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95)


def _smallest(ahead: Outlook, before: Weeks, better: str) -> float | None:
    """The smallest part of the level before that a year would show."""
    return next((part for part in _PARTS if ahead.power(_size(before, part, better))[51] >= POWER), None)


def _percent(part: float) -> str:
    return f"{part * 100:.0f} %"
