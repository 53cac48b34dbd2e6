"""Access for programs: tokens of the API, webhooks of incident tools, badges."""

import streamlit as st

from data import people
from data.access import Action, Subject, may
from pages.ui import cached, hook_admin, token_admin
from pages.ui.guard import require

user = require(Action.ADD_SOURCE)

st.title("Access for programs", anchor=False)
if note := st.session_state.pop("programs_note", None):
    st.toast(note)

organization_id = people.home_organization(user)
services = [
    one
    for one in cached.services(cached.version(), user)
    if not one.is_demo and may(user, Action.ADD_SOURCE, Subject(one.organization_id, one.team_id))
]

tokens, hooks, badges = st.tabs(["Tokens", "Incident webhooks", "Badges"], key="programs_tab", on_change="rerun")
if tokens.open:
    with tokens:
        token_admin.show(user, organization_id, services)
if hooks.open:
    with hooks:
        hook_admin.hooks_of(user, services)
if badges.open:
    with badges:
        hook_admin.badges_of(user, services)
