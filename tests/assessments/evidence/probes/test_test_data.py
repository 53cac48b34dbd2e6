import pytest

from tests.assessments.evidence.trees import CODE, ci, outcome, probe

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


def test_tests_that_speak_of_a_database_are_not_met():
    client = {"requirements.txt": "psycopg==3\n"}
    assert outcome("test-data", client | {"tests/test_a.py": "psycopg.connect('x')\n"}) == "not met"
    assert outcome("test-data", client | TESTS) == "unknown"


def test_tests_that_need_no_data_are_not_applicable():
    assert outcome("test-data", TESTS) == "not applicable"
    proxy = ci("on: push\njobs:\n  a:\n    services: {web: {image: squid}}\n    steps: [{run: pytest}]\n")
    assert outcome("test-data", TESTS | proxy) == "not applicable"


def test_no_tests_are_not_applicable():
    assert outcome("test-data", CODE) == "not applicable"


def test_data_of_the_product_is_named_before_that_of_examples():
    files = {"examples/a/tests/conftest.py": "", "tests/conftest.py": ""}
    assert probe("test-data", files).evidence[0].path == "tests/conftest.py"


def test_a_library_of_a_part_without_tests_does_not_count():
    files = {"tests/test_a.py": "", "loadgenerator/requirements.txt": "faker==1\n"}
    assert outcome("test-data", files) == "not applicable"
