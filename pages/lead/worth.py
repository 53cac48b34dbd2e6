"""What it is worth: ranges of what changes bring and cost, each input measured or assumed, what decides the result."""

import streamlit as st

from data.access import Action
from pages.ui import demo, states, worth_charts, worth_exports, worth_head, worth_inputs, worth_pick
from pages.ui.addresses import page_at
from pages.ui.guard import require

user = require(Action.LEAD)

demo.leave_when_removed()
head = st.container(horizontal=True, vertical_alignment="bottom", gap="medium")
head.title("What it is worth", anchor=False)
place, view = worth_pick.choose(user, head)
demo.label(user, place.is_demo)
if note := st.session_state.pop("worth_note", None):
    st.toast(note)
if view.worth is None:
    states.empty(
        "Nothing is measured yet",
        "What changes are worth is the difference to today, so today has to be known first: connect a source to a "
        "service and say what counts as production.",
        "Sources",
        page_at("sources"),
    )
else:
    worth_head.told(view)
    worth_charts.months(view.worth)
    worth_charts.decides(view.worth)
worth_inputs.section(user, view)
if view.worth is not None:
    worth_exports.section(view)
