"""Pages are drawn one after the other; one that takes long lets the next begin beside it.

A hundred scripts beside each other take the interpreter's lock from one another at every message, so that all of them
come late: with a hundred people on a large store 95 % of clicks took 4.4 s, with turns a twentieth of that
(`benchmarks/load.py`).
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

SECONDS = 0.25  # after which the next begins all the same: the one before it may wait for something that does not come
PATIENCE = 3.0  # seconds that a page waits at most, however many are before it

_begun: list[float] = []  # when each page began that is being drawn
_changed = threading.Condition()


@contextmanager
def turn() -> Iterator[None]:
    """Around one run of a script."""
    with _changed:
        mine = came = time.monotonic()
        while (left := min(_left(mine), came + PATIENCE - mine)) > 0:
            _changed.wait(left)
            mine = time.monotonic()
        _begun.append(mine)
    try:
        yield
    finally:
        with _changed:
            _begun.remove(mine)
            _changed.notify()


def _left(now: float) -> float:
    """Seconds until the next may begin, should none of those that are being drawn end before."""
    return max((at + SECONDS - now for at in _begun), default=0.0)
