"""The proofs of concept of a track: what a team does in its own repository, and what it has begun."""

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from assessments import learning
from content import catalog
from data import store
from data.access import Forbidden
from data.learning import attempts
from data.learning.attempts import Line
from data.learning.catalogue import Entry
from data.people import Who
from pages.ui import prose
from pages.ui.addresses import page_at
from pages.ui.learn_words import minutes
from pages.ui.registry import BY_PATH
from pages.ui.text import count, day, plain

DECISIONS = {learning.ADOPT: "Adopted", learning.ADAPT: "Adapted", learning.STOP: "Stopped, and known why"}


def section(user: Who, team_id: int | None, one: Entry) -> None:
    """Nothing where none is written. team_id: None for somebody who has no team to look at."""
    pocs = catalog.pocs(one.slug)
    if not pocs:
        return
    st.header("Proofs of concept", anchor=False)
    st.text("Small and within a few days, in your own repository. What you find out is the result, stopping included.")
    lines = _lines(user, team_id, one.slug)
    for slug, poc in pocs.items():
        with st.container(border=True, gap="xsmall", key=f"track_poc_{slug}"):
            _row(team_id, one, poc, None if lines is None else [line for line in lines if line.poc == slug])


def _lines(user: Who, team_id: int | None, track: str) -> list[Line] | None:
    """Those of the team; None for somebody who may not see them, or without a team."""
    if team_id is None:
        return None
    try:
        return [line for line in attempts.listed(user, team_id) if line.track == track]
    except Forbidden:
        return None


def _row(team_id: int | None, one: Entry, poc: Mapping[str, Any], lines: Sequence[Line] | None) -> None:
    query = {"team": str(team_id), "track": one.slug, "poc": poc["slug"]}
    st.markdown(f"**{plain(poc['title'])}**")
    st.markdown(prose.line(poc["problem"]))
    days = count(poc["timebox_days"], "day")
    st.caption(plain(f"{minutes(poc['minutes'])} of work within {days} · {poc['difficulty']}"))
    if "proof" in BY_PATH and lines is not None:
        st.page_link(page_at("proof"), label="Tasks and checks", icon=":material/science:", query_params=query)
    for line in lines or ():
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(_told(line), width="content")
            if "proof" in BY_PATH:
                where = {"attempt": str(line.id)}
                st.page_link(page_at("proof"), label="Open", icon=":material/arrow_forward:", query_params=where)


def _told(line: Line) -> str:
    if line.decision:
        said = f":green-badge[{DECISIONS[line.decision]}]"
    elif line.stalled:
        said = ":orange-badge[Stands still]"
    else:
        said = ":blue-badge[Under way]"
    return f"{said} {plain(line.repository)}, until {day(store.from_us(line.due_at))}"
