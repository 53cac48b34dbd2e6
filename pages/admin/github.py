"""Reading from GitHub: connect once, choose repositories, see what it takes, start; then how far each is."""

import streamlit as st

from data import backlog, connections
from data.access import Action
from pages.ui import cached, connection_cards, github_steps, progress, syncs, undecided
from pages.ui.guard import require

user = require(Action.ADD_SOURCE)

st.title("Add from GitHub", anchor=False)
if note := st.session_state.pop("github_note", None):
    st.toast(note)

found, version = connections.listed(user), cached.version()
work, steps = st.container(), st.container()
with work:
    progress.jobs_area(user, but=("github_list", "github_plan"))
    if st.session_state.get("github_started") or backlog.first_readings(user).sources:
        st.header("Being read", anchor=False)
        syncs.each(user)
    else:
        undecided.section(user, undecided.of(cached.services(version, user)), "github")
with steps:
    adding, connected = st.tabs(
        ["Add repositories", f"Connections ({len(found)})"], key="github_tab", on_change="rerun"
    )
if adding.open:
    with adding:
        github_steps.guide(user, found, cached.teams(version, user))
if connected.open:
    with connected:
        connection_cards.show(user, found)
        github_steps.another(user, found)
