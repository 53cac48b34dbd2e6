"""How long data is kept, deleting a person, backups."""

import streamlit as st

from data import people
from data.access import Action
from pages.ui import keeping_backups, keeping_person, keeping_rules, progress
from pages.ui.guard import require

user = require(Action.ADMINISTER)
organization_id = people.home_organization(user)

st.title("Keeping and deleting", anchor=False)
if note := st.session_state.pop(keeping_rules.NOTE, None):
    st.toast(note)
progress.jobs_area(user)

backups, rules, person = st.tabs(["Backups", "How long", "Delete a person"], key="keeping_tab", on_change="rerun")
if backups.open:
    with backups:
        keeping_backups.show(user)
if rules.open:
    with rules:
        keeping_rules.show(user, organization_id)
if person.open:
    with person:
        keeping_person.show(user, organization_id)
