"""The questions of a survey as those who are asked will read them."""

import streamlit as st

from assessments.surveys.questionnaire import PAIN_POINTS, PERCENT, TEXT, Item, Questionnaire
from pages.ui.text import count, plain

FREE = {PERCENT: "A number from 0 to 100", TEXT: "Their own words"}


def questions(asked: Questionnaire) -> None:
    """Folded, block by block; the order inside a block is another for everybody."""
    number = len(list(asked.items))
    with st.expander(f"Look at the {count(number, 'question')}", icon=":material/visibility:"):
        st.caption(
            "Inside a part everybody gets another order. Don't know and not applicable stand beside each question."
        )
        for block in asked.blocks:
            st.markdown(f"**{plain(block.title)}**")
            st.caption(plain(block.lead))
            st.markdown("\n".join(_lines(item) for item in block.items))


def _lines(item: Item) -> str:
    """A question with its options below."""
    if item.kind == PAIN_POINTS:
        options = [f"Up to {item.most}, each with step, capability, how often, how bad, hours and words"]
    else:
        options = [option.text for option in item.options] or [FREE[item.kind]]
    return "\n".join([f"- {plain(item.text)}", *(f"    - {plain(option)}" for option in options)])
