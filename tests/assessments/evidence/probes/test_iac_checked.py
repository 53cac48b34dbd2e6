import pytest

from tests.assessments.evidence.pods import pod
from tests.assessments.evidence.trees import CODE, job, outcome

TF = {"infra/main.tf": 'resource "a" "b" {}'}


@pytest.mark.parametrize(
    "step",
    [
        "run: terraform fmt -check -recursive",
        "run: terraform -chdir=infra plan",
        "run: helm lint chart",
        "uses: terraform-linters/setup-tflint@v4",
    ],
)
def test_a_check_is_met(step):
    assert outcome("iac-checked", job(f"- {step}") | TF) == "met"


def test_none_is_not_met():
    assert outcome("iac-checked", job("- run: terraform apply") | TF) == "not met"
    assert outcome("iac-checked", CODE | TF) == "not met"


def test_another_system_is_unknown():
    assert outcome("iac-checked", CODE | TF | {".gitlab-ci.yml": "x: {}"}) == "unknown"


def test_no_infrastructure_is_not_applicable():
    assert outcome("iac-checked", job("- run: pytest")) == "not applicable"


def test_hooks_that_the_pipeline_runs_are_met():
    hooks = {".pre-commit-config.yaml": "repos:\n  - repo: x\n    hooks:\n      - id: terraform_validate\n"}
    module = {"main.tf": 'variable "a" {}'}
    assert outcome("iac-checked", job("- run: pre-commit run -a") | hooks | module) == "met"
    assert outcome("iac-checked", job("- run: ls") | hooks | module) == "not met"


def test_actions_that_validate_are_met():
    step = job("- uses: fluxcd/flux-schema/actions/validate@main") | {"deploy/a.yaml": pod()}
    assert outcome("iac-checked", step) == "met"
    assert outcome("ci-static-checks", step) == "met"
