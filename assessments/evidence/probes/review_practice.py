"""Has somebody else looked, in fact?"""

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
    key="review-practice",
    title="Another person reads each change",
    family="review",
    capabilities=("code-review-flow", "ai-change-verification"),
    why="A second pair of eyes finds what the first does not see any more, and spreads what is known.",
    how="Pull requests of people merged in the last 90 days: reviewed by somebody who did not write them. Ten at "
    "least; met from 90 %, partly from 50 %.",
    outcomes={
        Outcome.MET: "At least nine of ten were.",
        Outcome.PARTLY: "At least half were.",
        Outcome.NOT_MET: "Fewer than half were.",
        Outcome.UNKNOWN: "Reviews were not collected, or fewer than ten changes were merged.",
        Outcome.NOT_APPLICABLE: "Nothing was merged in the last 90 days.",
    },
    remedy="Agree how soon a review begins and who is asked; small changes are reviewed sooner.",
    effort=Effort.WEEKS,
    asks="facts",
    part="merged",
)


def judge(snapshot: Snapshot) -> Finding:
    people = snapshot.facts.by_people if snapshot.facts else None
    known = [each for each in people or () if each.reviewed is not None]
    if people is None or (people and not known):
        return unknown("Reviews were not collected: they come from the forge, not from files.")
    if not people:
        return not_applicable("Nothing was merged in the last 90 days.")
    reviewed = [each for each in known if each.reviewed]
    said = f"{len(reviewed)} of {len(known)} merged pull requests were reviewed by another person."
    if len(known) < 10:
        return unknown(f"{said} Fewer than ten are too few to judge.")
    bad = [Evidence(None, None, f"#{each.number} was merged unreviewed") for each in known if not each.reviewed]
    part = len(reviewed) / len(known)
    return met(said) if part >= 0.9 else partly(said, bad) if part >= 0.5 else not_met(said, bad)
