import pytest

from tests.assessments.evidence.trees import CODE, outcome, probe

TESTS = {"tests/test_a.py": ""}


@pytest.mark.parametrize(
    "files",
    [
        {"Makefile": "test:\n\tpytest\n"},
        {"package.json": '{"scripts": {"test": "vitest"}}'},
        {"pyproject.toml": "[tool.pytest.ini_options]\n"},
        {"justfile": "test *args:\n  pytest\n"},
        {"go.mod": "module x"},
    ],
)
def test_a_command_is_met(files):
    assert outcome("tests-one-command", TESTS | files) == "met"


def test_none_is_not_met():
    assert outcome("tests-one-command", TESTS) == "not met"
    npm = {"package.json": '{"scripts": {"test": "echo \\"Error: no test specified\\" && exit 1"}}'}
    assert outcome("tests-one-command", TESTS | npm) == "not met"


def test_no_tests_are_not_applicable():
    assert outcome("tests-one-command", CODE) == "not applicable"


def test_a_compose_file_for_tests_is_met():
    files = {"web/tests/render.js": "", "web/docker-compose.test.yml": "services: {sut: {build: tests}}"}
    assert outcome("tests-one-command", files) == "met"


def test_the_nearest_place_is_named():
    finding = probe("tests-one-command", {"docs/go.mod": "", "go.mod": "", "a_test.go": ""})
    assert finding.evidence[0].path == "go.mod"
