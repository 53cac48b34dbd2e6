from tests.assessments.evidence.pods import pod
from tests.assessments.evidence.trees import lines, outcome, probe

PROBED = pod("          readinessProbe: {httpGet: {path: /, port: 80}}")


def test_a_probe_is_met():
    finding = probe("k8s-probes", {"deploy/a.yaml": PROBED})
    assert (str(finding.outcome), lines(finding)) == ("met", [13])


def test_a_probe_in_an_overlay_counts():
    assert outcome("k8s-probes", {"base/a.yaml": pod(), "overlays/a.yaml": PROBED}) == "met"


def test_none_is_not_met():
    assert outcome("k8s-probes", {"deploy/a.yaml": pod()}) == "not met"
    assert outcome("k8s-probes", {"deploy/a.yaml": pod("          # readinessProbe: {}")}) == "not met"


def test_some_is_partly():
    assert outcome("k8s-probes", {"a.yaml": PROBED + "---\n" + pod(name="z")}) == "partly"


def test_helm_templates_are_unknown():
    chart = {"chart/Chart.yaml": "name: x", "chart/templates/a.yaml": pod(image="{{ .Values.image }}")}
    assert outcome("k8s-probes", chart) == "unknown"


def test_no_service_is_not_applicable():
    assert outcome("k8s-probes", {"README.md": ""}) == "not applicable"
    assert outcome("k8s-probes", {"examples/a.yaml": pod()}) == "not applicable"
