from assessments.evidence.facts import Facts
from tests.assessments.evidence.trees import CODE, outcome

NONE = Facts(inherited=frozenset())


def test_a_template_is_met():
    assert (
        outcome("pr-template", CODE | {".github/PULL_REQUEST_TEMPLATE.md": "## Why?\n\n## How was it tried?"}) == "met"
    )
    assert outcome("pr-template", CODE | {".github/PULL_REQUEST_TEMPLATE/fix.md": "What was broken, and how?"}) == "met"


def test_an_empty_one_is_partly():
    assert outcome("pr-template", CODE | {"pull_request_template.md": "# Why\n"}) == "partly"


def test_none_is_not_met():
    assert outcome("pr-template", CODE, facts=NONE) == "not met"


def test_no_code_is_not_applicable():
    assert outcome("pr-template", {"README.md": ""}) == "not applicable"


def test_what_the_owner_supplies_counts_and_is_unknown_until_it_was_collected():
    assert outcome("pr-template", CODE) == "unknown"
    assert outcome("pr-template", CODE, facts=Facts(inherited=frozenset({"pull request template"}))) == "met"
