"""Saying what is assumed, or taking what was measured after a change that was made here."""

import streamlit as st

from assessments import worth_words as words
from assessments.worth import Quantity
from data.improving import worth
from data.improving.worth import PROPOSED, Place, Stated, WorthView
from data.people import Who
from pages.ui.asking import asked, dialog
from pages.ui.text import plain

NOTE = "worth_note"


@dialog("Change an input")
def change(user: Who, place: Place, what: Quantity, stated: Stated) -> None:
    """Both ends and the reason; for how much better it gets also what was measured."""
    key = f"worth_form_{what.key}"
    st.markdown(f"**{plain(what.name)}**")
    st.text(what.about)
    if what.key in worth.TELLING:
        _take(user, place, what, key)
    was = stated.input
    unit = f"% {what.unit}" if what.share else what.unit
    low, high = (None, None) if was is None else (words.typed(what, each) for each in (was.low, was.high))
    least, most = (words.typed(what, each) for each in (what.least, what.most))
    ends = st.columns(2)
    low = ends[0].number_input(f"From ({unit})", least, most, low, key=f"{key}_low", format="%g")
    high = ends[1].number_input(f"To ({unit})", least, most, high, key=f"{key}_high", format="%g")
    st.caption("Choose the ends so that you would be surprised if the truth lay outside.")
    kept = "" if stated.origin == PROPOSED else stated.note
    note = st.text_input("Why?", kept, key=f"{key}_note", max_chars=worth.LONGEST_NOTE, placeholder="Who said it, when")
    with st.container(horizontal=True):
        if st.button("Save", key=f"{key}_save", type="primary"):
            asked(lambda: _state(user, place, what, low, high, note), "Saved.", NOTE)
        if stated.set_at is not None and st.button("Back to the proposal", key=f"{key}_forget"):
            asked(lambda: worth.forget(user, place.id, what.key), "It is as proposed again.", NOTE)


def currency(user: Who, view: WorthView) -> None:
    """The name of the money that is meant."""
    with st.form("worth_currency", border=False), st.container(horizontal=True, vertical_alignment="bottom"):
        name = st.text_input(
            "Currency", view.currency, max_chars=worth.LONGEST_CURRENCY, width=140, placeholder="EUR",
            key="worth_currency_name",
        )  # fmt: skip
        pressed = st.form_submit_button("Save", key="worth_currency_save")
    if pressed:
        asked(lambda: worth.state_currency(user, view.place.id, name or ""), "Saved.", NOTE)


def _state(user: Who, place: Place, what: Quantity, low: float | None, high: float | None, note: str) -> None:
    ends = (None if each is None else words.kept(what, each) for each in (low, high))
    worth.state(user, place.id, what.key, *ends, note)


def _take(user: Who, place: Place, what: Quantity, key: str) -> None:
    """What was done here whose metric tells of it."""
    some = {each.id: each for each in worth.takeable(user, place.id, what.key)}
    if not some:
        st.caption("Nothing that was finished here tells of it yet: note what you change under Did it work?")
        return
    names = {number: f"{each.said.title} ({each.metric.name} of {each.service})" for number, each in some.items()}
    chosen = st.selectbox("Measured after", list(names), None, format_func=names.get, key=f"{key}_of",
                          placeholder="Choose what was done")  # fmt: skip
    if chosen is not None and st.button("Take what was measured", key=f"{key}_take"):
        with st.spinner("Working out how much it changed ..."):
            asked(lambda: worth.take(user, place.id, what.key, chosen), "Taken from what was measured.", NOTE)
    st.caption("Or say what you expect:")
