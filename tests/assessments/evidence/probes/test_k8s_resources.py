from tests.assessments.evidence.pods import pod
from tests.assessments.evidence.trees import outcome, probe

STATED = pod("          resources: {requests: {cpu: 100m}, limits: {memory: 64Mi}}")


def test_both_stated_is_met():
    assert outcome("k8s-resources", {"a.yaml": STATED}) == "met"


def test_an_overlay_counts():
    assert outcome("k8s-resources", {"base/a.yaml": pod(), "overlays/b.yaml": STATED}) == "met"


def test_half_or_nothing_is_not_met():
    finding = probe("k8s-resources", {"a.yaml": pod("          resources: {requests: {cpu: 1}}")})
    assert (str(finding.outcome), finding.evidence[0].what) == (
        "not met",
        "Deployment a, container app: no memory limit",
    )
    assert outcome("k8s-resources", {"a.yaml": pod()}) == "not met"


def test_some_is_partly():
    assert outcome("k8s-resources", {"a.yaml": STATED, "b.yaml": pod(name="b")}) == "partly"


def test_no_service_is_not_applicable():
    assert outcome("k8s-resources", {"README.md": ""}) == "not applicable"
