"""Are alerts kept and reviewed like code?"""

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
from assessments.evidence.operating import operated
from assessments.evidence.probe import Probe
from assessments.evidence.rules import alerts, chart_alerts, dashboards, jsonnet_alerts, monitoring, other_alerts
from assessments.evidence.snapshot import Snapshot

PROBE = Probe(
    key="alerts-as-code",
    title="Alert rules are code",
    family="monitoring",
    capabilities=("proactive-failure-notification", "version-control"),
    why="An alert that someone clicked together is lost with the tool, and nobody knows why its limit is what it is.",
    how="Alert rules of Prometheus in files, Kubernetes objects, Jsonnet or templates of charts, alerts of "
    "Grafana in files, and alarms in Terraform (CloudWatch, Google, Azure, Datadog and others).",
    outcomes={
        Outcome.MET: "Alert rules are in the repository.",
        Outcome.NOT_MET: "Settings of monitoring are here, and no alert rules.",
        Outcome.UNKNOWN: "Something is operated here, or dashboards are; its alerts may stand in another repository.",
        Outcome.NOT_APPLICABLE: "Nothing here is known to be operated.",
    },
    remedy="Export the alerts that matter into files here, and let the pipeline bring them to the monitoring system.",
    effort=Effort.DAYS,
    version=2,
)


def judge(snapshot: Snapshot) -> Finding:
    found = [Evidence(each.path, each.line, each.name) for each in alerts(snapshot)]
    found += [Evidence(path, line, what) for path, line, what in other_alerts(snapshot)]
    found += [Evidence(*place) for place in (*jsonnet_alerts(snapshot), *chart_alerts(snapshot))]
    if found:
        return met("Alert rules are in the repository.", found)
    beside = [Evidence(path, None, what) for path, what in monitoring(snapshot)]
    if beside:
        return not_met("Monitoring is set up here, without alert rules.", beside)
    if boards := [Evidence(path, None, "dashboard") for path in dashboards(snapshot)]:
        return unknown("Dashboards are here; the alerts that go with them may stand in another repository.", boards)
    if operated(snapshot):
        return unknown(
            "Something is operated here; its alerts may stand in another repository.", operated(snapshot)[:3]
        )
    return not_applicable("Nothing here is known to be operated.")
