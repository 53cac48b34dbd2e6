"""Statistics against published or independently computed values, and against what an interval must hold."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from assessments import statistics

unhurried = settings(deadline=None)  # a busy machine is no failure

#: Survival in weeks, acute myelogenous leukaemia (Miller 1997, Survival Analysis, table 1.1); a + is censored.
MAINTAINED = "9 13 13+ 18 23 28+ 31 34 45+ 48 161+"
NOT_MAINTAINED = "5 5 8 8 12 16+ 23 27 30 33 43 45"
#: Remission in weeks with 6-MP (Freireich et al. 1963, Blood 21, 699-716); published median 23.
REMISSION = "6 6 6 6+ 7 9+ 10 10+ 11+ 13 16 17+ 19+ 20+ 22 23 25+ 32+ 32+ 34+ 35+"


def read(text: str):
    return [float(word.rstrip("+")) for word in text.split()], [not word.endswith("+") for word in text.split()]


def median_of(text: str):
    times, ended = read(text)
    return statistics.kaplan_meier_by([0] * len(times), times, ended, 1)


@pytest.mark.parametrize(
    ("k", "n", "low", "high"),
    [
        # Newcombe 1998, Statistics in Medicine 17, 857-872, table I, method 3
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilson_as_published(k, n, low, high):
    assert statistics.wilson(k, n) == (pytest.approx(low, abs=5e-5), pytest.approx(high, abs=5e-5))


def test_wilson_of_nothing_is_nothing():
    assert np.isnan(statistics.wilson(0, 0)).all()


def test_wilson_takes_all_as_the_mirror_of_none():
    assert statistics.wilson(20, 20)[0] == pytest.approx(1 - statistics.wilson(0, 20)[1])


def test_more_of_some_than_there_are_is_refused():
    with pytest.raises(ValueError, match="between 0 and n"):
        statistics.wilson(3, 2)


@pytest.mark.parametrize(
    ("k", "low", "high"),
    # Garwood 1936 as tabled in Johnson, Kotz and Kemp, Univariate Discrete Distributions, 4.7
    [(0, 0, 3.689), (1, 0.0253, 5.572), (5, 1.623, 11.668), (10, 4.795, 18.390), (29, 19.422, 41.649)],
)
def test_poisson_as_tabled(k, low, high):
    assert statistics.poisson(k) == (pytest.approx(low, abs=6e-4), pytest.approx(high, abs=6e-4))


def test_a_negative_count_is_refused():
    with pytest.raises(ValueError, match="negative"):
        statistics.poisson(-1)


@pytest.mark.parametrize(("n", "ranks"), [(5, (0, 0)), (6, (1, 6)), (10, (2, 9)), (20, (6, 15)), (25, (8, 18))])
def test_ranks_around_a_median_as_tabled(n, ranks):
    """Conover 1999, Practical Nonparametric Statistics, table A3 with the sign test's limits."""
    low, high = statistics.order_statistic_ranks(n)
    assert (int(low), int(high)) == ranks if n > 5 else (int(low) == 0 or int(high) == 0)


@unhurried
@given(st.integers(6, 200), st.sampled_from([0.5, 0.9]))
def test_ranks_hold_what_they_promise(n, p):
    low, high = (int(rank) for rank in statistics.order_statistic_ranks(n, p))
    if low and high:
        assert stats.binom.cdf(high - 1, n, p) - stats.binom.cdf(low - 1, n, p) >= 0.95


@unhurried
@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=40), st.sampled_from([0.5, 0.9]))
def test_quantiles_are_those_of_numpy(values, p):
    assert statistics.quantile_by([0] * len(values), values, 1, p)[0] == pytest.approx(np.quantile(values, p))


@unhurried
@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 50)), max_size=60))
def test_groups_do_not_touch_each_other(pairs):
    groups, values = [group for group, _ in pairs], [value for _, value in pairs]
    together = statistics.quantile_by(groups, values, 5)
    for group in range(5):
        own = [value for other, value in pairs if other == group]
        assert together[group] == pytest.approx(np.median(own)) if own else np.isnan(together[group])


@unhurried
@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 50), st.integers(0, 9), st.booleans()), max_size=200))
def test_an_answer_is_the_same_in_any_company_and_order(rows):
    """Exactly: what is computed for one group must not change with what is computed beside it."""
    mixed = sorted(rows, key=lambda row: (row[2], row[1] % 7))
    groups, values, clusters, ended = zip(*mixed, strict=True) if mixed else ((),) * 4
    together = [*everything(groups, values, clusters, ended, 5)]
    for group in range(5):
        own = [row[1:] for row in rows if row[0] == group]
        alone = everything([0] * len(own), *(zip(*own, strict=True) if own else ((),) * 3), 1)
        for ours, its in zip(together, alone, strict=True):
            assert np.array_equal(ours[group], its[0], equal_nan=True)


def everything(groups, values, clusters, ended, size):
    yield from (statistics.quantile_by(groups, values, size, p) for p in (0.5, 0.9))
    yield from statistics.order_statistic_by(groups, values, size)
    yield from statistics.woodruff_by(groups, values, clusters, size)
    survival = statistics.kaplan_meier_by(groups, values, np.array(ended, bool), size)
    yield from (survival.median, survival.low, survival.high, survival.at_least)


@pytest.mark.parametrize(("data", "median"), [(MAINTAINED, 31), (NOT_MAINTAINED, 23), (REMISSION, 23)])
def test_kaplan_meier_median_as_published(data, median):
    assert median_of(data).median[0] == median


@pytest.mark.filterwarnings("ignore:The confidence interval is undefined")
@pytest.mark.parametrize("data", [MAINTAINED, NOT_MAINTAINED, REMISSION])
def test_kaplan_meier_interval_agrees_with_scipy(data):
    """scipy computes the same log-log limits on its own; the interval is where they cross one half."""
    times, ended = (np.array(column) for column in read(data))
    survival = stats.ecdf(stats.CensoredData(times[ended], right=times[~ended])).sf
    limits = survival.confidence_interval(method="log-log")
    crossing = []
    for limit in (limits.low, limits.high):
        below = limit.quantiles[np.nan_to_num(limit.probabilities, nan=1.0) <= 0.5]
        crossing.append(below[0] if len(below) else np.nan)
    ours = median_of(data)
    assert np.array_equal([ours.low[0], ours.high[0]], crossing, equal_nan=True)


@unhurried
@given(st.lists(st.integers(1, 100), min_size=1, max_size=30))
def test_without_censoring_it_is_the_median(times):
    found = statistics.kaplan_meier_by([0] * len(times), times, [True] * len(times), 1)
    assert found.median[0] == pytest.approx(np.median(times))


@unhurried
@given(st.lists(st.tuples(st.integers(1, 50), st.booleans()), min_size=1, max_size=30))
def test_kaplan_meier_agrees_with_a_plain_loop(pairs):
    survival, curve = 1.0, []
    for time in sorted({time for time, _ in pairs}):
        at_risk = sum(other >= time for other, _ in pairs)
        survival *= 1 - sum(ended for other, ended in pairs if other == time) / at_risk
        curve.append((time, survival))
    below = [time for time, share in curve if share < 0.5 - 1e-9]
    flat = [time for time, share in curve if abs(share - 0.5) <= 1e-9]
    expected = np.nan if not below else (flat[0] + below[0]) / 2 if flat else below[0]
    times, ended = zip(*pairs, strict=True)
    ours = statistics.kaplan_meier_by([0] * len(pairs), times, ended, 1).median[0]
    assert ours == pytest.approx(expected, nan_ok=True)


def test_all_open_has_no_median_but_a_least():
    found = statistics.kaplan_meier_by([0, 0], [5, 9], [False, False], 1)
    assert np.isnan(found.median[0]) and found.at_least[0] == 9


def covered(rounds: int, clusters: int, size: int, rho: float) -> float:
    """How often the interval holds the true median, 0, of normal values with that correlation inside clusters."""
    rng = np.random.default_rng(7)
    shared = np.repeat(rng.normal(size=rounds * clusters), size)
    values = np.sqrt(rho) * shared + np.sqrt(1 - rho) * rng.normal(size=len(shared))
    groups = np.repeat(np.arange(rounds), clusters * size)
    owner = np.tile(np.repeat(np.arange(clusters), size), rounds)
    low, high = statistics.woodruff_by(groups, values, owner, rounds)
    return float(np.mean((low <= 0) & (high >= 0)))


@pytest.mark.parametrize(
    ("clusters", "size", "rho"), [(8, 5, 0.5), (8, 5, 0.9), (12, 4, 0.6), (40, 3, 0.8), (40, 1, 0)]
)
def test_woodruff_covers_what_it_promises(clusters, size, rho):
    assert 0.94 <= covered(3000, clusters, size, rho) <= 0.99


def test_values_of_one_cluster_are_no_evidence():
    low, high = statistics.woodruff_by([0] * 40, range(40), [0] * 40, 1)
    assert np.isnan(low[0]) and np.isnan(high[0])


def test_one_cluster_with_nearly_all_values_bounds_nothing():
    clusters = [0] * 60 + list(range(1, 8))
    low, high = statistics.woodruff_by([0] * 67, [5] * 60 + [1, 2, 3, 7, 8, 9, 10], clusters, 1)
    assert low[0] <= 5 and (np.isnan(high[0]) or high[0] >= 5)
