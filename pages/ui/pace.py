"""How often open pages look for something new. A look costs the server some milliseconds, a click ten times as much:
where many pages are open, each looks less often, so that together they leave room for clicks."""

import secrets
import threading
import time

import streamlit as st

EVERY, LATEST = 3.0, 15.0  # seconds between two looks of one page: with few open, and at most
A_SECOND = 8  # looks of all pages together
GONE = 2 * LATEST  # seconds without a look or a click after which a page counts as closed

_seen: dict[str, float] = {}
_lock = threading.Lock()


def every() -> float:
    """Seconds between two looks of the page that is being drawn."""
    mine = st.session_state.setdefault("pace_page", secrets.token_hex(8))
    return between(still_open(mine, time.monotonic()))


def still_open(page: str, now: float) -> int:
    """How many pages are open, this one among them. now: seconds of a clock that never goes back."""
    with _lock:
        _seen[page] = now
        for gone in [each for each, at in _seen.items() if now - at > GONE]:
            del _seen[gone]
        return len(_seen)


def between(pages: int) -> float:
    """Seconds between two looks of each of so many pages."""
    return min(max(EVERY, pages / A_SECOND), LATEST)
