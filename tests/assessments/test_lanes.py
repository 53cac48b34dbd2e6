"""What repositories, answers and maps say, as evidence."""

from types import SimpleNamespace

import pytest

from assessments.evidence.finding import Outcome, met, not_applicable, not_met, unknown
from assessments.lanes import agreed, answers, coarse, mapped, repositories
from assessments.maturity import State
from assessments.surveys.intervals import Interval
from assessments.workflow.amounts import Amount
from assessments.workflow.facts import Fact
from tests.assessments.standings import capability


def test_what_probes_find_is_taken_as_it_is():
    found = {
        "shop": {"ci-tests": met("Two jobs run tests."), "lock-files": unknown("The tree is cut off.")},
        "desk": {"ci-tests": not_met("No job runs tests."), "lock-files": not_applicable("There is no manifest.")},
    }
    taken = repositories(found)
    assert {key: str(seen.state) for key, seen in taken.items()} == {
        "repository:ci-tests": "partly",
        "repository:lock-files": "unknown",
    }
    assert {str(outcome) for outcome in Outcome} <= {str(state) for state in State}


def finding(outcome: str, because: str = "It is so."):
    return SimpleNamespace(outcome=outcome, because=because)


@pytest.mark.parametrize(
    ("outcomes", "state"),
    [
        (["met"], State.MET),
        (["met", "not applicable"], State.MET),
        (["met", "met", "unknown"], State.UNKNOWN),
        (["met", "not met", "unknown"], State.PARTLY),
        (["not met", "unknown"], State.NOT_MET),
        (["partly"], State.PARTLY),
        (["not met", "partly"], State.PARTLY),
        (["not applicable", "not applicable"], State.NOT_APPLICABLE),
        (["not applicable", "unknown"], State.UNKNOWN),
    ],
)
def test_several_repositories_make_one_state(outcomes, state):
    found = {f"repo{n}": {"tests": finding(outcome)} for n, outcome in enumerate(outcomes)}
    assert repositories(found)["repository:tests"].state is state


def test_one_repository_speaks_for_itself_and_several_are_counted():
    bad = finding("not met", "4 of 9 workflows run on push.")
    assert repositories({"shop": {"push": bad}})["repository:push"].because == "4 of 9 workflows run on push."
    both = repositories({"shop": {"push": bad}, "desk": {"push": finding("met")}})
    assert both["repository:push"].because == "1 of 2 repositories; shop: 4 of 9 workflows run on push."


def result(low, high, *, told="mean", n=7, not_applicable=0, dont_know=0, top=4):
    return SimpleNamespace(
        told=told,
        n=n,
        not_applicable=not_applicable,
        dont_know=dont_know,
        top=top,
        mean=(low + high) / 2,
        interval=Interval(low, high, "t"),
    )


def said(answer) -> list[State]:
    found = answers([capability("S", "S", "S", "S")], {"capabilities": {"ci": answer}})
    return [seen.state for seen in found.values()]


MET, PARTLY, NO, NOT_KNOWN = State.MET, State.PARTLY, State.NOT_MET, State.UNKNOWN


@pytest.mark.parametrize(
    ("answer", "states"),
    [
        (result(2, 2), [MET, MET, NO, NO]),
        (result(1.8, 2.4), [MET, MET, NO, NO]),
        (result(2.3, 2.9), [MET, MET, PARTLY, NO]),  # some say 2, some say 3
        (result(0, 4), [PARTLY] * 4),
        (result(0, 0, told="too few", n=3), [NOT_KNOWN] * 4),
        (result(0, 0, told="discuss"), [NOT_KNOWN] * 4),
        (result(0, 0, told="too few", n=0, not_applicable=6), [State.NOT_APPLICABLE] * 4),
        (result(0, 0, told="too few", n=0, not_applicable=6, dont_know=1), [NOT_KNOWN] * 4),
    ],
)
def test_what_the_answers_say_of_each_level(answer, states):
    assert said(answer) == states


def test_what_was_not_asked_is_not_looked_for():
    assert answers([capability("S R1")], {"capabilities": {}}) == {}


def test_a_value_agreed_on_counts_as_it_is():
    found = agreed([capability("S", "S", "S", "S")], {"capabilities": {"ci": 2}})
    assert [seen.state for seen in found.values()] == [MET, MET, NO, NO]


@pytest.mark.parametrize(
    ("fact", "state"),
    [
        (Fact(Amount(1, 1, 1), "One."), MET),
        (Fact(Amount(1, 0, 3), "One, up to three."), PARTLY),
        (Fact(Amount(2, 2, 3), "Two."), NO),
        (Fact(None, "Not known."), NOT_KNOWN),
    ],
)
def test_what_the_map_says_against_a_limit(fact, state):
    assert mapped([capability("W")], {"w": fact})["map:w <= 1"].state is state


def test_a_map_that_is_not_drawn_says_nothing():
    assert mapped([capability("W")], {}) == {}


@pytest.mark.parametrize(
    ("value", "state"),
    [("dont_know", State.UNKNOWN), ("not_applicable", State.NOT_APPLICABLE), ("parted", State.UNKNOWN)],
)
def test_what_a_team_agreed_on_may_be_no_option(value, state):
    found = agreed([capability("S", "S")], {"capabilities": {"ci": value}})
    assert {seen.state for seen in found.values()} == {state} and len(found) == 2


def middle(*quartiles: float, discuss: bool = False) -> dict:
    return {"told": "middle", "quartiles": list(quartiles), "discuss": discuss, "top": 4}


@pytest.mark.parametrize(
    ("kept", "states"),
    [
        (middle(2, 3, 3), [State.MET, State.MET, State.PARTLY, State.NOT_MET]),
        (middle(2, 2, 2), [State.MET, State.MET, State.NOT_MET, State.NOT_MET]),
        (middle(0, 2, 4, discuss=True), [State.UNKNOWN] * 4),
        ({"told": "too few"}, [State.UNKNOWN] * 4),
    ],
)
def test_a_coarse_result_is_held_against_its_middle_half(kept, states):
    found = coarse([capability("S", "S", "S", "S")], {"capabilities": {"ci": kept}})
    assert [seen.state for seen in found.values()] == states


def test_a_coarse_result_tells_no_count_and_no_decimal():
    found = coarse([capability("S")], {"capabilities": {"ci": middle(1, 2, 3)}})
    (seen,) = found.values()
    assert seen.because == "The team's middle answer about ci: 2 on 0 to 4, the middle half from 1 to 3."
