"""What became other between two checks."""

import pytest

from assessments.poc import Check, Level, Outcome, Severity, State
from assessments.poc.changes import Changes, changes
from assessments.poc.judging import counted
from assessments.poc.model import together

E1, E3 = Level.E1, Level.E3
PASS, FAIL, UNKNOWN, ERROR, SKIPPED = Outcome.PASS, Outcome.FAIL, Outcome.UNKNOWN, Outcome.ERROR, Outcome.SKIPPED


@pytest.mark.parametrize(
    ("before", "after", "place"),
    [
        ((FAIL, None), (PASS, E1), "better"),
        ((UNKNOWN, None), (PASS, E1), "better"),
        ((PASS, E1), (FAIL, None), "worse"),
        ((PASS, E1), (UNKNOWN, None), "worse"),
        ((UNKNOWN, None), (FAIL, None), "failing"),
        ((FAIL, None), (UNKNOWN, None), "open"),
        ((FAIL, None), (ERROR, None), "open"),
        ((PASS, E1), (PASS, E3), "firmer"),
        ((PASS, E3), (PASS, E1), "weaker"),
    ],
)
def test_a_check_that_became_other_stands_in_one_place(before, after, place):
    assert changes({"runbook": before}, {"runbook": after}) == Changes(**{place: ("runbook",)})


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ((PASS, E1), (PASS, E1)),
        ((FAIL, None), (FAIL, None)),
        ((SKIPPED, None), (FAIL, None)),
        ((PASS, E1), (SKIPPED, None)),
        ((PASS, None), (PASS, E1)),
    ],
)
def test_what_is_the_same_or_was_left_out_is_not_told(before, after):
    assert not changes({"runbook": before}, {"runbook": after})


def test_a_check_of_another_version_is_not_told():
    assert not changes({"old": (PASS, E1)}, {"new": (FAIL, None)})


def test_the_order_is_that_of_the_newer_check():
    before = {"b": (FAIL, None), "a": (FAIL, None)}
    assert changes(before, {"a": (PASS, E1), "b": (PASS, E1)}).better == ("a", "b")


def check(name: str, severity: Severity = Severity.REQUIRED) -> Check:
    return Check(name, name, "file", {}, severity)


@pytest.mark.parametrize(
    ("outcomes", "state"),
    [
        ({}, None),
        ({"a": PASS, "b": PASS}, State.PASSED),
        ({"a": PASS, "b": FAIL}, State.FAILED),
        ({"a": PASS}, State.OPEN),
        ({"a": PASS, "b": UNKNOWN, "more": FAIL}, State.OPEN),
    ],
)
def test_kept_outcomes_of_the_required_checks_make_a_state(outcomes, state):
    assert together([check("a"), check("b"), check("more", Severity.RECOMMENDED)], outcomes) == state


def test_without_a_required_check_there_is_nothing_to_pass():
    assert together([check("more", Severity.RECOMMENDED)], {"more": PASS}) is State.EMPTY


@pytest.mark.parametrize(("number", "said"), [(0, "No person"), (1, "1 person"), (2, "2 people")])
def test_people_are_counted_as_one_says_it(number, said):
    assert counted(number, "person", "people") == said
