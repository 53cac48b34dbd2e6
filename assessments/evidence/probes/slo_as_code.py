"""Is it written how reliable the service is meant to be?"""

import re

from assessments.evidence.finding import (
    Effort,
    Evidence,
    Finding,
    Outcome,
    met,
    not_applicable,
    partly,
    unknown,
)
from assessments.evidence.manifests import things
from assessments.evidence.operating import operated
from assessments.evidence.probe import Probe
from assessments.evidence.rules import alerts, jsonnet_alerts
from assessments.evidence.snapshot import Snapshot

PROBE = Probe(
    key="slo-as-code",
    title="Targets for reliability are written down",
    family="monitoring",
    capabilities=("reliability-engineering", "proactive-failure-notification"),
    why="Without a target, every failure is either a catastrophe or nothing.",
    how="Objectives of Sloth, Pyrra, OpenSLO, Google or Datadog in files, alert rules on the rate at which an error "
    "budget burns, or a document named after SLOs.",
    outcomes={
        Outcome.MET: "Targets are in files that machines read.",
        Outcome.PARTLY: "Targets are in a document alone.",
        Outcome.UNKNOWN: "Something is operated here, and its monitoring may stand in another repository.",
        Outcome.NOT_APPLICABLE: "Nothing here is known to be operated.",
    },
    remedy="Write one target for what users feel most (for example: 99.5 % of requests in 300 ms over 28 days) and "
    "generate its alerts with Sloth or Pyrra.",
    effort=Effort.DAYS,
    version=2,
)

_TERRAFORM = re.compile(
    r'"(google_monitoring_slo|datadog_service_level_objective|grafana_slo|newrelic_service_level|nobl9_slo|dynatrace_slo\w*|honeycombio_slo)"'
)


def judge(snapshot: Snapshot) -> Finding:
    found = []
    for each in things(snapshot):
        if each.kind in ("PrometheusServiceLevel", "ServiceLevelObjective", "SLO") and (
            each.group or each.api.startswith("openslo")
        ):
            found.append(Evidence(each.path, each.line, f"{each.kind} {each.name}"))
    for path, text in snapshot.texts(snapshot.active("**/*slo*.{yml,yaml}", "**/slos/**/*.{yml,yaml}")):
        if (
            re.search(r"^(version:\s*[\"']?prometheus/v1|apiVersion:\s*openslo)", text, re.MULTILINE)
            and "objective" in text
        ):
            found.append(Evidence(path, None, "objectives"))
    for each in alerts(snapshot):
        if re.search(r"burn.?rate|error.?budget|slo[:_]", f"{each.name} {each.expression}", re.IGNORECASE):
            found.append(Evidence(each.path, each.line, each.name))
    for path, line, name in jsonnet_alerts(snapshot):
        if re.search(r"burn.?rate|error.?budget", name, re.IGNORECASE):
            found.append(Evidence(path, line, name))
    for path, text in snapshot.texts(snapshot.active("**/*.tf")):
        if made := _TERRAFORM.search(text):
            found.append(Evidence(path, text.count("\n", 0, made.start()) + 1, made[1]))
    if found:
        return met("Targets for reliability are in files that machines read.", found)
    written = snapshot.active(
        "**/{slo,slos,sla,service-level-objectives,service_level_objectives}.{md,rst,adoc}", "docs/**/slo*.md"
    )
    if written:
        return partly(
            "Targets for reliability are in a document.", [Evidence(path, None, "document") for path in written]
        )
    if operated(snapshot):
        return unknown(
            "Something is operated here; its targets may stand in another repository.", operated(snapshot)[:3]
        )
    return not_applicable("Nothing here is known to be operated.")
