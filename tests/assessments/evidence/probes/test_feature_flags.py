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
