"""Reads of plans, goals and what was done, shared as those of `cached` are, for the same reasons."""

from datetime import UTC, datetime

import streamlit as st

from data.improving import goals, plans, verdicts
from data.improving.goals import GoalView, Stand
from data.improving.interventions import InterventionView
from data.improving.plans import TeamPlan
from data.improving.verdicts import Question
from data.people import Who
from pages.ui import cached


def plan(version: int, user: Who, team_id: int, hours: int) -> TeamPlan:
    """The plan of a team that this person may see; what ends or opens with time does so within a minute."""
    return _plan(version, cached.standing(user), team_id, hours, user)


@st.cache_resource(max_entries=32, ttl=60, show_spinner=False)
def _plan(version: int, standing: tuple, team_id: int, hours: int, _user: Who) -> TeamPlan:
    return plans.of_team(_user, team_id, hours, standing=cached.team_standing(version, _user, team_id))


def stands(some: tuple[GoalView, ...]) -> dict[int, Stand]:
    """Where goals stand that this person may see."""
    return _stands(cached.version(), _hour(), tuple(one.id for one in some), some)


@st.cache_resource(max_entries=64, show_spinner=False)
def _stands(version: int, hour: str, ids: tuple[int, ...], _some: tuple[GoalView, ...]) -> dict[int, Stand]:
    return goals.stands(_some)


def questions(some: tuple[InterventionView, ...]) -> list[Question]:
    """What is asked of things that were done, which this person may see."""
    return _questions(cached.version(), _hour(), some)


@st.cache_resource(max_entries=64, show_spinner=False)
def _questions(version: int, hour: str, some: tuple[InterventionView, ...]) -> list[Question]:
    return verdicts.questions(some)


def _hour() -> str:
    return f"{datetime.now(UTC):%Y%m%d%H}"
