"""Where a metric is on the way to."""

import numpy as np
import pytest

from assessments import forecast
from assessments.forecast import NOT_TOLD, OFF_COURSE, ON_COURSE, Forecast
from assessments.outcomes import COUNTS, HIGH, LOW, SHARES, TIMES, Weeks

FIRST = 2800  # a week number


def weeks(values, kind: str = TIMES, size: float = 3.0) -> Weeks:
    """One value a week, in the unit of the metric; None for a week without one."""
    known = [(FIRST + place, value) for place, value in enumerate(values) if value is not None]
    number, value = (np.array(each) for each in zip(*known, strict=True)) if known else (np.empty(0), np.empty(0))
    value = np.log(value) if kind == TIMES else value
    return Weeks(kind, number.astype(int), value.astype(float), np.full(len(number), size), np.full(len(number), 6.0))


def noisy(level, seed: int = 1, spread: float = 0.15) -> list[float]:
    random = np.random.default_rng(seed)
    return [float(one * np.exp(random.normal(0, spread))) for one in level]


def ahead(values, due: int, target: float = 10.0, kind: str = TIMES, better: str = LOW, now="mean") -> Forecast:
    some = weeks(values, kind)
    if now == "mean" and len(some):
        last = some.natural[-13:]
        now = float(np.exp(np.log(last).mean()) if kind == TIMES else last.mean())
    return forecast.forecast(some, now, 13, FIRST + len(values) - 1 + due, target, better, "Lead time")


def test_what_has_long_been_at_the_target_is_on_course_and_what_is_far_from_it_is_not():
    steady = noisy([20] * 39)
    assert ahead(steady, 10, target=40).verdict == ON_COURSE
    assert ahead(steady, 10, target=8).verdict == OFF_COURSE
    assert ahead(steady, 10, target=20).verdict == forecast.OPEN


@pytest.mark.parametrize(("target", "verdict"), [(3, ON_COURSE), (9, OFF_COURSE), (5, forecast.OPEN)])
def test_more_is_better_where_that_is_wished_for(target, verdict):
    values = list(np.random.default_rng(2).poisson(5, 39).astype(float))
    assert ahead(values, 10, target=target, kind=COUNTS, better=HIGH).verdict == verdict


def test_the_band_begins_where_the_figure_stands_and_widens():
    found = ahead(noisy([20] * 39), 13, now=25.0)
    wide = np.log(found.high / found.low)
    assert found.middle[0] == pytest.approx(25, rel=0.05) and found.past[1][-1] == pytest.approx(25)
    assert (np.diff(wide) > 0).all() and list(found.week) == list(range(FIRST + 39, FIRST + 52))


def test_a_trend_goes_on_and_fades():
    falling = noisy(40 * np.exp(-0.04 * np.arange(39)), spread=0.05)
    found = ahead(falling, 26)
    first, last = found.middle[0] / found.middle[6], found.middle[-7] / found.middle[-1]
    assert first > last > 1 and found.low[-1] < found.middle[-1] < found.high[-1]


def test_the_mean_is_of_weeks_that_are_known_as_far_as_they_are():
    """One week ahead twelve of the thirteen weeks are known, so that hardly anything is open."""
    found = ahead(noisy([20] * 39), 13)
    assert np.log(found.high[0] / found.low[0]) < np.log(found.high[-1] / found.low[-1]) / 8


def test_a_share_stays_one():
    values = [0.0, 0.1, 0.0, 0.05] * 9
    found = ahead(values, 20, target=0.1, kind=SHARES)
    assert found.low.min() >= 0 and found.high.max() <= 1


@pytest.mark.parametrize(
    ("values", "due", "why"),
    [
        ([], 10, "Too few to forecast: No week has a value of lead time in the last 39; 12 are needed."),
        ([20], 10, "Only 1 week has a value"),
        (noisy([20] * 11), 10, "Only 11 weeks have a value"),
        ([*noisy([20] * 50), *[None] * 30, *noisy([20] * 9)], 10, "Only 9 weeks have a value"),
        ([20.0] * 39, 10, "the same in every week"),
        (noisy([20] * 39), 0, "nothing left to forecast"),
        (noisy([20] * 39), -5, "nothing left to forecast"),
    ],
)
def test_where_nothing_can_be_told_it_says_why_and_shows_no_band(values, due, why):
    found = ahead(values, due)
    assert why in found.why_not and found.verdict == NOT_TOLD and not len(found.week)


def test_without_a_value_today_there_is_nothing_to_begin_from():
    found = ahead(noisy([20] * 39), 10, now=None)
    assert "nothing that a forecast could begin from" in found.why_not and not len(found.week)
    assert len(found.past[0]) == 27, "what was is shown all the same"


def test_it_ends_half_a_year_ahead_and_says_so():
    found = ahead(noisy([20] * 39), 40, target=1)
    assert len(found.week) == 26 and found.verdict == NOT_TOLD and "ends 26 weeks ahead" in found.why_not


def test_weeks_without_a_deployment_stay_as_frequent():
    every_other = [value if place % 2 else None for place, value in enumerate(noisy([20] * 40))]
    found, dense = ahead(every_other, 13), ahead(noisy([20] * 40), 13)
    assert found.rests_on == 20 and found.verdict == OFF_COURSE
    assert np.log(found.high[-1] / found.low[-1]) > np.log(dense.high[-1] / dense.low[-1])


def test_the_mean_is_of_as_many_weeks_as_the_goal_is_judged_by():
    assert [forecast.span(10, due) for due in (11, 16, 23, 60)] == [4, 6, 13, 13]


@pytest.mark.parametrize("drop", [0.0, 0.5], ids=["nothing happens", "a drop in the middle"])
def test_the_band_holds_in_four_of_five_cases(drop):
    """39 weeks alike by a half from week to week, and what the thirteen weeks after them came to."""
    random, held, rounds = np.random.default_rng(3), 0, 60
    for _ in range(rounds):
        effect = np.zeros(52)
        for place in range(1, 52):
            effect[place] = 0.5 * effect[place - 1] + random.normal(0, 0.17)
        values = np.exp(3 + effect + random.normal(0, 0.2, 52) - drop * (np.arange(52) > 20))
        found = ahead(list(values[:39]), 13)
        held += found.low[-1] <= np.exp(np.log(values[39:]).mean()) <= found.high[-1]
    assert held >= 0.8 * rounds


def test_weeks_that_are_too_far_apart_are_not_called_the_same():
    known = [*range(9), 13, 16, 38]  # four weeks to come have less than one of these
    values = [float(20 + place) if place in known else None for place in range(39)]
    found = forecast.forecast(weeks(values), 20.0, 4, FIRST + 52, 10.0, LOW, "Lead time")
    assert found.verdict == NOT_TOLD and not len(found.week)
    assert found.why_not == "Lead time has a value in so few weeks that 4 weeks to come may have none."
