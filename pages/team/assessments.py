"""Then and now: two assessments of a team side by side, every change taken apart into its causes."""

import streamlit as st

from data.access import Action
from pages.ui import demo, pick, then_changes, then_pick, then_rests
from pages.ui.addresses import page_at
from pages.ui.guard import require

user = require(Action.VIEW)

demo.leave_when_removed()
head = st.container(horizontal=True, vertical_alignment="bottom", gap="medium")
head.title("Then and now", anchor=False)
team = pick.team(user, head, with_services=False)
demo.label(user, team.is_demo)
query = {"team": str(team.id)}
st.page_link(page_at("practices"), label="Practices", icon=":material/arrow_back:", query_params=query)
before, after = then_pick.two(user, team)
then_changes.section(before, after)
then_rests.section(before, after)
