"""Reads of what teams learn, shared as those of `cached` are, for the same reasons."""

import streamlit as st

from data.learning import funnel, reviews
from data.learning.funnel import Funnel, TrackStanding
from data.learning.reviews import ReviewItem
from data.people import Who
from pages.ui import cached


def queue(version: int, user: Who) -> tuple[ReviewItem, ...]:
    """What waits for a review by this person; nobody else shares it."""
    return _queue(version, cached.standing(user), user.id, user)


@st.cache_resource(max_entries=64, show_spinner=False)
def _queue(version: int, standing: tuple, person: int, _user: Who) -> tuple[ReviewItem, ...]:
    return reviews.queue(_user)


def funnel_of(version: int, user: Who, organization_id: int) -> Funnel:
    """How far teams come; what ends with time does so within a minute. Raises Forbidden."""
    return _funnel(version, cached.standing(user), user.id, organization_id, user)


@st.cache_resource(max_entries=32, ttl=60, show_spinner=False)
def _funnel(version: int, standing: tuple, person: int, organization_id: int, _user: Who) -> Funnel:
    return funnel.of(_user, organization_id)


def forget_funnels() -> None:
    """After metrics were judged, which changes no row."""
    _funnel.clear()


def of_team(version: int, user: Who, team_id: int) -> tuple[TrackStanding, ...]:
    """What a team learns; what ends with time does so within a minute. Raises Forbidden."""
    return _of_team(version, cached.standing(user), user.id, team_id, user)


@st.cache_resource(max_entries=64, ttl=60, show_spinner=False)
def _of_team(version: int, standing: tuple, person: int, team_id: int, _user: Who) -> tuple[TrackStanding, ...]:
    return funnel.of_team(_user, team_id)
