"""Reads for those who lead, shared as those of `cached` are, for the same reasons."""

from collections.abc import Callable
from datetime import UTC, datetime

import streamlit as st

from data.leading import capabilities, constraints, learning, organizations, portfolio
from data.leading.capabilities import Heat
from data.leading.constraints import Constraints
from data.leading.learning import Way
from data.leading.organizations import Led
from data.leading.portfolio import Portfolio
from data.people import Who
from pages.ui import cached


def led(user: Who) -> tuple[Led, ...]:
    """The organizations that this person may lead."""
    return _led(cached.version(), cached.standing(user), user)


@st.cache_resource(max_entries=64, show_spinner=False)
def _led(version: int, standing: tuple, _user: Who) -> tuple[Led, ...]:
    return organizations.led(_user)


def teams(user: Who, organization_id: int, metric: str, weeks: int, against: str) -> Portfolio:
    """Every team against itself."""
    return _teams(cached.version(), cached.standing(user), organization_id, metric, weeks, against, user)


@st.cache_resource(max_entries=64, show_spinner="Comparing every service with itself ...")
def _teams(version: int, standing: tuple, organization: int, metric: str, weeks: int, against: str, _user: Who):
    return portfolio.of(_user, organization, metric, weeks, against)


def heat(user: Who, organization_id: int) -> Heat:
    """Capability by team; what opens or ends with time does so within a minute."""
    return _with_bar(_heat, user, organization_id)


@st.cache_resource(max_entries=16, ttl=60, show_spinner=False)
def _heat(version: int, standing: tuple, organization_id: int, _user: Who, _progress: Callable) -> Heat:
    return capabilities.of(_user, organization_id, _progress)


def way(user: Who, organization_id: int) -> Way:
    """How far teams come with what they learn."""
    return _with_bar(_way, user, organization_id)


@st.cache_resource(max_entries=16, ttl=60, show_spinner=False)
def _way(version: int, standing: tuple, organization_id: int, _user: Who, _progress: Callable) -> Way:
    return learning.of(_user, organization_id, _progress)


def worked_out() -> None:
    """What was waited for is known now, without anything in the store being another."""
    _way.clear()


def _with_bar(read: Callable, user: Who, organization_id: int):
    """What is read, with a bar while many teams are worked out."""
    slot = st.empty()

    def told(done: int, total: int) -> None:
        if total > 10:
            slot.progress(done / total, text=f"Working out where team {done + 1} of {total} stands")

    found = read(cached.version(), cached.standing(user), organization_id, user, told)
    slot.empty()
    return found


def waits(user: Who, organization_id: int, weeks: int) -> Constraints:
    """Where the work waits."""
    return _waits(cached.version(), cached.standing(user), organization_id, weeks, f"{datetime.now(UTC):%Y%m%d}", user)


@st.cache_resource(max_entries=16, show_spinner="Reading where the work waits ...")
def _waits(version: int, standing: tuple, organization: int, weeks: int, day: str, _user: Who) -> Constraints:
    return constraints.of(_user, organization, weeks)
