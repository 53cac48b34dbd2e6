"""Whose worth one looks at: organization, teams and window, which all stand in the address."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from data.improving import worth
from data.improving.worth import WorthView
from data.leading.organizations import Led
from data.people import Who
from pages.ui import cached, lead_progress_pick

WINDOWS = {str(weeks): f"the last {weeks} weeks" for weeks in worth.WEEKS}


def choose(user: Who, head: DeltaGenerator) -> tuple[Led, WorthView]:
    """The organization and what it is worth to the teams chosen. Ends the page where there is none to look at."""
    place = lead_progress_pick.organization(user, head)
    usual = str(worth.WEEKS[0])
    weeks = int(lead_progress_pick.choose("weeks", "Today is", WINDOWS, usual, head, width=190))
    names = {one.id: one.name for one in cached.teams(cached.version(), user) if one.organization_id == place.id}
    chosen = lead_progress_pick.some(names, head) if len(names) > 1 else frozenset()
    return place, view(user, place.id, tuple(sorted(chosen)), weeks)


def view(user: Who, organization_id: int, team_ids: tuple[int, ...], weeks: int) -> WorthView:
    """What it is worth to these teams, kept until anything in the store changes."""
    return _view(cached.version(), cached.standing(user), organization_id, team_ids, weeks, user)


@st.cache_resource(max_entries=64, show_spinner="Adding up what happened ...")
def _view(
    version: int, standing: tuple, organization_id: int, team_ids: tuple[int, ...], weeks: int, _user: Who
) -> WorthView:
    return worth.view(_user, organization_id, team_ids, weeks)
