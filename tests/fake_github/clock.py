"""The server's own clock. It ticks like the real one, from wherever it is set; nothing else tells the time here."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import formatdate

from tests.repos import Time, seconds


def stamp(at: int | float | None) -> str | None:
    """2026-01-05T09:00:00Z, as GitHub writes instants; None stays None."""
    return None if at is None else datetime.fromtimestamp(int(at), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class Clock:
    """`now()` in seconds since 1970. Give `at` to begin elsewhere; `freeze()` stops it, `advance()` and `set()` move
    it.

    `skew` moves the Date header alone, as a server does whose clock differs from that of its database.
    """

    def __init__(self, at: Time | None = None, real: Callable[[], float] = time.time):
        self._real = real
        self._frozen: float | None = None
        self._offset = 0.0
        self.skew = 0.0
        if at is not None:
            self.set(at)

    def now(self) -> float:
        return self._frozen if self._frozen is not None else self._real() + self._offset

    def second(self) -> int:
        return int(self.now())

    def set(self, at: Time) -> None:
        if self._frozen is not None:
            self._frozen = float(seconds(at))
        self._offset = seconds(at) - self._real()

    def advance(self, by: float) -> None:
        if self._frozen is not None:
            self._frozen += by
        self._offset += by

    def freeze(self, at: Time | None = None) -> None:
        self._frozen = self.now() if at is None else float(seconds(at))

    def thaw(self) -> None:
        if self._frozen is not None:
            self._offset = self._frozen - self._real()
            self._frozen = None

    def http_date(self, skew: float = 0.0) -> str:
        return formatdate(self.now() + self.skew + skew, usegmt=True)
