"""What the readers of other tools' files have in common: what they give, and how they read moments and commits."""

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime

from data.evidence.foreign import Rule

_COMMIT = re.compile(r"[0-9a-f]{7,64}")


@dataclass
class LeftOut:
    """What is not taken, counted by why. kept: how many are."""

    counts: dict[str, int] = field(default_factory=dict)
    kept: int = 0

    def add(self, why: str) -> None:
        self.counts[why] = self.counts.get(why, 0) + 1


@dataclass(frozen=True)
class Content:
    """What a file says. tool: its name and version. about: what it names as its subject. commit: "" when it names none.
    as_of: microseconds of the moment it speaks of, None when it names none. read: how many of `noun` stand in it.
    left_out: how many of what were not taken. notes: sentences on what one should know about it."""

    tool: str
    rules: tuple[Rule, ...]
    about: str
    commit: str
    as_of: int | None
    read: int
    noun: str
    left_out: dict[str, int]
    notes: tuple[str, ...] = ()


def commit_of(text: str) -> str:
    """The name of a commit; empty for what is none."""
    return text if _COMMIT.fullmatch(text) else ""


def instant_of(text: str) -> int | None:
    """Microseconds of an ISO 8601 date or time, in UTC where it says nothing else; None for what is none."""
    try:
        moment = datetime.fromisoformat(text[:40])
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        found = int(moment.timestamp() * 1_000_000)
    except (ValueError, OverflowError, OSError):
        return None
    return found if 0 < found < 4_102_444_800_000_000 else None  # before the year 2100
