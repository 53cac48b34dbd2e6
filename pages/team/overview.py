"""Overview of a team: three sentences on what stands out, one picture, and what is not known."""

import streamlit as st

from data.access import Action
from pages.ui import cached, demo, pick, team_view
from pages.ui.guard import require

user = require(Action.VIEW)

demo.leave_when_removed()
with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
    st.title("Team overview", anchor=False)
    team = pick.team(user)
    weeks = pick.weeks()
demo.label(user, team.is_demo)

version = cached.version()
services = [one for one in cached.services(version, user) if one.team_id == team.id]
found = team_view.read(version, services, weeks)
team_view.sentences(found)
team_view.picture(version, found, weeks)
team_view.unknown(services, found)
