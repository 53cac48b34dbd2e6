import pytest

from tests.assessments.evidence.trees import CODE, ci, job, lines, outcome, probe

NAMED = "on: push\njobs:\n  d:\n    environment: production\n    steps: [{run: kubectl apply -f x}]\n"


def test_a_named_environment_is_met():
    assert outcome("deploy-environments", ci(NAMED)) == "met"


@pytest.mark.parametrize(
    "step", ["run: helm upgrade --install a b", "run: terraform apply", "uses: actions/deploy-pages@v4"]
)
def test_none_is_not_met(step):
    finding = probe("deploy-environments", job(f"- {step}"))
    assert (str(finding.outcome), lines(finding)) == ("not met", [6])


def test_one_of_two_is_partly():
    assert outcome("deploy-environments", ci(NAMED + "  e:\n    steps: [{run: terraform apply}]\n")) == "partly"


def test_no_deployment_is_not_applicable():
    dry = job("- run: kubectl apply --dry-run=client -f x\n- run: terraform plan")
    assert outcome("deploy-environments", dry) == "not applicable"
    assert outcome("deploy-environments", CODE) == "not applicable"
