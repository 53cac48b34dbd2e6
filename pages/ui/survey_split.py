"""Where the team disagrees: the distribution, the two views side by side, and how to talk them through."""

import streamlit as st

from assessments.surveys.camps import Camp, camps
from assessments.surveys.questionnaire import CHOICE, Item
from content import catalog
from pages.ui import charts, paging, survey_items, survey_words
from pages.ui.survey_head import Shown
from pages.ui.text import plain


def section(shown: Shown) -> None:
    """Every question to discuss; nothing where the team agrees on all of them."""
    split = [
        item
        for item in shown.view.asked.items
        if (kept := shown.view.items.get(item.key)) and (kept["told"] == "discuss" or kept.get("discuss"))
    ]
    if not split:
        return
    st.header("Discuss this", anchor=False)
    st.text("Here people see different things, so a mean would hide what matters. Begin with these.")
    for item in paging.part(split, "survey_split", "Find a question", ("question", "questions"), survey_words.name, 6):
        with st.container(border=True):
            _question(shown, item)
    _guide()


def _question(shown: Shown, item: Item) -> None:
    kept = shown.view.items[item.key]
    opposed = (kept.get("agreement") or {}).get("verdict") == "opposed"
    badge = survey_words.DISCUSS + (" :red-badge[Opposed: further apart than chance]" if opposed else "")
    st.markdown(f"**{plain(survey_words.name(item))}** {badge}")
    if item.capability:
        st.caption(plain(item.text))
    left, right = st.columns([5, 6], gap="medium")
    with left:
        figure = survey_items.figure((*shown.key, "split", item.key), shown, [item], named=False)
        charts.render(figure, f"{survey_words.name(item)}: {survey_items.spoken(shown, item)}.", f"split_{item.key}")
    with right:
        _camps(item, kept)
        if "n" in kept:
            st.caption(plain(f"{survey_words.answered(kept)}; {survey_words.agreement(kept)}"))


def _camps(item: Item, kept: dict) -> None:
    """The two views in the words of the question."""
    if item.kind != CHOICE:
        return
    if kept["told"] == "middle":
        low, _, high = (int(value) for value in kept["quartiles"])
        pairs = [(low, "The lower quarter"), (high, "The upper quarter")]
    else:
        lower, upper = camps(kept["counts"])
        pairs = [(lower.usual, _who(lower)), (upper.usual, _who(upper))]
    for column, (place, who) in zip(st.columns(2, gap="medium"), pairs, strict=True):
        with column:
            st.markdown(f"**{who}**")
            st.markdown(f"{place}: {plain(item.options[place].text)}")


def _who(camp: Camp) -> str:
    what = f"chose {camp.low}" if camp.low == camp.high else f"chose {camp.low} to {camp.high}"
    return f"{survey_words.people(camp.people).capitalize()} {what}"


def _guide() -> None:
    guide = catalog.facilitation()
    with st.expander(guide["title"], icon=":material/record_voice_over:"):
        st.text(guide["before"])
        for step in guide["steps"]:
            minutes = f"{step['minutes']} min"
            st.markdown(f":gray-badge[{minutes}] **{plain(step['title'])}.** {plain(step['text'])}")
        st.text(guide["after"])
