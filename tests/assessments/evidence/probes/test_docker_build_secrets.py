import pytest

from tests.assessments.evidence.trees import outcome, probe

MOUNT = "FROM a\nRUN --mount=type=secret,id=npm npm ci\n"


def test_a_mounted_secret_is_met():
    assert outcome("docker-build-secrets", {"Dockerfile": MOUNT}) == "met"


@pytest.mark.parametrize("line", ["ARG NPM_TOKEN", "ENV DB_PASSWORD=hunter22 A=b", "ENV API_KEY abcdef"])
def test_an_argument_or_variable_is_not_met_and_not_shown(line):
    finding = probe("docker-build-secrets", {"Dockerfile": f"FROM a\n{line}\n"})
    assert str(finding.outcome) == "not met"
    assert not any(value in finding.evidence[0].what for value in ("hunter22", "abcdef"))


def test_both_are_partly():
    assert outcome("docker-build-secrets", {"Dockerfile": MOUNT + "ARG GH_TOKEN\n"}) == "partly"


@pytest.mark.parametrize("line", ["ENV DB_PASSWORD=", "ENV SECRET_KEY=changeme", "ARG GPG_KEYS=1", "ENV TOKENIZER=x"])
def test_placeholders_and_other_names_are_not_applicable(line):
    assert outcome("docker-build-secrets", {"Dockerfile": f"FROM a\n{line}\n"}) == "not applicable"
