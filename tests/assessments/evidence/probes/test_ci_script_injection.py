import pytest

from tests.assessments.evidence.trees import CODE, job, lines, outcome, probe


@pytest.mark.parametrize(
    "value",
    [
        "github.event.issue.title",
        "github.head_ref",
        "format('{0}', github.event.comment.body)",
        "github.event.commits[0].message",
    ],
)
def test_a_value_from_outside_in_a_script_is_not_met(value):
    finding = probe("ci-script-injection", job(f"- run: |\n    ls\n    echo ${{{{ {value} }}}}"))
    assert (str(finding.outcome), lines(finding)) == ("not met", [8])


def test_a_script_of_github_script_is_one_too():
    step = "- uses: actions/github-script@v7\n  with: {script: 'f(`${{ github.event.issue.body }}`)'}"
    assert outcome("ci-script-injection", job(step)) == "not met"


@pytest.mark.parametrize(
    "value",
    ["contains(github.event.comment.body, '/run')", "github.head_ref == 'main' && 1 || 2", "github.event.number"],
)
def test_a_truth_value_is_no_text_from_outside(value):
    assert outcome("ci-script-injection", job(f"- run: echo ${{{{ {value} }}}}")) == "met"


def test_values_through_the_environment_or_safe_ones_are_met():
    script = '- run: echo "$TITLE ${{ github.event.pull_request.number }}"'
    step = script + "\n  env: {TITLE: '${{ github.event.issue.title }}'}"
    assert outcome("ci-script-injection", job(step)) == "met"
    assert (
        outcome("ci-script-injection", job("- uses: o/r@v1\n  with: {title: '${{ github.event.issue.title }}'}"))
        == "met"
    )


def test_no_workflow_is_not_applicable():
    assert outcome("ci-script-injection", CODE) == "not applicable"
