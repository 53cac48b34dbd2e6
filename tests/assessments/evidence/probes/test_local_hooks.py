from tests.assessments.evidence.trees import CODE, outcome


def test_hooks_are_met():
    hooks = "repos:\n  - repo: x\n    hooks:\n      - id: ruff\n"
    assert outcome("local-hooks", CODE | {".pre-commit-config.yaml": hooks}) == "met"
    assert outcome("local-hooks", CODE | {".husky/pre-commit": "npm test"}) == "met"


def test_settings_without_a_check_are_partly():
    assert outcome("local-hooks", CODE | {".pre-commit-config.yaml": "repos: []\n"}) == "partly"


def test_none_is_not_met():
    assert outcome("local-hooks", CODE) == "not met"


def test_no_code_is_not_applicable():
    assert outcome("local-hooks", {"README.md": ""}) == "not applicable"
