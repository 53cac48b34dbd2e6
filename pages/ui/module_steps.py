"""The text of a module: one step, or all of them."""

import streamlit as st

from pages.ui import prose
from pages.ui.module_place import END, WHOLE, Here


def show(here: Here, part: str) -> None:
    """Nothing at the end, which has no text."""
    if part == END:
        return
    for number, step in enumerate(here.module.steps):
        if part not in (WHOLE, str(step.number)):
            continue
        if number == 0:
            prose.show(here.module.lead)
        st.header(f"{step.number}\\. {prose.line(step.title)}", anchor=False)
        prose.show(step.body)
