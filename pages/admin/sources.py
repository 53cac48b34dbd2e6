"""Where facts come from: every source with what it brought, jobs with their progress, and the import of files."""

import streamlit as st

from data.access import Action
from pages.ui import cached, demo, import_findings, importing, progress, source_cards
from pages.ui.guard import require

user = require(Action.ADD_SOURCE)

demo.leave_when_removed()
st.title("Sources", anchor=False)
if note := st.session_state.pop("sources_note", None):
    st.toast(note)
progress.jobs_area(user)

version = cached.version()
services = cached.services(version, user)
wanted = st.query_params.get("service", "")
chosen = next((one for one in services if str(one.id) == wanted), None)

names = ["Connected", "Import files", "Import findings", "Past jobs"]
listed, files, findings, past = st.tabs(names, key="sources_tab", on_change="rerun")
if listed.open:
    with listed:
        source_cards.show(user, cached.sources(version, user), chosen)
if files.open:
    with files:
        importing.form(user, [one for one in services if not one.is_demo], chosen)
if findings.open:
    with findings:
        import_findings.form(user, [one for one in services if not one.is_demo], chosen)
if past.open:
    with past:
        progress.past(user)
