"""One change of how work is done, with its maps and metrics before and after, and what else changed."""

import streamlit as st

from data.access import Action
from pages.ui import (
    cached_goals,
    demo,
    lead_change_else,
    lead_change_head,
    lead_change_maps,
    lead_change_metrics,
    lead_change_pick,
    lead_progress_pick,
)
from pages.ui.guard import require

user = require(Action.LEAD)

demo.leave_when_removed()
head = st.container(horizontal=True, vertical_alignment="bottom", gap="medium")
head.title("Before and after", anchor=False)
organization = lead_progress_pick.organization(user, head)
demo.label(user, organization.is_demo)
chosen = lead_change_pick.chosen(cached_goals.deeds(user, organization.id))
if chosen is None:
    lead_change_pick.nothing()
    st.stop()

found = cached_goals.change_of(user, chosen)
place = lead_change_head.section(chosen, found)
lead_change_metrics.section(found)
lead_change_maps.section(user, chosen)
lead_change_else.section(found)
lead_change_head.judged(chosen, place)
