from tests.assessments.evidence.trees import CODE, outcome


def test_a_template_is_met():
    assert (
        outcome("pr-template", CODE | {".github/PULL_REQUEST_TEMPLATE.md": "## Why?\n\n## How was it tried?"}) == "met"
    )
    assert outcome("pr-template", CODE | {".github/PULL_REQUEST_TEMPLATE/fix.md": "What was broken, and how?"}) == "met"


def test_an_empty_one_is_partly():
    assert outcome("pr-template", CODE | {"pull_request_template.md": "# Why\n"}) == "partly"


def test_none_is_not_met():
    assert outcome("pr-template", CODE) == "not met"


def test_no_code_is_not_applicable():
    assert outcome("pr-template", {"README.md": ""}) == "not applicable"
