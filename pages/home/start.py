"""Home: for a new install the ways to begin; afterwards the services and what each needs next."""

import streamlit as st

from data import backlog
from data.access import Action
from pages.ui import begin, cached, demo, entrance, first_hour, learn_resume, live, progress, services, syncs, undecided
from pages.ui.content_unread import left_out
from pages.ui.guard import require, somewhere

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

# Each part has its place, so that a form further down stays what it is while something appears above it.
work, mine, invented, more = (st.container() for _ in range(4))
unread = backlog.first_readings(user)
with work:
    progress.jobs_area(user)
    syncs.summary(user, unread)
    with left_out(user, "the way to what you were reading and to your first hour"):
        learn_resume.go_on(user)
        if seen:
            first_hour.invite(user)
if own:
    with mine:
        st.header("Your services", anchor=False)
        if len(waiting := undecided.of(own)) > 1:
            undecided.section(user, waiting, "home")
        services.show(user, own, "home_own", unread.services)
if shown_as_demo:
    with invented:
        demo.label(user, True)
        st.header("Demo organisation", anchor=False)
        services.show(user, shown_as_demo, "home_demo")
if not own and not somewhere(user, Action.ADD_SOURCE):
    with mine:
        begin.nothing_of_own(user)
with more:
    begin.ways(user, fresh=not own, with_demo=not shown_as_demo)
    entrance.quick_check()
