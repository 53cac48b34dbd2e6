"""Delivery of one service: five metrics, each open down to the rows; stages; failures and the team's corrections."""

import streamlit as st

from data import queries
from data.access import Action
from pages.ui import cached, demo, evidence, failures, heading, metric_cards, pick, stages
from pages.ui.guard import require

user = require(Action.VIEW)

demo.leave_when_removed()
with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
    st.title("Delivery", anchor=False)
    service = pick.service(user)
    weeks = pick.weeks()
demo.label(user, service.is_demo)
heading.stop_unless_judged(service)

start, end = queries.window(service, weeks)
heading.rule_and_window(user, service, start, end)
version = cached.version()
summary = cached.summary(version, service.id, start, end)
heading.longer_window(summary, weeks)
metric_cards.cards(summary, service.settings)

st.header("Evidence", anchor=False)
evidence.tabs(user, service, summary, version)

st.header("Stages of lead time", anchor=False)
stages.section(summary, service.id, version)

st.header("Failures and corrections", anchor=False)
failures.section(user, service, summary, version)
