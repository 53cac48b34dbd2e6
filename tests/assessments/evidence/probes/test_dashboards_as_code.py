import pytest

from tests.assessments.evidence.pods import pod
from tests.assessments.evidence.trees import CODE, outcome

GRAFANA = '{"panels": [{"gridPos": {}}], "schemaVersion": 39}'


@pytest.mark.parametrize(
    "files",
    [
        {"monitoring/dashboards/shop.json": GRAFANA},
        {"main.tf": 'resource "grafana_dashboard" "a" {}'},
        {"shop.jsonnet": "local grafonnet = import 'grafonnet';"},
    ],
)
def test_dashboards_are_met(files):
    assert outcome("dashboards-as-code", CODE | files) == "met"


def test_monitoring_without_them_is_not_met():
    assert outcome("dashboards-as-code", {"monitoring/prometheus.yml": "scrape_configs: []"}) == "not met"
    assert outcome("dashboards-as-code", {"a.yml": "groups:\n- rules:\n  - alert: A\n"}) == "not met"


def test_what_is_operated_without_them_is_unknown():
    assert outcome("dashboards-as-code", {"deploy/a.yaml": pod(), "src/dashboard.json": "{}"}) == "unknown"


def test_nothing_operated_is_not_applicable():
    assert outcome("dashboards-as-code", CODE) == "not applicable"
