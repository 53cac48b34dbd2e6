from tests.assessments.evidence.trees import CODE, outcome

CHART = {"a/Chart.yaml": "name: a", "a/values.yaml": "x: 1"}


def test_a_schema_is_met():
    assert outcome("helm-charts", CHART | {"a/values.schema.json": "{}"}) == "met"


def test_none_is_not_met():
    assert outcome("helm-charts", CHART) == "not met"


def test_some_is_partly():
    two = CHART | {"a/values.schema.json": "{}", "b/Chart.yaml": "name: b", "b/values.yaml": "x: 1"}
    assert outcome("helm-charts", two) == "partly"


def test_no_chart_is_not_applicable():
    assert outcome("helm-charts", CODE) == "not applicable"
    assert outcome("helm-charts", {"examples/a/Chart.yaml": "", "examples/a/values.yaml": ""}) == "not applicable"
