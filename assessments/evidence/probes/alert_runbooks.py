"""Does an alert say what to do?"""

from assessments.evidence.finding import Effort, Evidence, Finding, Outcome, share, unknown
from assessments.evidence.probe import Probe
from assessments.evidence.rules import alerts, chart_alerts, jsonnet_alerts
from assessments.evidence.snapshot import Snapshot

PROBE = Probe(
    key="alert-runbooks",
    title="Each alert names a runbook",
    family="monitoring",
    capabilities=("proactive-failure-notification", "documentation-quality"),
    why="Whoever is woken at night should not have to remember.",
    how="Alert rules of Prometheus that are not for information only: an annotation with `runbook` in its name, or "
    "a link or instruction in another annotation that says runbook.",
    outcomes={
        Outcome.MET: "Each alert names one.",
        Outcome.PARTLY: "Some do.",
        Outcome.NOT_MET: "None does.",
        Outcome.NOT_APPLICABLE: "There are no alert rules of Prometheus here.",
    },
    remedy="Add `runbook_url` to the annotations of each alert, and write for each what it means, how to look, and "
    "how to stop it.",
    effort=Effort.DAYS,
    every=True,
    version=2,
)


def judge(snapshot: Snapshot) -> Finding:
    good, bad = [], []
    for each in alerts(snapshot):
        if each.labels.get("severity") in ("info", "none") or each.name in (
            "Watchdog",
            "InfoInhibitor",
            "DeadMansSwitch",
        ):
            continue
        named = any("runbook" in key.lower() or "runbook" in value.lower() for key, value in each.annotations.items())
        (good if named else bad).append(Evidence(each.path, each.line, each.name))
    hidden = [Evidence(*place) for place in (*jsonnet_alerts(snapshot), *chart_alerts(snapshot))]
    if hidden and not good and not bad:
        return unknown("The alerts are Jsonnet or templates of charts, which are not filled in here.", hidden)
    return share(good, bad, "alerts", "name a runbook", "There are no alert rules of Prometheus here.")
