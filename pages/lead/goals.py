"""Goals of all teams: outcome and counter-metric, owner, next check, trend to the target."""

import streamlit as st

from data.access import Action
from pages.ui import cached_goals, demo, lead_goals, lead_goals_head, lead_goals_pick, lead_progress_pick, live
from pages.ui.guard import require

user = require(Action.LEAD)

demo.leave_when_removed()
head = st.container(horizontal=True, vertical_alignment="bottom", gap="medium")
head.title("Goals", anchor=False)
organization = lead_progress_pick.organization(user, head)
demo.label(user, organization.is_demo)
teams = cached_goals.goals(user, organization.id)
live.value(user, teams, lambda: cached_goals.goals(user, organization.id))

if not any(each.goals for each in teams):
    lead_goals_head.nothing()
else:
    lead_goals_head.section(teams)
    lead_goals.section(lead_goals_pick.chosen(teams))
