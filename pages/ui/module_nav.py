"""Forwards and backwards through a module and on to the next, also by keyboard."""

import streamlit as st

from pages.ui import module_place
from pages.ui.module_place import END, WHOLE, Here
from pages.ui.text import plain

KEYS = {"back": "Ctrl+Left", "next": "Ctrl+Right"}


def row(here: Here, part: str, is_over: bool) -> None:
    """Before and after what is shown. is_over: whether the module is done, known or left out."""
    parts = [*(str(step.number) for step in here.module.steps), END]
    place = len(parts) - 1 if part == WHOLE else parts.index(part)
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        if part == WHOLE or place == 0:
            _module(here, -1, "Before this", "back", "chevron_left")
        else:
            _part(parts[place - 1], "Back", "back", "chevron_left")
        if place + 1 < len(parts):
            _part(parts[place + 1], _to(here, parts[place + 1]), "next", "chevron_right")
        else:
            _module(here, 1, "Next", "next", "chevron_right", leads=is_over)


def _to(here: Here, part: str) -> str:
    if part == END:
        return "Questions" if here.module.head["quiz"] else "To the end"
    return "Go on"


def _part(part: str, label: str, key: str, icon: str) -> None:
    st.button(
        label, key=f"nav_{key}", icon=f":material/{icon}:", icon_position="right" if key == "next" else "left",
        type="primary" if key == "next" else "secondary", shortcut=KEYS[key], on_click=module_place.go, args=(part,),
    )  # fmt: skip


def _module(here: Here, by: int, label: str, key: str, icon: str, leads: bool = False) -> None:
    slug = here.beside(by)
    if slug is None:
        st.space("small")
        return
    st.button(
        f"{label}: {plain(here.modules[slug].head['title'])}", key=f"nav_{key}", icon=f":material/{icon}:",
        icon_position="right" if key == "next" else "left", type="primary" if leads else "secondary",
        shortcut=KEYS[key], on_click=module_place.go, args=("", slug),
    )  # fmt: skip
