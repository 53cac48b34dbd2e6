import pytest

from assessments.evidence.facts import Facts, Scanning
from tests.assessments.evidence.trees import CODE, job, outcome

OFF = Facts(scanning=Scanning(dependencies=False))
NPM = {"package.json": "{}"}


@pytest.mark.parametrize(
    "step",
    ["uses: actions/dependency-review-action@v4", "run: npm audit", "run: cargo deny check", "run: uvx pip-audit"],
)
def test_a_check_is_met(step):
    assert outcome("dependency-scanning", job(f"- {step}") | NPM) == "met"


def test_alerts_of_the_forge_are_met():
    assert outcome("dependency-scanning", NPM, facts=Facts(scanning=Scanning(dependencies=True))) == "met"


def test_none_is_not_met_and_without_facts_open():
    assert outcome("dependency-scanning", job("- run: npm ci") | NPM, facts=OFF) == "not met"
    assert outcome("dependency-scanning", NPM) == "unknown"


def test_no_dependencies_are_not_applicable():
    assert outcome("dependency-scanning", CODE) == "not applicable"
