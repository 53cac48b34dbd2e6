import pytest

from tests.assessments.evidence.trees import CODE, ci, job, outcome


@pytest.mark.parametrize(
    "command", ["helm rollback shop", "kubectl rollout undo deploy/shop", "helm upgrade --install --atomic shop ."]
)
def test_a_command_is_met(command):
    assert outcome("rollback", job(f"- run: {command}")) == "met"


def test_a_workflow_of_that_name_is_met():
    assert outcome("rollback", ci("on: workflow_dispatch\njobs: {}\n", path=".github/workflows/rollback.yml")) == "met"


def test_a_deployment_without_it_is_not_met():
    assert outcome("rollback", job("- run: kubectl apply -f deploy")) == "not met"


def test_nothing_or_pages_alone_are_not_applicable():
    assert outcome("rollback", job("- uses: actions/deploy-pages@v4")) == "not applicable"
    assert outcome("rollback", CODE) == "not applicable"
