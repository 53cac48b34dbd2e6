"""New facts on an open page, without a reload.

A page says what it shows and how to read that again. Every few seconds the server asks for the version of the store,
one number; only when it was raised is what is shown read again, and only when that is other now does the page begin
again. While a dialog is open it waits, as beginning again would close it.
"""

from collections.abc import Callable, Hashable
from dataclasses import dataclass

import streamlit as st

from data import jobs, queries, trouble
from data.asked import consensus
from data.asked.consensus import Room
from data.people import Who
from data.queries import ServiceView
from pages.ui import asking, cached, guard, pace
from pages.ui.asked_once import once

SOON = 1.5  # seconds between two looks while people sit together


@dataclass
class Shown:
    """What one drawing of a page shows, and to whom. read: the same as it is now; pulse: as long as it is the same, so
    is what is shown, and it costs next to nothing; seen: the pulse of the last look."""

    user: Who
    value: Hashable
    read: Callable[[], Hashable]
    pulse: Callable[[], Hashable] = cached.version
    seen: Hashable = None
    drawn: bool = False


def service(user: Who, one: ServiceView) -> None:
    """Follows a service: its facts, its numbers, its settings."""
    _follow(Shown(user, (one,), lambda: (queries.service(user, one.id),)))


def services(user: Who, some: list[ServiceView], team_id: int) -> None:
    """Follows the services of a team."""
    _follow(Shown(user, tuple(some), lambda: queries.services(user, team_id)))


def lists(user: Who) -> None:
    """Follows which services there are, how each stands, and what is being done."""

    def work() -> tuple:
        return tuple(job.id for job in once(jobs.asked_for, user))

    def now() -> tuple:
        return work(), queries.outline()

    _follow(Shown(user, now(), now, lambda: (cached.version(), work())))


def value(user: Who, shown: Hashable, read: Callable[[], Hashable]) -> None:
    """Follows one thing that is read as a whole."""
    _follow(Shown(user, shown, read))


def counts(user: Who, shown: Hashable, read: Callable[[], Hashable]) -> None:
    """Follows what changes without a new version of the store, as answers to a survey do: `read` is cheap."""
    _follow(Shown(user, shown, read, read))


def session(user: Who, room: Room) -> None:
    """Follows a consensus as whoever leads it sees it: while people sit together, a vote shows soon."""
    wave_id = room.wave.id
    _follow(Shown(user, room, lambda: consensus.room(user, wave_id), lambda: consensus.pulse(wave_id)), SOON)


def _follow(shown: Shown, every: float | None = None) -> None:
    st.fragment(_look, run_every=every or pace.every())(shown)


def _look(shown: Shown) -> None:
    if not shown.drawn:  # together with the page, which has just read all of it
        shown.drawn = True
        return
    pace.every()  # still open
    if asking.is_open():
        return
    try:
        pulse = shown.pulse()
        if pulse == shown.seen:
            return
        guard.still(shown.user)
        other = differs(shown.value, shown.read())
    except Exception as error:
        if not trouble.passes(error):
            raise
        return  # the store is busy or away: what is shown stays, the next look will tell
    shown.seen = pulse
    if other:
        st.rerun()


def differs(shown: Hashable, now: Hashable) -> bool:
    """Whether a page should begin again. Services whose numbers are just being worked out anew are left as they are
    shown: the page changes once, from one whole state to the next."""
    if not isinstance(shown, tuple) or not isinstance(now, tuple) or len(shown) != len(now):
        return shown != now
    return any(_other(before, after) for before, after in zip(shown, now, strict=True))


def _other(before: Hashable, after: Hashable) -> bool:
    same = isinstance(before, ServiceView) and isinstance(after, ServiceView) and before.id == after.id
    if same and before.ready and not after.ready:
        return False
    return before != after
