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
from assessments.evidence.rules import alerts, dashboards, monitoring, other_alerts
from assessments.evidence.snapshot import Snapshot

PROBE = Probe(
    key="alerts-as-code",
    title="Alert rules are code",
    family="monitoring",
    capabilities=("proactive-failure-notification", "version-control"),
    why="An alert that someone clicked together is lost with the tool, and nobody knows why its limit is what it is.",
    how="Alert rules of Prometheus in files or Kubernetes objects, alerts of Grafana in files, and alarms in "
    "Terraform (CloudWatch, Google, Azure, Datadog and others).",
    outcomes={
        Outcome.MET: "Alert rules are in the repository.",
        Outcome.NOT_MET: "Settings of monitoring or dashboards are here, and no alert rules.",
        Outcome.UNKNOWN: "Something is operated here, and its monitoring may stand in another repository.",
        Outcome.NOT_APPLICABLE: "Nothing here is known to be operated.",
    },
    remedy="Export the alerts that matter into files here, and let the pipeline bring them to the monitoring system.",
    effort=Effort.DAYS,
)


def judge(snapshot: Snapshot) -> Finding:
    found = [Evidence(each.path, each.line, each.name) for each in alerts(snapshot)]
    found += [Evidence(path, line, what) for path, line, what in other_alerts(snapshot)]
    if found:
        return met(f"{len(found)} alert rules are in the repository.", found)
    beside = [Evidence(path, None, what) for path, what in monitoring(snapshot)]
    beside += [Evidence(path, None, "dashboard") for path in dashboards(snapshot)]
    if beside:
        return not_met("Monitoring is set up here, without alert rules.", beside)
    if operated(snapshot):
        return unknown(
            "Something is operated here; its alerts may stand in another repository.", operated(snapshot)[:3]
        )
    return not_applicable("Nothing here is known to be operated.")
