from tests.assessments.evidence.trees import CI, CODE, job, lines, outcome, probe


def test_an_owner_for_all_is_met():
    assert outcome("codeowners", CODE | {".github/CODEOWNERS": "* @o/team\n"}) == "met"


def test_the_first_place_counts():
    assert (
        outcome("codeowners", CODE | {".github/CODEOWNERS": "/docs @o/x\n", "CODEOWNERS": "* @o/team\n"}) == "not met"
    )


def test_half_or_wrong_lines_are_partly():
    assert outcome("codeowners", CODE | {"web/a.js": "", "CODEOWNERS": "/web/ @o/web\n"}) == "partly"
    finding = probe("codeowners", CODE | {"CODEOWNERS": "* @o/team\n/web nobody\n"})
    assert (str(finding.outcome), lines(finding)) == ("partly", [2])


def test_a_workflow_without_an_owner_is_partly():
    flow = job("- run: make")
    finding = probe("codeowners", flow | {"CODEOWNERS": "* @o/team\n/.github/\n"})
    assert (str(finding.outcome), finding.evidence[0].path) == ("partly", CI)
    assert outcome("codeowners", flow | {"CODEOWNERS": "* @o/team\n"}) == "met"


def test_none_is_not_met():
    assert outcome("codeowners", CODE) == "not met"
    assert outcome("codeowners", CODE | {"CODEOWNERS": "# * @o/team\n"}) == "not met"


def test_no_code_is_not_applicable():
    assert outcome("codeowners", {"README.md": "", "CODEOWNERS": "* @o/team"}) == "not applicable"
