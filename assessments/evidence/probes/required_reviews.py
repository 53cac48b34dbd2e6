"""Must somebody else have looked?"""

from assessments.evidence.finding import (
    Effort,
    Evidence,
    Finding,
    Outcome,
    met,
    not_met,
    partly,
    unknown,
)
from assessments.evidence.probe import Probe
from assessments.evidence.snapshot import Snapshot

PROBE = Probe(
    key="required-reviews",
    title="A second person must agree to a change",
    family="review",
    capabilities=("code-review-flow", "streamlining-change-approval"),
    why="Two people know the change afterwards, and neither can slip something in alone.",
    how="Approvals that branch protection or rulesets require for the default branch, and whether an approval "
    "lapses when more is pushed.",
    outcomes={
        Outcome.MET: "At least one approval is needed, and lapses when more is pushed.",
        Outcome.PARTLY: "An approval is needed, and stays when more is pushed.",
        Outcome.NOT_MET: "No approval is needed.",
        Outcome.UNKNOWN: "Required reviews were not collected.",
    },
    remedy="Require one approval, and dismiss it when new commits are pushed.",
    effort=Effort.MINUTES,
    asks="facts",
    part="protection",
)


def judge(snapshot: Snapshot) -> Finding:
    rules = snapshot.facts.protection if snapshot.facts else None
    if rules is None:
        return unknown("Required reviews were not collected: they come from the forge, not from files.")
    if not rules.pull_request or rules.approvals < 1:
        return not_met("No approval is needed to merge a change.")
    place = [Evidence(None, None, f"{rules.approvals} needed")]
    if not rules.stale_dismissed:
        return partly("An approval is needed, and stays when more is pushed.", place)
    return met("An approval is needed, and lapses when more is pushed.", place)
