import pytest

from tests.assessments.evidence.trees import CODE, job, outcome


@pytest.mark.parametrize(
    "given", ["{python-version: '3.12'}", "{python-version-file: x}", "{python-version: '${{ matrix.python }}'}"]
)
def test_a_version_is_met(given):
    assert outcome("ci-tool-versions", job(f"- uses: actions/setup-python@v5\n  with: {given}")) == "met"


def test_a_version_file_that_the_action_finds_is_met():
    files = job("- uses: actions/setup-python@v5") | {".python-version": "3.12"}
    assert outcome("ci-tool-versions", files) == "met"


@pytest.mark.parametrize(
    "step",
    ["setup-python@v5", "setup-node@v4\n  with: {node-version: lts/*}", "setup-go@v5\n  with: {go-version: stable}"],
)
def test_none_or_a_moving_one_is_not_met(step):
    assert outcome("ci-tool-versions", job(f"- uses: actions/{step}")) == "not met"


def test_one_of_two_is_partly():
    steps = "- uses: actions/setup-go@v5\n  with: {go-version: '1.23'}\n- uses: actions/setup-python@v5"
    assert outcome("ci-tool-versions", job(steps)) == "partly"


def test_no_language_is_not_applicable():
    assert outcome("ci-tool-versions", job("- run: make")) == "not applicable"
    assert outcome("ci-tool-versions", CODE) == "not applicable"
