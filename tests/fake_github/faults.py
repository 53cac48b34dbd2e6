"""Everything that goes wrong on the way: asked for one by one, or as a storm with a seed."""

import random
import re
from collections.abc import Iterable
from dataclasses import dataclass

#: kind -> what the client sees
KINDS = {
    "500": "500 with a JSON message",
    "502": "502 with an HTML page",
    "503": "503 with a JSON message",
    "truncated": "200 whose body ends before its Content-Length",
    "403-primary": "403, remaining 0, the message of the primary limit",
    "403-secondary": "403 with Retry-After, the message of the secondary limit",
    "403-secondary-without-retry-after": "the same without the header, remaining above 0",
    "429": "429 with Retry-After",
    "429-without-retry-after": "429 with nothing but remaining 0 and the reset",
    "graphql-rate-limited": "200 with errors RATE_LIMITED and no data (GraphQL only)",
    "graphql-rate-limit": "the same in its newer words: RATE_LIMIT, with a code (GraphQL only)",
    "graphql-timeout": "200 with the error of a query that took too long (GraphQL only)",
    "graphql-partial": "200 where one node is null with an error (GraphQL only)",
    "301": "301 to the same thing under /repositories/{id} (REST below a repository only)",
    "301-loop": "301 to the address that was asked for (REST only)",
    "301-elsewhere": "301 to another host, which must not get the token (REST only)",
    "reset": "the connection is reset before an answer",
    "reset-midway": "the connection is reset in the middle of the body",
    "hang": "nothing for `seconds`, then the right answer",
    "slow": "the body drips, a byte at a time, for `seconds`",
    "huge": "200 whose body goes on for 200 MB",
    "invalid-json": "200 whose body is cut, with a Content-Length that fits",
    "html": "200 with an HTML page (a proxy in between)",
    "wrong-schema": "200, valid JSON, of another shape",
    "empty": "200 without a body",
    "skew": "a right answer with a Date that is `seconds` off",
    "double": "a list that has its first object twice",
    "401": "401 Bad credentials though the token is good",
}
GRAPHQL_ONLY = {"graphql-rate-limited", "graphql-rate-limit", "graphql-timeout", "graphql-partial"}
REST_ONLY = {"301", "301-loop", "301-elsewhere", "double"}
#: What a storm leaves out, unless told: what takes long, and what a good client may rightly end at.
CALM = {"401", "slow", "hang", "huge", "html", "301-loop", "301-elsewhere"}
STORM = tuple(kind for kind in KINDS if kind not in CALM)


@dataclass
class Fault:
    """One that was asked for: the next `times` requests whose "METHOD path?query" matches, after `after` others."""

    kind: str
    times: int = 1
    match: str = ""
    after: int = 0
    seconds: float = 0.0

    def takes(self, line: str, graphql: bool) -> bool:
        if self.times <= 0 or not fits(self.kind, graphql) or not re.search(self.match, line):
            return False
        if self.after > 0:
            self.after -= 1
            return False
        self.times -= 1
        return True


def fits(kind: str, graphql: bool) -> bool:
    return not ((kind in GRAPHQL_ONLY and not graphql) or (kind in REST_ONLY and graphql))


class Faults:
    """Those that wait, a storm if one blows, and a log of (kind, line) of what struck."""

    def __init__(self):
        self.waiting: list[Fault] = []
        self.struck: list[tuple[str, str]] = []
        self._storm: tuple[random.Random, float, tuple[str, ...]] | None = None

    def add(self, kind: str, times: int = 1, match: str = "", after: int = 0, seconds: float | None = None) -> None:
        assert kind in KINDS, f"no fault {kind!r}; there are {', '.join(KINDS)}"
        default = {"slow": 5.0, "hang": 5.0, "skew": -3600.0, "429": 60.0, "403-secondary": 60.0}.get(kind, 0.0)
        self.waiting.append(Fault(kind, times, match, after, default if seconds is None else seconds))

    def storm(self, seed: int, rate: float = 0.05, kinds: Iterable[str] = STORM) -> None:
        """Strikes every request with that probability; a rate of 0 ends it."""
        self._storm = (random.Random(seed), rate, tuple(kinds)) if rate else None

    def clear(self) -> None:
        self.waiting.clear()
        self._storm = None

    def next(self, line: str, graphql: bool) -> Fault | None:
        """The fault for this request, if any."""
        found = next((fault for fault in self.waiting if fault.takes(line, graphql)), None)
        if found is None and self._storm:
            dice, rate, kinds = self._storm
            if dice.random() < rate:
                kind = dice.choice([kind for kind in kinds if fits(kind, graphql)])
                found = Fault(kind, seconds={"skew": dice.choice([-3600.0, 3600.0]), "429": 1.0}.get(kind, 1.0))
        self.waiting = [fault for fault in self.waiting if fault.times > 0]
        if found:
            self.struck.append((found.kind, line))
        return found
