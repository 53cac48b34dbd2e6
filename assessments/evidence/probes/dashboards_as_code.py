"""Are dashboards kept and reviewed like code?"""

import re

from assessments.evidence.finding import (
    Effort,
    Evidence,
    Finding,
    Outcome,
    met,
    not_applicable,
    not_met,
    unknown,
)
from assessments.evidence.manifests import things
from assessments.evidence.operating import operated
from assessments.evidence.probe import Probe
from assessments.evidence.rules import alerts, dashboards, monitoring
from assessments.evidence.snapshot import Snapshot

PROBE = Probe(
    key="dashboards-as-code",
    title="Dashboards are code",
    family="monitoring",
    capabilities=("monitoring-and-observability", "version-control"),
    why="A dashboard in files can be restored, compared, and copied by the next team.",
    how="Dashboards of Grafana as JSON, Jsonnet or Kubernetes objects, dashboards in Terraform, and those of "
    "Datadog, Kibana and the like in files.",
    outcomes={
        Outcome.MET: "Dashboards are in the repository.",
        Outcome.NOT_MET: "Settings of monitoring or alert rules are here, and no dashboards.",
        Outcome.UNKNOWN: "Something is operated here, and its monitoring may stand in another repository.",
        Outcome.NOT_APPLICABLE: "Nothing here is known to be operated.",
    },
    remedy="Export the dashboards that you look at in trouble into files here, and provision them from there.",
    effort=Effort.HOURS,
    version=2,
)

_TERRAFORM = re.compile(
    r'"(grafana_dashboard|aws_cloudwatch_dashboard|google_monitoring_dashboard|datadog_dashboard\w*|newrelic_one_dashboard\w*|azurerm_portal_dashboard|signalfx_dashboard)"'
)


def judge(snapshot: Snapshot) -> Finding:
    found = [Evidence(path, None, "dashboard of Grafana") for path in dashboards(snapshot)]
    for path, text in snapshot.texts(snapshot.active("**/*.{jsonnet,libsonnet}")[:200]):
        if re.search(r"grafonnet|grafanaDashboards|dashboard\.new\(", text):
            found.append(Evidence(path, None, "dashboard in Jsonnet"))
    found += [
        Evidence(each.path, each.line, each.kind)
        for each in things(snapshot)
        if each.kind in ("GrafanaDashboard", "PersesDashboard")
    ]
    for path, text in snapshot.texts(snapshot.active("**/*.tf")):
        if made := _TERRAFORM.search(text):
            found.append(Evidence(path, text.count("\n", 0, made.start()) + 1, made[1]))
    if found:
        return met("Dashboards are in the repository.", found)
    beside = [Evidence(path, None, what) for path, what in monitoring(snapshot)]
    beside += [Evidence(each.path, each.line, f"alert {each.name}") for each in alerts(snapshot)]
    if beside:
        return not_met("Monitoring is set up here, without dashboards.", beside)
    if operated(snapshot):
        return unknown(
            "Something is operated here; its dashboards may stand in another repository.", operated(snapshot)[:3]
        )
    return not_applicable("Nothing here is known to be operated.")
