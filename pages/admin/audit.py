"""Who saw or changed what, and when."""

import streamlit as st

from data import people
from data.access import Action
from pages.ui import audit_log
from pages.ui.guard import require

user = require(Action.ADMINISTER)
organization_id = people.home_organization(user)

st.title("Audit log", anchor=False)
st.text(
    "Who saw or changed what. A line is written together with the change and never edited. What people answer in "
    "surveys, and when, is never in it."
)
wanted = audit_log.filters(user, organization_id)
audit_log.show(user, organization_id, wanted)
