"""Who is asked to review what."""

from assessments.evidence.reading.codeowners import PLACES, Rule, read_codeowners
from assessments.evidence.snapshot import Snapshot, Unread


def codeowners(snapshot: Snapshot) -> tuple[str, tuple[Rule, ...]] | None:
    """(path, rules) of the file that counts; None when there is none that can be read."""
    return snapshot.once(_codeowners)


def _codeowners(snapshot: Snapshot) -> tuple[str, tuple[Rule, ...]] | None:
    for path in PLACES:
        if path in snapshot.entries:
            try:
                return path, read_codeowners(snapshot.text(path))
            except Unread:
                return None
    return None
