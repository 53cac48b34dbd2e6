"""Reliability is pooled, without what differs between teams, and never of a few."""

import numpy as np
import pytest

from assessments.surveys.reliability import reliability


def answers(people: int, items: int, teams: int = 6, shared: float = 1.0, between: float = 0.0):
    """People whose items are what they share, what their team shares, and noise of their own."""
    rng = np.random.default_rng(3)
    rows = []
    for person in range(people):
        team, own = person % teams, rng.normal() * shared
        values = {f"item-{item}": own + between * team + rng.normal() for item in range(items)}
        rows.append((f"team-{team}", values))
    return [f"item-{item}" for item in range(items)], rows


@pytest.mark.parametrize(("items", "kind"), [(2, "Spearman-Brown"), (4, "omega")])
def test_items_that_share_half_their_variance(items, kind):
    """k items with correlation 1/2 have a reliability of k / (k + 1)."""
    found = reliability(*answers(6000, items))
    assert found.kind == kind and found.value == pytest.approx(items / (items + 1), abs=0.02)


def test_two_items_have_an_interval():
    found = reliability(*answers(60, 2))
    assert found.low < found.value < found.high


@pytest.mark.parametrize("items", [2, 3])
def test_that_teams_differ_makes_no_item_reliable(items):
    found = reliability(*answers(3000, items, shared=0, between=3.0))
    assert found.value is None or found.value < 0.25


def test_fewer_than_thirty_people_are_too_few():
    assert reliability(*answers(29, 3)).reason == "too few: 29 of the 30 people needed"
    assert reliability(*answers(30, 3, shared=2.0)).value > 0.7


def test_people_without_a_colleague_or_with_a_gap_are_left_out():
    items, rows = answers(40, 2)
    rows += [("alone", {"item-0": 1, "item-1": 2}), ("team-0", {"item-0": 1})]
    assert reliability(items, rows).n == 40


def test_items_that_all_answered_alike_have_no_reliability():
    rows = [(f"team-{n % 5}", {"a": 2, "b": 2, "c": 2}) for n in range(40)]
    assert "does not vary" in reliability(["a", "b", "c"], rows).reason


@pytest.mark.parametrize("items", [2, 3])
def test_the_order_in_which_people_answered_is_in_no_digit(items):
    keys, rows = answers(40, items, shared=1.0)
    assert reliability(keys, rows[::-1]) == reliability(keys, rows)


def test_one_item_is_refused():
    with pytest.raises(ValueError, match="one item"):
        reliability(["a"], [])
