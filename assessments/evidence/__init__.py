"""What a repository shows: probes, one file each, over a snapshot of its files at one commit.

    snapshot = Snapshot(entries, read, commit=sha)     # or from git: data.evidence.snapshots
    evaluation = evaluate(snapshot)

A new probe is a new file in `probes/`: PROBE says what it is, `judge` takes a snapshot and gives a finding.
"""

from assessments.evidence.evaluation import Evaluation, Result, evaluate, judged
from assessments.evidence.finding import Effort, Evidence, Finding, Outcome
from assessments.evidence.probe import Probe, Registered, registry
from assessments.evidence.snapshot import Entry, Kind, Snapshot, Spent, Unread, of_texts

__all__ = [
    "Effort",
    "Entry",
    "Evaluation",
    "Evidence",
    "Finding",
    "Kind",
    "Outcome",
    "Probe",
    "Registered",
    "Result",
    "Snapshot",
    "Spent",
    "Unread",
    "evaluate",
    "judged",
    "of_texts",
    "registry",
]
