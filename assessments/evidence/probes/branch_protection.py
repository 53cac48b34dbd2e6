"""Can somebody rewrite what is shipped?"""

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
    key="branch-protection",
    title="The default branch is protected",
    family="review",
    capabilities=("version-control", "streamlining-change-approval"),
    why="A rule holds at three in the morning and for new colleagues; a habit does not.",
    how="Branch protection and rulesets of the default branch: changes come as pull requests, and nobody may push "
    "by force or delete it. Rules that administrators need not follow are partly there.",
    outcomes={
        Outcome.MET: "Changes come as pull requests, history cannot be rewritten, for everyone.",
        Outcome.PARTLY: "Some of it, or not for administrators.",
        Outcome.NOT_MET: "The default branch has no rule.",
        Outcome.UNKNOWN: "Rules of the default branch were not collected.",
    },
    remedy="Add a ruleset for the default branch: require a pull request, block force pushes and deletion, without "
    "a bypass list.",
    effort=Effort.MINUTES,
    asks="facts",
    part="protection",
)


def judge(snapshot: Snapshot) -> Finding:
    rules = snapshot.facts.protection if snapshot.facts else None
    if rules is None:
        return unknown("Rules of the default branch were not collected: they come from the forge, not from files.")
    missing = [] if rules.pull_request else ["changes may be pushed directly"]
    missing += ["history may be rewritten"] if rules.force_push else []
    missing += ["it may be deleted"] if rules.deletion else []
    if len(missing) == 3:
        return not_met("The default branch is not protected.", [Evidence(None, None, each) for each in missing])
    missing += [] if rules.admins_bound else ["administrators are not bound"]
    missing += [f"{each} may bypass the rules" for each in rules.bypass]
    if missing:
        return partly("The default branch is protected in part.", [Evidence(None, None, each) for each in missing])
    return met(
        "Changes come as pull requests, and history cannot be rewritten.", [Evidence(None, None, "holds for everyone")]
    )
