"""What a team agrees on: the form for whoever leads a consensus."""

import streamlit as st

from assessments.surveys import consensus as votes
from assessments.surveys.answers import DONT_KNOW, NOT_APPLICABLE
from assessments.surveys.consensus import Spread
from assessments.surveys.questionnaire import CHOICE, Item
from data.asked import consensus
from data.asked.consensus import LONGEST_NOTE, Place, Room
from data.people import Who
from pages.ui.consensus_acts import run
from pages.ui.text import plain

SAID = {DONT_KNOW: "Don't know", NOT_APPLICABLE: "Not applicable"}


def form(user: Who, room: Room, place: Place) -> None:
    """What the team agrees on. The keys are those of the ballot, so that nothing chosen before stays chosen."""
    key = f"consensus_{place.item.key}_{place.ballot}"
    given = place.agreed or _only(place.item, room.spread)
    with st.form(f"{key}_form", border=False):
        options = [*(range(len(place.item.options)) if place.item.kind == CHOICE else ["value"]), *SAID]
        chosen = None if given is None else given.get("said", given.get("value") if place.item.options else "value")
        st.radio(
            "You agree on",
            options,
            index=options.index(chosen) if chosen in options else None,
            format_func=lambda one: SAID.get(one) or (_text(place.item, one)),
            key=f"{key}_value",
        )
        if place.item.kind != CHOICE:
            start = None if given is None else given.get("value")
            shape = {"min_value": 0.0, "max_value": 100.0, "step": 1.0, "format": "%g"}
            st.number_input("Of 100", value=None if start is None else float(start), key=f"{key}_number", **shape)
        st.text_area(
            "Note (shown in the result)", value=place.note, max_chars=LONGEST_NOTE, key=f"{key}_note", height=80,
            placeholder="Why, what you have seen, what is still open. No names of people.",
        )  # fmt: skip
        with st.container(horizontal=True):
            args = (user, room.wave.id, room.step, place.item, key)
            st.form_submit_button("Agree on this", type="primary", on_click=_agree, args=args, key=f"{key}_agree")
            st.form_submit_button("No agreement yet", on_click=_part, args=args, key=f"{key}_part")


def _text(item: Item, one: int | str) -> str:
    return "A number" if one == "value" else plain(item.options[one].text)


def _only(item: Item, spread: Spread | None) -> dict | None:
    """What all voted, where all voted the same."""
    if spread is None or not spread.unanimous:
        return None
    if spread.kind == votes.SAME:
        return {"value": int(spread.low) if item.kind == CHOICE else spread.low}
    return {"said": DONT_KNOW if spread.dont_know else NOT_APPLICABLE}


def _agree(user: Who, wave_id: int, step: str, item: Item, key: str) -> None:
    chosen = st.session_state[f"{key}_value"]
    value = st.session_state.get(f"{key}_number") if chosen == "value" else chosen
    if value is None:
        st.toast("Choose what you agree on first.", icon=":material/info:")
        return
    answer = {"said": value} if value in SAID else {"value": value}
    run(lambda: consensus.agree(user, wave_id, step, answer, st.session_state[f"{key}_note"] or ""))


def _part(user: Who, wave_id: int, step: str, item: Item, key: str) -> None:
    run(lambda: consensus.part(user, wave_id, step, st.session_state[f"{key}_note"] or ""))
