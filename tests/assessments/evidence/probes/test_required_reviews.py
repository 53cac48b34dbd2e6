from assessments.evidence.facts import Facts, Protection
from tests.assessments.evidence.trees import outcome


def said(**rules):
    return outcome("required-reviews", {}, facts=Facts(protection=Protection(**rules)))


def test_a_lapsing_approval_is_met():
    assert said(pull_request=True, approvals=1, stale_dismissed=True) == "met"


def test_one_that_stays_is_partly():
    assert said(pull_request=True, approvals=2) == "partly"


def test_none_is_not_met():
    assert said(pull_request=True) == "not met"
    assert said(pull_request=False, approvals=1) == "not met"


def test_not_collected_is_unknown():
    assert outcome("required-reviews", {}, facts=Facts()) == "unknown"
