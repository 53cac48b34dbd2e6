"""Can a change be merged that breaks something?"""

from assessments.evidence.finding import (
    Effort,
    Evidence,
    Finding,
    Outcome,
    met,
    not_met,
    unknown,
)
from assessments.evidence.probe import Probe
from assessments.evidence.snapshot import Snapshot

PROBE = Probe(
    key="required-checks",
    title="Checks must pass before a change is merged",
    family="review",
    capabilities=("continuous-integration", "streamlining-change-approval"),
    why="A check that may be passed over is passed over on the day on which it matters.",
    how="Checks that branch protection or rulesets require for the default branch.",
    outcomes={
        Outcome.MET: "At least one check is required.",
        Outcome.NOT_MET: "No check is required.",
        Outcome.UNKNOWN: "Required checks were not collected.",
    },
    remedy="Require the check of the workflow that builds and tests; require few, and keep them fast.",
    effort=Effort.MINUTES,
    asks="facts",
    part="protection",
)


def judge(snapshot: Snapshot) -> Finding:
    rules = snapshot.facts.protection if snapshot.facts else None
    if rules is None:
        return unknown("Required checks were not collected: they come from the forge, not from files.")
    if rules.checks:
        said = f"{len(rules.checks)} checks must pass before a change is merged."
        return met(said, [Evidence(None, None, f"check {name}") for name in rules.checks])
    return not_met("No check must pass before a change is merged.")
