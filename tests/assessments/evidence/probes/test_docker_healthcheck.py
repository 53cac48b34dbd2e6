from tests.assessments.evidence.pods import pod
from tests.assessments.evidence.trees import outcome

PORT = "FROM a\nEXPOSE 80\n"


def test_a_check_is_met():
    assert outcome("docker-healthcheck", {"Dockerfile": PORT + "HEALTHCHECK CMD curl localhost\n"}) == "met"
    compose = "services:\n  web:\n    build: .\n    healthcheck: {test: x}\n"
    assert outcome("docker-healthcheck", {"Dockerfile": PORT, "compose.yml": compose}) == "met"


def test_none_is_not_met():
    assert outcome("docker-healthcheck", {"Dockerfile": PORT}) == "not met"
    assert outcome("docker-healthcheck", {"Dockerfile": PORT + "HEALTHCHECK NONE\n"}) == "not met"


def test_some_is_partly():
    two = {"a/Dockerfile": PORT, "b/Dockerfile": PORT + "HEALTHCHECK CMD x\n"}
    assert outcome("docker-healthcheck", two) == "partly"


def test_no_port_or_kubernetes_is_not_applicable():
    assert outcome("docker-healthcheck", {"Dockerfile": "FROM a\n"}) == "not applicable"
    assert outcome("docker-healthcheck", {"Dockerfile": PORT, "deploy/a.yaml": pod()}) == "not applicable"
