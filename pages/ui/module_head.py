"""The top of a module: what it is, how far the reader is, how long the rest takes."""

from collections.abc import Mapping

import streamlit as st

from content.reading import minutes as spread
from data.learning.progress import KNOWN, SKIPPED, Progress
from pages.ui import module_contents, module_known, prose
from pages.ui.learn_words import STAGES, minutes, person_badge
from pages.ui.module_place import END, WHOLE, Here
from pages.ui.text import plain

_WHY = {SKIPPED: "You left it out", KNOWN: "You know it"}


def show(here: Here, mine: Mapping[str, Progress], part: str) -> None:
    """Title, facts, progress; and on its first part what one can do afterwards."""
    head, own = here.module.head, mine[here.slug]
    st.title(plain(head["title"]), anchor=False)
    number = list(here.modules).index(here.slug) + 1
    facts = [f"Module {number} of {len(here.modules)}", STAGES[head["stage"]], minutes(head["minutes"])]
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.caption(" · ".join(facts), width="content")
        if badge := person_badge(own):
            st.markdown(badge, width="content")
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        with st.popover("Contents", icon=":material/toc:"):
            module_contents.steps(here, part, "top")
        if not own.is_over:
            module_known.button(here)
    if part != WHOLE:
        st.progress(*_far(here, part))
    if own.reason:
        st.caption(f"{_WHY.get(own.state, 'Why')}: {plain(own.reason)}")
    if part in (WHOLE, str(here.module.steps[0].number)):
        _aims(here)


def _far(here: Here, part: str) -> tuple[float, str]:
    """The share that is behind the reader, and in words what is ahead."""
    times = spread(here.module)
    if part == END:
        return 1.0, "The last part"
    place = int(part)
    left = sum(times[place - 1 :])
    return (place - 1) / len(times), f"Step {place} of {len(times)}, about {minutes(left)} to go"


def _aims(here: Here) -> None:
    with st.container(border=True, gap="xsmall"):
        st.markdown("**Afterwards you can**")
        st.markdown("\n".join(f"- {prose.line(each['text'])}" for each in here.module.head["objectives"]))
        needs = [here.modules[slug].head["title"] for slug in here.module.head["requires"] if slug in here.modules]
        if needs:
            st.caption(f"It builds on: {plain(', '.join(needs))}.")
