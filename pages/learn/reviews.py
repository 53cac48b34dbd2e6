"""Reviews: what waits for a person's judgement, with the rubric before them."""

import streamlit as st

from data.access import Action
from pages.ui import cached, cached_learning, demo, live, review_queue
from pages.ui.guard import require
from pages.ui.review_give import NOTE

user = require(Action.VIEW_PROOFS)

demo.leave_when_removed()
st.title("Reviews", anchor=False)
if note := st.session_state.pop(NOTE, None):
    st.toast(note)
found = cached_learning.queue(cached.version(), user)
live.value(user, found, lambda: cached_learning.queue(cached.version(), user))
review_queue.section(user, found)
