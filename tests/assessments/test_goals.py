"""How far a goal is: by hand, and what holds of any two figures."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments import goals
from assessments.goals import (
    BETTER,
    BROKEN,
    CLOSE,
    HIGH,
    KEPT,
    LOW,
    NOT_APART,
    NOT_KNOWN,
    WORSE,
    Figure,
    difference,
    progress,
)

DAYS = Figure("value", 120.0, 100.0, 150.0, 40, 0, 1, "hours")
FAILS = Figure("value", 0.10, 0.05, 0.20, 50, 0, 1, "share")
NONE = Figure("not_collected", None, None, None, 0, 0, 1, "hours")


def at(value: float, low: float | None = None, high: float | None = None) -> Figure:
    return replace(DAYS, value=value, low=low, high=high)


def state(now: Figure, better: str = LOW, target: float = 60.0) -> tuple:
    found = progress(DAYS, now, target, better, FAILS, 0.15, LOW)
    return found.state, found.at_target


def test_better_is_said_only_where_the_intervals_tell_the_two_apart():
    assert state(at(70, 60, 82)) == (BETTER, False)
    assert state(at(110, 90, 130)) == (NOT_APART, False)
    assert state(at(200, 180, 230)) == (WORSE, False)
    assert state(at(200, 180, 230), HIGH) == (BETTER, True)


def test_a_target_may_be_reached_without_being_told_apart():
    assert state(at(59, 20, 200)) == (NOT_APART, True)
    assert state(at(59)) == (NOT_APART, True)  # no interval: nothing is told apart


def test_no_value_is_not_known_and_never_zero():
    assert state(NONE) == (NOT_KNOWN, None)
    assert progress(NONE, DAYS, 60, LOW, FAILS, 0.15, LOW).state == NOT_KNOWN


@pytest.mark.parametrize(
    ("value", "low", "verdict"), [(0.1, 0.05, KEPT), (0.2, 0.12, CLOSE), (0.4, 0.3, BROKEN), (0.2, None, BROKEN)]
)
def test_a_counter_metric_keeps_its_limit_or_does_not(value, low, verdict):
    counter = replace(FAILS, value=value, low=low)
    assert progress(DAYS, DAYS, 60, LOW, counter, 0.15, LOW).counter == verdict


def test_a_counter_metric_that_nobody_knows_has_kept_nothing():
    assert progress(DAYS, DAYS, 60, LOW, NONE, 0.15, LOW).counter == NOT_KNOWN


def test_the_difference_of_two_shares_is_that_of_newcombe():
    """Newcombe 1998, Statistics in Medicine 17, 873-890, table II, method 10: 56/70 and 48/80."""
    first = Figure("value", 48 / 80, 0.4904, 0.7004, 80, 0, 1, "share")
    second = Figure("value", 56 / 70, 0.6915, 0.8772, 70, 0, 1, "share")
    assert difference(first, second) == pytest.approx((0.0524, 0.3339), abs=5e-4)


def test_what_is_proposed_is_better_and_leaves_a_little_room():
    assert goals.target(DAYS, LOW) == pytest.approx(84)
    assert goals.target(DAYS, HIGH) == pytest.approx(156)
    assert goals.limit(DAYS, LOW) == pytest.approx(132)
    assert goals.limit(FAILS, LOW) == pytest.approx(0.15)
    assert goals.limit(replace(FAILS, value=0.0), LOW) == 0.05
    assert goals.limit(replace(FAILS, value=0.98), LOW) == 1
    assert goals.target(NONE, LOW) is None and goals.limit(NONE, LOW) is None


@pytest.mark.parametrize(
    ("figure", "wanted", "better", "word"),
    [
        (DAYS, 60, LOW, ""), (DAYS, 130, LOW, "already"), (DAYS, -1, LOW, "not negative"),
        (DAYS, float("nan"), LOW, "not negative"), (DAYS, float("inf"), HIGH, "not negative"),
        (FAILS, 1.2, HIGH, "share"), (FAILS, 0.05, LOW, ""), (FAILS, 0.05, HIGH, "already"),
    ],
)  # fmt: skip
def test_a_target_that_is_none_is_refused_with_the_reason(figure, wanted, better, word):
    told = goals.refused(figure, wanted, better)
    assert word in told and bool(told) == bool(word)


@pytest.mark.parametrize(
    ("figure", "name", "shown"),
    [
        (DAYS, "days", 5.0), (at(7), "hours", 7.0), (at(0.5), "minutes", 30.0), (NONE, "minutes", None),
        (FAILS, "%", 10.0), (replace(DAYS, unit="a week", value=3.14159), "a week", 3.14),
    ],
)  # fmt: skip
def test_a_value_is_typed_in_the_unit_that_people_would_say(figure, name, shown):
    unit = goals.entry(figure)
    assert (unit.name, unit.shown(figure.value)) == (name, shown)
    assert unit.proposed(figure.value) == (None if shown is None else float(f"{shown:.2g}"))
    if shown is not None:
        assert unit.kept(shown) == pytest.approx(figure.value, rel=1e-3)


numbers = st.tuples(*[st.floats(0, 1e6)] * 3).map(sorted)


@given(numbers, numbers)
def test_the_other_way_round_is_the_same_with_the_other_sign(first, second):
    one, other = (at(middle, low, high) for low, middle, high in (first, second))
    there, back = difference(one, other), difference(other, one)
    assert there == pytest.approx((-back[1], -back[0]))
    words = {BETTER: WORSE, WORSE: BETTER, NOT_APART: NOT_APART}
    states = [progress(a, b, 0, LOW, FAILS, 1, LOW).state for a, b in ((one, other), (other, one))]
    assert states[1] == words[states[0]]


@given(numbers)
def test_a_figure_is_never_told_apart_from_itself(values):
    low, middle, high = values
    assert progress(*[at(middle, low, high)] * 2, 0, LOW, FAILS, 1, LOW).state == NOT_APART
