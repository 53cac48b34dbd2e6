from assessments.evidence.facts import Facts
from tests.assessments.evidence.trees import CODE, outcome

LONG = "Make a branch, write a test that fails, mend it, and ask somebody of the team to look. " * 4
NONE = Facts(inherited=frozenset())


def test_a_document_or_a_part_of_the_readme_is_met():
    assert outcome("contributing", CODE | {".github/CONTRIBUTING.md": LONG}) == "met"
    assert outcome("contributing", CODE | {"README.md": f"# Shop\n\n## Development\n\n{LONG}"}) == "met"


def test_a_heading_alone_is_partly():
    assert outcome("contributing", CODE | {"CONTRIBUTING.md": "# Contributing\n"}) == "partly"
    assert outcome("contributing", CODE | {"README.md": f"## Contributing\nAsk us.\n## Licence\n{LONG}"}) == "partly"


def test_none_is_not_met():
    assert outcome("contributing", CODE | {"README.md": LONG}, facts=NONE) == "not met"


def test_no_code_is_not_applicable():
    assert outcome("contributing", {"README.md": ""}) == "not applicable"


def test_what_the_owner_supplies_counts_and_is_unknown_until_it_was_collected():
    assert outcome("contributing", CODE) == "unknown"
    assert outcome("contributing", CODE, facts=Facts(inherited=frozenset({"contributing"}))) == "met"


def test_a_link_to_where_it_is_written_is_met():
    page = "## Contributing\nSee the [guide](https://example.org/docs/contributions).\n"
    assert outcome("contributing", CODE | {"README.md": page}) == "met"
