from tests.assessments.evidence.pods import pod
from tests.assessments.evidence.trees import CODE, outcome


def test_a_client_is_met():
    assert (
        outcome("feature-flags", CODE | {"package.json": '{"dependencies": {"@openfeature/server-sdk": "1"}}'}) == "met"
    )
    assert outcome("feature-flags", {"a.py": "from openfeature import api\n"}) == "met"


def test_an_operated_product_without_one_is_not_met():
    assert outcome("feature-flags", CODE | {"deploy/a.yaml": pod()}) == "not met"


def test_nothing_operated_is_not_applicable():
    assert outcome("feature-flags", CODE) == "not applicable"


def test_what_only_others_run_is_not_operated():
    chart = {"chart/Chart.yaml": "name: a", "chart/templates/a.yaml": pod()}
    assert outcome("feature-flags", CODE | chart) == "not applicable"
    assert outcome("feature-flags", CODE | chart | {"Dockerfile": "FROM a"}) == "not met"
    assert outcome("feature-flags", CODE | {"Procfile": "a1: ./server --port 1\n"}) == "not applicable"
    assert outcome("feature-flags", CODE | {"Procfile": "web: ./server\n"}) == "not met"
    assert outcome("feature-flags", CODE | {"scripts/dev.yaml": pod()}) == "not applicable"
    shown = {"deploy/a.yaml": pod(), "README.md": "# Shop Sample Application [![x](y)](z)\n"}
    assert outcome("feature-flags", CODE | shown) == "not applicable"
