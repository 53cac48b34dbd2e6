"""The contents of a module, and the other modules of its track, beside the text."""

from collections.abc import Mapping

import streamlit as st

from content import catalog
from content.reading import minutes as spread
from data.learning.progress import Progress
from pages.ui import module_place, prose
from pages.ui.addresses import page_at
from pages.ui.learn_words import OF_PERSON, minutes
from pages.ui.module_place import END, WHOLE, Here
from pages.ui.text import plain


def sidebar(here: Here, mine: Mapping[str, Progress], part: str) -> None:
    """Steps first, then the neighbours."""
    with st.sidebar:
        track = {"track": here.track} | ({"team": here.team} if here.team else {})
        st.page_link(page_at("track"), label="Back to the track", icon=":material/arrow_back:", query_params=track)
        steps(here, part, "side")
        st.caption(f"Modules of {plain(catalog.tracks()[here.track]['title'])}")
        with st.container(gap="xsmall"):
            for slug, module in here.modules.items():
                state = mine[slug].state
                icon = f":material/{OF_PERSON[state][2]}:" if state else ":material/radio_button_unchecked:"
                _entry(plain(module.head["title"]), f"module_{slug}", slug == here.slug, "", slug, icon)


def steps(here: Here, part: str, place: str) -> None:
    """The parts of the module, the open one marked. place: where they stand, for the keys."""
    with st.container(gap="xsmall"):
        st.caption("In this module")
        for step, time in zip(here.module.steps, spread(here.module), strict=True):
            number = str(step.number)
            label = f"{number}\\. {prose.line(step.title)}"
            _entry(label, f"{place}_{number}", part == number, number, help_=minutes(time))
        _entry(_end(here), f"{place}_end", part == END, END)
        _entry("All on one page", f"{place}_all", part == WHOLE, WHOLE)


def _end(here: Here) -> str:
    return "Questions, and to the end" if here.module.head["quiz"] else "To the end"


def _entry(
    label: str, key: str, is_open: bool, step: str, module: str = "", icon: str | None = None, help_: str | None = None
) -> None:
    if is_open:
        st.markdown(f"{icon or ':material/arrow_right:'} **{label}**")
        return
    st.button(
        label, key=f"go_{key}", type="tertiary", icon=icon, help=help_, wrap=False, on_click=module_place.go,
        args=(step, module),
    )  # fmt: skip
