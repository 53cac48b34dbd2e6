"""Teams and services: create, rename, merge, move, limit to paths, delete."""

import streamlit as st

from data import queries
from data.access import Action, Subject, may
from pages.ui import demo, team_admin
from pages.ui.guard import require

user = require(Action.EDIT_SERVICE)

demo.leave_when_removed()
st.title("Teams and services", anchor=False)
if note := st.session_state.pop("teams_note", None):
    st.toast(note)

teams, services = queries.teams(user), queries.services(user)
own = [team for team in teams if not team.is_demo]
managed = sorted(one for one in user.organizations if may(user, Action.MANAGE_TEAMS, Subject(one)))
if managed and st.button("New team", icon=":material/group_add:", type="primary", key="team_new"):
    team_admin.new_team(user, managed[0])
if not own:
    st.text("There is no team yet. Make one here, or begin on Home: adding a clone makes its team too.")
for team in own:
    team_admin.team(user, team, own, [one for one in services if one.team_id == team.id])

if len(own) < len(teams):
    demo.label(user, True)
    for team in teams:
        if team.is_demo:
            team_admin.team(user, team, own, [one for one in services if one.team_id == team.id])
