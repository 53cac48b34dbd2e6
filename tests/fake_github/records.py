"""What the server remembers: rows with versions, so that a read can be behind a write as on GitHub's replicas."""

import base64
import hashlib
import itertools
import random
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any

from tests.fake_github.clock import Clock

Row = dict[str, Any]

#: Ids begin above 2**31: whoever keeps them in 32 bits is found out.
FIRST = {
    "user": 21_000_000, "repository": 810_000_000, "issue": 3_100_000_000, "pull": 2_600_000_000,
    "review": 2_900_000_000, "deployment": 2_140_000_000, "status": 5_200_000_000, "run": 17_000_000_000,
    "job": 48_000_000_000, "release": 240_000_000, "label": 8_100_000_000, "workflow": 160_000_000,
    "installation": 60_000_000, "environment": 1_740_000_000, "suite": 45_000_000_000, "event": 19_000_000_000,
    "rule": 61_000_000, "artifact": 2_200_000_000, "comment": 2_500_000_000,
}  # fmt: skip
PREFIXES = {
    "user": "U", "organization": "O", "repository": "R", "issue": "I", "pull": "PR", "review": "PRR",
    "deployment": "DE", "status": "DES", "run": "WFR", "job": "CR", "release": "RE", "label": "LA", "workflow": "W",
    "environment": "EN", "commit": "C", "ref": "REF", "event": "RFRE", "rule": "BPR", "suite": "CS", "comment": "IC",
    "ruleset": "RRS", "app": "A", "blob": "B", "artifact": "AF", "tree": "T",
}  # fmt: skip
KINDS = {prefix: kind for kind, prefix in PREFIXES.items()}


def node_id(kind: str, number: int | str) -> str:
    """GitHub's opaque global id: PR_kwDO..."""
    coded = base64.urlsafe_b64encode(f"{number}".encode()).decode().rstrip("=")
    return f"{PREFIXES[kind]}_kwDO{coded}"


def parse_node_id(text: str) -> tuple[str, str] | None:
    """(kind, number) of a global id that this server made, else None."""
    prefix, _, rest = text.partition("_kwDO")
    if prefix not in KINDS or not rest:
        return None
    try:
        return KINDS[prefix], base64.urlsafe_b64decode(rest + "=" * (-len(rest) % 4)).decode()
    except ValueError:
        return None


def sha_of(*parts: object) -> str:
    return hashlib.sha1("\0".join(map(str, parts)).encode(), usedforsecurity=False).hexdigest()


@lru_cache(50_000)
def blob_sha(content: str | bytes) -> str:
    """The name that git gives to a file with that content."""
    data = content.encode() if isinstance(content, str) else content
    return hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()


class Ids:
    """The next id of each kind."""

    def __init__(self):
        self._next = {kind: itertools.count(first, 7) for kind, first in FIRST.items()}

    def __call__(self, kind: str) -> int:
        return next(self._next[kind])


class Lag:
    """How long a write stays unseen: exactly `seconds`, or with `jitter` anything up to it.

    With jitter there are several replicas, each with a delay of its own for every write, and every request is answered
    by another one: a later write may be seen before an earlier one, and what was seen may be gone at the next request.
    That is what loses rows for whoever trusts cursors.
    """

    REPLICAS = 3

    def __init__(self, clock: Clock):
        self.clock, self.seconds, self.jitter = clock, 0.0, False
        self.replica = 0
        self._writes, self._reads = random.Random(7), random.Random(11)

    def visible_at(self) -> tuple[float, ...] | None:
        """When each replica has what is written now; None for at once."""
        if not self.seconds:
            return None
        now = self.clock.now()
        if not self.jitter:
            return (now + self.seconds,) * self.REPLICAS
        return tuple(now + self._writes.uniform(0, self.seconds) for _ in range(self.REPLICAS))

    def next_request(self) -> None:
        """Goes to another replica."""
        self.replica = self._reads.randrange(self.REPLICAS)


#: A version, and when each replica has it (None: it always had).
Version = tuple[tuple[float, ...] | None, Row | None]


class Table:
    """Rows by key. Rows are never changed in place: `change` writes a new version, which is seen when the lag is over.

    A row of None is a deletion. `get`, `rows` and `ordered` are what a reader sees; `newest` and `truth` what is true.
    """

    def __init__(self, lag: Lag):
        self._lag = lag
        self._versions: dict[Any, list[Version]] = {}
        self._pending: dict[Any, float] = {}
        self._cache: dict[str, list[Row]] = {}

    def put(self, key: Any, row: Row | None) -> Row | None:
        at = self._lag.visible_at()
        if at:
            self._versions.setdefault(key, []).append((at, row))
            self._pending[key] = max(*at, self._pending.get(key, 0.0))
        elif row is None:
            self._versions.pop(key, None)
            self._pending.pop(key, None)
        else:
            self._versions[key] = [(None, row)]
            self._pending.pop(key, None)
        self._cache.clear()
        return row

    def change(self, key: Any, **fields) -> Row:
        row = self.newest(key)
        assert row is not None, f"{key} is not there"
        return self.put(key, {**row, **fields})

    def remove(self, key: Any) -> None:
        self.put(key, None)

    def newest(self, key: Any) -> Row | None:
        versions = self._versions.get(key)
        return versions[-1][1] if versions else None

    def get(self, key: Any) -> Row | None:
        self._settle()
        return self._seen(key, self._lag.clock.now())

    def truth(self) -> Iterator[Row]:
        return (row for versions in self._versions.values() if (row := versions[-1][1]) is not None)

    def rows(self) -> list[Row]:
        return self.ordered("", None)

    def ordered(self, name: str, key: Callable[[Row], Any] | None) -> list[Row]:
        """Everything a reader sees, in the order of `key`, kept under `name` while nothing changes."""
        self._settle()
        if name in self._cache and not self._pending:
            return self._cache[name]
        now = self._lag.clock.now()
        found = [row for key_ in self._versions if (row := self._seen(key_, now)) is not None]
        if key:
            found.sort(key=key)
        self._cache[name] = found
        return found

    def _seen(self, key: Any, now: float) -> Row | None:
        for at, row in reversed(self._versions.get(key, ())):
            if at is None or at[self._lag.replica] <= now:
                return row
        return None

    def _settle(self) -> None:
        """Forgets what no reader can see any more."""
        if not self._pending:
            return
        now = self._lag.clock.now()
        for key in [key for key, at in self._pending.items() if at <= now]:
            newest = self._versions[key][-1][1]
            del self._pending[key]
            self._cache.clear()
            if newest is None:
                del self._versions[key]
            else:
                self._versions[key] = [(None, newest)]
