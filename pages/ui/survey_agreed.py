"""The result of a consensus: what the team agreed on for each question, with its note."""

import streamlit as st

from assessments.surveys.questionnaire import CHOICE, Item
from pages.ui import survey_words
from pages.ui.survey_head import Shown
from pages.ui.text import plain

_SAID = {"dont_know": "The team does not know.", "not_applicable": "Not applicable to the team."}


def section(shown: Shown) -> None:
    """One section a block; nothing for a survey."""
    agreed = shown.view.answers.get("agreed")
    if agreed is None:
        return
    st.text("Voted on privately, revealed together, talked through: one value for the whole team, without a spread.")
    for block in shown.view.asked.blocks:
        st.header(plain(block.title), anchor=False)
        for item in block.items:
            with st.container(gap="xsmall"):
                st.markdown(f"**{plain(survey_words.name(item))}**")
                found = agreed.get(item.key)
                st.markdown(plain(_said(item, found["answer"])) if found else ":gray-badge[Not agreed on]")
                if found and found["note"]:
                    st.caption(plain(found["note"]))


def _said(item: Item, answer: dict) -> str:
    if "said" in answer:
        return _SAID[answer["said"]]
    if item.kind != CHOICE:
        return f"{answer['value']}"
    return f"{'Level' if item.capability else 'Option'} {answer['value']}: {item.options[answer['value']].text}"
