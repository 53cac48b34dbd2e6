"""Quarterly reports of a team and of the organisation: page, PDF, Markdown, CSV, sent on a schedule."""

import streamlit as st

from data.access import Action
from data.reporting import reports
from pages.ui import demo, report_sent, report_view, states
from pages.ui.addresses import page_at
from pages.ui.guard import require

user = require(Action.VIEW)

demo.leave_when_removed()
head = st.container(horizontal=True, vertical_alignment="bottom", gap="medium")
head.title("Reports", anchor=False)
if note := st.session_state.pop("reports_note", None):
    st.toast(note)
choices = reports.choices(user)
if not choices:
    states.empty(
        "Nothing to report yet",
        "There is no team yet whose report you may read. Begin with a clone, files, or the demo organisation.",
        "Begin on Home",
        page_at(""),
        action=Action.ADD_SOURCE,
    )
    st.stop()
choice = report_view.pick_about(choices, head)
quarter = report_view.pick_quarter(head)
demo.label(user, choice.is_demo)
report_view.shown(user, choice, quarter)
report_sent.section(user, choice, quarter)
