"""What a consensus came to: agreed by those in the room, so without means, intervals and limits of number."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from assessments.surveys import consensus as votes
from assessments.surveys.questionnaire import CHOICE, Item, Questionnaire
from data.asked.waves import WaveView
from pages.ui.registry import BY_PATH, page_file
from pages.ui.text import count, plain


def ended(wave: WaveView) -> None:
    """A session that is over, on the page of whoever led it."""
    if wave.state == "cancelled":
        st.text("This session was cancelled: it has no result.")
        return
    st.text("This session has ended, and its links open nothing any more.")
    if "survey" in BY_PATH:
        query = {"wave": str(wave.id)}
        st.page_link(
            page_file("survey"), label="See what you agreed", icon=":material/arrow_forward:", query_params=query
        )


def show(asked: Questionnaire, found: Mapping[str, Any]) -> None:
    """found: the `answers` of the assessment of a consensus, see `data.asked.snapshots`."""
    agreed, parted = found["agreed"], found["parted"]
    items = votes.items(asked)
    with st.container(horizontal=True, gap="medium"):
        st.metric("Agreed", f"{len(agreed)} of {len(items)}", border=True)
        st.metric("Took part", f"{found['took_part']} of {found['asked']}", border=True)
        st.metric("No agreement yet", len(parted), border=True)
    st.caption(
        "Agreed together after a private vote. This is what the group says as a whole, no mean: so there is no "
        "interval, and nobody's vote is kept."
    )
    for block in asked.blocks:
        own = [item for item in block.items if item.key in agreed or item.key in parted]
        if own:
            st.subheader(plain(block.title), anchor=False)
        for item in own:
            with st.container(border=True, gap="xsmall"):
                _one(item, agreed.get(item.key), parted.get(item.key))
    left = [item for item in items if item.key not in agreed and item.key not in parted]
    if left:
        with st.expander(f"Not talked about ({len(left)})"):
            st.markdown("\n".join(f"- {plain(item.text)}" for item in left))


def _one(item: Item, agreed: Mapping[str, Any] | None, parted: Mapping[str, Any] | None) -> None:
    st.markdown(plain(item.text))
    kept = agreed or parted
    if agreed is None:
        st.badge("No agreement yet", color="orange")
    else:
        with st.container(horizontal=True, gap="small", vertical_alignment="center"):
            value = agreed["answer"].get("value")
            if value is not None and item.kind == CHOICE:
                place = f"Level {value}" if item.capability else f"{value + 1} of {len(item.options)}"
                st.badge(place, color="green" if item.capability else "gray")
            st.markdown(f"**{plain(votes.words(item, agreed['answer']))}**", width="content")
    if kept["note"]:
        st.text(kept["note"])
    if kept["ballots"] > 1:
        st.caption(f"After {count(kept['ballots'], 'vote')} of {count(kept['voted'], 'person', 'people')}.")
