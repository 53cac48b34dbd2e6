from assessments.evidence.facts import Facts
from tests.assessments.evidence.trees import CODE, lines, outcome, probe

NONE = Facts(inherited=frozenset())


def test_a_way_to_report_is_met():
    assert outcome("security-policy", CODE | {"SECURITY.md": "Write to security@example.org."}) == "met"
    assert (
        outcome("security-policy", CODE | {".github/SECURITY.md": "Please report a vulnerability privately."}) == "met"
    )


def test_the_place_is_where_it_says_how():
    page = "<!-- http://example.org/LICENSE -->\n# Security\n\nPlease email security@example.org.\n"
    assert lines(probe("security-policy", CODE | {"SECURITY.md": page})) == [4]


def test_no_way_is_partly():
    assert outcome("security-policy", CODE | {"SECURITY.md": "# Security\n"}) == "partly"


def test_none_is_not_met():
    assert outcome("security-policy", CODE, facts=NONE) == "not met"


def test_no_code_is_not_applicable():
    assert outcome("security-policy", {"README.md": ""}) == "not applicable"


def test_what_the_owner_supplies_counts_and_is_unknown_until_it_was_collected():
    assert outcome("security-policy", CODE) == "unknown"
    assert outcome("security-policy", CODE, facts=Facts(inherited=frozenset({"security policy"}))) == "met"


def test_a_sentence_of_another_page_is_met():
    page = "## Help\n\nIf you discover a security vulnerability, please write to security@example.org.\n"
    assert outcome("security-policy", CODE | {"README.md": page}) == "met"
    vague = "It scans images for vulnerabilities and security problems.\n"
    assert outcome("security-policy", CODE | {"README.md": vague}, facts=NONE) == "not met"
