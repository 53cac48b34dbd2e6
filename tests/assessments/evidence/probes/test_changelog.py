import pytest

from assessments.evidence.facts import Facts, Release
from tests.assessments.evidence.trees import CODE, job, outcome

RELEASE = job("- run: npm publish")


@pytest.mark.parametrize("text", ["# Changes\n\n## [1.2.0] - 2026-01-01\n", "Version 1.0\n-----\n", "v0.3.1 (2026)\n"])
def test_a_file_with_versions_is_met(text):
    assert outcome("changelog", CODE | {"CHANGELOG.md": text}) == "met"


def test_generated_notes_are_met():
    assert outcome("changelog", job("- run: gh release create v1 --generate-notes")) == "met"
    assert outcome("changelog", RELEASE, facts=Facts(releases=(Release("v1", True),))) == "met"


def test_releases_without_notes_are_not_met():
    assert outcome("changelog", RELEASE, facts=Facts(releases=(Release("v1", False),))) == "not met"
    assert outcome("changelog", RELEASE | {"CHANGELOG.md": "# To come\n"}, facts=Facts(releases=())) == "not met"


def test_without_facts_it_stays_open():
    assert outcome("changelog", RELEASE) == "unknown"


def test_nothing_released_is_not_applicable():
    assert outcome("changelog", CODE) == "not applicable"


def test_a_name_may_stand_before_the_version():
    assert outcome("changelog", {"CHANGELOG.md": "# Gin changes\n\n## Gin v1.12.0\n"}) == "met"
