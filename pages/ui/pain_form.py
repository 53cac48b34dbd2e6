"""Saying what holds one up: short, as it is done on a phone between two other things."""

import streamlit as st

from assessments.surveys.answers import LONGEST_TEXT, MOST_HOURS
from data.asked import naming, pains
from data.asked.naming import Choices, Said
from data.asked.pains import Listed, PainView, Part
from data.people import Who
from pages.ui.asking import asked, dialog

NOTE = "pains_note"
WHO = "Who added a pain point is kept with it, but not shown here. For answers without a name there are surveys."


def button(user: Who, team_id: int, found: Listed) -> None:
    """The way to add one, and how many votes are left."""
    with st.container(horizontal=True, vertical_alignment="center"):
        if st.button("Add a pain point", key="pain_add", type="primary", icon=":material/add:"):
            add(user, team_id)
        if found.open:
            st.caption(f"You have {found.votes_left} of {pains.MOST_VOTES} votes left.", width="content")


@dialog("Add a pain point")
def add(user: Who, team_id: int) -> None:
    """A new one."""
    said = fields("pain_new", pains.choices(user, team_id), None)
    st.caption(WHO)
    if st.button("Add", key="pain_new_go", type="primary"):
        asked(lambda: pains.add(user, team_id, said), "The pain point is there.", NOTE)


@dialog("This costs me time too")
def too(user: Who, team_id: int, view: PainView) -> None:
    """One voice more for one that is there."""
    key, names = f"pain_too_{view.id}", pains.choices(user, team_id)
    step, capability = view.parts[0].said.step, view.capability
    hours, often, bad = amounts(key, names, None)
    text = st.text_area("In your words, if you like", key=f"{key}_text", max_chars=LONGEST_TEXT, height=90)
    st.caption(WHO)
    if st.button("Count me", key=f"{key}_go", type="primary"):
        said = Said(step, text, often, bad, hours, capability)
        asked(lambda: pains.add(user, team_id, said, view.id), "You are counted.", NOTE)


@dialog("Edit a pain point")
def edit(user: Who, team_id: int, part: Part) -> None:
    """What was said by hand, said otherwise."""
    key = f"pain_edit_{part.id}"
    said = fields(key, pains.choices(user, team_id), part.said)
    if st.button("Save", key=f"{key}_go", type="primary"):
        asked(lambda: pains.edit(user, part.id, said), "Saved.", NOTE)


@dialog("Step and capability")
def sort(user: Who, team_id: int, view: PainView) -> None:
    """Where it belongs; a plan finds it by that."""
    key, names = f"pain_sort_{view.id}", pains.choices(user, team_id)
    step, capability = _step(key, names, view.step), _capability(key, names, view.capability)
    if st.button("Save", key=f"{key}_go", type="primary"):
        asked(lambda: pains.sort(user, view.id, step, capability), "Saved.", NOTE)


def fields(key: str, names: Choices, was: Said | None) -> Said:
    """What can be said, as it stands in the form."""
    text = st.text_area(
        "What holds you up?", was.text if was else "", key=f"{key}_text", max_chars=LONGEST_TEXT, height=100,
        placeholder="Changes wait two days for a review",
    )  # fmt: skip
    step = _step(key, names, was.step if was else None)
    hours, often, bad = amounts(key, names, was)
    with st.expander("More", expanded=bool(was and (was.capability or was.people > 1 or was.measured))):
        people = st.number_input(
            "People whom it costs that time", 1, naming.MOST_PEOPLE, was.people if was else 1, 1, key=f"{key}_people",
            help="More than one when you write down what several have said. It still counts as one voice.",
        )  # fmt: skip
        capability = _capability(key, names, was.capability if was else None)
        measured = st.checkbox(
            "The hours are measured", was.measured if was else False, key=f"{key}_measured",
            help="They come from a tool or a time sheet, and are not what somebody remembers.",
        )  # fmt: skip
    return Said(step, text, often, bad, hours, capability, people, measured)


def amounts(key: str, names: Choices, was: Said | None) -> tuple[float | None, int, int]:
    """Hours lost last week, how often, how bad."""
    hours = st.number_input(
        "Hours it cost you last week", 0.0, MOST_HOURS, was.hours if was else None, 0.5, key=f"{key}_hours",
        format="%g", placeholder="Leave empty if you do not know",
    )  # fmt: skip
    often, bad = st.columns(2)
    return hours, _option(often, key, "often", names.how_often, was), _option(bad, key, "bad", names.how_bad, was)


def _option(place, key: str, name: str, options: tuple[str, ...], was: Said | None) -> int:
    label = {"often": "How often in three months", "bad": "How much strain"}[name]
    before = getattr(was, f"how_{name}") if was else len(options) // 2
    index = min(before, len(options) - 1)
    return place.selectbox(
        label, range(len(options)), index, format_func=lambda each: options[each], key=f"{key}_{name}"
    )


def _step(key: str, names: Choices, was: str | None) -> str:
    steps = names.steps if was is None or was in names.steps else {**names.steps, was: was.removeprefix(naming.OWN)}
    index = list(steps).index(was) if was else None
    return st.selectbox(
        "At which step?", list(steps), index, format_func=steps.get, key=f"{key}_step", placeholder="Choose a step"
    )


def _capability(key: str, names: Choices, was: str | None) -> str | None:
    known = list(names.capabilities)
    return st.selectbox(
        "What would have to get better", known, known.index(was) if was in known else None, key=f"{key}_capability",
        format_func=names.capabilities.get, placeholder="A capability, if one comes to mind",
    )  # fmt: skip
