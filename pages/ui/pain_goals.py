"""Pain points and goals, tied both ways: which goal works on one, and the way to set one."""

from collections.abc import Mapping
from dataclasses import dataclass

import streamlit as st

from data.access import Action, Subject, may
from data.asked.pains import PainView
from data.improving import goals
from data.improving.goals import GoalView
from data.people import Who
from data.queries import TeamView
from pages.ui import goal_form
from pages.ui.addresses import page_at
from pages.ui.pain_form import NOTE
from pages.ui.text import plain


@dataclass(frozen=True)
class Working:
    """The open goals by the pain point they came from, and whether this person may set one."""

    goals: Mapping[int, tuple[GoalView, ...]]
    plans: bool


def working(user: Who, team: TeamView) -> Working:
    """Of the team."""
    subject = Subject(team.organization_id, team.id, team.is_demo)
    return Working(goals.by_pain(user, team.id), may(user, Action.PLAN, subject))


def line(user: Who, view: PainView, found: Working) -> None:
    """The goals that work on it, or the way to one."""
    mine = [one for part in view.parts for one in found.goals.get(part.id, ())]
    query = {"team": str(view.team_id)}
    for one in mine:
        label = f"A goal works on it: {plain(one.wanted.title)}"
        st.page_link(page_at("plan"), label=label, icon=":material/flag:", query_params=query)
    if not mine and found.plans and _wants(view):
        goal_form.from_pain(user, view.team_id, view.id, NOTE)


def _wants(view: PainView) -> bool:
    return st.button("Make it a goal", key=f"pain_{view.id}_goal", type="tertiary", icon=":material/flag:")
