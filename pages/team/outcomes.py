"""Did it work? What a team did, and whether its metric moved, beside trend, season and what must not get worse."""

import streamlit as st

from data.access import Action, Subject, may
from data.improving import interventions
from pages.ui import demo, live, outcome_ahead, outcome_form, outcome_list, pick
from pages.ui.guard import require

user = require(Action.VIEW)

demo.leave_when_removed()
head = st.container(horizontal=True, vertical_alignment="bottom", gap="medium")
head.title("Did it work?", anchor=False)
team = pick.team(user, head, with_services=False)
demo.label(user, team.is_demo)
if note := st.session_state.pop("outcomes_note", None):
    st.toast(note)

views = interventions.listed(user, team.id)
live.value(user, views, lambda: interventions.listed(user, team.id))
plans = may(user, Action.PLAN, Subject(team.organization_id, team.id, team.is_demo))

if not views:
    outcome_list.nothing(team.id, plans)
else:
    st.text(
        "Each metric is held against the same team's weeks before, with trend and season taken into account. Chance "
        "alone is called a change in at most 5 of 100 cases."
    )
if plans and st.button("Add what you do or did", key="outcome_add", type="primary", icon=":material/add:"):
    outcome_form.add(user, team.id)
outcome_list.section(user, views, plans)
outcome_ahead.section(user, team.id)
