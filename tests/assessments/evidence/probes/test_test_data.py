import pytest

from tests.assessments.evidence.trees import CODE, ci, outcome

TESTS = {"tests/test_a.py": ""}


@pytest.mark.parametrize(
    "files",
    [
        {"requirements-dev.txt": "factory-boy==3\n"},
        {"package.json": '{"devDependencies": {"testcontainers": "10"}}'},
        {"tests/fixtures/a.json": "{}"},
        ci("on: push\njobs:\n  a:\n    services: {db: {image: postgres}}\n    steps: [{run: pytest}]\n"),
    ],
)
def test_data_of_their_own_is_met(files):
    assert outcome("test-data", TESTS | files) == "met"


def test_nothing_beside_a_database_is_not_met():
    assert outcome("test-data", TESTS | {"requirements.txt": "psycopg==3\n"}) == "not met"


def test_tests_that_need_no_data_are_not_applicable():
    assert outcome("test-data", TESTS) == "not applicable"
    proxy = ci("on: push\njobs:\n  a:\n    services: {web: {image: squid}}\n    steps: [{run: pytest}]\n")
    assert outcome("test-data", TESTS | proxy) == "not applicable"


def test_no_tests_are_not_applicable():
    assert outcome("test-data", CODE) == "not applicable"
