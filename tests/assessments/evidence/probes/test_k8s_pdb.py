from tests.assessments.evidence.pods import pod
from tests.assessments.evidence.trees import outcome

SPEC = "spec: {%s, selector: {matchLabels: {app: a}}}\n"
BUDGET = "apiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: {name: a}\n" + SPEC
SCALED = (
    "apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nspec: {scaleTargetRef: {kind: Deployment, name: a}}\n"
)


def test_a_budget_that_fits_is_met():
    assert outcome("k8s-pdb", {"a.yaml": pod(replicas=3), "b.yaml": BUDGET % "maxUnavailable: 1"}) == "met"


def test_none_another_or_a_blocking_one_is_not_met():
    assert outcome("k8s-pdb", {"a.yaml": pod(replicas=3)}) == "not met"
    assert outcome("k8s-pdb", {"a.yaml": pod(replicas=3, name="z"), "b.yaml": BUDGET % "minAvailable: 1"}) == "not met"
    assert outcome("k8s-pdb", {"a.yaml": pod(replicas=3), "b.yaml": BUDGET % "maxUnavailable: 0"}) == "not met"
    assert outcome("k8s-pdb", {"a.yaml": pod(replicas=2), "b.yaml": BUDGET % "minAvailable: 2"}) == "not met"


def test_an_autoscaler_makes_several_pods():
    assert outcome("k8s-pdb", {"a.yaml": pod(), "b.yaml": SCALED}) == "not met"


def test_some_is_partly():
    two = {"a.yaml": pod(replicas=2), "z.yaml": pod(replicas=2, name="z"), "b.yaml": BUDGET % "minAvailable: 1"}
    assert outcome("k8s-pdb", two) == "partly"


def test_one_pod_is_not_applicable():
    assert outcome("k8s-pdb", {"a.yaml": pod()}) == "not applicable"
    assert outcome("k8s-pdb", {"README.md": ""}) == "not applicable"
