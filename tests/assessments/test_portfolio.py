"""Teams side by side, each against itself: what is compared, what is told apart, and what is never shown."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments import goals, portfolio, statistics
from assessments.portfolio import FEWEST_TEAMS, METRICS, Figures, Moved

LEAD, RATE, FAIL = (METRICS[key] for key in ("lead_time", "deployment_frequency", "change_fail_rate"))
NAN = float("nan")


def figures(*rows: tuple[float, float, float]) -> Figures:
    """Value, low and high of each service."""
    return Figures(*(np.array(each, float) for each in zip(*rows, strict=True)))


def change(metric, before, after):
    """Of one team with these services."""
    (found,) = portfolio.changes(metric, np.zeros(len(before.value), int), 1, before, after)
    return found


# The change of a team


def test_the_change_of_a_team_is_the_mean_part_by_which_its_services_changed():
    before = figures((10, 9, 11), (1000, 900, 1100))
    after = figures((5, 4.5, 5.5), (500, 450, 550))
    found = change(LEAD, before, after)
    assert (found.value, found.moved, found.compared) == (pytest.approx(0.5), Moved.BETTER, 2)


def test_a_large_service_counts_as_much_as_a_small_one():
    found = change(LEAD, figures((1, 0.9, 1.1), (1000, 900, 1100)), figures((2, 1.8, 2.2), (500, 450, 550)))
    assert found.value == pytest.approx(1)
    assert (found.moved, found.better, found.worse) == (Moved.NOT_APART, 1, 1)


def test_of_one_service_the_interval_of_a_share_is_that_by_which_goals_are_judged():
    before, after = (0.2, 0.12, 0.31), (0.1, 0.05, 0.19)
    found = change(FAIL, figures(before), figures(after))
    one, other = (goals.Figure("value", *each, 50, 0, 1, "share") for each in (before, after))
    assert (found.low, found.high) == pytest.approx(goals.difference(one, other))


def test_more_services_that_changed_alike_make_the_interval_narrower():
    def width(count):
        found = change(LEAD, figures(*[(10, 7, 14)] * count), figures(*[(8, 6, 11)] * count))
        return np.log(found.high / found.low)

    assert width(4) == pytest.approx(width(1) / 2)


@pytest.mark.parametrize(
    ("metric", "less", "more"),
    [(LEAD, Moved.BETTER, Moved.WORSE), (RATE, Moved.WORSE, Moved.BETTER), (FAIL, Moved.BETTER, Moved.WORSE)],
)
def test_what_is_better_depends_on_the_metric(metric, less, more):
    high, low = figures((0.4, 0.38, 0.42)), figures((0.2, 0.19, 0.21))
    assert change(metric, high, low).moved is less
    assert change(metric, low, high).moved is more


@pytest.mark.parametrize("lacking", [(NAN, NAN, NAN), (5, NAN, NAN), (5, 4, NAN), (5, NAN, 6)])
def test_a_service_without_a_whole_interval_in_both_windows_is_not_compared(lacking):
    found = change(LEAD, figures((10, 9, 11), (10, 9, 11)), figures(lacking, (5, 4.5, 5.5)))
    assert (found.compared, found.value) == (1, pytest.approx(0.5))


def test_a_team_of_which_nothing_can_be_compared_has_no_change_and_no_zero():
    found = change(LEAD, figures((NAN, NAN, NAN)), figures((5, 4, 6)))
    assert (found.moved, found.value, found.low, found.high) == (Moved.NOT_COMPARED, None, None, None)


def test_a_rate_that_was_zero_has_no_part_to_be_compared_with():
    assert change(RATE, figures((0, 0, 0.1)), figures((1, 0.8, 1.2))).moved is Moved.NOT_COMPARED


def test_shares_may_be_zero():
    assert change(FAIL, figures((0, 0, 0.1)), figures((0, 0, 0.1))).value == 0


def test_teams_do_not_touch_each_other():
    team = np.array([0, 1, 0])
    before = figures((10, 9, 11), (10, 9, 11), (20, 18, 22))
    after = figures((5, 4.5, 5.5), (30, 28, 32), (10, 9, 11))
    first, second, third = portfolio.changes(LEAD, team, 3, before, after)
    assert (first.moved, second.moved, third.moved) == (Moved.BETTER, Moved.WORSE, Moved.NOT_COMPARED)
    assert second == change(LEAD, figures((10, 9, 11)), figures((30, 28, 32)))


def test_the_order_of_services_changes_nothing():
    random = np.random.default_rng(7)
    value = np.exp(random.normal(2, 1, 12))
    before, after = Figures(value, value * 0.8, value * 1.3), Figures(value * 0.9, value * 0.7, value * 1.1)
    order = random.permutation(12)
    one = change(LEAD, before, after)
    other = change(LEAD, *(Figures(*(part[order] for part in vars(each).values())) for each in (before, after)))
    assert (one.value, one.low, one.high) == pytest.approx((other.value, other.low, other.high))


def test_without_any_change_about_one_team_in_twenty_looks_changed():
    """Deployment frequency of 3,000 teams of four services whose pace stays what it is."""
    random, teams, days = np.random.default_rng(2026), 3_000, 91
    rate = np.exp(random.normal(-1, 0.8, 4 * teams))

    def drawn() -> Figures:
        count = random.poisson(rate * days)
        low, high = statistics.poisson(count)
        return Figures(count / days, low / days, high / days)

    found = portfolio.changes(RATE, np.arange(4 * teams) // 4, teams, drawn(), drawn())
    tally = portfolio.tally(found)
    assert 0.01 < (tally.better + tally.worse) / tally.compared < 0.055


def test_it_is_said_how_many_would_look_changed_by_chance():
    some = [portfolio.Change(Moved.NOT_APART, 1, 0.9, 1.1, 1, 0, 0)] * 40 + [portfolio.NOTHING] * 10
    tally = portfolio.tally(some)
    assert (tally.compared, tally.not_compared, tally.by_chance) == (40, 10, pytest.approx(2))


# The course


def course(metric, base, rows, first=0, last=3):
    """Of one team; rows: (service, week, value)."""
    service, week, value = (np.array(each) for each in zip(*rows, strict=True))
    rolling = Figures(value * 1.0, value * 0.9, value * 1.1)
    (found,) = portfolio.courses(
        metric, np.zeros(len(base.value), int), 1, base, service, week, rolling, first, last
    )  # fmt: skip
    return found


def test_a_course_is_drawn_against_the_own_level_of_each_service():
    base = figures((10, 9, 11), (100, 90, 110))
    found = course(LEAD, base, [(0, 0, 10.0), (1, 0, 100.0), (0, 1, 5.0), (1, 1, 50.0)], last=1)
    assert found.value == pytest.approx([1, 0.5])
    assert (found.low < found.value).all() and (found.value < found.high).all()


def test_weeks_in_which_few_of_the_services_have_a_value_are_holes():
    base = figures(*[(10, 9, 11)] * 4)
    rows = [*((service, 0, 10.0) for service in range(4)), (0, 1, 40.0)]
    found = course(LEAD, base, rows)
    assert found.value[0] == pytest.approx(1)
    assert np.isnan(found.value[1:]).all()


def test_weeks_outside_are_left_out():
    found = course(LEAD, figures((10, 9, 11)), [(0, 4, 10.0), (0, 5, 20.0), (0, 9, 10.0)], first=5, last=6)
    assert found.week.tolist() == [5, 6]
    assert found.value[0] == pytest.approx(2) and np.isnan(found.value[1])


# The spread of unnamed teams


def test_of_fewer_than_five_teams_nothing_is_shown():
    values = np.arange(1.0, FEWEST_TEAMS)
    assert portfolio.spread(LEAD, values, values) is None
    assert portfolio.spread(LEAD, np.append(values, 9.0), np.append(values, NAN)) is None
    assert portfolio.spread(LEAD, np.append(values, 9.0), np.append(values, 9.0)).teams == FEWEST_TEAMS


def test_the_same_teams_are_in_both_windows():
    now, before = np.array([1, 2, 3, 5, 7, 30.0]), np.array([2, 2, 3, 5, 7, NAN])
    found = portfolio.spread(LEAD, now, before)
    assert (found.teams, found.without) == (5, 1)
    assert sum(found.now) == sum(found.before) == 5
    assert found.middle == (3, 3)


@given(st.lists(st.floats(0, 20_000), min_size=5, max_size=60))
def test_every_team_is_in_one_bin_and_bins_are_round(values):
    found = portfolio.spread(LEAD, np.array(values), np.array(values))
    assert sum(found.now) == len(values)
    whole = portfolio.edges_of(LEAD, np.array([0.0, 1e9]), len(values))
    assert set(found.edges) <= set(whole)


def test_the_middle_service_stands_for_a_team():
    team, value = np.array([0, 0, 0, 1, 1, 2]), np.array([1, 100, 2, 4, 6, NAN])
    assert portfolio.typical(team, 4, value)[:2].tolist() == [2, 5]
    assert np.isnan(portfolio.typical(team, 4, value)[2:]).all()


def test_levels_of_fewer_than_five_teams_are_not_shown():
    assert portfolio.levels([0, 1, 2, 3, None, None]) is None
    assert portfolio.levels([0, 1, 1, 4, 4, None]) == (1, 2, 0, 0, 2)
