"""Learning: what a team learns and tries, what stands still; and for those who lead, how far teams come."""

import streamlit as st

from data.access import Action, Subject, may
from pages.ui import demo, learning_funnel, learning_team, pick
from pages.ui.guard import require

user = require(Action.VIEW)

demo.leave_when_removed()
head = st.container(horizontal=True, vertical_alignment="bottom", gap="medium")
head.title("Learning", anchor=False)
team = pick.team(user, head, with_services=False)
demo.label(user, team.is_demo)

if may(user, Action.VIEW_PROOFS, Subject(team.organization_id, team.id, team.is_demo)):
    learning_team.section(user, team)
learning_funnel.section(user, team)
