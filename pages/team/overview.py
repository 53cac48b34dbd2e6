"""Overview of a team: three sentences on what stands out, one picture, and what is not known."""

import streamlit as st

from data.access import Action
from pages.ui import cached, demo, live, pick, team_view
from pages.ui.guard import require

user = require(Action.VIEW)

demo.leave_when_removed()
head = st.container(horizontal=True, vertical_alignment="bottom", gap="medium")
head.title("Team overview", anchor=False)
team = pick.team(user, head)
weeks = pick.weeks(head)
demo.label(user, team.is_demo)

services = [one for one in cached.services(cached.version(), user) if one.team_id == team.id]
live.services(user, services, team.id)
found = team_view.read(services, weeks)
team_view.recomputing(services)
team_view.sentences(found)
team_view.picture(found)
team_view.unknown(user, services, found)
