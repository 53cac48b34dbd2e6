"""Practices: where a team stands, capability by capability, in three lanes that are never averaged."""

import streamlit as st

from data.access import Action, Subject, may
from pages.ui import (
    cached,
    demo,
    live,
    pick,
    practice_head,
    practice_marks,
    practice_one,
    practice_overview,
    practice_take,
    practice_tools,
)
from pages.ui.guard import require

user = require(Action.VIEW)

demo.leave_when_removed()
head = st.container(horizontal=True, vertical_alignment="bottom", gap="medium")
head.title("Practices", anchor=False)
team = pick.team(user, head, with_services=False)
demo.label(user, team.is_demo)
if note := st.session_state.pop(practice_marks.NOTE, None):
    st.toast(note)

found = cached.team_standing(cached.version(), user, team.id)
live.value(user, found.pulse, lambda: cached.team_standing(cached.version(), user, team.id).pulse)
plans = may(user, Action.PLAN, Subject(team.organization_id, team.id, team.is_demo))

if st.query_params.get("capability") in found.standings:
    practice_one.show(user, team, found, found.standings[st.query_params["capability"]], plans)
    st.stop()
if st.query_params.pop("capability", None):
    st.warning("The capability of this link is not in the model any more.")
practice_head.no_services(found)
practice_head.lanes(user, team, found)
practice_take.row(user, team, found, plans)
practice_overview.summary(found)
shown = practice_overview.chosen(found) if found.snapshot.seen else practice_overview.ALL
practice_overview.areas(found, shown)
practice_marks.all_marks(user, found, plans)
practice_tools.section(user, team, found)
