from tests.assessments.evidence.trees import CODE, ci, job, outcome

FLOW = "on: pull_request\nconcurrency: {{group: x{more}}}\njobs:\n  a:\n    steps: [{{run: x}}]\n"


def test_cancelling_is_met():
    assert outcome("ci-concurrency", ci(FLOW.format(more=", cancel-in-progress: true"))) == "met"
    unless_main = ", cancel-in-progress: \"${{ github.ref != 'refs/heads/main' }}\""
    assert outcome("ci-concurrency", ci(FLOW.format(more=unless_main))) == "met"


def test_only_waiting_or_nothing_is_not_met():
    assert outcome("ci-concurrency", ci(FLOW.format(more=""))) == "not met"
    assert outcome("ci-concurrency", job("- run: make")) == "not met"


def test_one_of_two_is_partly():
    both = ci(FLOW.format(more=", cancel-in-progress: true")) | job("- run: make")
    both[".github/workflows/b.yml"] = FLOW.format(more=", cancel-in-progress: true")
    assert outcome("ci-concurrency", both) == "partly"


def test_no_workflow_on_pull_requests_is_not_applicable():
    assert outcome("ci-concurrency", job("- run: make", on="push")) == "not applicable"
    assert outcome("ci-concurrency", CODE) == "not applicable"


def test_events_that_a_push_does_not_cause_do_not_count():
    closed = "on:\n  pull_request:\n    types: [closed]\njobs:\n  a:\n    steps: [{run: ls}]\n"
    assert outcome("ci-concurrency", ci(closed)) == "not applicable"
