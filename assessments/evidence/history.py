"""What the history of a repository adds to its tree. Instants are microseconds since 1970, UTC."""

from collections.abc import Mapping
from dataclasses import dataclass, field

DAY = 24 * 3600 * 1_000_000


@dataclass(frozen=True)
class Past:
    """The tree as it was at that instant: sizes in bytes by path, regular files only."""

    instant: int
    sizes: Mapping[str, int]


@dataclass(frozen=True)
class Change:
    """A commit on trunk. lines: added and removed, without merges of trunk itself."""

    sha: str
    instant: int
    lines: int
    files: int


@dataclass(frozen=True)
class History:
    """last: when each path was last changed, of the paths that were looked at; beginning: the first commit; complete:
    False for a shallow clone. past: trees of earlier days, oldest first. changes: of the last 90 days, newest first.
    tags: instant by name."""

    beginning: int
    last: Mapping[str, int] = field(default_factory=dict)
    past: tuple[Past, ...] = ()
    changes: tuple[Change, ...] | None = None
    tags: Mapping[str, int] | None = None
    complete: bool = True
