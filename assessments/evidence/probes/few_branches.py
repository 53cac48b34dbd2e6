"""Is there one main line?"""

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
    key="few-branches",
    title="Few branches are open beside the main line",
    family="flow",
    capabilities=("trunk-based-development", "wip-limits"),
    why="Work on old branches is work that nobody can use and that ages.",
    how="Branches of the forge with commits that the default branch lacks and none for 30 days: met when there are "
    "at most three, partly to ten.",
    outcomes={
        Outcome.MET: "At most three such branches.",
        Outcome.PARTLY: "Four to ten.",
        Outcome.NOT_MET: "More than ten.",
        Outcome.UNKNOWN: "Branches were not collected.",
    },
    remedy="Merge or delete old branches, and let the forge delete a branch when it is merged.",
    effort=Effort.HOURS,
    asks="facts",
    part="branches",
)


def judge(snapshot: Snapshot) -> Finding:
    branches = snapshot.facts.branches if snapshot.facts else None
    if branches is None:
        return unknown("Branches were not collected: they come from the forge, not from files.")
    old = sorted((each for each in branches if each.days > 30 and each.ahead != 0), key=lambda each: -each.days)
    said = f"{len(old)} branches wait for more than 30 days with work that the default branch lacks."
    places = [Evidence(None, None, f"{each.name}: {each.days:,.0f} days") for each in old]
    return met(said, places) if len(old) <= 3 else partly(said, places) if len(old) <= 10 else not_met(said, places)
