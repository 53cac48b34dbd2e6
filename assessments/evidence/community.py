"""Files about working together, which a repository may inherit from the `.github` repository of its owner."""

from assessments.evidence.finding import Evidence, Finding, met, unknown
from assessments.evidence.snapshot import Snapshot


def inherited(snapshot: Snapshot, kind: str, said: str) -> Finding | None:
    """What is to be said where the repository itself has no file of that kind; None where its owner has none either.

    kind: as in `Facts.inherited`. said: the sentence when the owner has one."""
    known = snapshot.facts.inherited if snapshot.facts else None
    if known is None:
        return unknown("None is here; whether the owner's `.github` repository supplies one was not collected.")
    if kind in known:
        return met(said, [Evidence(None, None, "comes from the owner's `.github` repository")])
    return None
