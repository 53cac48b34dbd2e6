from tests.assessments.evidence.pods import pod
from tests.assessments.evidence.trees import outcome

SAFE = pod("      securityContext: {runAsNonRoot: true}")


def test_another_user_is_met():
    assert outcome("k8s-rights", {"a.yaml": SAFE}) == "met"
    assert outcome("k8s-rights", {"a.yaml": pod("          securityContext: {runAsUser: 1000}")}) == "met"


def test_root_or_privileged_is_not_met():
    assert outcome("k8s-rights", {"a.yaml": pod()}) == "not met"
    assert outcome("k8s-rights", {"a.yaml": pod("          securityContext: {runAsUser: 0}")}) == "not met"
    assert (
        outcome(
            "k8s-rights", {"a.yaml": SAFE.replace("ports:", "securityContext: {privileged: true}\n          ports:")}
        )
        == "not met"
    )


def test_some_is_partly():
    assert outcome("k8s-rights", {"a.yaml": SAFE, "b.yaml": pod(name="b")}) == "partly"


def test_no_service_is_not_applicable():
    assert outcome("k8s-rights", {"README.md": ""}) == "not applicable"
