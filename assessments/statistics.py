"""Intervals, quantiles, agreement and reliability, each with its source. All intervals are two-sided and 95 % unless
told otherwise.

`Grouped` and the functions that end in `_by` work on many groups at once: `groups` holds for each value the number of
its group, 0 .. size-1, and every answer is an array of length `size` with NaN where there is none. It depends on the
values of its own group alone, to the last digit, and not on their order.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

import numpy as np
from scipy import special

CONFIDENCE = 0.95
_CLOSE = 1e-9
_EXACT = 60  # raters for whom outcomes are counted with whole numbers


def wilson(k, n, confidence: float = CONFIDENCE):
    """Score interval of a share k/n (Wilson 1927, JASA 22, 209-212). Numbers or arrays; NaN where n is 0.

    Raises ValueError when k is negative or above n.
    """
    k, n = np.asarray(k, float), np.asarray(n, float)
    if np.any(k < 0) or np.any(k > n):
        raise ValueError("k must lie between 0 and n")
    z = special.ndtri(0.5 + confidence / 2)
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

    def limits(k):  # of the gamma distribution; without an event the lower one is 0
        return np.where(k > 0, special.gammaincinv(np.maximum(k, 0.5), tail), 0.0), special.gammaincinv(k + 1, 1 - tail)

    return _each(k, limits)


def weighted_poisson(total, squares, largest, confidence: float = CONFIDENCE):
    """Interval of the mean of a sum of weights of Poisson events (Fay and Feuer 1997, Statistics in Medicine 16,
    791-801): what a window of the same length would bring on average, in hours lost as in events. `total`: the sum of
    the weights that came, `squares`: of their squares, `largest`: the largest of them (where none came: what one would
    weigh). With weights of 1 it is `poisson`. Numbers or arrays; NaN above where nothing came and no weight is known.

    Raises ValueError for negative numbers.
    """
    total, squares, largest = (np.asarray(each, float) for each in (total, squares, largest))
    if np.any(total < 0) or np.any(squares < 0) or np.any(largest < 0):
        raise ValueError("weights cannot be negative")
    tail = (1 - confidence) / 2
    with np.errstate(divide="ignore", invalid="ignore"):
        low = np.where(total > 0, squares / total * special.gammaincinv(total**2 / squares, tail), 0.0)
        more, spread = total + largest, squares + largest**2
        high = np.where(more > 0, spread / more * special.gammaincinv(more**2 / spread, 1 - tail), np.nan)
    return low, high


def order_statistic_ranks(n, p: float = 0.5, confidence: float = CONFIDENCE):
    """Ranks (1-based) of the values that enclose the p-quantile, free of any distribution (David and Nagaraja 2003,
    Order Statistics, 7.1): P(X(low) <= q <= X(high)) >= confidence with equal tails. 0 where n is too small.
    """
    tail = (1 - confidence) / 2

    def ranks(n):
        # B ~ Binomial(n, p) values lie below the quantile; X(r) > q has probability P(B < r) = P(B <= r - 1).
        low, high = _binomial(tail, n, p), _binomial(1 - tail, n, p) + 1
        return low, np.where(high <= n, high, 0)

    return _each(np.asarray(n, int), ranks)


def _binomial(q: float, n: np.ndarray, p: float) -> np.ndarray:
    """The smallest k with P(B <= k) >= q, B ~ Binomial(n, p)."""
    some = np.maximum(n, 1)
    k = np.ceil(special.bdtrik(q, some, p))
    less = np.maximum(k - 1, 0)  # the inverse may lie a rounding error too high
    k = np.where(special.bdtr(less, some, p) >= q, less, k)
    return np.where(n > 0, k, 0).astype(int)


def _each(numbers: np.ndarray, function: Callable) -> tuple[np.ndarray, ...]:
    """The arrays function(numbers), of which each number is looked at once: of many counts few are distinct."""
    distinct, place = np.unique(numbers, return_inverse=True)
    return tuple(found[place].reshape(numbers.shape) for found in function(distinct))


class Grouped:
    """Values of many groups, sorted within their group; `start` and `count` of each group by its number."""

    def __init__(self, groups, values, size: int):
        self._groups, self._values = np.asarray(groups, np.int64), np.asarray(values, float)
        self.count = np.bincount(self._groups, minlength=size)
        self.start = np.cumsum(self.count) - self.count
        # Like lexsort, but on many values several times faster: one key of the group and the rank of the value.
        order = np.argsort(self._values, kind="stable")
        bits = len(order).bit_length()
        keys = (self._groups[order] << bits) | np.arange(len(order))
        keys.sort()
        self.values = self._values[order[keys & ((1 << bits) - 1)]]

    def of(self, group: int) -> np.ndarray:
        """The values of that group, in order."""
        return self.values[self.start[group] : self.start[group] + self.count[group]]

    def at(self, rank: np.ndarray) -> np.ndarray:
        """Value of that rank (1-based) in each group, NaN where the rank is outside 1..count."""
        inside = (rank >= 1) & (rank <= self.count)
        found = np.full(len(rank), np.nan)
        found[inside] = self.values[(self.start + rank - 1)[inside]]
        return found

    def quantile(self, p: float = 0.5) -> np.ndarray:
        """With linear interpolation (type 7 of Hyndman and Fan 1996, Am. Stat. 50, 361-365)."""
        place = (self.count - 1) * p
        below = np.floor(place).astype(int)
        low, high = self.at(below + 1), self.at(np.minimum(below + 2, self.count))
        return low + (high - low) * (place - below)

    def order_statistic(self, p: float = 0.5, confidence: float = CONFIDENCE):
        """Interval of the p-quantile of independent values; see `order_statistic_ranks`."""
        low, high = order_statistic_ranks(self.count, p, confidence)
        return self.at(low), self.at(high)

    def woodruff(self, clusters: "Clusters", p: float = 0.5, confidence: float = CONFIDENCE):
        """Interval of a quantile of values that come in clusters (Woodruff 1952, JASA 47, 635-646).

        The share of values at or below the quantile gets a cluster-robust standard error (ratio linearisation, t with
        clusters-1 degrees of freedom, never below the one of independent values); its limits are turned back into
        values. NaN on a side where the limit falls outside the values, or with fewer than 2 clusters.
        """
        below = self._values <= self.quantile(p)[self._groups]
        under = np.bincount(clusters.of, below, len(clusters.size))
        m = clusters.count

        def summed(products: np.ndarray) -> np.ndarray:
            return np.bincount(clusters.group, products, len(m))

        with np.errstate(divide="ignore", invalid="ignore"):
            # The ratio estimator is centred on its own share: a tie at the quantile must not look like variance.
            share = summed(under) / self.count
            # The squares of under - share * size, from sums of whole numbers: exact in whatever order they come.
            square = summed(under**2) - 2 * share * summed(under * clusters.size) + share**2 * summed(clusters.size**2)
            variance = m / (m - 1) * np.maximum(square, 0) / self.count**2
            error = np.sqrt(np.maximum(variance, p * (1 - p) / self.count))
            (t,) = _each(m, lambda m: (special.stdtrit(np.maximum(m - 1, 1), 0.5 + confidence / 2),))
            low, high = np.ceil(self.count * (p - t * error)), np.floor(self.count * (p + t * error)) + 1
        usable = m >= 2
        return tuple(self.at(np.where(usable, rank, 0).astype(int)) for rank in (low, high))


class Clusters:
    """Which values came together: `of` each value the number of its cluster, of each cluster its `size` and its
    `group`, and how many clusters each group has (`count`). The same number in another group is another cluster.
    `clusters` are integers >= 0; smaller ones cost less."""

    def __init__(self, groups, clusters, size: int):
        groups, self.of = np.asarray(groups, np.int64), np.asarray(clusters, np.int64)
        span = int(self.of.max(initial=-1)) + 1
        self.group = np.zeros(span, np.int64)
        self.group[self.of] = groups
        if (self.group[self.of] != groups).any():
            pairs, self.of = np.unique(groups * span + self.of, return_inverse=True)
            self.group = pairs // span
        self.size = np.bincount(self.of, minlength=len(self.group))
        self.count = np.bincount(self.group[self.size > 0], minlength=size)


def quantile_by(groups, values, size: int, p: float = 0.5) -> np.ndarray:
    """The p-quantile of each group; see `Grouped.quantile`."""
    return Grouped(groups, values, size).quantile(p)


def order_statistic_by(groups, values, size: int, p: float = 0.5, confidence: float = CONFIDENCE):
    """Its interval where values are independent; see `Grouped.order_statistic`."""
    return Grouped(groups, values, size).order_statistic(p, confidence)


def woodruff_by(groups, values, clusters, size: int, p: float = 0.5, confidence: float = CONFIDENCE):
    """Its interval where values come in clusters; see `Grouped.woodruff` and `Clusters`."""
    return Grouped(groups, values, size).woodruff(Clusters(groups, clusters, size), p, confidence)


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
    groups, times, ended = np.asarray(groups, np.int64), np.asarray(times, float), np.asarray(ended, bool)
    order = np.lexsort((~ended, times, groups))  # at one time, what ended comes before what is censored
    slot, times, ended = groups[order], times[order], ended[order]
    count = np.bincount(slot, minlength=size)
    start = np.cumsum(count) - count
    risk = count[slot] - (np.arange(len(slot)) - start[slot])
    last = ended & (risk == 1)  # would be log(0): survival is exactly zero there
    safe = np.maximum(risk, 2)
    step = np.where(ended & ~last, np.log1p(-1 / safe), 0.0)
    survival = np.where(last, 0.0, np.exp(_running(step, start, count)))
    greenwood = _running(np.where(ended & ~last, 1 / (safe * (safe - 1.0)), 0.0), start, count)

    z = special.ndtri(0.5 + confidence / 2)
    with np.errstate(divide="ignore", invalid="ignore"):
        spread = z * np.sqrt(greenwood) / np.abs(np.log(survival))
        lower = np.where(survival < 1, survival ** np.exp(spread), 1.0)
        upper = np.where(survival < 1, survival ** np.exp(-spread), 1.0)
    lower, upper = np.where(last, 0.0, lower), np.where(last, 1.0, upper)

    def first(condition: np.ndarray) -> np.ndarray:
        """Index of the first row of each group for which the condition holds, -1 where none does."""
        found = np.full(size, -1)
        rows = np.flatnonzero(condition)[::-1]
        found[slot[rows]] = rows
        return found

    def time(index: np.ndarray) -> np.ndarray:
        return np.where(index >= 0, times[np.maximum(index, 0)] if len(times) else np.nan, np.nan)

    crossed = first(survival <= 0.5 + _CLOSE)
    flat = np.zeros(size, bool)
    hit = crossed >= 0
    flat[hit] = np.abs(survival[crossed[hit]] - 0.5) < _CLOSE
    at = time(crossed)
    median = np.where(flat, (at + time(first(ended & (survival < 0.5 - _CLOSE)))) / 2, at)
    longest = time(np.where(count > 0, start + count - 1, -1))
    return Survival(
        median,
        time(first(ended & (lower <= 0.5))),
        time(first(ended & (upper <= 0.5))),
        np.where(hit, at, longest),
    )


def _running(steps: np.ndarray, start: np.ndarray, count: np.ndarray) -> np.ndarray:
    """Running sum that starts anew with every group. What other groups hold never shows in it, not in the last digit:
    no group is summed through another."""
    start, count = start[count > 0], count[count > 0]
    total = steps.copy()
    if len(count) <= count.max(initial=0):
        for begin, length in zip(start.tolist(), count.tolist(), strict=True):
            total[begin : begin + length].cumsum(out=total[begin : begin + length])
        return total
    for place in range(1, count.max(initial=0)):
        start, count = start[count > place], count[count > place]
        total[start + place] += total[start + place - 1]
    return total


def finite_mean(values, population: int, confidence: float = CONFIDENCE) -> tuple[float, float, float]:
    """Mean of a population of N from n of its values drawn without replacement, with low and high of its t interval.

    The half width is t * s / sqrt(n) * sqrt((N - n) / (N - 1)): a little wider than Cochran's sqrt(1 - n / N) (1977,
    Sampling Techniques, 2.8), and exactly 0 when everyone answered. NaN limits for one value of several.
    Raises ValueError without values, or with more than the population has.
    """
    values = np.asarray(values, float)
    n = len(values)
    if not 1 <= n <= population:
        raise ValueError(f"{n} values of a population of {population}")
    mean = float(values.mean())
    if n == population:
        return mean, mean, mean
    if n == 1:
        return mean, np.nan, np.nan
    correction = np.sqrt((population - n) / (population - 1))
    half = float(special.stdtrit(n - 1, 0.5 + confidence / 2) * values.std(ddof=1) / np.sqrt(n) * correction)
    return mean, mean - half, mean + half


def difference(first: tuple[float, float, float], second: tuple[float, float, float]) -> tuple[float, float, float]:
    """Second minus first with its interval, from two (value, low, high) that are independent or positively related
    (MOVER: Zou and Donner 2008, Statistics in Medicine 27, 1693-1702)."""
    (a, a_low, a_high), (b, b_low, b_high) = first, second
    change = b - a
    return change, change - np.hypot(b - b_low, a_high - a), change + np.hypot(b_high - b, a - a_low)


def variance(counts: Sequence[int]) -> Fraction:
    """Sample variance (n - 1) of answers on options 0, 1, 2, ..., chosen counts[i] times; exact.

    Raises ValueError with fewer than two answers.
    """
    n = sum(counts)
    if n < 2:
        raise ValueError("a variance needs two answers")
    total = sum(option * count for option, count in enumerate(counts))
    squares = sum(option * option * count for option, count in enumerate(counts))
    return Fraction(n * squares - total * total, n * (n - 1))


def r_wg(counts: Sequence[int]) -> Fraction:
    """Agreement within a group on one item: 1 - variance / variance of raters who choose every option alike often
    (James, Demaree and Wolf 1984, Journal of Applied Psychology 69, 85-98). 1 = all the same; below 0 = opposed.

    Raises ValueError with fewer than two answers or options.
    """
    if len(counts) < 2:
        raise ValueError("agreement needs two options")
    return 1 - variance(counts) / Fraction(len(counts) ** 2 - 1, 12)


@lru_cache(maxsize=1024)
def r_wg_limit(n: int, options: int) -> Fraction | None:
    """The smallest r_wg that n raters choosing at random reach or exceed with at most 5 %; None when even full
    agreement is likelier. By enumeration of all options**n outcomes, exact up to _EXACT raters and to twelve digits of
    their number beyond; why each n needs a limit of its own: Dunlap, Burke and Smith-Crowe 2003, Journal of Applied
    Psychology 88, 356-362.

    Raises ValueError with fewer than two raters or options.
    """
    if n < 2 or options < 2:
        raise ValueError("agreement needs two raters and two options")
    if n > _EXACT:
        return _limit_of_many(n, options)
    # Options are numbered around 0, in halves where their number is even, and `unit` makes whole numbers of them.
    # ways[total] counts the outcomes of that sum by their sum of squares: one large integer with `width` bytes for each
    # count, so that one more rater is a shift and an addition.
    unit = 1 if options % 2 else 2
    values = [unit * option - unit * (options - 1) // 2 for option in range(options)]
    width = (options**n).bit_length() // 8 + 1
    ways = {0: 1}
    for _ in range(n):
        more: dict[int, int] = {}
        for total, packed in ways.items():
            for value in values:
                more[total + value] = more.get(total + value, 0) + (packed << (8 * width * value * value))
        ways = more
    spread: dict[int, int] = {}
    for total, packed in ways.items():
        data = packed.to_bytes(packed.bit_length() // 8 + 1, "little")
        for squares in range(len(data) // width + 1):
            if count := int.from_bytes(data[squares * width : (squares + 1) * width], "little"):
                key = n * squares - total * total  # n (n - 1) times the variance, in units squared
                spread[key] = spread.get(key, 0) + count
    reached, limit = 0, None
    for key in sorted(spread):
        reached += spread[key]
        if reached * 20 > options**n:
            break
        limit = 1 - Fraction(12 * key, unit**2 * n * (n - 1) * (options**2 - 1))
    return limit


def _limit_of_many(n: int, options: int) -> Fraction:
    """The same for many raters, where whole numbers of outcomes have hundreds of digits: their shares, as the
    n-th power of the transform of one rater. Sums further than nine standard deviations off wrap around, and are
    fewer than the digits tell."""
    values = np.arange(options) - options // 2
    squares = values**2
    sizes = [1 << int(np.ceil(np.log2(18 * np.sqrt(n * each.var()) + 4))) for each in (values, squares)]
    one = np.zeros(sizes)
    np.add.at(one, (values % sizes[0], squares % sizes[1]), 1 / options)
    shares = np.fft.irfft2(np.fft.rfft2(one) ** n, sizes)

    def unwrapped(size: int, mean: float) -> np.ndarray:
        first = int(np.floor(n * mean)) - size // 2
        return first + (np.arange(size) - first) % size

    total, square = unwrapped(sizes[0], values.mean()), unwrapped(sizes[1], squares.mean())
    keys = n * square[None, :] - total[:, None] ** 2  # n (n - 1) times the variance
    there = shares > 1e-14  # the rest cannot be, or is too rare to be told from that
    spread, place = np.unique(keys[there], return_inverse=True)
    reached = np.bincount(place, shares[there]).cumsum()
    key = int(spread[np.searchsorted(reached, 0.05 + 1e-12, side="right") - 1])
    return 1 - Fraction(12 * key, n * (n - 1) * (options**2 - 1))


def within_covariance(values, groups) -> tuple[np.ndarray, int]:
    """Covariance of columns around the mean of their own group, and its degrees of freedom (rows - groups).

    `values`: rows x columns, `groups`: one label a row. Raises ValueError without a degree of freedom.
    """
    values = np.asarray(values, float)
    labels, place = np.unique(np.asarray(groups), return_inverse=True)
    degrees = len(values) - len(labels)
    if degrees < 1:
        raise ValueError("every group has one row: nothing varies within")
    sums = np.zeros((len(labels), values.shape[1]))
    np.add.at(sums, place, values)
    centred = values - (sums / np.bincount(place)[:, None])[place]
    return centred.T @ centred / degrees, degrees


def spearman_brown(covariance, degrees: int, confidence: float = CONFIDENCE) -> tuple[float, float, float]:
    """Reliability of the sum of two items, 2 r / (1 + r), with its interval by Fisher's z (Eisinga, te Grotenhuis and
    Pelzer 2013, International Journal of Public Health 58, 637-642). NaN where an item does not vary, and NaN limits
    below 3 degrees of freedom."""
    covariance = np.asarray(covariance, float)
    (one, both), (_, two) = covariance
    if one <= 0 or two <= 0:
        return np.nan, np.nan, np.nan
    r = float(np.clip(both / np.sqrt(one * two), -1, 1))
    if degrees < 3 or abs(r) >= 1 - _CLOSE:
        limits = (np.nan, np.nan) if degrees < 3 else (r, r)
    else:
        half = special.ndtri(0.5 + confidence / 2) / np.sqrt(degrees - 2)
        limits = tuple(float(np.tanh(np.arctanh(r) + side)) for side in (-half, half))
    return tuple(-np.inf if x <= _CLOSE - 1 else 2 * x / (1 + x) for x in (r, *limits))


def omega(covariance, most_rounds: int = 20_000) -> float:
    """Reliability of the sum of three or more items that measure one thing, (sum of loadings)^2 over the same plus the
    sum of unique variances (McDonald 1999, Test Theory; advised by Hayes and Coutts 2020, Communication Methods and
    Measures 14, 1-24). Loadings of one factor by least squares (Harman and Jones 1966, Psychometrika 31, 351-368).

    NaN where an item does not vary or no such factor exists (an item without or with negative unique variance, a
    negative loading).
    Raises ValueError with fewer than three items.
    """
    covariance = np.asarray(covariance, float)
    if len(covariance) < 3:
        raise ValueError("omega needs three items; two have Spearman-Brown")
    total = covariance.diagonal()
    if (total <= 0).any():
        return np.nan
    scale = np.sqrt(total)
    reduced = covariance / np.outer(scale, scale)
    common = np.full(len(total), 0.5)
    for _ in range(most_rounds):
        np.fill_diagonal(reduced, common)
        values, vectors = np.linalg.eigh(reduced)
        if values[-1] <= 0:
            return np.nan
        loadings = vectors[:, -1] * np.sqrt(values[-1])
        last, common = common, loadings**2
        if (common >= 1).any():
            return np.nan
        if np.abs(common - last).max() < _CLOSE:
            break
    loadings = loadings * np.sign(loadings.sum()) * scale
    if (loadings < 0).any():
        return np.nan
    explained = loadings.sum() ** 2
    return float(explained / (explained + (total - loadings**2).sum()))
