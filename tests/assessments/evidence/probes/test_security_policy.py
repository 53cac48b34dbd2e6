from tests.assessments.evidence.trees import CODE, outcome


def test_a_way_to_report_is_met():
    assert outcome("security-policy", CODE | {"SECURITY.md": "Write to security@example.org."}) == "met"
    assert (
        outcome("security-policy", CODE | {".github/SECURITY.md": "Please report a vulnerability privately."}) == "met"
    )


def test_no_way_is_partly():
    assert outcome("security-policy", CODE | {"SECURITY.md": "# Security\n"}) == "partly"


def test_none_is_not_met():
    assert outcome("security-policy", CODE) == "not met"


def test_no_code_is_not_applicable():
    assert outcome("security-policy", {"README.md": ""}) == "not applicable"
