import pytest

from tests.assessments.evidence.trees import CODE, ci, outcome

ONE = "on: push\n{top}\njobs:\n  a:\n    {of_job}\n    steps: [{{run: x}}]\n"


def with_rights(top="", of_job=""):
    return ci(ONE.format(top=top, of_job=of_job))


@pytest.mark.parametrize(
    ("top", "of_job"),
    [
        ("permissions: {contents: read}", ""),
        ("permissions: {}", ""),
        ("permissions: read-all", ""),
        ("", "permissions: {}"),
    ],
)
def test_stated_rights_are_met(top, of_job):
    assert outcome("ci-permissions", with_rights(top, of_job)) == "met"


@pytest.mark.parametrize(
    ("top", "of_job"),
    [
        ("", ""),
        ("permissions: write-all", ""),
        ("permissions: {}", "permissions: write-all"),
        ("# permissions: {}", ""),
    ],
)
def test_no_or_all_rights_are_not_met(top, of_job):
    assert outcome("ci-permissions", with_rights(top, of_job)) == "not met"


def test_writing_for_all_jobs_is_not_met():
    two = "on: push\npermissions: {contents: write}\njobs:\n  a: {steps: [{run: x}]}\n  b: {steps: [{run: x}]}\n"
    assert outcome("ci-permissions", ci(two)) == "not met"


def test_some_is_partly():
    assert (
        outcome("ci-permissions", {**with_rights(), ".github/workflows/b.yml": "on: push\npermissions: {}\njobs: {}"})
        == "partly"
    )


def test_no_workflow_is_not_applicable():
    assert outcome("ci-permissions", CODE) == "not applicable"
