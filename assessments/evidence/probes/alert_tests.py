"""Does an alert fire when it should?"""

import re

from assessments.evidence.finding import (
    Effort,
    Evidence,
    Finding,
    Outcome,
    met,
    not_applicable,
    not_met,
    partly,
)
from assessments.evidence.pipelines import ran
from assessments.evidence.probe import Probe
from assessments.evidence.rules import alerts, jsonnet_alerts, rule_tests
from assessments.evidence.snapshot import Snapshot

PROBE = Probe(
    key="alert-tests",
    title="Alert rules are tested",
    family="monitoring",
    capabilities=("proactive-failure-notification", "automation-as-software"),
    why="An alert with an error in its expression is silent, and silence looks like health.",
    how="Unit tests for rules of Prometheus (files with `rule_files` and `tests`), or promtool, mimirtool, "
    "cortextool or pint in the pipeline, where such rules exist.",
    outcomes={
        Outcome.MET: "Rules have unit tests, or the pipeline tests them.",
        Outcome.PARTLY: "The pipeline only checks that rules can be read.",
        Outcome.NOT_MET: "Rules exist without a test.",
        Outcome.NOT_APPLICABLE: "There are no alert rules of Prometheus here.",
    },
    remedy="Write a file for `promtool test rules` with one case that fires and one that does not, and run it in "
    "the pipeline.",
    effort=Effort.HOURS,
    version=2,
)


def judge(snapshot: Snapshot) -> Finding:
    rules = [Evidence(each.path, each.line, each.name) for each in alerts(snapshot)]
    rules += [Evidence(*place) for place in jsonnet_alerts(snapshot)]
    if not rules:
        return not_applicable("There are no alert rules of Prometheus here.")
    tests: list[Evidence] = [Evidence(path, None, "unit tests of rules") for path in rule_tests(snapshot)]
    checks = []
    for each in ran(snapshot):
        said = each.command.spoken
        if re.match(r"promtool test rules", said):
            tests.append(each.evidence())
        elif re.match(
            r"^(promtool check|pint|mimirtool rules (check|lint)|cortextool rules (check|lint)|amtool check)", said
        ):
            checks.append(each.evidence())
    if tests:
        return met("Alert rules have tests.", tests)
    if checks:
        return partly("The pipeline checks that rules can be read, and does not test them.", checks)
    return not_met("Alert rules have no test.", rules)
