"""What a probe found: an outcome, a sentence, and the places that show it."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from assessments.evidence.reading.secrets import hide

#: Places kept of one finding; the sentence says how many there are.
PLACES = 20
#: Characters of what is said about one place.
LONGEST = 240


class Outcome(StrEnum):
    """`UNKNOWN`: what would tell could not be read or was not collected. It is never a bad result."""

    MET = "met"
    PARTLY = "partly"
    NOT_MET = "not met"
    UNKNOWN = "unknown"
    NOT_APPLICABLE = "not applicable"


class Effort(StrEnum):
    """Time until the remedy is in place, for one repository."""

    MINUTES = "minutes"
    HOURS = "hours"
    DAYS = "days"
    WEEKS = "weeks"


@dataclass(frozen=True)
class Evidence:
    """One place. path: of a file in the repository; None for a fact of the forge. line: from 1; None for all of it.
    what: what stands there, shortened, and with what looks like a secret hidden."""

    path: str | None
    line: int | None
    what: str

    def __post_init__(self):
        short = hide(" ".join(self.what.split()))
        object.__setattr__(self, "what", short if len(short) <= LONGEST else short[: LONGEST - 1] + "…")


@dataclass(frozen=True)
class Finding:
    """The answer of one probe. `because` is one sentence. `total`: places there are, of which `evidence` holds the
    first. `good`: the first places that fit, where `evidence` names those that do not. `unread`: (path, why) of what
    was asked for and could not be read. `remedy` and `effort` come from the definition and are empty where nothing is
    to be done."""

    outcome: Outcome
    because: str
    evidence: tuple[Evidence, ...] = ()
    total: int = 0
    good: tuple[Evidence, ...] = ()
    unread: tuple[tuple[str, str], ...] = ()
    remedy: str = ""
    effort: Effort | None = None


def _finding(outcome: Outcome, because: str, evidence: Iterable[Evidence], good: Iterable[Evidence] = ()) -> Finding:
    places = list(dict.fromkeys(evidence))
    fitting = tuple(dict.fromkeys(good))[:PLACES]
    return Finding(outcome, because, tuple(places[:PLACES]), len(places), fitting)


def met(because: str, evidence: Iterable[Evidence] = ()) -> Finding:
    return _finding(Outcome.MET, because, evidence)


def partly(because: str, evidence: Iterable[Evidence] = (), good: Iterable[Evidence] = ()) -> Finding:
    return _finding(Outcome.PARTLY, because, evidence, good)


def not_met(because: str, evidence: Iterable[Evidence] = ()) -> Finding:
    return _finding(Outcome.NOT_MET, because, evidence)


def unknown(because: str, evidence: Iterable[Evidence] = ()) -> Finding:
    return _finding(Outcome.UNKNOWN, because, evidence)


def not_applicable(because: str) -> Finding:
    return _finding(Outcome.NOT_APPLICABLE, because, ())


def share(good: list[Evidence], bad: list[Evidence], noun: str, verb: str, none: str) -> Finding:
    """All, some or none of several things. `noun`: what is counted, `verb`: what the good ones do, in the plural
    ("jobs", "have a time limit"); `none`: why the probe does not apply when there are no such things.

    The places of the bad ones are kept, as these are to be mended; of the good ones when all are good.
    """
    count = len(good) + len(bad)
    if not count:
        return not_applicable(none)
    if not bad:
        return met(f"All {count} {noun} {verb}." if count > 1 else f"1 of 1 {noun} {verb}.", good)
    said = f"{len(good)} of {count} {noun} {verb}."
    return partly(said, bad, good) if good else not_met(said, bad)
