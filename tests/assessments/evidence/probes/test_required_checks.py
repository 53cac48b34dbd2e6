from assessments.evidence.facts import Facts, Protection
from tests.assessments.evidence.trees import outcome


def test_a_required_check_is_met():
    assert outcome("required-checks", {}, facts=Facts(protection=Protection(True, checks=("test",)))) == "met"


def test_none_is_not_met():
    assert outcome("required-checks", {}, facts=Facts(protection=Protection(True))) == "not met"


def test_not_collected_is_unknown():
    assert outcome("required-checks", {}, facts=Facts()) == "unknown"
    assert outcome("required-checks", {}) == "unknown"
