import pytest

from tests.assessments.evidence.trees import CODE, job, outcome

TESTS = {"tests/test_a.py": ""}


@pytest.mark.parametrize(
    "step",
    [
        "run: pytest --cov=shop",
        "run: go test -coverprofile=c.out ./...",
        "uses: codecov/codecov-action@v5",
        "run: coverage run -m pytest",
    ],
)
def test_a_measurement_in_the_pipeline_is_met(step):
    assert outcome("coverage", job(f"- {step}") | TESTS) == "met"


def test_settings_are_met():
    assert outcome("coverage", TESTS | {"pyproject.toml": "[tool.coverage.run]\n"}) == "met"
    assert outcome("coverage", TESTS | {"pom.xml": "<artifactId>jacoco-maven-plugin</artifactId>"}) == "met"


def test_none_is_not_met():
    assert outcome("coverage", job("- run: pytest") | TESTS) == "not met"


def test_no_tests_are_not_applicable():
    assert outcome("coverage", CODE) == "not applicable"


def test_tests_of_rules_have_no_coverage():
    rules = {"tests/a-test.yaml": "rule_files: [x.yaml]\ntests:\n  - interval: 1m\n", "alerts/a.libsonnet": "{}"}
    assert outcome("coverage", rules) == "not applicable"
