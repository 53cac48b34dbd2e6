"""Many teams side by side, each against itself: how far a metric of a team's services has changed from one window to
another, the course it took, and how unnamed teams are spread.

A team is never compared with another, and no figure of services is put into one pot: each service is compared with
itself, in parts (times, rates: 0.7 is 30 % less) or in differences (shares), and the change of a team is the mean
change of its services, each counting the same. Its 95 % interval comes from theirs, whatever kind they are: the method
of variance estimates recovery for a linear function of independent figures (Zou, Huang and Zhang 2009, Computational
Statistics and Data Analysis 53, 1080-1085), which for one service is that of `assessments.goals.difference`. The
services of a team are all there are and no sample, so only the chance in each of their figures is in the interval.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from assessments.delivery.parts import NULL, SERIES, Parts
from assessments.delivery.results import STAGES

LOW, HIGH = "low", "high"  # the end one wishes for
#: Fewest teams whose spread is shown, and of which a group is: of fewer, each would be known.
FEWEST_TEAMS = 5
MANY_TEAMS = 20  # from so many on, bins are narrow
MOST = 1e6  # the end of the last bin
WEEKS = (4, 13, 26, 52)  # of a window
_SHORTEST = 1 / 3600  # hours: a second; what is shorter has no logarithm to speak of
_CHANCE = 0.05
_THIRD = 3


class Moved(StrEnum):
    """What is known of a change: that it is better or worse by more than chance, that it cannot be told from none, or
    that nothing could be compared."""

    BETTER = "better"
    WORSE = "worse"
    NOT_APART = "not told apart"
    NOT_COMPARED = "not compared"


@dataclass(frozen=True)
class Metric:
    """key: as in `assessments.delivery`. parts: changes are parts of what was, not differences. unit: of its values."""

    key: str
    name: str
    better: str
    parts: bool
    unit: str
    less: str
    more: str


#: In the order of the definitions. less, more: what a team has become when the metric went down or up.
METRICS: Mapping[str, Metric] = {
    one.key: one
    for one in (
        Metric("lead_time", "Lead time", LOW, True, "hours", "shorter", "longer"),
        Metric("deployment_frequency", "Deployment frequency", HIGH, True, "per day", "less often", "more often"),
        Metric("recovery_time", "Recovery time", LOW, True, "hours", "shorter", "longer"),
        Metric("change_fail_rate", "Change fail rate", LOW, False, "share", "fewer fail", "more fail"),
        Metric("rework_rate", "Rework rate", LOW, False, "share", "less rework", "more rework"),
        Metric("merge_to_production", "Merge to production", LOW, True, "hours", "shorter", "longer"),
    )
}


@dataclass(frozen=True)
class Figures:
    """A metric of many services in one window, a place each; NaN where there is no value or no end of its interval."""

    value: np.ndarray
    low: np.ndarray
    high: np.ndarray


@dataclass(frozen=True)
class Change:
    """How a metric of a team has changed. value, low, high: the mean change of its services with its interval, as parts
    or differences; None where none could be compared. compared: services that could be; better, worse: those of them
    that changed by more than chance on their own."""

    moved: Moved
    value: float | None
    low: float | None
    high: float | None
    compared: int
    better: int
    worse: int


NOTHING = Change(Moved.NOT_COMPARED, None, None, None, 0, 0, 0)


def steps(metric: Metric, before: Figures, after: Figures) -> Figures:
    """The change of each service, in logarithms where the metric changes by parts; NaN where one of the two windows has
    no value, or no whole interval."""
    (first, first_low, first_high), (last, last_low, last_high) = (
        _scaled(metric, each.value, each.low, each.high) for each in (before, after)
    )
    with np.errstate(invalid="ignore"):  # the logarithm of a rate of zero
        value = last - first
        low = value - np.hypot(last - last_low, first_high - first)
        high = value + np.hypot(last_high - last, first - first_low)
    known = np.isfinite(value) & np.isfinite(low) & np.isfinite(high)
    return Figures(*(np.where(known, each, np.nan) for each in (value, low, high)))


def changes(metric: Metric, team: np.ndarray, size: int, before: Figures, after: Figures) -> list[Change]:
    """The change of each of `size` teams. team: the number of each service's, 0..size-1."""
    step = steps(metric, before, after)
    known = ~np.isnan(step.value)
    good = -1 if metric.better == LOW else 1
    up, down = step.low > 0, step.high < 0
    counts = [np.bincount(team[which], minlength=size) for which in (known, up, down)]
    value, low, high = _mean(team, size, step)
    found = []
    for place in range(size):
        compared, rose, fell = (int(each[place]) for each in counts)
        better, worse = (rose, fell) if good > 0 else (fell, rose)
        if not compared:
            found.append(NOTHING)
            continue
        moved = Moved.NOT_APART
        if low[place] > 0 or high[place] < 0:
            moved = Moved.BETTER if (low[place] > 0) == (good > 0) else Moved.WORSE
        ends = (_natural(metric, each[place]) for each in (value, low, high))
        found.append(Change(moved, *ends, compared, better, worse))
    return found


@dataclass(frozen=True)
class Course:
    """The way of a team against its own level before: mean change of its services in the four weeks that end with each
    week, with its interval; NaN in weeks in which fewer than a third of them have a value.
    week: numbers of ISO weeks, without holes."""

    week: np.ndarray
    value: np.ndarray
    low: np.ndarray
    high: np.ndarray


def courses(
    metric: Metric, team: np.ndarray, size: int, base: Figures, service: np.ndarray, week: np.ndarray, rolling: Figures,
    first: int, last: int,
) -> list[Course]:  # fmt: skip
    """The course of each team from week `first` to `last`, both included. base: the figures it is held against, a place
    for each service; `rolling`, with `service` and `week`: the figures of the four weeks that end with that week."""
    weeks = last - first + 1
    inside = (week >= first) & (week <= last)
    service, week = service[inside], week[inside] - first
    now = Figures(*(each[inside] for each in (rolling.value, rolling.low, rolling.high)))
    step = steps(metric, Figures(*(each[service] for each in (base.value, base.low, base.high))), now)
    known = ~np.isnan(step.value)
    cell = team[service] * weeks + week
    value, low, high = _mean(cell, size * weeks, step)
    count = np.bincount(cell[known], minlength=size * weeks).reshape(size, weeks)
    ever = np.unique(service[known])
    enough = count * _THIRD >= np.maximum(np.bincount(team[ever], minlength=size), 1)[:, None]
    shown = [np.where(enough & (count > 0), each.reshape(size, weeks), np.nan) for each in (value, low, high)]
    numbers = np.arange(first, last + 1)
    return [Course(numbers, *(_natural(metric, each[place]) for each in shown)) for place in range(size)]


@dataclass(frozen=True)
class Tally:
    """Of how many teams a change says what. by_chance: of those compared, so many would look changed if none were."""

    better: int
    worse: int
    not_apart: int
    not_compared: int

    @property
    def compared(self) -> int:
        return self.better + self.worse + self.not_apart

    @property
    def by_chance(self) -> float:
        return self.compared * _CHANCE


def tally(some: Sequence[Change]) -> Tally:
    """Counts of teams, by what their change says."""
    return Tally(*(sum(one.moved is each for one in some) for each in Moved))


# Spread of unnamed teams


@dataclass(frozen=True)
class Spread:
    """How teams are spread over values, without saying which is where. edges: of the bins, one more than counts; now,
    before: teams in each; middle: of now and of before; teams: that have a value in both windows, and are the same in
    both; without: those that have not."""

    edges: tuple[float, ...]
    now: tuple[int, ...]
    before: tuple[int, ...]
    middle: tuple[float, float]
    teams: int
    without: int


def typical(team: np.ndarray, size: int, value: np.ndarray) -> np.ndarray:
    """The value of each team's middle service, NaN where none has one: of an even number the mean of the two middle
    ones."""
    order = np.lexsort((value, team))
    ordered, of = value[order], team[order]
    count = np.bincount(team[~np.isnan(value)], minlength=size)
    start = np.searchsorted(of, np.arange(size))  # NaN stand behind all numbers of their team
    found = np.full(size, np.nan)
    has = count > 0
    first, second = start[has] + (count[has] - 1) // 2, start[has] + count[has] // 2
    found[has] = (ordered[first] + ordered[second]) / 2
    return found


def spread(metric: Metric, now: np.ndarray, before: np.ndarray) -> Spread | None:
    """Of the values of teams in two windows; None for fewer than FEWEST_TEAMS that have both. Bins are those of
    `edges_of`: round, and the same for everybody, so that no bin is made for one team."""
    both = ~np.isnan(now) & ~np.isnan(before)
    teams = int(both.sum())
    if teams < FEWEST_TEAMS:
        return None
    now, before = now[both], before[both]
    edges = edges_of(metric, np.concatenate([now, before]), teams)
    counts = (_binned(edges, each) for each in (now, before))
    middle = float(np.median(now)), float(np.median(before))
    return Spread(tuple(edges), *counts, middle, teams, len(both) - teams)


#: Round ends of bins: hours, per day, share. What lies beyond is in the first or last.
_EDGES: Mapping[str, tuple[float, ...]] = {
    "hours": (0, 0.5, 1, 2, 4, 6, 8, 12, 16, 24, 36, 48, 72, 96, 120, 168, 240, 336, 504, 720, 1440, 2880, MOST),
    "per day": (0, 1 / 90, 1 / 30, 1 / 14, 1 / 7, 2 / 7, 3 / 7, 5 / 7, 1, 1.5, 2, 3, 4, 6, 8, 16, MOST),
    "share": (0, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 1),
}
#: The same for a few teams, of which each would else have a bin of its own.
_WIDE: Mapping[str, tuple[float, ...]] = {
    "hours": (0, 1, 4, 8, 24, 48, 96, 168, 336, 720, 2880, MOST),
    "per day": (0, 1 / 30, 1 / 7, 3 / 7, 1, 2, 4, 8, MOST),
    "share": (0, 0.05, 0.1, 0.15, 0.2, 0.3, 0.5, 1),
}


def edges_of(metric: Metric, values: np.ndarray, teams: int) -> list[float]:
    """The ends of the bins from the lowest to the highest of these values."""
    every = np.array((_WIDE if teams < MANY_TEAMS else _EDGES)[metric.unit])
    place = np.clip(np.searchsorted(every, values, side="right") - 1, 0, len(every) - 2)
    return every[place.min() : place.max() + 2].tolist()


def _binned(edges: Sequence[float], values: np.ndarray) -> tuple[int, ...]:
    place = np.clip(np.searchsorted(edges, values, side="right") - 1, 0, len(edges) - 2)
    return tuple(np.bincount(place, minlength=len(edges) - 1).tolist())


def levels(told: Sequence[int | None], top: int = 4) -> tuple[int, ...] | None:
    """How many teams stand at each level of a capability, from 0 on; None for fewer than FEWEST_TEAMS of which one is
    told. Which team is where is not in it."""
    known = [each for each in told if each is not None]
    if len(known) < FEWEST_TEAMS:
        return None
    return tuple(known.count(level) for level in range(top + 1))


# Where lead time goes


def stage_shares(parts: Parts, starts: np.ndarray, ends: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The share of each stage in the summed lead time of the changes that shipped in the window of their service, of
    those whose stage is known: an array services x stages, NaN where none is known; and how many changes there were.

    starts, ends: microseconds, a place for each service of the parts."""
    records, service, size = parts.changes.records, parts.changes.service, len(starts)
    at = records["finished_at"]
    chosen = (records["series"] == SERIES.index("lead_time")) & (at >= starts[service]) & (at < ends[service])
    records, service = records[chosen], service[chosen]
    shares = np.full((size, len(STAGES)), np.nan)
    for place, stage in enumerate(STAGES):
        us = records[f"{stage}_us"]
        known = us != NULL
        spent, whole = (
            np.bincount(service[known], each[known].astype(float), size) for each in (us, records["lead_us"])
        )
        some = whole > 0
        shares[some, place] = spent[some] / whole[some]
    return shares, np.bincount(service, minlength=size)


def mean_by(group: np.ndarray, size: int, values: np.ndarray) -> np.ndarray:
    """The mean of the known values of each group, each counting the same; NaN where none is known."""
    known = ~np.isnan(values)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.bincount(group[known], values[known], size) / np.bincount(group[known], minlength=size)


# Scales


def _scaled(metric: Metric, *ends: np.ndarray) -> list[np.ndarray]:
    """As changes add up. A rate of zero has no part of it, so nothing is compared with it."""
    if not metric.parts:
        return list(ends)
    if metric.unit == "hours":
        return [np.log(np.maximum(each, _SHORTEST)) for each in ends]
    with np.errstate(divide="ignore"):
        return [np.log(each) for each in ends]


def _natural(metric: Metric, value):
    found = np.exp(value) if metric.parts else value
    return found if isinstance(found, np.ndarray) and found.ndim else float(found)


def _mean(group: np.ndarray, size: int, step: Figures) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The mean of each group of independent figures with its interval; NaN for a group without any."""
    known = ~np.isnan(step.value)
    group = group[known]
    value, low, high = (each[known] for each in (step.value, step.low, step.high))
    count = np.bincount(group, minlength=size)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.bincount(group, value, size) / count
        down, up = (np.sqrt(np.bincount(group, each**2, size)) / count for each in (value - low, high - value))
    return mean, mean - down, mean + up
