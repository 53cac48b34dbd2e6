from tests.assessments.evidence.trees import CODE, job, outcome

RULES = {"a.yml": "groups:\n- rules:\n  - alert: A\n    expr: up == 0\n"}


def test_unit_tests_are_met():
    assert outcome("alert-tests", RULES | {"a_test.yml": "rule_files: [a.yml]\ntests: []\n"}) == "met"
    assert outcome("alert-tests", RULES | job("- run: promtool test rules a_test.yml")) == "met"


def test_only_a_check_is_partly():
    assert outcome("alert-tests", RULES | job("- run: promtool check rules a.yml")) == "partly"


def test_none_is_not_met():
    assert outcome("alert-tests", RULES) == "not met"


def test_no_rules_are_not_applicable():
    assert outcome("alert-tests", CODE) == "not applicable"


def test_tests_of_rules_in_jsonnet_are_met():
    mixin = {"alerts/a.libsonnet": "{\n  alert: 'Down',\n}\n"}
    tests = {"tests/a-test.yaml": "rule_files: [../rules.yaml]\ntests:\n  - interval: 1m\n"}
    assert outcome("alert-tests", mixin | tests) == "met"
    assert outcome("alert-tests", mixin) == "not met"
