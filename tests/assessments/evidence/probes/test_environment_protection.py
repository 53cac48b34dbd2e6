from assessments.evidence.facts import Environment, Facts
from tests.assessments.evidence.trees import outcome


def said(*environments):
    return outcome("environment-protection", {}, facts=Facts(environments=environments))


def test_a_rule_for_each_is_met():
    assert (
        said(Environment("production", branches=True), Environment("prod-eu", reviewers=1), Environment("dev")) == "met"
    )


def test_some_is_partly():
    assert said(Environment("production", branches=True), Environment("prod-eu")) == "partly"


def test_none_is_not_met():
    assert said(Environment("production", wait=5)) == "not met"


def test_no_production_is_not_applicable():
    assert said() == "not applicable"
    assert said(Environment("product-docs"), Environment("staging")) == "not applicable"


def test_not_collected_is_unknown():
    assert outcome("environment-protection", {}) == "unknown"
    assert outcome("environment-protection", {}, facts=Facts()) == "unknown"
