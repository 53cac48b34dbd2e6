"""How often a token may ask: N requests a minute, saved up to N at once (a token bucket); each process counts alone."""

import math
import os
import threading
import time
from collections.abc import Callable

from data import store

USUAL = 600


def allowed() -> int:
    """Requests a minute: MILEPOST_API_RATE. Raises Unusable for what is no such number."""
    given = os.environ.get("MILEPOST_API_RATE", "").strip()
    if not given:
        return USUAL
    if not (given.isascii() and given.isdecimal()) or not 1 <= int(given) <= 1_000_000:
        raise store.Unusable("MILEPOST_API_RATE must be a number of requests a minute, from 1 to 1000000.")
    return int(given)


class Buckets:
    """What each token has left."""

    def __init__(self, clock: Callable[[], float] = time.monotonic):
        self._clock, self._lock = clock, threading.Lock()
        self._left: dict[int, tuple[float, float]] = {}  # token -> (requests left, when)

    def take(self, token_id: int, a_minute: int) -> int:
        """0 when it may ask now, else the seconds until it may."""
        now = self._clock()
        with self._lock:
            left, then = self._left.get(token_id, (a_minute, now))
            left = min(a_minute, left + (now - then) * a_minute / 60)
            self._left[token_id] = (left - 1 if left >= 1 else left, now)
        return 0 if left >= 1 else max(1, math.ceil((1 - left) * 60 / a_minute))
