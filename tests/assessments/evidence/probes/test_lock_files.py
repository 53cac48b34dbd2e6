import pytest

from tests.assessments.evidence.trees import CODE, outcome

NPM = {"package.json": '{"dependencies": {"a": "^1"}}'}


@pytest.mark.parametrize(
    "files",
    [
        NPM | {"package-lock.json": "{}"},
        {"web/package.json": NPM["package.json"], "pnpm-lock.yaml": ""},
        {"requirements.txt": "a==1\n# x\nb[c]==2\n"},
        {"go.mod": "module x\nrequire example.org/a v1.0.0\n", "go.sum": ""},
        {"Gemfile": "gem 'a'", "Gemfile.lock": ""},
    ],
)
def test_a_lock_file_is_met(files):
    assert outcome("lock-files", files) == "met"


@pytest.mark.parametrize("files", [NPM, {"requirements.txt": "a\nb>=2\n"}, {"Gemfile": "gem 'a'"}])
def test_none_is_not_met(files):
    assert outcome("lock-files", files) == "not met"


def test_some_is_partly():
    assert outcome("lock-files", NPM | {"package-lock.json": "{}", "requirements.txt": "a\n"}) == "partly"


def test_libraries_and_empty_manifests_are_not_applicable():
    library = '[build-system]\nrequires = ["x"]\n[project]\ndependencies = ["a>=1"]\n'
    assert outcome("lock-files", {"pyproject.toml": library}) == "not applicable"
    assert outcome("lock-files", {"package.json": "{}"}) == "not applicable"
    assert outcome("lock-files", CODE) == "not applicable"


def test_packages_for_others_need_no_lock_file():
    library = '{\n"version": "1.0.0",\n"files": ["lib"],\n"dependencies": {"a": "^1"}}'
    assert outcome("lock-files", {"package.json": library}) == "not applicable"
    private = library.replace("{\n", '{"private": true,\n', 1)
    assert outcome("lock-files", {"package.json": private}) == "not met"
    assert outcome("lock-files", {"composer.json": '{"type": "library", "require": {"a": "1"}}'}) == "not applicable"


def test_a_skeleton_that_others_begin_from_needs_none():
    skeleton = '{"description": "The skeleton application of a framework.", "type": "project", "require": {"a": "1"}}'
    assert outcome("lock-files", {"composer.json": skeleton, **NPM}) == "not applicable"
