from tests.assessments.evidence.trees import CODE, outcome

RULE = "groups:\n- rules:\n  - alert: A\n    expr: up == 0\n    annotations: {%s}\n"
SECOND = "  - alert: B\n    expr: up == 0\n    labels: {severity: %s}\n"
NAMED = RULE % "runbook_url: https://example.org/a"


def test_a_runbook_is_met():
    assert outcome("alert-runbooks", {"a.yml": NAMED}) == "met"


def test_none_is_not_met():
    assert outcome("alert-runbooks", {"a.yml": RULE % "summary: x"}) == "not met"


def test_some_is_partly_and_information_is_left_out():
    assert outcome("alert-runbooks", {"a.yml": NAMED + SECOND % "page"}) == "partly"
    assert outcome("alert-runbooks", {"a.yml": NAMED + SECOND % "info"}) == "met"


def test_no_alerts_are_not_applicable():
    assert outcome("alert-runbooks", CODE) == "not applicable"


def test_alerts_that_nobody_fills_in_here_are_unknown():
    assert outcome("alert-runbooks", {"alerts/a.libsonnet": "{\n  alert: 'Down',\n}\n"}) == "unknown"
