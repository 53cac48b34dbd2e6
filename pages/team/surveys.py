"""Surveys of a team: those that are open with who has not answered yet, opening one, and what earlier ones said."""

import streamlit as st

from data.access import Action, Subject, may
from data.asked import closing, waves
from pages.ui import demo, live, pick, survey_import, survey_links, survey_list, survey_open
from pages.ui.guard import require

user = require(Action.VIEW)

demo.leave_when_removed()
head = st.container(horizontal=True, vertical_alignment="bottom", gap="medium")
head.title("Surveys", anchor=False)
team = pick.team(user, head, with_services=False)
demo.label(user, team.is_demo)
if note := st.session_state.pop(survey_list.NOTE, None):
    st.toast(note)

leads = may(user, Action.ASK, Subject(team.organization_id, team.id, team.is_demo))
if leads and survey_open.is_open():
    survey_open.form(user, team)
    st.stop()

closing.close_due()
found = waves.waves(user, team.id)
live.counts(user, found, lambda: waves.waves(user, team.id))
if leads:
    survey_links.shown_once(team.id)
    survey_open.button(found)
if not found:
    survey_list.nothing(team, leads)
survey_list.open_ones(user, [one for one in found if one.state == "open"], leads)
survey_list.closed_ones([one for one in found if one.state != "open"])
survey_import.section(user, team)
