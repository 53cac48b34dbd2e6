from tests.assessments.evidence.trees import CODE, job, lines, outcome, probe

HEAD = "- uses: actions/checkout@v4\n  with: {ref: '${{ github.event.pull_request.head.sha }}'}"


def test_fetching_proposed_code_with_rights_is_not_met():
    finding = probe("ci-dangerous-triggers", job(HEAD, on="pull_request_target"))
    assert (str(finding.outcome), lines(finding)) == ("not met", [7])
    assert outcome("ci-dangerous-triggers", job("- run: gh pr checkout 1", on="issue_comment")) == "not met"


def test_without_rights_or_without_fetching_is_met():
    assert outcome("ci-dangerous-triggers", job(HEAD, on="pull_request")) == "met"
    assert outcome("ci-dangerous-triggers", job("- uses: actions/labeler@v5", on="pull_request_target")) == "met"
    assert outcome("ci-dangerous-triggers", job("- uses: actions/checkout@v4", on="pull_request_target")) == "met"


def test_no_workflow_is_not_applicable():
    assert outcome("ci-dangerous-triggers", CODE) == "not applicable"
