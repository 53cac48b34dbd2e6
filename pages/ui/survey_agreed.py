"""The result of a consensus: what those in the room agreed on, so without means, intervals and limits of number."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from assessments.surveys import consensus
from assessments.surveys.questionnaire import CHOICE, Item
from pages.ui import survey_words
from pages.ui.survey_head import Shown
from pages.ui.text import count, plain


def section(shown: Shown) -> None:
    """One section a block; nothing for a survey."""
    told = shown.view.answers
    if "agreed" not in told:
        return
    agreed, parted = told["agreed"], told["parted"]
    items = consensus.items(shown.view.asked)
    with st.grid(3, min_column_width=150):
        _card("Agreed", f"{len(agreed)} of {len(items)}", "questions with one value for the whole team")
        _card("No agreement yet", str(len(parted)), "questions to come back to")
        _card("Took part", f"{told['took_part']} of {told['asked']}", "at most, in one vote; who they were is not kept")
    st.text(
        "Voted on in private, revealed together, talked through. This is what the team says as a whole and no mean: "
        "there is no interval, and no vote is kept."
    )
    for block in shown.view.asked.blocks:
        own = [item for item in block.items if item.key in agreed or item.key in parted]
        if own:
            st.header(plain(block.title), anchor=False)
        for item in own:
            with st.container(border=True, gap="xsmall"):
                _one(item, agreed.get(item.key), parted.get(item.key))
    left = [item for item in items if item.key not in agreed and item.key not in parted]
    if left:
        with st.expander(f"Not talked about ({len(left)})"):
            st.markdown("\n".join(f"- {plain(survey_words.name(item))}" for item in left))


def _one(item: Item, agreed: Mapping[str, Any] | None, parted: Mapping[str, Any] | None) -> None:
    kept = agreed or parted
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        st.markdown(f"**{plain(survey_words.name(item))}**", width="content")
        value = agreed["answer"].get("value") if agreed else None
        if not agreed:
            st.badge("No agreement yet", color="orange")
        elif value is not None and item.kind == CHOICE:
            st.badge(f"Level {value}" if item.capability else f"{value + 1} of {len(item.options)}", color="blue")
    if agreed:
        st.markdown(plain(consensus.words(item, agreed["answer"])))
    if kept["note"]:
        st.text(kept["note"])
    st.caption(
        f"{count(kept['voted'], 'person', 'people')} voted"
        + (f", {count(kept['ballots'], 'time')}." if kept["ballots"] > 1 else ".")
    )


def _card(title: str, value: str, small: str) -> None:
    with st.container(border=True, height="stretch", gap="xsmall"):
        st.markdown(f"**{title}**")
        st.header(value, anchor=False)
        st.caption(small)
