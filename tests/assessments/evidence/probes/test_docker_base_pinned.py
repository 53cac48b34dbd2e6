from tests.assessments.evidence.trees import lines, outcome, probe

DIGEST = f"python:3.12@sha256:{'0' * 64}"


def test_digests_are_met():
    assert outcome("docker-base-pinned", {"Dockerfile": f"FROM {DIGEST} AS a\nFROM a\nFROM scratch\n"}) == "met"


def test_versions_are_partly():
    assert outcome("docker-base-pinned", {"Dockerfile": "ARG V=3.12\nFROM python:${V}\n"}) == "partly"
    finding = probe("docker-base-pinned", {"Dockerfile": f"FROM {DIGEST}\nFROM alpine\n"})
    assert (str(finding.outcome), lines(finding)) == ("partly", [2])


def test_moving_tags_are_not_met():
    assert (
        outcome("docker-base-pinned", {"Dockerfile": "FROM alpine AS a\nFROM example.org:5000/x:latest\n"}) == "not met"
    )


def test_no_base_is_not_applicable():
    assert outcome("docker-base-pinned", {"Dockerfile": "FROM scratch\n"}) == "not applicable"
    assert outcome("docker-base-pinned", {"Dockerfile": "FROM ${BASE}\n"}) == "not applicable"
    assert outcome("docker-base-pinned", {"README.md": ""}) == "not applicable"


def test_quotes_around_an_argument_are_no_part_of_the_image():
    finding = probe("docker-base-pinned", {"Dockerfile": 'ARG TAG="3.24.1"\nFROM alpine:"${TAG}"\n'})
    assert finding.evidence[0].what == "alpine:3.24.1"
