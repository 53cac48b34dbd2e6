import pytest

from tests.assessments.evidence.trees import lines, outcome, probe


@pytest.mark.parametrize(
    "text",
    [
        "FROM python:3.12\nUSER app\n",
        "FROM python:3.12 AS base\nUSER 1000:1000\nFROM base\nCMD x\n",
        "FROM gcr.io/distroless/static:nonroot\n",
        "FROM python:3.12\nRUN apt-get install gosu\n",
    ],
)
def test_another_user_is_met(text):
    assert outcome("docker-user", {"Dockerfile": text}) == "met"


def test_root_at_the_end_is_not_met():
    finding = probe("docker-user", {"Dockerfile": "FROM python:3.12\nUSER app\nRUN x\nUSER root\n"})
    assert (str(finding.outcome), lines(finding)) == ("not met", [4])
    assert outcome("docker-user", {"Dockerfile": "FROM python:3.12\n# USER app\nRUN echo USER app\n"}) == "not met"


def test_some_is_partly():
    assert outcome("docker-user", {"a/Dockerfile": "FROM alpine\nUSER 1", "b/Dockerfile": "FROM alpine"}) == "partly"


def test_a_foreign_base_decides_and_none_is_not_applicable():
    assert outcome("docker-user", {"Dockerfile": "FROM registry.example.org/base:1\n"}) == "not applicable"
    assert outcome("docker-user", {"README.md": ""}) == "not applicable"


def test_images_for_developing_and_testing_are_not_shipped():
    for path in (
        "Dockerfile.dev",
        "Dockerfile.playwright",
        "images/test-git.Dockerfile",
        "registry/Dockerfile.binary",
        "Dockerfile.e2e-tests",
    ):
        assert outcome("docker-user", {path: "FROM debian\n"}) == "not applicable"


def test_a_server_that_changes_its_user_is_met():
    assert outcome("docker-user", {"Dockerfile": "FROM python\n", "uwsgi.ini": "[uwsgi]\nuid = www-data\n"}) == "met"
