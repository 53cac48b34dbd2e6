from tests.assessments.evidence.pods import pod
from tests.assessments.evidence.trees import outcome


def strategy(text: str, replicas: int = 2, name: str = "a") -> str:
    return pod(f"  strategy: {text}", replicas=replicas, name=name)


def test_pod_by_pod_is_met():
    assert outcome("k8s-rollout", {"a.yaml": pod()}) == "met"
    assert outcome("k8s-rollout", {"a.yaml": strategy("{rollingUpdate: {maxUnavailable: 1}}")}) == "met"


def test_all_at_once_is_not_met():
    assert outcome("k8s-rollout", {"a.yaml": strategy("{type: Recreate}")}) == "not met"
    assert outcome("k8s-rollout", {"a.yaml": strategy("{rollingUpdate: {maxUnavailable: 100%}}")}) == "not met"
    assert outcome("k8s-rollout", {"a.yaml": strategy("{rollingUpdate: {maxUnavailable: 2}}")}) == "not met"


def test_some_is_partly():
    assert outcome("k8s-rollout", {"a.yaml": pod(), "b.yaml": strategy("{type: Recreate}", name="b")}) == "partly"


def test_no_deployment_is_not_applicable():
    assert outcome("k8s-rollout", {"a.yaml": pod().replace("Deployment", "StatefulSet")}) == "not applicable"
    assert outcome("k8s-rollout", {"README.md": ""}) == "not applicable"
