"""What was done, how its deployments went before and after, and whether the metric it was for has moved."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from data import store
from data.improving import verdicts
from data.improving.change import Change, Line
from data.improving.interventions import InterventionView
from data.improving.verdicts import Verdict
from pages.ui import cached_plans, lead_change_words, outcome_ahead, outcome_chart, outcome_words
from pages.ui.text import day, plain

CHANCE = (
    "Judged is the one metric that was named beforehand, against the same team's weeks before, with trend and season "
    "taken into account. Chance alone is called a change in at most 5 of 100 cases."
)


def section(one: InterventionView, found: Change) -> DeltaGenerator:
    """The figures that people ask for first. Returns the place for the verdict, which is known last."""
    (question,) = cached_plans.questions((one,))
    st.header(plain(one.said.title), anchor=False)
    st.caption(" · ".join(plain(each) for each in outcome_words.facts(question)))
    if one.said.note:
        st.markdown(plain(one.said.note))
    if found.why_not:
        st.text(found.why_not)
        return st.empty()
    place = st.empty()
    with st.container(horizontal=True, gap="medium"):
        for line in lead_change_words.leading(found):
            _figure(line)
    st.caption(
        f"Before: {_window(found.before)}. After: {_window(found.after)}, once it had settled. In brackets the 95 % "
        "interval."
    )
    return place


def judged(one: InterventionView, place: DeltaGenerator) -> None:
    """The verdict on its metric, at the end, as it takes up to seconds to work out."""
    st.header("Did it work?", anchor=False)
    (question,) = cached_plans.questions((one,))
    found = verdicts.kept(question) if question.takes_long else None
    if question.takes_long and found is None:
        with st.spinner("Working out whether it moved ..."):
            found = verdicts.answer(question)
    if not isinstance(found, Verdict):
        st.text(outcome_words.without(question))
        outcome_ahead.lines(found or ())
        return
    words, colour = outcome_words.badge(question, found)
    place.markdown(f":{colour}-badge[{words}] {plain(outcome_words.finding(one.metric, found.outcome))}")
    st.markdown(plain(found.told))
    st.caption(CHANCE)
    outcome_chart.weeks(question)
    if question.counter is not None:
        outcome_chart.weeks(question, counter=True)


def _figure(line: Line) -> None:
    """One of them on both sides."""
    with st.container(width="content", gap=None):
        st.metric(line.name, lead_change_words.arrow(line), width="content")
        for side, figure in (("Before", line.before), ("After", line.after)):
            st.caption(f"{side}: {plain(lead_change_words.figure(figure))}")


def _window(side) -> str:
    return f"{day(store.from_us(side.start))} to {day(store.from_us(side.end))}"
