"""What a map says about practices."""

from dataclasses import replace

import pytest

from assessments.workflow.amounts import Amount
from assessments.workflow.facts import FACTS, Drawn, facts, lost
from assessments.workflow.model import Map
from content import catalog

TODAY = Map.of(catalog.maps()["release-by-hand"]["today"])
FUTURE = Map.of(catalog.maps()["release-by-hand"]["future"])


def edited(key: str, **fields) -> Map:
    """Today's map with one step changed."""
    return replace(TODAY, steps=tuple(replace(s, **fields) if s.key == key else s for s in TODAY.steps))


def said(name: str, today: Map = TODAY, **more):
    fact = facts(Drawn(today, **more))[name]
    return fact.amount and (fact.amount.low, fact.amount.high), fact.because


@pytest.mark.parametrize(
    ("name", "amount", "because"),
    [
        ("steps-with-role", 1, "9 of 9 steps have a role that does them."),
        ("steps-with-times", 1, "9 of 9 steps have a lead and a process time."),
        ("queues-known", 1 / 9, "1 of 9 steps have a known queue."),
        ("constraint-known", 1, "Approval meeting holds 38% of the waiting."),
        ("future-drawn", 0, "No future state is drawn."),
        ("versions", 1, "There is one version of the map."),
        ("deployment-manual-steps", 8, "Manual steps tied to deploying: 8."),
        ("recovery-manual-steps", None, "The manual steps of Decide to go back are not known."),
        ("deployment-approvals", None, "The approvals of Install are not known."),
        ("review-wait", None, "No step of the map is tied to review."),
        ("map-age", None, "It is not known when the map was agreed."),
    ],
)
def test_the_release_by_hand(name, amount, because):
    assert said(name) == (None if amount is None else (pytest.approx(amount), pytest.approx(amount)), because)


def test_every_fact_is_tried():
    assert set(facts(Drawn(TODAY))) == set(FACTS)


def test_the_circumstances_of_a_map_are_facts_too():
    assert said("future-drawn", future=True) == ((1, 1), "A future state is drawn.")
    assert said("versions", versions=3) == ((3, 3), "There are 3 versions of the map.")
    assert said("map-age", age=90.4) == ((90.4, 90.4), "The map is 90 days old.")


def test_the_largest_wait_is_not_known_while_one_is_not():
    assert said("constraint-known", edited("copy", process=None))[0] is None


def test_a_range_stays_a_range():
    slow = edited("approval", stage="waiting_for_review", wait_before=Amount(60, 30, 600))
    assert said("review-wait", slow) == ((30, 600), "Waits tied to review: 30 to 600 minutes.")


def test_a_map_without_a_happy_path_tells_nothing_of_it():
    recovery = replace(TODAY, steps=TODAY.path("recovery"))
    assert said("steps-with-role", recovery) == (None, "The map has no happy path.")
    assert lost(recovery) == {}


def test_the_part_of_the_lead_time_that_waits_by_stage():
    """240 minutes in all; the approval waits 45 of its 60, the installing 7 of its 25."""
    assert lost(TODAY) == {"waiting_to_deploy": 45 / 240, "deploying": 7 / 240}
    assert sum(lost(FUTURE).values()) < 1


def test_a_share_of_an_unknown_whole_is_not_known():
    assert lost(edited("copy", lead=None, process=None)) == {}
