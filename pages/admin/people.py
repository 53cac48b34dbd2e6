"""People: who is here, their roles and where these come from; give and take roles, switch off, end sessions."""

import streamlit as st

from data import openid, people, roles
from data.access import Action
from pages.ui import paging, people_admin
from pages.ui.guard import require
from pages.ui.text import count

user = require(Action.ADMINISTER)
organization_id = people.home_organization(user)

st.title("People", anchor=False)
if note := st.session_state.pop("people_note", None):
    st.toast(note)

found = roles.listed(user, organization_id)
if not openid.is_shared():
    with st.container(border=True):
        st.subheader("Nobody signs in here yet", anchor=False)
        st.text(
            "Milepost answers on this computer only, and whoever can open a page is its administrator. To let others "
            "in with roles of their own, connect an OpenID Connect provider: docs/sign-in.md says how."
        )
else:
    without = sum(1 for one in found if one.is_active and not one.roles)
    st.text("Whoever signs in appears here. Roles come from groups of your provider, or are given by hand.")
    if without:
        st.info(f"{count(without, 'person has', 'people have')} signed in and may see nothing yet: give them a role.")

shown = paging.part(
    found,
    "people",
    "Find a person",
    ("person", "people"),
    lambda one: f"{one.name} {one.email or ''}",
    people_admin.LINES,
)
for one in shown:
    people_admin.row(user, organization_id, one)
