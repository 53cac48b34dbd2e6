"""The metrics of many windows at once. One implementation for a single window, for weekly cells and for a fleet.

Every measure is a set of arrays, one number per window; NaN where there is no number. A number depends on the rows of
its own window alone, to the last digit, and not on their order.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl

from assessments import statistics
from assessments.delivery.parts import NULL, SERIES, Rows, instants
from assessments.delivery.results import State

MINIMUM_VALUES = 6  # of a median
MINIMUM_P90, MINIMUM_P90_INTERVAL = 10, 36
MINIMUM_DEPLOYMENTS = 5  # of a share
MINIMUM_CLUSTERS = 8  # deployments, for an interval of lead times
HOUR = 3_600_000_000  # microseconds
DAY = 24 * HOUR
#: States are numbers here: the place in this tuple.
STATES = tuple(State)
VALUE, TOO_FEW, NONE_HAPPENED, NOT_COLLECTED, NO_DATA = range(len(STATES))


@dataclass(frozen=True)
class Measure:
    """One metric over all windows. `raw` is the number even where there are too few to judge; `value` only where there
    are enough. `of` is -1 where there is no denominator. What not everyone asks for is computed when asked for:
    `interval` gives the limits of every window, of which low and high show those of the judged ones; `more` gives
    further figures by name, and as `values` and `censored` the sorted hours behind a median."""

    state: np.ndarray
    raw: np.ndarray
    n: np.ndarray
    of: np.ndarray
    method: str
    interval: Callable[[], tuple[np.ndarray, np.ndarray]]
    more: Callable[[], dict] = dict
    raw_p90: np.ndarray | None = None

    @property
    def value(self) -> np.ndarray:
        return self._judged(self.raw)

    @property
    def low(self) -> np.ndarray:
        return self._judged(self.limits[0])

    @property
    def high(self) -> np.ndarray:
        return self._judged(self.limits[1])

    @property
    def p90(self) -> np.ndarray:
        return self._judged(np.nan if self.raw_p90 is None else self.raw_p90)

    @property
    def counted(self) -> np.ndarray:
        """n, but 0 where nothing was collected that could be counted; likewise `counted_of`."""
        return np.where(self.state == NOT_COLLECTED, 0, self.n)

    @property
    def counted_of(self) -> np.ndarray:
        return np.where(self.state == NOT_COLLECTED, -1, self.of)

    def _judged(self, numbers: np.ndarray) -> np.ndarray:
        return np.where(self.state == VALUE, numbers, np.nan)

    @cached_property
    def limits(self) -> tuple[np.ndarray, np.ndarray]:
        """The interval of every window, also of those that are not judged."""
        return self.interval()


@dataclass(frozen=True)
class Windows:
    """Many windows [starts, ends) in microseconds since 1970, of services of the frame FLEET: `service` is the place of
    each one's. A window ends at the latest where the collection does, that moment included."""

    services: pl.DataFrame
    service: np.ndarray
    starts: np.ndarray
    ends: np.ndarray

    @property
    def size(self) -> int:
        return len(self.service)

    def _known(self, name: str) -> np.ndarray:
        return self.services[name].to_numpy()[self.service]

    def _instant(self, name: str) -> np.ndarray:
        return instants(self.services[name])[self.service]

    @cached_property
    def collected_until(self) -> np.ndarray:
        return self._instant("collected_until")

    @cached_property
    def upto(self) -> np.ndarray:
        """The first instant that is not in the window any more."""
        return np.where(self.ends >= self.collected_until, self.collected_until + 1, self.ends)

    @cached_property
    def exists(self) -> np.ndarray:
        """Whether the service existed in it."""
        since = self._instant("existed_from")
        return (since != NULL) & (since < self.upto) & (self.starts <= self.collected_until)

    @cached_property
    def days(self) -> np.ndarray:
        """For how many days it did, NaN where it did not. Less than a day counts as one: an hour with two deployments
        is not 48 a day."""
        ends = np.minimum(self.ends, self.collected_until)
        days = (ends - np.maximum(self.starts, self._instant("existed_from"))) / DAY
        return np.where(self.exists, np.maximum(days, 1.0), np.nan)

    @cached_property
    def deploys(self) -> np.ndarray:
        return self._known("deploys")

    @cached_property
    def changes(self) -> np.ndarray:
        return self._known("has_changes")

    @cached_property
    def incidents_collected(self) -> np.ndarray:
        return self._known("incidents_collected")


def measure(deployments: Rows, changes: Rows, windows: Windows) -> dict[str, Measure]:
    """All metrics, by key, in display order, from counted deployments and shipped changes."""
    shipped = _Shipped(changes)
    done = _Done(deployments)
    known = windows.incidents_collected
    of = done.count(done.reached, windows)
    stated = (done.count(done.reached & ~done.stated, windows) == 0) & (of > 0)
    guessed = np.ones(windows.size, bool)
    out = {series: _lead(shipped, series, windows) for series in SERIES}
    out["deployment_frequency"] = _frequency(done, windows, known | stated)
    out["recovery_time"] = _recovery(done, done.failed, "recovered_at", windows, known)
    out["change_fail_rate"] = _share(done, done.failed, of, windows, known)
    out["rework_rate"] = _share(done, done.rework, of, windows, known | stated)
    out["recovery_time_inferred"] = _recovery(done, done.inferred, "candidate_recovered_at", windows, guessed)
    out["change_fail_rate_inferred"] = _share(done, done.inferred, of, windows, guessed)
    out["rework_rate_inferred"] = _share(done, done.rework | done.rework_candidate, of, windows, guessed)
    return out


class _Done:
    """Deployments, and which of them are what."""

    def __init__(self, rows: Rows):
        self.rows, self.w = rows, rows.w
        self.success, self.reached, self.failed, self.inferred, self.rework, self.rework_candidate = (
            rows[name] == 1 for name in ("success", "reached_users", "failed", "inferred", "rework", "rework_candidate")
        )
        self.stated = rows["unplanned"] != -1

    def count(self, which: np.ndarray, windows: Windows) -> np.ndarray:
        return np.bincount(self.w[which], minlength=windows.size)


class _Shipped:
    """Changes whose lead time is known, by series."""

    def __init__(self, rows: Rows):
        lead, series = rows["lead_us"], rows["series"]
        known = lead != NULL
        self._all = {name: np.flatnonzero(known & (series == code)) for code, name in enumerate(SERIES)}
        self._w, self._lead, self._deployment = rows.w, lead, rows.distinct("deployment")

    def of(self, series: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Window, hours and deployment of each."""
        rows = self._all[series]
        return self._w[rows], self._lead[rows] / HOUR, self._deployment[rows]

    def others(self, series: str, windows: Windows) -> np.ndarray:
        """How many there are of the other series."""
        return sum(
            np.bincount(self._w[rows], minlength=windows.size) for name, rows in self._all.items() if name != series
        )


def _states(windows: Windows, n, enough, *, collected=True, anything) -> np.ndarray:
    """State per window: `n` events of which there are `enough`; `anything` of the kind known at all."""
    choices = [
        (~np.broadcast_to(collected, n.shape), NOT_COLLECTED),
        (~windows.exists | ~anything, NO_DATA),
        (n == 0, NONE_HAPPENED),
        (~enough, TOO_FEW),
    ]
    return np.select([condition for condition, _ in choices], [state for _, state in choices], VALUE)


def measure_stage(changes: Rows, stage: str, windows: Windows) -> Measure:
    """One stage of lead time over all windows, of the changes of which it is known, judged as lead time is."""
    us = changes[f"{stage}_us"]
    known = (us != NULL) & (changes["series"] == SERIES.index("lead_time"))
    times = changes.w[known], us[known] / HOUR, changes.distinct("deployment")[known]
    return _median(times, windows, np.bincount(changes.w[~known], minlength=windows.size))


def _lead(shipped: _Shipped, series: str, windows: Windows) -> Measure:
    return _median(shipped.of(series), windows, shipped.others(series, windows))


def _median(times: tuple[np.ndarray, np.ndarray, np.ndarray], windows: Windows, others: np.ndarray) -> Measure:
    """Of times that belong to deployments: window, hours and deployment of each. others: how many changes there are
    whose time is not known, or of the other series."""
    groups, hours, deployment = times
    size = windows.size
    data = statistics.Grouped(groups, hours, size)
    clusters = statistics.Clusters(groups, deployment, size)
    n, deployments = data.count, clusters.count
    state = _states(windows, n, n >= MINIMUM_VALUES, anything=windows.changes)
    # Only the others have something in this window: that is not "none happened".
    other = (n == 0) & (others > 0)
    state = np.where(other & (state == NONE_HAPPENED), NO_DATA, state)
    spread = (deployments >= MINIMUM_CLUSTERS) & (n >= MINIMUM_VALUES)

    def interval(enough=spread, p=0.5):
        low, high = data.woodruff(clusters, p)
        return np.where(enough, low, np.nan), np.where(enough, high, np.nan)

    def more():
        p90_low, p90_high = interval(spread & (n >= MINIMUM_P90_INTERVAL), 0.9)
        return {"p90_low": p90_low, "p90_high": p90_high, "deployments": deployments, "values": data}

    method = "Woodruff, clustered by deployment"
    p90 = np.where(n >= MINIMUM_P90, data.quantile(0.9), np.nan)
    return Measure(state, data.quantile(), n, np.full(size, -1), method, interval, more, p90)


def _frequency(done: _Done, windows: Windows, rework_known) -> Measure:
    n = done.count(done.success, windows)
    days = windows.days

    def interval():
        low, high = statistics.poisson(n)
        return low / days, high / days

    def more():
        w, finished = done.w[done.success], done.rows["finished_at"][done.success]
        order = np.lexsort((finished, w))
        w, finished = w[order], finished[order]
        same = w[1:] == w[:-1]
        between = np.diff(finished)[same] / DAY
        without = done.count(done.success & ~done.rework, windows) / days
        return {
            "days": days,
            "per_working_day": n / days * 7 / 5,
            "median_days_between": statistics.quantile_by(w[1:][same], between, windows.size),
            "without_rework": np.where(rework_known, without, np.nan),
        }

    state = _states(windows, n, n > 0, anything=windows.deploys)
    return Measure(state, n / days, n, np.full(windows.size, -1), "exact Poisson", interval, more)


def _recovery(done: _Done, failed: np.ndarray, end: str, windows: Windows, collected) -> Measure:
    rows = np.flatnonzero(done.reached & failed)
    groups, size = done.w[rows], windows.size
    finished, end_at = done.rows["finished_at"][rows], done.rows[end][rows]
    ended = end_at != NULL
    # An open failure has lasted until the end of the collection, at least.
    until = np.where(ended, end_at, windows.collected_until[groups])
    hours = np.maximum(until - finished, 0) / HOUR
    events = np.bincount(groups, minlength=size)
    n = np.bincount(groups[ended], minlength=size)
    survival = statistics.kaplan_meier_by(groups, hours, ended, size)
    whole = events == n  # nothing open: the interval of an ordinary median
    reached_median = ~np.isnan(survival.median)

    def interval():
        low, high = statistics.order_statistic_by(groups, hours, size)
        return np.where(whole, low, survival.low), np.where(whole, high, survival.high)

    def more():
        return {
            "open": events - n,
            "at_least": np.where(reached_median, np.nan, survival.at_least),
            "whole": whole,
            "values": statistics.Grouped(groups[ended], hours[ended], size),
            "censored": statistics.Grouped(groups[~ended], hours[~ended], size),
        }

    enough = (n >= MINIMUM_VALUES) & reached_median
    state = _states(windows, events, enough, collected=collected, anything=windows.deploys)
    return Measure(state, survival.median, n, np.full(size, -1), "", interval, more)


def _share(done: _Done, condition: np.ndarray, of: np.ndarray, windows: Windows, collected) -> Measure:
    k = done.count(done.reached & condition, windows)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = k / of
    state = _states(windows, of, of >= MINIMUM_DEPLOYMENTS, collected=collected, anything=windows.deploys)
    return Measure(state, share, k, of, "Wilson", lambda: statistics.wilson(k, of))


def together(found: dict[str, Measure], part: str) -> np.ndarray:
    """That part of all measures, window by window."""
    return np.stack([getattr(each, part) for each in found.values()], axis=1).ravel()


def words(places: np.ndarray, names: Sequence[str]) -> pl.Series:
    """The names at those places."""
    return pl.Series(names, dtype=pl.String).gather(places)
