from tests.assessments.evidence.trees import CODE, job, lines, outcome, probe

FLOW = job("- run: make")


def test_a_pattern_that_covers_workflows_is_met():
    finding = probe("pipeline-owned", FLOW | {".github/CODEOWNERS": "# who\n* @o/team\n"})
    assert (str(finding.outcome), lines(finding)) == ("met", [2])
    assert outcome("pipeline-owned", FLOW | {"CODEOWNERS": "/.github/ @o/team"}) == "met"


def test_no_owner_is_not_met():
    assert outcome("pipeline-owned", FLOW) == "not met"
    assert outcome("pipeline-owned", FLOW | {"CODEOWNERS": "/src/ @o/team"}) == "not met"
    assert outcome("pipeline-owned", FLOW | {"CODEOWNERS": "* @o/team\n/.github/\n"}) == "not met"


def test_no_workflow_is_not_applicable():
    assert outcome("pipeline-owned", CODE) == "not applicable"
