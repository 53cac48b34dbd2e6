import pytest

from assessments.evidence.facts import Facts, Scanning
from tests.assessments.evidence.trees import CODE, job, outcome

OFF = Facts(scanning=Scanning(code=False))


@pytest.mark.parametrize(
    "step", ["uses: github/codeql-action/analyze@v3", "run: semgrep ci", "run: uv run bandit -r src"]
)
def test_a_scan_is_met(step):
    assert outcome("code-scanning", job(f"- {step}")) == "met"


def test_the_scan_of_the_forge_is_met():
    assert outcome("code-scanning", CODE, facts=Facts(scanning=Scanning(code=True))) == "met"


def test_none_at_all_is_not_met():
    assert outcome("code-scanning", job("- run: echo semgrep"), facts=OFF) == "not met"


def test_without_facts_of_the_forge_it_stays_open():
    assert outcome("code-scanning", job("- run: pytest")) == "unknown"


def test_no_code_is_not_applicable():
    assert outcome("code-scanning", {"README.md": ""}, facts=OFF) == "not applicable"


def test_uploads_of_what_looks_at_other_things_do_not_count():
    upload = "- uses: github/codeql-action/upload-sarif@v3"
    assert outcome("code-scanning", job(f"- uses: ossf/scorecard-action@v2\n{upload}")) == "unknown"
    assert outcome("code-scanning", job(f"- run: ./scan.sh\n{upload}")) == "met"
