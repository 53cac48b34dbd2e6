"""Teams and services: create, rename, merge, move, limit to paths, delete."""

import streamlit as st

from data.access import Action, Subject, may
from pages.ui import cached, demo, team_admin
from pages.ui.guard import require

user = require(Action.EDIT_SERVICE)

demo.leave_when_removed()
st.title("Teams and services", anchor=False)
if note := st.session_state.pop("teams_note", None):
    st.toast(note)

version = cached.version()
teams, services = cached.teams(version, user), cached.services(version, user)
own = [team for team in teams if not team.is_demo]
managed = sorted(one for one in user.organizations if may(user, Action.MANAGE_TEAMS, Subject(one)))
if managed and st.button("New team", icon=":material/group_add:", type="primary", key="team_new"):
    team_admin.new_team(user, managed[0])
if not own:
    st.text("There is no team yet. Make one here, or begin on Home: adding a clone makes its team too.")
team_admin.listed(user, own, own, services, "teams_own")

if len(own) < len(teams):
    st.header("Demo organisation", anchor=False)
    demo.label(user, True)
    team_admin.listed(user, [team for team in teams if team.is_demo], own, services, "teams_demo")
