"""Intervals and quantiles, each with its source. All intervals are two-sided and 95 % unless told otherwise.

The functions that end in `_by` work on many groups at once: `groups` holds for each value the number of its group,
0 .. size-1, and every answer is an array of length `size` with NaN where there is none.
"""

from dataclasses import dataclass

import numpy as np
from scipy import stats

CONFIDENCE = 0.95
_CLOSE = 1e-9


def wilson(k, n, confidence: float = CONFIDENCE):
    """Score interval of a share k/n (Wilson 1927, JASA 22, 209-212). Numbers or arrays; NaN where n is 0.

    Raises ValueError when k is negative or above n.
    """
    k, n = np.asarray(k, float), np.asarray(n, float)
    if np.any(k < 0) or np.any(k > n):
        raise ValueError("k must lie between 0 and n")
    z = stats.norm.ppf(0.5 + confidence / 2)
    with np.errstate(divide="ignore", invalid="ignore"):
        share, weight = k / n, z * z / n
        middle = (share + weight / 2) / (1 + weight)
        half = z * np.sqrt(share * (1 - share) / n + weight / (4 * n)) / (1 + weight)
    low = np.where(k == 0, np.where(n > 0, 0.0, np.nan), middle - half)
    high = np.where(k == n, np.where(n > 0, 1.0, np.nan), middle + half)
    return low, high


def poisson(k, confidence: float = CONFIDENCE):
    """Exact interval of a Poisson mean after k events (Garwood 1936, Biometrika 28, 437-442). Numbers or arrays.

    Raises ValueError when k is negative.
    """
    k = np.asarray(k, float)
    if np.any(k < 0):
        raise ValueError("a count cannot be negative")
    tail = (1 - confidence) / 2
    low = np.where(k > 0, stats.chi2.ppf(tail, 2 * np.maximum(k, 0.5)) / 2, 0.0)
    return low, stats.chi2.ppf(1 - tail, 2 * k + 2) / 2


def order_statistic_ranks(n, p: float = 0.5, confidence: float = CONFIDENCE):
    """Ranks (1-based) of the values that enclose the p-quantile, free of any distribution (David and Nagaraja 2003,
    Order Statistics, 7.1): P(X(low) <= q <= X(high)) >= confidence with equal tails. 0 where n is too small.
    """
    n = np.asarray(n, int)
    tail = (1 - confidence) / 2
    # B ~ Binomial(n, p) values lie below the quantile; X(r) > q has probability P(B < r) = P(B <= r - 1).
    low = stats.binom.ppf(tail, n, p).astype(int)
    high = stats.binom.ppf(1 - tail, n, p).astype(int) + 1
    return low, np.where(high <= n, high, 0)


@dataclass(frozen=True)
class _Sorted:
    """Values of many groups, sorted within their group; `start` and `count` of each group by its number."""

    values: np.ndarray
    groups: np.ndarray
    start: np.ndarray
    count: np.ndarray
    order: np.ndarray

    def at(self, rank: np.ndarray) -> np.ndarray:
        """Value of that rank (1-based) in each group, NaN where the rank is outside 1..count."""
        inside = (rank >= 1) & (rank <= self.count)
        found = np.full(len(rank), np.nan)
        found[inside] = self.values[(self.start + rank - 1)[inside]]
        return found


def _sort(groups, values, size: int, *ties) -> _Sorted:
    groups, values = np.asarray(groups, int), np.asarray(values, float)
    order = np.lexsort((*ties, values, groups))
    count = np.bincount(groups, minlength=size)
    return _Sorted(values[order], groups[order], np.cumsum(count) - count, count, order)


def _quantile(data: _Sorted, p: float) -> np.ndarray:
    place = (data.count - 1) * p
    below = np.floor(place).astype(int)
    low, high = data.at(below + 1), data.at(np.minimum(below + 2, data.count))
    return low + (high - low) * (place - below)


def quantile_by(groups, values, size: int, p: float = 0.5) -> np.ndarray:
    """Quantile with linear interpolation (type 7 of Hyndman and Fan 1996, Am. Stat. 50, 361-365)."""
    return _quantile(_sort(groups, values, size), p)


def order_statistic_by(groups, values, size: int, p: float = 0.5, confidence: float = CONFIDENCE):
    """Order-statistic interval of the p-quantile of independent values; see `order_statistic_ranks`."""
    data = _sort(groups, values, size)
    low, high = order_statistic_ranks(data.count, p, confidence)
    return data.at(low), data.at(high)


def woodruff_by(groups, values, clusters, size: int, p: float = 0.5, confidence: float = CONFIDENCE):
    """Interval of a quantile of values that come in clusters (Woodruff 1952, JASA 47, 635-646).

    The share of values at or below the quantile gets a cluster-robust standard error (ratio linearisation, t with
    clusters-1 degrees of freedom, never below the one of independent values); its limits are turned back into values.
    `clusters` are integers >= 0. NaN on a side where the limit falls outside the values, or with fewer than 2 clusters.
    """
    data = _sort(groups, values, size)
    clusters = np.asarray(clusters, np.int64)[data.order]
    below = (data.values <= _quantile(data, p)[data.groups]).astype(float)
    span = int(clusters.max(initial=0)) + 1
    pairs, pair = np.unique(data.groups * span + clusters, return_inverse=True)
    owner = pairs // span
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.bincount(data.groups, below, size) / data.count
        # The ratio estimator is centred on its own share: a tie at the quantile must not look like variance.
        residual = np.bincount(pair, below - share[data.groups], len(pairs))
        m = np.bincount(owner, minlength=size)
        variance = m / (m - 1) * np.bincount(owner, residual**2, size) / data.count**2
        error = np.sqrt(np.maximum(variance, p * (1 - p) / data.count))
        reach = stats.t.ppf(0.5 + confidence / 2, np.maximum(m - 1, 1)) * error
        low, high = np.ceil(data.count * (p - reach)), np.floor(data.count * (p + reach)) + 1
    usable = m >= 2
    low, high = np.where(usable, low, 0).astype(int), np.where(usable, high, 0).astype(int)
    return data.at(low), data.at(high)


@dataclass(frozen=True)
class Survival:
    """Median of times of which some have not ended, with interval. NaN median: not reached, but at least `at_least`."""

    median: np.ndarray
    low: np.ndarray
    high: np.ndarray
    at_least: np.ndarray


def kaplan_meier_by(groups, times, ended, size: int, confidence: float = CONFIDENCE) -> Survival:
    """Median by the product-limit estimate (Kaplan and Meier 1958, JASA 53, 457-481), its interval by inverting log-log
    limits with Greenwood's variance (Brookmeyer and Crowley 1982, Biometrics 38, 29-41).

    `ended` False: right-censored at that time. Where the estimate is flat at exactly one half, the median is the middle
    of the flat stretch, so that without censoring it is the usual median; a stretch that does not end has no median.
    """
    ended = np.asarray(ended, bool)
    data = _sort(groups, times, size, ~ended)  # at one time, what ended comes before what is censored
    ended, slot = ended[data.order], data.groups
    rank = np.arange(len(slot)) - data.start[slot]
    risk = data.count[slot] - rank
    last = ended & (risk == 1)  # would be log(0): survival is exactly zero there
    safe = np.maximum(risk, 2)
    step = np.where(ended & ~last, np.log1p(-1 / safe), 0.0)
    survival = np.where(last, 0.0, np.exp(_running(step, data)))
    greenwood = _running(np.where(ended & ~last, 1 / (safe * (safe - 1.0)), 0.0), data)

    z = stats.norm.ppf(0.5 + confidence / 2)
    with np.errstate(divide="ignore", invalid="ignore"):
        spread = z * np.sqrt(greenwood) / np.abs(np.log(survival))
        lower = np.where(survival < 1, survival ** np.exp(spread), 1.0)
        upper = np.where(survival < 1, survival ** np.exp(-spread), 1.0)
    lower, upper = np.where(last, 0.0, lower), np.where(last, 1.0, upper)

    crossed = _first(survival <= 0.5 + _CLOSE, data)
    flat = np.zeros(size, bool)
    hit = crossed >= 0
    flat[hit] = np.abs(survival[crossed[hit]] - 0.5) < _CLOSE
    follows = _first(ended & (survival < 0.5 - _CLOSE), data)
    at = _pick(data.values, crossed)
    median = np.where(flat, (at + _pick(data.values, follows)) / 2, at)
    longest = data.at(data.count)
    return Survival(
        median,
        _pick(data.values, _first(ended & (lower <= 0.5), data)),
        _pick(data.values, _first(ended & (upper <= 0.5), data)),
        np.where(hit, at, longest),
    )


def _running(steps: np.ndarray, data: _Sorted) -> np.ndarray:
    """Running sum that starts anew with every group."""
    total = np.cumsum(steps)
    before = np.concatenate([[0.0], total])[data.start]
    return total - before[data.groups]


def _first(condition: np.ndarray, data: _Sorted) -> np.ndarray:
    """Index of the first row of each group for which the condition holds, -1 where none does."""
    found = np.full(len(data.count), -1)
    rows = np.flatnonzero(condition)[::-1]
    found[data.groups[rows]] = rows
    return found


def _pick(values: np.ndarray, index: np.ndarray) -> np.ndarray:
    return np.where(index >= 0, values[np.maximum(index, 0)] if len(values) else np.nan, np.nan)
