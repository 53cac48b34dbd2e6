from assessments.evidence.facts import Facts
from tests.assessments.evidence.trees import CODE, outcome

NONE = Facts(inherited=frozenset())


def test_a_form_is_met():
    assert outcome("issue-forms", CODE | {".github/ISSUE_TEMPLATE/bug.yml": "name: Bug"}) == "met"
    assert outcome("issue-forms", CODE | {".github/issue_template.md": "Version?"}) == "met"


def test_none_or_settings_alone_are_not_met():
    assert outcome("issue-forms", CODE, facts=NONE) == "not met"
    assert outcome("issue-forms", CODE | {".github/ISSUE_TEMPLATE/config.yml": "x: 1"}, facts=NONE) == "not met"


def test_no_code_is_not_applicable():
    assert outcome("issue-forms", {"README.md": ""}) == "not applicable"


def test_what_the_owner_supplies_counts_and_is_unknown_until_it_was_collected():
    assert outcome("issue-forms", CODE) == "unknown"
    assert outcome("issue-forms", CODE, facts=Facts(inherited=frozenset({"issue forms"}))) == "met"
