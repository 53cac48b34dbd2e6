"""How long is work apart from the main line?"""

from statistics import median

from assessments.evidence.finding import (
    Effort,
    Evidence,
    Finding,
    Outcome,
    met,
    not_applicable,
    not_met,
    partly,
    unknown,
)
from assessments.evidence.probe import Probe
from assessments.evidence.snapshot import Snapshot

PROBE = Probe(
    key="branch-lifetime",
    title="Branches live for days, not for weeks",
    family="flow",
    capabilities=("trunk-based-development", "working-in-small-batches"),
    why="The longer a branch lives, the more of what it meets at the merge is news.",
    how="Time from the first commit to the merge of pull requests of people merged in the last 90 days. Ten at "
    "least; the median: met to 48 hours, partly to a week.",
    outcomes={
        Outcome.MET: "Half of the branches live for at most two days.",
        Outcome.PARTLY: "Half live for at most a week.",
        Outcome.NOT_MET: "Half live for longer than a week.",
        Outcome.UNKNOWN: "Lifetimes were not collected, or fewer than ten changes were merged.",
        Outcome.NOT_APPLICABLE: "Nothing was merged in the last 90 days.",
    },
    remedy="Merge what is complete in itself, and hide what is not behind a switch.",
    effort=Effort.WEEKS,
    asks="facts",
    part="merged",
)


def judge(snapshot: Snapshot) -> Finding:
    people = snapshot.facts.by_people if snapshot.facts else None
    known = [each for each in people or () if each.hours is not None]
    if people is None or (people and not known):
        return unknown("Lifetimes of branches were not collected: they come from the forge, not from files.")
    if not people:
        return not_applicable("Nothing was merged in the last 90 days.")
    middle = median(each.hours for each in known)
    said = f"Half of {len(known)} branches lived for at most {middle:,.0f} hours."
    if len(known) < 10:
        return unknown(f"{said} Fewer than ten are too few to judge.")
    longest = sorted(known, key=lambda each: -each.hours)[:5]
    places = [Evidence(None, None, f"#{each.number}: {each.hours:,.0f} hours") for each in longest]
    return met(said) if middle <= 48 else partly(said, places) if middle <= 168 else not_met(said, places)
