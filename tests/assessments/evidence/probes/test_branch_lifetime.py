import pytest

from assessments.evidence.facts import Facts, Merged
from tests.assessments.evidence.trees import outcome


def said(*hours: float):
    return outcome(
        "branch-lifetime", {}, facts=Facts(merged=tuple(Merged(n, hours=each) for n, each in enumerate(hours)))
    )


@pytest.mark.parametrize(("hours", "expected"), [(48, "met"), (168, "partly"), (169, "not met")])
def test_the_median_decides(hours, expected):
    assert said(*[hours] * 11, *[9_999] * 10) == expected


def test_few_are_too_few_to_judge():
    assert said(*[1] * 9) == "unknown"


def test_none_is_not_applicable_and_not_collected_unknown():
    assert said() == "not applicable"
    assert outcome("branch-lifetime", {}, facts=Facts()) == "unknown"
    assert outcome("branch-lifetime", {}, facts=Facts(merged=(Merged(1),))) == "unknown"
