import pytest

from assessments.evidence.facts import Facts, Merged
from assessments.evidence.history import Change, History
from tests.assessments.evidence.trees import outcome, probe


def said(*sizes: int):
    return outcome("change-size", {}, facts=Facts(merged=tuple(Merged(n, lines=size) for n, size in enumerate(sizes))))


@pytest.mark.parametrize(("size", "expected"), [(200, "met"), (500, "partly"), (501, "not met")])
def test_the_median_decides(size, expected):
    assert said(*[size] * 11) == expected
    assert said(*[size] * 11, *[9_999] * 10) == expected


def test_few_are_too_few_to_judge():
    assert said(*[10] * 9) == "unknown"


def test_commits_on_trunk_stand_in_for_pull_requests():
    history = History(0, changes=tuple(Change(str(n), n, 50, 1) for n in range(12)))
    assert probe("change-size", {}, history=history).because == "Half of 12 changes on trunk have at most 50 lines."


def test_no_change_is_not_applicable_and_not_collected_unknown():
    assert said() == "not applicable"
    assert outcome("change-size", {}) == "unknown"
