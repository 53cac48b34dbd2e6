"""Each area of a survey: the distribution of every question first, then what it means and whether it has changed."""

import streamlit as st
from plotly.graph_objects import Figure

from assessments.surveys.questionnaire import CHOICE, PERCENT, Block, Item
from pages.ui import charts, survey_charts, survey_words
from pages.ui.survey_charts import Row
from pages.ui.survey_head import Shown
from pages.ui.text import count, day, plain


def areas(shown: Shown) -> None:
    """One section a block, in the order it was asked."""
    for block in shown.view.asked.blocks:
        scored = [item for item in block.items if item.key in shown.view.items]
        if not scored:
            continue
        st.header(plain(block.title), anchor=False)
        told = [item for item in scored if shown.view.items[item.key]["told"] != "too few"]
        left, right = st.columns([5, 6], gap="medium")
        with left:
            for index, (kind, top) in enumerate(dict.fromkeys((item.kind, item.top) for item in told)):
                _picture(shown, block, [item for item in told if (item.kind, item.top) == (kind, top)], index)
        with right:
            for item in scored:
                _item(shown, item)


def _row(name: str, kept: dict) -> Row:
    if kept["told"] == "middle":
        return Row(name, quartiles=tuple(kept["quartiles"]), split=kept["discuss"])
    counts = tuple(kept["counts"]) or None
    if kept["told"] == "discuss":
        return Row(name, counts, split=True)
    return Row(name, counts, None, kept["mean"], kept["interval"]["low"], kept["interval"]["high"])


def _picture(shown: Shown, block: Block, items: list[Item], index: int) -> None:
    alt = f"{block.title}. " + " ".join(f"{survey_words.name(item)}: {spoken(shown, item)}." for item in items)
    key = (*shown.key, block.key, index)
    charts.render(figure(key, shown, items), alt, f"survey_{block.key}_{index}")


def spoken(shown: Shown, item: Item) -> str:
    """The distribution as a sentence part, for those who cannot see the figure."""
    kept = shown.view.items[item.key]
    if kept["told"] == "middle":
        low, middle, high = kept["quartiles"]
        return f"middle answer {middle:g}, middle half {low:g} to {high:g}"
    if item.kind == PERCENT:
        return "answers " + ", ".join(f"{value:g} %" for value in kept["values"])
    chosen = [f"option {place} by {number}" for place, number in enumerate(kept["counts"]) if number]
    return "chosen " + ", ".join(chosen)


@st.cache_resource(max_entries=256, show_spinner=False)
def figure(key: tuple, _shown: Shown, _items: list[Item], named: bool = True) -> Figure:
    """Built once for everybody: a result never changes."""
    made = [_row(survey_words.name(item) if named else "", _shown.view.items[item.key]) for item in _items]
    if _items[0].kind == PERCENT:
        values = [_shown.view.items[item.key].get("values", ()) for item in _items]
        return survey_charts.percents(made, values, "What people said")
    levels = all(item.capability for item in _items)
    return survey_charts.levels(made, _items[0].top, "Level" if levels else "Option, low to high")


def _item(shown: Shown, item: Item) -> None:
    kept = shown.view.items[item.key]
    since = day(shown.before.wave.closed_at) if shown.before else ""
    change = shown.changes.get(item.key)
    with st.container(gap="xsmall"):
        marks = [survey_words.change(change, item.better, since)]
        if kept["told"] == "discuss" or kept.get("discuss"):
            marks = [survey_words.DISCUSS]
        elif kept["told"] == "mean":
            marks.insert(0, f":blue-badge[{survey_words.mean(kept)}]")
        st.markdown(f"**{plain(survey_words.name(item))}** {' '.join(mark for mark in marks if mark)}")
        if kept["told"] == "too few":
            st.caption(_few(kept))
            return
        if kept["told"] == "discuss":
            st.text("The team does not agree, so there is no mean: see the two views above.")
        elif item.kind == CHOICE:
            place = survey_words.nearest(kept)
            word = "Level" if item.capability else "Option"
            st.markdown(f"{word} {place}: {plain(item.options[place].text)}")
        st.caption(plain("; ".join(_small(kept, survey_words.unchanged(change, since)))))


def _few(kept: dict) -> str:
    if "n" not in kept:
        return "Too few gave a value to show anything."
    return f"Too few to show anything: {plain(survey_words.answered(kept))}."


def _small(kept: dict, unchanged: str) -> list[str]:
    if kept["told"] == "middle":
        low, _, high = kept["quartiles"]
        return [f"middle answer; the middle half chose {low:g} to {high:g}" if low != high else f"most chose {low:g}"]
    parts = [survey_words.around(kept)] if kept["told"] == "mean" else []
    parts += [survey_words.answered(kept), survey_words.agreement(kept)]
    parts += [unchanged] if kept["told"] == "mean" else []
    return [part for part in parts if part]


def comments(shown: Shown) -> None:
    """What people wrote, in an order that says nothing."""
    found = shown.view.answers.get("comments", {})
    for item in shown.view.asked.items:
        if item.key not in found:
            continue
        st.header("In people's own words", anchor=False)
        st.caption(f"{plain(item.text)} {count(len(found[item.key]), 'comment')}, shuffled.")
        for text in found[item.key]:
            with st.container(border=True):
                st.text(text)
