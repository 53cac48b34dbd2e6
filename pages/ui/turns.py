"""Few pages are drawn at once; the others wait for their turn, and nobody longer than a moment.

A hundred scripts beside each other take the interpreter's lock from one another at every message, so that all of them
come late: with a hundred people on a large store 95 % of clicks took 4.4 s, with turns 0.4 to 0.6 s
(`benchmarks/load.py`).
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

PAGES = 2  # at once: one works while another waits for the database
SECONDS = 3.0  # after which a page is drawn all the same: those before it may wait for something that does not come

_turns = threading.BoundedSemaphore(PAGES)


@contextmanager
def turn() -> Iterator[None]:
    """Around one run of a script."""
    mine = _turns.acquire(timeout=SECONDS)
    try:
        yield
    finally:
        if mine:
            _turns.release()
