import pytest

from tests.assessments.evidence.pods import pod
from tests.assessments.evidence.trees import CODE, outcome


@pytest.mark.parametrize(
    "files",
    [
        {"slos/shop.yml": "version: prometheus/v1\nslos:\n  - objective: 99.9\n"},
        {"a.yaml": "apiVersion: pyrra.dev/v1alpha1\nkind: ServiceLevelObjective\nmetadata: {name: a}\n"},
        {"rules.yml": "groups:\n- rules:\n  - alert: ErrorBudgetBurn\n    expr: x > 14.4\n"},
    ],
)
def test_targets_in_files_are_met(files):
    assert outcome("slo-as-code", CODE | files) == "met"


def test_a_document_is_partly():
    assert outcome("slo-as-code", CODE | {"docs/slo.md": "99.5 %"}) == "partly"


def test_what_is_operated_without_them_is_unknown():
    assert outcome("slo-as-code", {"deploy/a.yaml": pod(), "src/slow.yml": "objective: 1"}) == "unknown"


def test_nothing_operated_is_not_applicable():
    assert outcome("slo-as-code", CODE) == "not applicable"
