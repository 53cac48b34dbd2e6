from tests.assessments.evidence.trees import CODE, outcome


def test_a_form_is_met():
    assert outcome("issue-forms", CODE | {".github/ISSUE_TEMPLATE/bug.yml": "name: Bug"}) == "met"
    assert outcome("issue-forms", CODE | {".github/issue_template.md": "Version?"}) == "met"


def test_none_or_settings_alone_are_not_met():
    assert outcome("issue-forms", CODE) == "not met"
    assert outcome("issue-forms", CODE | {".github/ISSUE_TEMPLATE/config.yml": "x: 1"}) == "not met"


def test_no_code_is_not_applicable():
    assert outcome("issue-forms", {"README.md": ""}) == "not applicable"
