from assessments.evidence.facts import Facts, Protection
from tests.assessments.evidence.trees import outcome, probe


def said(**rules):
    return outcome("branch-protection", {}, facts=Facts(protection=Protection(**rules)))


def test_rules_for_everyone_are_met():
    assert said(pull_request=True, admins_bound=True) == "met"


def test_some_rules_or_exceptions_are_partly():
    assert said(pull_request=False, admins_bound=True) == "partly"
    assert said(pull_request=True) == "partly"
    assert said(pull_request=True, admins_bound=True, bypass=("role admin",)) == "partly"


def test_no_rule_is_not_met():
    assert said(pull_request=False, force_push=True, deletion=True) == "not met"


def test_not_collected_is_unknown():
    finding = probe("branch-protection", {}, facts=Facts())
    assert str(finding.outcome) == "unknown"
    assert "not collected" in finding.because
