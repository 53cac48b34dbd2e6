"""What a team did, each with its verdict. Working one out takes up to seconds, so those that are not kept are worked
out one after another, with progress, once everything else stands on the page."""

from collections.abc import Sequence

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from data.improving import verdicts
from data.improving.interventions import InterventionView
from data.improving.verdicts import Question, Verdict
from data.learning import watched
from data.people import Who
from pages.ui import cached_plans, outcome_ahead, outcome_chart, outcome_form, outcome_words, paging
from pages.ui.addresses import page_at
from pages.ui.text import plain

PAGE = 8


def nothing(team_id: int, plans: bool) -> None:
    """Before anything was noted."""
    with st.container(border=True):
        st.subheader("Nothing has been noted yet", anchor=False)
        st.text(
            "Note what the team does to get better: a learning track, a proof of concept, a migration, another way of "
            "working. Name the metric that should move by it, and what must not get worse. Some weeks after it is "
            "finished this page says whether it moved, did not, or that it cannot be told and what is missing."
        )
        if not plans:
            st.caption("Whoever leads the team notes it.")
        query = {"team": str(team_id)}
        st.page_link(page_at("plan"), label="Plan", icon=":material/arrow_forward:", query_params=query)


def section(user: Who, views: Sequence[InterventionView], plans: bool) -> None:
    """The cards, the newest first."""
    shown = paging.part(
        views, "outcomes", "Find one", ("entry", "entries"), lambda one: f"{one.said.title} {one.service}", PAGE
    )
    asked = cached_plans.questions(tuple(shown))
    proofs = watched.of_team(user, shown[0].team_id) if shown else {}
    bar = st.empty()
    cold = {each.one.id for each in asked if each.takes_long and verdicts.kept(each) is None}
    first = next((each.one.id for each in asked if each.ripe), None)
    waiting = []
    for question in asked:
        slot = st.container(border=True, gap="small", key=f"outcome_{question.one.id}")
        title = slot.empty()
        if question.one.id in cold:
            _title(title, question, None)
            waiting.append((question, slot, title))
        else:
            _card(user, question, slot, title, plans, question.one.id == first, proofs.get(question.one.id))
    waiting.sort(key=lambda each: each[0].state != verdicts.JUDGED)  # verdicts first
    for place, (question, slot, title) in enumerate(waiting):
        bar.progress(place / len(waiting), text=_progress(place, len(waiting), question))
        verdicts.answer(question)
        _card(user, question, slot, title, plans, question.one.id == first, proofs.get(question.one.id))
    if waiting:
        bar.empty()


def _progress(place: int, number: int, question: Question) -> str:
    return plain(f"Working out {place + 1} of {number}: {question.one.said.title}")


def _title(place: DeltaGenerator, question: Question, verdict: Verdict | None) -> None:
    words, colour = outcome_words.badge(question, verdict)
    place.markdown(f"**{plain(question.one.said.title)}** :{colour}-badge[{words}]")


def _card(
    user: Who, question: Question, slot: DeltaGenerator, title: DeltaGenerator, plans: bool, opened: bool,
    proof: int | None,
) -> None:  # fmt: skip
    found = verdicts.kept(question) if question.takes_long else None
    verdict = found if isinstance(found, Verdict) else None
    _title(title, question, verdict)
    with slot:
        st.caption(" · ".join(plain(each) for each in outcome_words.facts(question)))
        if verdict is None:
            st.text(outcome_words.without(question))
            outcome_ahead.lines(found or ())
        else:
            _verdict(question, verdict)
        if others := outcome_words.beside(question):
            st.markdown(f":material/warning: {plain(others)}")
        if question.one.said.note:
            st.caption(plain(question.one.said.note))
        if question.weeks is not None:
            _weeks(question, opened)
        if proof is not None:
            query = {"attempt": str(proof)}
            st.page_link(page_at("proof"), label="Proof of concept", icon=":material/science:", query_params=query)
        if plans:
            _doing(user, question.one, question.state)


def _verdict(question: Question, found: Verdict) -> None:
    metric, outcome = question.one.metric, found.outcome
    if outcome.change is not None:
        st.markdown(plain(outcome_words.finding(metric, outcome)) + ".")
    if outcome.before is not None and outcome.after is not None:
        st.markdown(plain(outcome_words.levels(metric, outcome)))
    for line in outcome.missing:
        st.markdown(f"- {plain(line)}")
    st.markdown(plain(outcome_words.paid(question, found)))


def _weeks(question: Question, opened: bool) -> None:
    """The pictures; drawn only while they are open."""
    key = f"outcome_weeks_{question.one.id}"
    box = st.expander("The weeks", expanded=opened, key=key, on_change="rerun", icon=":material/show_chart:")
    if box.open:
        with box:
            outcome_chart.weeks(question)
            if question.counter is not None:
                outcome_chart.weeks(question, counter=True)


def _doing(user: Who, one: InterventionView, state: str) -> None:
    begun = state != verdicts.PLANNED and one.said.finished_at is None
    with st.container(horizontal=True, gap="small"):
        if begun and st.button("Finish", key=f"outcome_{one.id}_finish"):
            outcome_form.finish(user, one)
        if st.button("Edit", key=f"outcome_{one.id}_edit", type="tertiary"):
            outcome_form.edit(user, one)
        if st.button("Remove", key=f"outcome_{one.id}_remove", type="tertiary"):
            outcome_form.remove(user, one)
