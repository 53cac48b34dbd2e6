"""Whether teams get better against themselves, where the constraint lies, what learning moved. No ranking."""

import streamlit as st

from data.access import Action
from pages.ui import (
    demo,
    lead_progress_change,
    lead_progress_heat,
    lead_progress_learning,
    lead_progress_pick,
    lead_progress_spread,
    lead_progress_waiting,
)
from pages.ui.guard import require

user = require(Action.LEAD)

demo.leave_when_removed()
head = st.container(horizontal=True, vertical_alignment="bottom", gap="medium")
head.title("Progress", anchor=False)
organization = lead_progress_pick.organization(user, head)
demo.label(user, organization.is_demo)
view = lead_progress_pick.view(st.container())

match view:
    case "change":
        lead_progress_change.section(user, organization)
    case "spread":
        lead_progress_spread.section(user, organization)
    case "capabilities":
        lead_progress_heat.section(user, organization)
    case "waiting":
        lead_progress_waiting.section(user, organization)
    case "learning":
        lead_progress_learning.section(user, organization)
