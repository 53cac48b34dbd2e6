"""Pain points of a team: what costs it time, the most expensive first, with the reason for each place."""

import streamlit as st

from data.access import Action, Subject, may
from data.asked import pains
from pages.ui import demo, live, pain_form, pain_goals, pain_list, pain_pairs, pick
from pages.ui.guard import require

user = require(Action.VIEW)

demo.leave_when_removed()
head = st.container(horizontal=True, vertical_alignment="bottom", gap="medium")
head.title("Pain points", anchor=False)
team = pick.team(user, head, with_services=False)
demo.label(user, team.is_demo)
if note := st.session_state.pop("pains_note", None):
    st.toast(note)

found = pains.listed(user, team.id)
live.value(user, found, lambda: pains.listed(user, team.id))
subject = Subject(team.organization_id, team.id, team.is_demo)
says, leads = may(user, Action.SAY, subject), may(user, Action.ASK, subject)

if not found.open and not found.solved:
    pain_list.nothing(team.id, says)
else:
    st.text(
        "What costs the team time: hours a week × people × how well that is supported. The most expensive is first."
    )
if says:
    pain_form.button(user, team.id, found)
pain_pairs.proposed(user, found)
pain_list.chart(found)
pain_list.ranked(user, found, says, leads, pain_goals.working(user, team))
pain_list.solved(user, found, says)
