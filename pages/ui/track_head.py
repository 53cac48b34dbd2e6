"""The top of a track: what it leads to, for whom, how large it is."""

import streamlit as st

from content import catalog
from data.learning.catalogue import Entry
from pages.ui.addresses import page_at
from pages.ui.learn_words import size, state_badge
from pages.ui.text import plain

FOR_WHOM = {
    "foundation": "For teams that begin with it; it takes nothing for granted.",
    "intermediate": "For teams that build and release regularly, and want to do it better.",
    "advanced": "For teams that have the foundations in use; it builds on them.",
}


def way_back() -> None:
    """To all tracks, of the team that was looked at."""
    query = {"team": team} if (team := st.query_params.get("team")) else None
    st.page_link(page_at("learn"), label="All tracks", icon=":material/arrow_back:", query_params=query)


def title(slug: str) -> str:
    """Safe in Markdown."""
    return plain(catalog.tracks()[slug]["title"])


def about(one: Entry) -> None:
    """Outcome, size, for whom; what is special about it."""
    track = one.track
    st.markdown(f":gray-badge[{track['level'].capitalize()}]{state_badge(one)}")
    st.markdown(plain(track["outcome"]))
    st.markdown(plain(FOR_WHOM[track["level"]]))
    st.caption(plain(" · ".join((size(track), f"version {track['version']}", f"kept by {', '.join(track['owners'])}"))))
    if track["status"] == "deprecated":
        st.warning("This track is not taught any more. What you have done counts, and you can read it to the end.")
    elif track["status"] == "beta":
        st.caption("New: it may still change. What you have done stays yours when it does.")
    if not one.is_written and track["status"] != "deprecated":
        st.info("Its content is not written yet. What it is for stands here, so that a team can keep it in mind.")
