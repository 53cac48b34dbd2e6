import pytest

from tests.assessments.evidence.trees import CODE, outcome, probe


@pytest.mark.parametrize(
    "files",
    [
        {".devcontainer/devcontainer.json": "{}"},
        {"compose.yaml": "services: {db: {image: postgres}}"},
        {"Makefile": "setup:\n\tpip install -e .\n"},
        {"script/bootstrap": "#!/bin/sh"},
        {"package.json": '{"scripts": {"dev": "vite"}}'},
    ],
)
def test_one_command_is_met(files):
    assert outcome("dev-environment", CODE | files) == "met"


def test_none_is_not_met():
    assert outcome("dev-environment", CODE | {"setup.py": "", "Makefile": "clean:\n\trm x\n"}) == "not met"


def test_no_code_is_not_applicable():
    assert outcome("dev-environment", {"README.md": ""}) == "not applicable"


def test_a_language_whose_tool_fetches_everything_is_not_applicable():
    assert outcome("dev-environment", {"go.mod": "module x", "a.go": ""}) == "not applicable"
    assert outcome("dev-environment", {"Makefile": "all:\n\tcc x.c\n", "x.c": ""}) == "not applicable"
    both = {"go.mod": "module x", "a.go": "", "web/package.json": "{}"}
    assert outcome("dev-environment", both) == "not met"


def test_installing_the_product_makes_no_place_to_work():
    assert outcome("dev-environment", CODE | {"Makefile": "install:\n\tcp x /usr/bin\n"}) == "not met"


def test_a_compose_file_deep_within_or_for_production_comes_last():
    assert outcome("dev-environment", CODE | {"a/b/c/compose.yml": "services: {}"}) == "not met"
    files = CODE | {"compose.deploy.yml": "services: {}", "compose.yml": "services: {}"}
    assert probe("dev-environment", files).evidence[0].path == "compose.yml"


def test_a_script_of_composer_is_met():
    assert outcome("dev-environment", CODE | {"composer.json": '{"scripts": {"setup": ["composer install"]}}'}) == "met"
