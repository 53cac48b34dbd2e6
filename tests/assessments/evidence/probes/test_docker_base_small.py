import pytest

from tests.assessments.evidence.trees import outcome


@pytest.mark.parametrize(
    "base", ["scratch", "alpine:3.20", "python:3.12-slim", "gcr.io/distroless/static:nonroot", "cgr.dev/chainguard/go"]
)
def test_a_small_base_is_met(base):
    assert outcome("docker-base-small", {"Dockerfile": f"FROM golang AS b\nFROM {base}\n"}) == "met"


@pytest.mark.parametrize("base", ["ubuntu:24.04", "python:3.12", "docker.io/library/node:22"])
def test_a_full_base_is_not_met(base):
    assert outcome("docker-base-small", {"Dockerfile": f"FROM {base}\n"}) == "not met"


def test_the_base_of_a_stage_before_counts():
    assert outcome("docker-base-small", {"Dockerfile": "FROM alpine:3 AS base\nFROM base\n"}) == "met"


def test_some_is_partly():
    assert outcome("docker-base-small", {"a/Dockerfile": "FROM alpine", "b/Dockerfile": "FROM ubuntu"}) == "partly"


def test_unknown_bases_are_not_applicable():
    assert outcome("docker-base-small", {"Dockerfile": "FROM registry.example.org/base:1"}) == "not applicable"
    assert outcome("docker-base-small", {"README.md": ""}) == "not applicable"
