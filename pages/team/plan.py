"""The plan of a team: what to learn next within the hours there are, small steps, goals; each line gives its reason."""

import streamlit as st

from data.access import Action, Subject, may
from pages.ui import demo, goal_list, live, pick, plan_active, plan_hours, plan_proofs, plan_steps, plan_tracks
from pages.ui.guard import require

user = require(Action.VIEW)

demo.leave_when_removed()
head = st.container(horizontal=True, vertical_alignment="bottom", gap="medium")
head.title("Plan", anchor=False)
team = pick.team(user, head, with_services=False)
hours = plan_hours.choose(head)
demo.label(user, team.is_demo)
if note := st.session_state.pop("plan_note", None):
    st.toast(note)

found = plan_tracks.read(user, team.id, hours)
live.value(user, plan_tracks.shown(found), lambda: plan_tracks.shown(plan_tracks.read(user, team.id, hours)))
plans = may(user, Action.PLAN, Subject(team.organization_id, team.id, team.is_demo))

if not plans and not team.is_demo:
    st.caption("Whoever leads the team chooses tracks and sets goals; what you see here is what they see.")
lines = plan_proofs.read(user, team.id) if found.choices else {}
plan_active.section(user, found, plans, lines)
if found.known:
    plan_tracks.recommended(user, team.id, found, hours, plans)
    plan_steps.next_ones(user, found, plans)
else:
    plan_steps.nothing_known(team.id)
goal_list.section(user, team.id, found, plans)
plan_steps.find_out(found)
plan_active.ended(user, found, plans, lines)
