import pytest

from assessments.evidence.facts import Facts, Scanning
from tests.assessments.evidence.trees import CODE, job, outcome

OFF = Facts(scanning=Scanning(secrets=False))


@pytest.mark.parametrize("step", ["uses: gitleaks/gitleaks-action@v2", "run: trufflehog git file://."])
def test_a_scan_is_met(step):
    assert outcome("secret-scanning", job(f"- {step}")) == "met"


def test_a_hook_or_the_forge_is_met():
    hooks = {".pre-commit-config.yaml": "repos:\n  - repo: https://github.com/gitleaks/gitleaks\n"}
    assert outcome("secret-scanning", CODE | hooks) == "met"
    assert outcome("secret-scanning", CODE, facts=Facts(scanning=Scanning(secrets=True))) == "met"


def test_none_is_not_met_and_without_facts_open():
    assert outcome("secret-scanning", CODE | {".pre-commit-config.yaml": "# gitleaks\n"}, facts=OFF) == "not met"
    assert outcome("secret-scanning", CODE) == "unknown"


def test_no_code_is_not_applicable():
    assert outcome("secret-scanning", {"README.md": ""}) == "not applicable"


def test_a_linter_of_many_kinds_counts_where_it_is_told_to():
    step = "- uses: super-linter/super-linter@v8\n  env: {VALIDATE_GITLEAKS: true}"
    assert outcome("secret-scanning", job(step)) == "met"
