"""Reads of goals and of what was done, of all teams, shared as those of `cached` are, for the same reasons."""

import streamlit as st

from data.improving import across, change, forecasts
from data.improving.across import TeamDeeds, TeamGoals
from data.improving.change import Change, Drawn
from data.improving.forecasts import Pair
from data.improving.goals import GoalView
from data.improving.interventions import InterventionView
from data.people import Who
from pages.ui import cached


def goals(user: Who, organization_id: int) -> tuple[TeamGoals, ...]:
    """Of every team; what opens with time does so within a minute."""
    return _goals(cached.version(), cached.standing(user), organization_id, user)


@st.cache_resource(max_entries=16, ttl=60, show_spinner=False)
def _goals(version: int, standing: tuple, organization_id: int, _user: Who) -> tuple[TeamGoals, ...]:
    return across.goals_of(_user, organization_id)


def courses(some: tuple[GoalView, ...]) -> dict[int, Pair]:
    """Where goals are on the way to that this person may see."""
    return _courses(cached.version(), tuple(one.id for one in some), some)


@st.cache_resource(max_entries=64, show_spinner="Working out where they are on the way to ...")
def _courses(version: int, ids: tuple[int, ...], _some: tuple[GoalView, ...]) -> dict[int, Pair]:
    return forecasts.courses(_some)


def deeds(user: Who, organization_id: int) -> tuple[TeamDeeds, ...]:
    """What every team did."""
    return _deeds(cached.version(), cached.standing(user), organization_id, user)


@st.cache_resource(max_entries=16, ttl=3600, show_spinner=False)
def _deeds(version: int, standing: tuple, organization_id: int, _user: Who) -> tuple[TeamDeeds, ...]:
    return across.deeds_of(_user, organization_id)


def change_of(user: Who, one: InterventionView) -> Change:
    """Before and after of what was done."""
    return _change(cached.version(), cached.standing(user), one.id, one, user)


@st.cache_resource(max_entries=128, show_spinner="Comparing before with after ...")
def _change(version: int, standing: tuple, intervention_id: int, _one: InterventionView, _user: Who) -> Change:
    return change.of(_user, _one)


def drawn(user: Who, one: InterventionView) -> tuple[Drawn, ...]:
    """The maps of the service that it was done on."""
    return _drawn(cached.version(), cached.standing(user), one.id, one, user)


@st.cache_resource(max_entries=128, show_spinner=False)
def _drawn(
    version: int, standing: tuple, intervention_id: int, _one: InterventionView, _user: Who
) -> tuple[Drawn, ...]:
    return change.drawn(_user, _one)
