"""Home: for a new install three ways to begin; afterwards the services and what each needs next."""

import streamlit as st

from data.access import Action
from pages.ui import begin, cached, demo, live, progress, services
from pages.ui.guard import require

user = require(Action.VIEW)

seen = cached.services(cached.version(), user)
own = [one for one in seen if not one.is_demo]
shown_as_demo = [one for one in seen if one.is_demo]
live.lists(user)

if note := st.session_state.pop("home_note", None):
    st.toast(note)

if seen:
    st.title("Home", anchor=False)
else:
    st.title("See how your team delivers", anchor=False)
    st.text("From a git clone to the five delivery metrics, with the evidence behind each number. No token needed.")

progress.jobs_area(user)

if own:
    st.header("Your services", anchor=False)
    services.show(user, own, "home_own")
if shown_as_demo:
    demo.label(user, True)
    st.header("Demo organisation", anchor=False)
    services.show(user, shown_as_demo, "home_demo")

begin.ways(user, fresh=not own, with_demo=not shown_as_demo)
