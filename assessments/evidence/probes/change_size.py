"""Are changes small enough to be understood?"""

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
    key="change-size",
    title="Changes are small",
    family="flow",
    capabilities=("working-in-small-batches", "ai-change-verification"),
    why="A small change is reviewed sooner, fails less, and is easily taken back.",
    how="Lines added and removed of the changes of the last 90 days, pull requests of people where they were "
    "collected and else commits on trunk, without lock files and made files. Ten at least; the median: met to 200 "
    "lines, partly to 500.",
    outcomes={
        Outcome.MET: "Half of the changes have at most 200 lines.",
        Outcome.PARTLY: "Half have at most 500.",
        Outcome.NOT_MET: "Half have more than 500.",
        Outcome.UNKNOWN: "Sizes were not collected, or there were fewer than ten changes.",
        Outcome.NOT_APPLICABLE: "Nothing was changed in the last 90 days.",
    },
    remedy="Split work so that each change can be merged alone, behind a switch where the feature is not complete.",
    effort=Effort.WEEKS,
    asks="history",
    part="merged",
)


def judge(snapshot: Snapshot) -> Finding:
    sizes, noun = _sizes(snapshot)
    if sizes is None:
        return unknown("Sizes of changes were not collected.")
    if not sizes:
        return not_applicable("Nothing was changed in the last 90 days.")
    middle = median(size for size, _ in sizes)
    said = f"Half of {len(sizes)} {noun} have at most {middle:,.0f} lines."
    if len(sizes) < 10:
        return unknown(f"{said} Fewer than ten are too few to judge.")
    largest = [Evidence(None, None, f"{name}: {size:,} lines") for size, name in sorted(sizes, reverse=True)[:5]]
    return met(said) if middle <= 200 else partly(said, largest) if middle <= 500 else not_met(said, largest)


def _sizes(snapshot: Snapshot) -> tuple[list[tuple[int, str]] | None, str]:
    merged = snapshot.facts.merged if snapshot.facts else None
    known = [(each.lines, f"#{each.number}") for each in merged or () if each.lines is not None and not each.automatic]
    if merged is not None and (known or not merged):
        return known, "pull requests"
    if snapshot.history is None or snapshot.history.changes is None:
        return None, ""
    return [(each.lines, each.sha[:10]) for each in snapshot.history.changes if each.lines], "changes on trunk"
