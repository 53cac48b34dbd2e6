"""What is looked for among the tracks."""

import streamlit as st

from data.learning import catalogue
from data.practices import model
from pages.ui.learn_words import OF_TEAM

ORDERS = {
    catalogue.RECOMMENDED: "Recommended first",
    catalogue.GAP: "Closes most of the gap",
    catalogue.EFFORT: "Least effort",
    catalogue.LEVEL: "Foundations first",
}
FIELDS = ("words", "level", "area", "state", "order")


def ask() -> dict[str, str]:
    """The arguments of `catalogue.chosen`."""
    areas = {key: name for key, (name, _) in model.areas().items()}
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        words = st.text_input(
            "Search", key="learn_words", type="search", icon=":material/search:", live="300ms", width=260,
            placeholder="Pipelines, secrets, alerts ...", max_chars=100,
        )  # fmt: skip
        level = _select("Level", "level", {one: one.capitalize() for one in catalogue.LEVELS}, "Any level")
        area = _select("Practice area", "area", areas, "Any area")
        state = _select("Your team", "state", {one: OF_TEAM[one][0] for one in catalogue.STATES}, "Any state")
        order = st.selectbox("Order", list(ORDERS), format_func=ORDERS.get, key="learn_order", width=210)
    return {"words": words or "", "level": level, "area": area, "state": state, "order": order}


def _select(label: str, name: str, options: dict[str, str], none: str) -> str:
    names = {"": none} | options
    return st.selectbox(label, list(names), format_func=names.get, key=f"learn_{name}", width=165)


def is_asked() -> bool:
    """Whether anything is left out."""
    return any(st.session_state.get(f"learn_{name}") for name in FIELDS if name != "order")


def clear() -> None:
    """Shows all tracks again."""
    for name in FIELDS:
        st.session_state.pop(f"learn_{name}", None)
