from tests.assessments.evidence.pods import pod
from tests.assessments.evidence.trees import CODE, lines, outcome, probe

RULES = """groups:
  - name: shop
    rules:
      - alert: Slow
        expr: latency > 1
"""
IN_KUBERNETES = (
    "apiVersion: monitoring.coreos.com/v1\nkind: PrometheusRule\nspec:\n  groups: [{rules: [{alert: A, expr: up}]}]\n"
)


def test_rules_are_met():
    finding = probe("alerts-as-code", {"monitoring/rules.yml": RULES})
    assert (str(finding.outcome), lines(finding)) == ("met", [4])
    alarm = {"main.tf": 'resource "aws_cloudwatch_metric_alarm" "a" {}'}
    assert outcome("alerts-as-code", alarm) == "met"


def test_monitoring_without_them_is_not_met():
    assert outcome("alerts-as-code", {"monitoring/prometheus.yml": "scrape_configs: []"}) == "not met"


def test_dashboards_alone_are_unknown():
    assert outcome("alerts-as-code", {"grafana/dashboards/a.json": '{"panels": [], "schemaVersion": 1}'}) == "unknown"


def test_rules_in_jsonnet_and_in_templates_of_charts_are_met():
    mixin = {"alerts/apps.libsonnet": "{ groups: [{ rules: [\n  {\n    alert: 'PodCrashes',\n    expr: |||x|||,\n"}
    assert lines(probe("alerts-as-code", mixin)) == [3]
    chart = {
        "chart/Chart.yaml": "name: a",
        "chart/templates/rules.yaml": "{{ if .x }}\nkind: PrometheusRule\nrules:\n  - alert: {{ .name }}Down\n",
    }
    assert outcome("alerts-as-code", chart) == "met"


def test_what_is_operated_without_rules_is_unknown():
    assert outcome("alerts-as-code", {"deploy/a.yaml": pod(), "a.yml": "# alert: x\n"}) == "unknown"


def test_nothing_operated_is_not_applicable():
    assert outcome("alerts-as-code", CODE) == "not applicable"
    assert outcome("alerts-as-code", CODE | {"tests/rules.yml": RULES}) == "not applicable"
