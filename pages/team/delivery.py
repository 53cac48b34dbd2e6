"""Delivery of one service: five metrics, each open down to the rows; stages; failures and the team's corrections."""

import streamlit as st

from data.access import Action
from pages.ui import demo, evidence, failures, heading, judged, live, metric_cards, pick, stages, window
from pages.ui.guard import require

user = require(Action.VIEW)

demo.leave_when_removed()
head = st.container(horizontal=True, vertical_alignment="bottom", gap="medium")
head.title("Delivery", anchor=False)
service = pick.service(user, head)
live.service(user, service)
environment = pick.environment(service, head)
weeks = pick.weeks(head)
demo.label(user, service.is_demo, demo.story(service))
heading.stop_unless_judged(user, service)

shown = window.of(service, weeks, environment)
heading.rule_and_window(user, shown)
summary = judged.summary(shown)
heading.longer_window(summary, weeks)
metric_cards.cards(summary, service.settings)

st.header("Evidence", anchor=False)
evidence.tabs(user, shown, summary)

st.header("Stages of lead time", anchor=False)
stages.section(shown, summary)

st.header("Failures and corrections", anchor=False)
failures.section(user, shown)
