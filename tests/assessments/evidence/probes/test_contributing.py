from tests.assessments.evidence.trees import CODE, outcome

LONG = "Make a branch, write a test that fails, mend it, and ask somebody of the team to look. " * 4


def test_a_document_or_a_part_of_the_readme_is_met():
    assert outcome("contributing", CODE | {".github/CONTRIBUTING.md": LONG}) == "met"
    assert outcome("contributing", CODE | {"README.md": f"# Shop\n\n## Development\n\n{LONG}"}) == "met"


def test_a_heading_alone_is_partly():
    assert outcome("contributing", CODE | {"CONTRIBUTING.md": "# Contributing\n"}) == "partly"
    assert outcome("contributing", CODE | {"README.md": f"## Contributing\nAsk us.\n## Licence\n{LONG}"}) == "partly"


def test_none_is_not_met():
    assert outcome("contributing", CODE | {"README.md": LONG}) == "not met"


def test_no_code_is_not_applicable():
    assert outcome("contributing", {"README.md": ""}) == "not applicable"
