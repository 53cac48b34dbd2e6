"""Statistics against published or independently computed values, and against what an interval must hold."""

from fractions import Fraction
from itertools import product

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


@pytest.mark.parametrize("k", [0, 1, 7, 120])
def test_weights_of_one_are_counts(k):
    assert statistics.weighted_poisson(k, k, 1) == tuple(map(pytest.approx, statistics.poisson(k)))


def test_weights_in_another_unit_give_the_interval_in_that_unit():
    low, high = statistics.weighted_poisson(10, 40, 5)
    assert statistics.weighted_poisson(600, 40 * 3600, 300) == (pytest.approx(60 * low), pytest.approx(60 * high))


def test_nothing_came_and_nobody_knows_what_one_would_weigh():
    low, high = statistics.weighted_poisson(0, 0, 0)
    assert low == 0 and np.isnan(high)
    with pytest.raises(ValueError, match="negative"):
        statistics.weighted_poisson(-1, 1, 1)


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


def test_a_finite_mean_by_hand():
    """7 of 10 answered 2 to 8: mean 5, s 2.1602, t(6) 2.4469; 2.4469 * 2.1602 / sqrt(7) * sqrt(3 / 9)."""
    mean, low, high = statistics.finite_mean([2, 3, 4, 5, 6, 7, 8], 10)
    assert (mean, low, high) == pytest.approx((5, 5 - 1.1535, 5 + 1.1535), abs=5e-4)


@given(st.lists(st.integers(0, 4), min_size=1, max_size=30))
def test_the_mean_of_everyone_is_known(values):
    mean, low, high = statistics.finite_mean(values, len(values))
    assert low == mean == high == pytest.approx(np.mean(values))


@given(st.lists(st.integers(0, 4), min_size=2, max_size=30), st.integers(1, 20))
def test_a_finite_mean_is_a_t_interval_made_narrower(values, absent):
    plain = statistics.finite_mean(values, 10**9)
    shown = statistics.finite_mean(values, len(values) + absent)
    t = stats.t.ppf(0.975, len(values) - 1) * np.std(values, ddof=1) / np.sqrt(len(values))
    assert plain[2] - plain[0] == pytest.approx(t, abs=1e-6)
    assert shown[2] - shown[1] <= plain[2] - plain[1] + 1e-9


def test_one_answer_of_several_has_no_interval():
    assert np.isnan(statistics.finite_mean([3], 4)[1:]).all()


@pytest.mark.parametrize(("values", "population"), [([], 5), ([1, 2, 3], 2)])
def test_a_population_smaller_than_its_sample_is_refused(values, population):
    with pytest.raises(ValueError, match="of a population of"):
        statistics.finite_mean(values, population)


def test_a_difference_of_symmetric_intervals_adds_in_quadrature():
    assert statistics.difference((1, 0, 2), (4, 2, 6)) == pytest.approx((3, 3 - 5**0.5, 3 + 5**0.5))


@given(*[st.tuples(st.floats(-5, 5), st.floats(0, 3), st.floats(0, 3)) for _ in range(2)])
def test_a_difference_that_is_clear_lies_outside_both_intervals(one, two):
    first, second = [(value, value - below, value + above) for value, below, above in (one, two)]
    change, low, high = statistics.difference(first, second)
    assert low <= change <= high
    if low > 1e-9:
        assert first[0] < second[1] and second[0] > first[2]


@pytest.mark.parametrize(
    ("options", "limits"),
    [
        # Survey statistics of docs/surveys.md, to the digits written there
        (5, "3 1.00, 4 1.00, 5 .85, 6 .717, 7 .667, 8 .607, 10 .528, 12 .455, 15 .395, 20 .337, 30 .262"),
        (7, "5 .80, 7 .667, 10 .50, 15 .40"),
    ],
)
def test_the_limits_of_agreement_as_tabled(options, limits):
    for entry in limits.split(", "):
        n, written = entry.split()
        digits = len(written.partition(".")[2])
        assert round(float(statistics.r_wg_limit(int(n), options)), digits) == float(written), n


@pytest.mark.parametrize(("n", "options"), [(3, 2), (3, 5), (4, 4), (5, 5), (4, 7), (6, 3), (2, 25)])
def test_the_limit_of_agreement_by_trying_every_outcome(n, options):
    outcomes = [tuple(map(outcome.count, range(options))) for outcome in product(range(options), repeat=n)]
    reached = sorted((statistics.r_wg(outcome) for outcome in outcomes), reverse=True)
    allowed = [value for value in set(reached) if 20 * sum(other >= value for other in reached) <= len(reached)]
    assert statistics.r_wg_limit(n, options) == min(allowed, default=None)


@pytest.mark.parametrize(("n", "options"), [(20, 5), (31, 6), (40, 5), (60, 5), (25, 7), (30, 4)])
def test_the_limit_of_agreement_of_many_is_counted_the_same(n, options):
    assert statistics._limit_of_many(n, options) == statistics.r_wg_limit(n, options)


def test_the_limit_of_agreement_falls_with_the_number_of_raters():
    limits = [statistics.r_wg_limit(n, 5) for n in (50, 60, 61, 100, 200, 500)]
    assert limits == sorted(limits, reverse=True)
    assert 0 < limits[-1] < Fraction(1, 10)


def test_two_raters_cannot_show_agreement_on_five_options():
    assert statistics.r_wg_limit(2, 5) is None


@given(st.lists(st.integers(0, 12), min_size=2, max_size=7).filter(lambda counts: sum(counts) > 1))
def test_agreement_is_one_minus_a_share_of_the_uniform_variance(counts):
    answers = np.repeat(np.arange(len(counts)), counts)
    uniform = np.var(np.arange(len(counts)))
    assert float(statistics.r_wg(counts)) == pytest.approx(1 - answers.var(ddof=1) / uniform)
    assert statistics.r_wg(counts) == statistics.r_wg(counts[::-1])


def test_opposed_answers_are_below_zero():
    assert statistics.r_wg([3, 0, 0, 0, 3]) == 1 - Fraction(48, 10) / 2


@pytest.mark.parametrize("counts", [[1, 0, 0], [0, 0], [5]])
def test_agreement_of_too_little_is_refused(counts):
    with pytest.raises(ValueError, match="needs two"):
        statistics.r_wg(counts)


@pytest.mark.parametrize(("n", "options"), [(1, 5), (5, 1)])
def test_a_limit_of_agreement_for_too_little_is_refused(n, options):
    with pytest.raises(ValueError, match="needs two"):
        statistics.r_wg_limit(n, options)


def test_what_varies_between_groups_alone_does_not_vary_within():
    covariance, degrees = statistics.within_covariance([[1, 2], [1, 2], [5, 9], [5, 9]], ["a", "a", "b", "b"])
    assert (covariance == 0).all() and degrees == 2


def test_covariance_within_one_group_is_the_usual_one():
    rows = np.random.default_rng(1).normal(size=(20, 3))
    assert statistics.within_covariance(rows, ["a"] * 20)[0] == pytest.approx(np.cov(rows.T))


def test_groups_of_one_have_nothing_within():
    with pytest.raises(ValueError, match="varies within"):
        statistics.within_covariance([[1, 2], [3, 4]], ["a", "b"])


def test_two_items_that_correlate_by_a_half_have_a_reliability_of_two_thirds():
    value, low, high = statistics.spearman_brown([[4, 1], [1, 1]], 40)
    assert value == pytest.approx(2 / 3) and 0 < low < value < high < 1


@pytest.mark.parametrize(("covariance", "degrees"), [([[0, 0], [0, 1]], 40), ([[1, 0.5], [0.5, 1]], 2)])
def test_two_items_that_cannot_be_judged(covariance, degrees):
    assert np.isnan(statistics.spearman_brown(covariance, degrees)[1:]).all()


@given(st.lists(st.tuples(st.floats(0.3, 2), st.floats(0.2, 2)), min_size=3, max_size=8))
def test_omega_finds_the_one_factor_that_made_the_items(items):
    loadings, unique = np.array(items).T
    expected = loadings.sum() ** 2 / (loadings.sum() ** 2 + unique.sum())
    assert statistics.omega(np.outer(loadings, loadings) + np.diag(unique)) == pytest.approx(expected, abs=1e-4)


def test_omega_of_equal_items_is_alpha():
    """Of items with equal covariances alpha is right too: k^2 c / (k v + k (k - 1) c)."""
    covariance = np.full((4, 4), 0.5) + np.diag([0.5] * 4)
    assert statistics.omega(covariance) == pytest.approx(16 * 0.5 / 10)


@pytest.mark.parametrize(
    "covariance",
    [
        np.eye(3) * [1, 1, 0],  # an item that does not vary
        [[1, -0.5, -0.5], [-0.5, 1, 0.5], [-0.5, 0.5, 1]],  # a reversed item
        [[1, 0.9, 0.9], [0.9, 1, 0.1], [0.9, 0.1, 1]],  # loads more than it varies
    ],
)
def test_no_omega_without_a_factor(covariance):
    assert np.isnan(statistics.omega(covariance))


def test_two_items_have_no_omega():
    with pytest.raises(ValueError, match="three items"):
        statistics.omega(np.eye(2))
