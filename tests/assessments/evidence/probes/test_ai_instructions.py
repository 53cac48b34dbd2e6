import pytest

from tests.assessments.evidence.trees import CODE, outcome

LONG = "Run make test before you are done. Never change the migrations that were released. " * 3


@pytest.mark.parametrize("path", ["AGENTS.md", "CLAUDE.md", ".github/copilot-instructions.md", ".cursor/rules/a.mdc"])
def test_instructions_are_met(path):
    assert outcome("ai-instructions", CODE | {path: LONG}) == "met"


def test_an_empty_file_is_partly():
    assert outcome("ai-instructions", CODE | {"AGENTS.md": "# To come"}) == "partly"


def test_none_is_not_met():
    assert outcome("ai-instructions", CODE) == "not met"


def test_no_code_is_not_applicable():
    assert outcome("ai-instructions", {"README.md": ""}) == "not applicable"
