"""Whether something worked: by hand, against least squares, and what holds of any series."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assessments.outcomes import (
    BETTER,
    COUNTS,
    HIGH,
    INCONCLUSIVE,
    LOW,
    MOVED,
    NOT_MOVED,
    SHARES,
    TIMES,
    WEEK,
    WORSE,
    Intervention,
    Weeks,
    beside,
    first_after,
    fitted,
    judge,
    needed,
    week_of,
    weekly,
)
from assessments.stepped import Series, course, outlook, step

some = settings(max_examples=20, deadline=None)
DAY, HOUR = 86_400_000_000, 3_600_000_000
MONDAY = 1_704_067_200_000_000  # 1 January 2024
FIRST = week_of(MONDAY)


def at(week: int, day: float = 1) -> int:
    """An instant in a week that is counted from 0."""
    return MONDAY + week * WEEK + round(day * DAY)


# Weeks.


def test_a_week_begins_on_monday():
    assert (week_of(MONDAY - 1), week_of(MONDAY), week_of(MONDAY + WEEK - 1)) == (FIRST - 1, FIRST, FIRST)


def test_changes_that_ship_together_are_one_observation():
    rows = [(at(0), 1, 1), (at(0), 1, 1), (at(0), 1, 1), (at(0, 2), 100, 2)]
    weeks = weekly(TIMES, *zip(*rows, strict=True), MONDAY, at(1, 0))
    assert (weeks.week.tolist(), weeks.size.tolist(), weeks.changes.tolist()) == ([FIRST], [2], [4])
    assert weeks.typical == pytest.approx(10)  # the geometric mean of 1 and 100


def test_only_whole_weeks_are_counted():
    rows = [(at(week), 1, week) for week in range(4)]
    numbers = weekly(TIMES, *zip(*rows, strict=True), at(0, 0.5), at(3, 6.9)).week
    assert (numbers - FIRST).tolist() == [1, 2]
    assert len(weekly(TIMES, [], [], [], at(0), at(0, 2))) == 0


def test_a_week_without_deployments_is_a_zero_of_counts_and_nothing_else():
    rows = [(at(0), 0, 1), (at(0), 1, 2), (at(2), 0, 3)]
    counts = weekly(COUNTS, *zip(*rows, strict=True), MONDAY, at(3, 0))
    assert (counts.value.tolist(), counts.deployments) == ([2, 0, 1], 3)
    shares = weekly(SHARES, *zip(*rows, strict=True), MONDAY, at(3, 0))
    assert ((shares.week - FIRST).tolist(), shares.value.tolist(), shares.typical) == ([0, 2], [0.5, 0], 1 / 3)


@pytest.mark.parametrize(("kind", "value"), [(TIMES, -1), (TIMES, np.nan), (SHARES, 0.5)])
def test_a_value_that_cannot_be_is_refused(kind, value):
    with pytest.raises(ValueError, match=r"time|deployment"):
        weekly(kind, [at(0)], [value], [1], MONDAY, at(1, 0))


# The step.


def series(seed: int, weeks: int = 60, since: int | None = 40, season: float = 1e6, sizes: bool = False) -> Series:
    dice = np.random.default_rng(seed)
    size = dice.integers(1, 9, weeks).astype(float) if sizes else np.ones(weeks)
    return Series(np.arange(weeks, dtype=float), dice.normal(size=weeks), size, since, season)


def test_without_likeness_the_step_is_that_of_least_squares():
    one = series(1)
    angle = 2 * np.pi * one.week / (365.25 / 7)
    design = np.column_stack([np.ones(60), one.week >= 40, one.week, np.cos(angle), np.sin(angle)])
    solved, squares, _, _ = np.linalg.lstsq(design, one.value, rcond=None)
    error = np.sqrt(squares[0] / 55 * np.linalg.inv(design.T @ design)[1, 1])
    found = step(one)
    assert (found.estimates[0], found.errors[0], found.freedom) == pytest.approx((solved[1], error, 55))


def test_the_interval_has_equal_tails():
    found = step(series(2, season=0.2, sizes=True))
    low, high = found.interval(0.9)
    assert (found.below(low), found.below(high)) == pytest.approx((0.05, 0.95), abs=1e-4)
    assert found.interval(0.5)[0] > low


@some
@given(st.integers(0, 10**6), st.floats(-3, 3), st.floats(-0.1, 0.1), st.floats(-2, 2))
def test_level_and_trend_change_nothing_and_a_step_is_added(seed, level, trend, more):
    one = series(seed, season=0.2, sizes=True)
    moved = replace(one, value=one.value + level + trend * one.week + more * one.after)
    before, after = step(one), step(moved)
    assert after.value - before.value == pytest.approx(more, abs=1e-6)
    assert after.errors == pytest.approx(before.errors)


@some
@given(st.integers(0, 10**6), st.floats(0, 6.28), st.floats(0, 5))
def test_a_yearly_wave_is_no_step_where_the_season_is_free(seed, phase, height):
    one = series(seed)
    waving = replace(one, value=one.value + height * np.sin(2 * np.pi * one.week / (365.25 / 7) + phase))
    assert step(waving).value == pytest.approx(step(one).value, abs=1e-6)


@some
@given(st.integers(0, 10**6), st.integers(1, 1000))
def test_the_origin_of_the_weeks_does_not_matter_where_the_season_is_free(seed, origin):
    one = series(seed, sizes=True)
    later = replace(one, week=one.week + origin, since=one.since + origin)
    assert step(later).interval() == pytest.approx(step(one).interval(), abs=1e-5)


def test_likeness_of_weeks_widens_the_interval():
    """The same values, once in runs of weeks that are alike and once shuffled; over ten histories."""
    widths = []
    for seed in range(10):
        dice = np.random.default_rng(seed)
        runs = np.repeat(dice.normal(size=20), 6) + 0.2 * dice.normal(size=120)
        one = Series(np.arange(120.0), runs, np.ones(120), 90, 0.2)
        shuffled = replace(one, value=dice.permutation(runs))
        widths.append([np.ptp(step(each).interval()) for each in (one, shuffled)])
    alike, shuffled = np.mean(widths, axis=0)
    assert alike > 1.15 * shuffled


@pytest.mark.parametrize(
    "one",
    [series(1, since=0), series(1, since=60), series(1, weeks=5, since=3), replace(series(1), value=np.zeros(60))],
)
def test_a_step_that_cannot_be_told_is_refused(one):
    with pytest.raises(ValueError, match=r"before and after|unknowns|deviation"):
        step(one)


def test_an_outlook_grows_with_the_change():
    ahead = outlook(series(3, since=None, season=0.2), 52, gap=4)
    small, large = ahead.power(0.3), ahead.power(3)
    assert len(small) == 52 and (small <= large).all() and large[-1] > 0.5 > small[0]


def test_the_outlook_is_what_the_model_would_say_after_those_weeks():
    """Planned after 40 weeks for 20 more, and fitted after 60: the same errors, but for what the 20 weeks say of the
    variance."""
    whole = series(4, season=0.2)
    so_far = Series(whole.week[:40], whole.value[:40], whole.size[:40], None, 0.2)
    ahead = outlook(so_far, 20)
    later = step(whole)
    ratio = ahead.errors[19] / later.errors
    assert ratio == pytest.approx(np.full(len(ratio), ratio.mean()), rel=0.35)
    assert 0.6 < ratio.mean() < 1.6


def test_without_likeness_the_course_is_that_of_least_squares():
    one = series(1)
    angle = 2 * np.pi * one.week / (365.25 / 7)
    half_years = (one.week - one.week.mean()) / (365.25 / 14)
    design = np.column_stack([np.ones(60), one.week >= 40, half_years, np.cos(angle), np.sin(angle)])
    solved = np.linalg.lstsq(design, one.value, rcond=None)[0]
    found = course(one)
    assert found.mean == pytest.approx(design @ solved, abs=0.25)  # the other likenesses weigh a little
    assert (found.low < found.mean).all() and (found.mean < found.high).all()
    assert found.trend[0] == pytest.approx(solved[2], abs=0.2)
    assert found.season == pytest.approx(2 * np.hypot(*solved[3:]), abs=0.2)


@some
@given(st.integers(0, 10**6), st.floats(-3, 3), st.floats(-0.1, 0.1), st.floats(-2, 2))
def test_the_course_follows_level_trend_and_step(seed, level, trend, more):
    one = series(seed, season=0.2, sizes=True)
    added = level + trend * one.week + more * one.after
    before, after = course(one), course(replace(one, value=one.value + added))
    assert after.mean - before.mean == pytest.approx(added, abs=1e-6)
    assert after.high - after.low == pytest.approx(before.high - before.low)
    assert after.trend[0] - before.trend[0] == pytest.approx(trend * 365.25 / 14, abs=1e-6)


# The verdict.


def history(seed: int = 1, *, before=60, settle=4, after=26, change=0.0, noise=0.2, kind=TIMES, dip=0.0) -> Weeks:
    """Weeks with four deployments each; `change` of the logarithm after the settling, `dip` during it."""
    dice = np.random.default_rng(seed)
    whole = before + settle + after
    number = np.arange(whole)
    value = 3 + noise * dice.normal(size=whole) + change * (number >= before + settle)
    value = value + dip * ((number >= before) & (number < before + settle))
    if kind != TIMES:
        value = np.exp(value)
    return Weeks(kind, FIRST + number, value, np.full(whole, 4.0), np.full(whole, 12))


DONE = Intervention(at(58, 0), at(60, 0), 4)
NOW = at(90, 0)


def said(weeks: Weeks, better=LOW, now=NOW, done=DONE, **more):
    outcome = judge(weeks, done, better, now, name="Lead time", **more)
    return outcome.verdict, outcome.direction


def test_a_drop_that_one_sees_is_moved_for_the_better():
    assert said(history(change=-0.7)) == (MOVED, BETTER)
    assert said(history(change=0.7)) == (MOVED, WORSE)
    assert said(history(change=0.7), HIGH) == (MOVED, BETTER)


def test_the_sentence_names_the_change_its_interval_and_the_weeks():
    outcome = judge(history(change=-0.7), DONE, LOW, NOW, name="Lead time")
    assert outcome.because.startswith("Lead time: moved for the better, −")
    assert "58 weeks before and 26 after, with trend and season." in outcome.because
    assert outcome.low < outcome.change < outcome.high < 1
    assert (outcome.weeks, outcome.deployments) == ((58, 26), (232, 104))
    assert outcome.after < outcome.before


def test_not_moved_rules_out_a_change_worth_seeing():
    outcome = judge(history(noise=0.03), DONE, LOW, NOW)
    assert (outcome.verdict, outcome.missing) == (NOT_MOVED, ())
    assert 0.7 < outcome.low <= 1 <= outcome.high < 1 / 0.7


def test_what_may_have_moved_either_way_is_inconclusive_and_says_what_is_missing():
    outcome = judge(history(noise=1.0), DONE, LOW, NOW)
    assert outcome.verdict == INCONCLUSIVE and outcome.low < 0.7 < 1.4 < outcome.high
    assert "more weeks like these" in outcome.missing[0] and outcome.missing[0] in outcome.because
    short = judge(history(noise=1.0, before=20, after=10), Intervention(at(20, 0), at(20, 0)), LOW, at(34, 0))
    assert short.missing[1].startswith("The 34 weeks known are less than a year")


def test_the_dip_while_people_learn_is_not_judged():
    assert judge(history(change=-0.7, dip=2.0), DONE, LOW, NOW) == judge(history(change=-0.7), DONE, LOW, NOW)


def test_before_the_settling_is_over_it_is_too_early():
    outcome = judge(history(), DONE, LOW, at(66, 0))
    assert (outcome.verdict, outcome.change) == (INCONCLUSIVE, None)
    assert outcome.because == "It is too early: the weeks after the settling are judged in 2 weeks at the soonest."


@pytest.mark.parametrize(
    ("weeks", "reason"),
    [
        (history().part(FIRST + 50), "8 weeks before it have deployments; 12 are needed."),
        (history().part(high=FIRST + 65), "Only 1 week after it has deployments; 4 are needed."),
        (history().part(high=FIRST + 66), "2 weeks after it have deployments; 4 are needed."),
        (history().part(high=FIRST + 60), "No week after it has deployments; 4 are needed."),
        (history(noise=0), "Lead time is the same in every week, so there is nothing to compare."),
    ],
)
def test_too_few_weeks_are_said(weeks, reason):
    outcome = judge(weeks, DONE, LOW, NOW, name="Lead time")
    assert (outcome.verdict, outcome.missing) == (INCONCLUSIVE, (reason,))


def test_no_failure_before_or_after_is_no_success():
    none = replace(history(), kind=SHARES, value=np.zeros(90))
    outcome = judge(none, DONE, LOW, NOW, name="Change fail rate")
    assert outcome.because == "Change fail rate: none happened before or after, so there is nothing to compare."


def test_shares_and_counts_are_told_in_their_own_units():
    dice = np.random.default_rng(3)
    failed = np.where(np.arange(90) < 60, 0.4, 0.1) + 0.05 * dice.normal(size=90)
    shares = judge(replace(history(), kind=SHARES, value=failed), DONE, LOW, NOW, name="Change fail rate")
    assert (shares.verdict, shares.direction) == (MOVED, BETTER) and " points (95 %" in shares.because
    counts = judge(history(kind=COUNTS, change=1.0), DONE, HIGH, NOW, name="Deployments")
    assert (counts.verdict, counts.direction) == (MOVED, BETTER) and " a week (95 %" in counts.because


@pytest.mark.parametrize(
    "wrong",
    [{"better": "small"}, {"relevant": 0}, {"relevant": 1}, {"done": Intervention(at(2), at(1))}],
)
def test_what_cannot_be_judged_is_refused(wrong):
    with pytest.raises(ValueError, match="an intervention ends"):
        said(history(), **wrong)


def test_the_counter_metric_is_told_with_it():
    better, worse = judge(history(change=-0.7), DONE, LOW, NOW), judge(history(change=0.7), DONE, LOW, NOW)
    still, open_ = judge(history(noise=0.03), DONE, LOW, NOW), judge(history(noise=1.0), DONE, LOW, NOW)
    assert " But at a cost: The metric: moved for the worse" in beside(better, worse)
    assert " And beside it: The metric: moved for the worse" in beside(still, worse)
    assert " It was not paid for: The metric: not moved" in beside(better, still)
    assert " Whether it was paid for is open: The metric: inconclusive" in beside(better, open_)
    assert beside(better, None).endswith("No counter-metric was chosen.")


# The course that is drawn.


def test_the_course_jumps_by_what_the_verdict_says():
    weeks = history(change=-0.7)
    outcome, drawn = judge(weeks, DONE, LOW, NOW), fitted(weeks, DONE, NOW)
    assert (len(drawn.week), int(drawn.after.sum())) == (84, 26)
    assert drawn.week[drawn.after][0] == first_after(DONE) == FIRST + 64
    last, first = np.flatnonzero(drawn.after)[0] - 1, np.flatnonzero(drawn.after)[0]
    assert np.log(drawn.level[first] / drawn.level[last]) == pytest.approx(np.log(outcome.change), abs=0.2)
    assert (drawn.low < drawn.level).all() and (drawn.level < drawn.high).all()
    assert drawn.trend[1] < drawn.trend[0] < drawn.trend[2] and drawn.season >= 1 and not drawn.short


def test_a_course_of_shares_and_counts_stays_where_they_can_be():
    failing = np.where(np.arange(90) % 7 == 0, 0.3, 0.0)
    shares = fitted(replace(history(), kind=SHARES, value=failing), DONE, NOW)
    assert (shares.low >= 0).all() and (shares.high <= 1).all()
    counts = fitted(replace(history(), kind=COUNTS, value=failing * 10), DONE, NOW)
    assert (counts.low >= 0).all() and counts.season > 0


@pytest.mark.parametrize(
    ("weeks", "now"), [(history(), at(66, 0)), (history().part(FIRST + 50), NOW), (history(noise=0), NOW)]
)
def test_there_is_no_course_where_nothing_was_judged(weeks, now):
    assert fitted(weeks, DONE, now) is None


def test_a_history_of_less_than_a_year_is_called_short():
    assert fitted(history(before=20, after=10), Intervention(at(20, 0), at(20, 0)), at(34, 0)).short


# Before the start.


def test_a_steady_service_is_told_how_long_it_has_to_wait():
    plan = needed(history(noise=0.1, before=104, settle=0, after=0))
    assert plan.weeks is not None and 4 <= plan.weeks <= 20
    assert (plan.deployments, plan.changes) == (plan.weeks * 4, plan.weeks * 12)
    assert plan.because.startswith(f"A change of 30 % would be seen in 80 % of all cases after {plan.weeks} weeks")


def test_a_larger_change_is_seen_no_later():
    weeks = history(noise=0.3, before=104, settle=0, after=0)
    waits = [needed(weeks, LOW, part).weeks or 999 for part in (0.2, 0.3, 0.5, 0.8)]
    assert waits == sorted(waits, reverse=True) and waits[-1] < waits[0]


def test_an_unsteady_service_is_told_what_a_year_would_show():
    plan = needed(history(noise=1.2, before=60, settle=0, after=0))
    assert (plan.weeks, plan.changes) == (None, None)
    assert plan.because.startswith("In 104 weeks a change of 30 % would not be seen reliably; a year would ")


@pytest.mark.parametrize(
    ("weeks", "reason"),
    [(history(before=8, settle=0, after=0), "The history has 8 weeks"), (history(noise=0), "Every week so far has")],
)
def test_a_history_that_tells_nothing_says_so(weeks, reason):
    plan = needed(weeks)
    assert (plan.weeks, plan.smallest) == (None, None) and plan.because.startswith(reason)
