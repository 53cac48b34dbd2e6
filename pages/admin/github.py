"""Reading from GitHub: connect once, choose repositories, see what it takes, start; then how far each is."""

import streamlit as st

from data import backlog, connections
from data.access import Action
from pages.ui import cached, connection_cards, github_steps, syncs
from pages.ui.guard import require

user = require(Action.ADD_SOURCE)

st.title("Add from GitHub", anchor=False)
if note := st.session_state.pop("github_note", None):
    st.toast(note)

found = connections.listed(user)
unread = backlog.first_readings(user)
github_steps.go_on(cached.services(cached.version(), user))

progress, steps = st.container(), st.container()
if unread.sources:
    with progress:
        st.header("Being read", anchor=False)
        syncs.each(user, unread)
with steps:
    adding, connected = st.tabs(
        ["Add repositories", f"Connections ({len(found)})"], key="github_tab", on_change="rerun"
    )
if adding.open:
    with adding:
        github_steps.guide(user, found, cached.teams(cached.version(), user))
if connected.open:
    with connected:
        connection_cards.show(user, found)
        github_steps.another(user, found)
