from tests.assessments.evidence.trees import CODE, ci, lines, outcome, probe

TWO = """
on: push
jobs:
  a:
    timeout-minutes: 5
    steps: [{run: x}]
  b:
    steps: [{run: x}]
"""


def test_a_limit_for_every_job_is_met():
    assert outcome("ci-timeouts", ci("on: push\njobs:\n  a:\n    timeout-minutes: 5\n    steps: [{run: x}]\n")) == "met"
    every_step = "on: push\njobs:\n  a:\n    steps: [{run: x, timeout-minutes: 5}]\n"
    assert outcome("ci-timeouts", ci(every_step)) == "met"


def test_some_is_partly_and_names_the_job_without():
    finding = probe("ci-timeouts", ci(TWO))
    assert (str(finding.outcome), lines(finding), finding.evidence[0].what) == ("partly", [6], "job b has no limit")


def test_none_is_not_met():
    assert outcome("ci-timeouts", ci("on: push\njobs:\n  a:\n    steps: [{run: x}]\n")) == "not met"


def test_no_jobs_with_steps_is_not_applicable():
    assert (
        outcome("ci-timeouts", ci("on: push\njobs:\n  a: {uses: o/r/.github/workflows/x.yml@v1}\n")) == "not applicable"
    )
    assert outcome("ci-timeouts", CODE) == "not applicable"


def test_a_broken_workflow_leaves_it_open():
    good = ci("on: push\njobs:\n  a:\n    timeout-minutes: 5\n    steps: [{run: x}]\n")
    finding = probe("ci-timeouts", {**good, ".github/workflows/b.yml": "a: b: c"})
    assert str(finding.outcome) == "unknown"
    assert finding.because == "Not everything could be read (.github/workflows/b.yml: line 1 is not YAML)."
