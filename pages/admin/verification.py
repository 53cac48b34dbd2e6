"""Verification workflows: which reusable workflows of the organisation count as its own word, at which commits."""

import streamlit as st

from data import people
from data.access import Action
from data.learning import trusted
from pages.ui import verification_admin
from pages.ui.guard import require

user = require(Action.ADMINISTER)

st.title("Verification workflows", anchor=False)
if note := st.session_state.pop(verification_admin.NOTE, None):
    st.toast(note)

organization_id = people.home_organization(user)
verification_admin.explain()
verification_admin.add(user, organization_id)
verification_admin.show(user, trusted.listed(user, organization_id))
