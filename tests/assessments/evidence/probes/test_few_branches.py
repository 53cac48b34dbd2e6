import pytest

from assessments.evidence.facts import Branch, Facts
from tests.assessments.evidence.trees import outcome


@pytest.mark.parametrize(
    ("count", "expected"), [(0, "met"), (3, "met"), (4, "partly"), (10, "partly"), (11, "not met")]
)
def test_old_branches_are_counted(count, expected):
    branches = tuple(Branch(f"b{n}", days=31, ahead=1) for n in range(count))
    young = (Branch("new", days=30, ahead=1), Branch("merged", days=99, ahead=0))
    assert outcome("few-branches", {}, facts=Facts(branches=branches + young)) == expected


def test_not_collected_is_unknown():
    assert outcome("few-branches", {}, facts=Facts()) == "unknown"
