"""Tracks for whoever has no team to look at: what can be read without one, and what a team adds."""

import streamlit as st

from data.learning import catalogue
from data.people import Who
from pages.ui import no_team, track_about, track_head, track_modules, track_proofs
from pages.ui.addresses import page_at
from pages.ui.learn_words import size, state_badge
from pages.ui.text import plain

TOLD = (
    "Nothing keeps you from reading: what you have read is kept for you. With a team, the tracks that fit it come "
    "first, each with its reason, and it tries them out in its own repository."
)


def tracks() -> None:
    """All of them, in their order."""
    _no_team()
    st.header("All tracks", anchor=False)
    with st.grid("auto", min_column_width=320, gap="small"):
        for one in catalogue.entries(None):
            with st.container(border=True, gap="small", height="stretch", key=f"learn_card_{one.slug}"):
                st.subheader(plain(one.track["title"]), anchor=False)
                st.markdown(f":gray-badge[{one.track['level'].capitalize()}]{state_badge(one)}")
                st.markdown(plain(one.track["outcome"]))
                st.space("stretch")
                st.caption(plain(size(one.track)))
                query = {"track": one.slug}
                label = "Open the track"
                st.page_link(page_at("track"), label=label, icon=":material/arrow_forward:", query_params=query)


def track(user: Who, slug: str) -> None:
    """One of them, with everything that is not about a team."""
    one = next(each for each in catalogue.entries(None, slug) if each.slug == slug)
    track_head.about(one)
    _no_team()
    track_modules.section(user, None, one)
    track_proofs.section(user, None, one)
    track_about.section(None, one, None)


def _no_team() -> None:
    with st.container(border=True, gap="small"):
        st.subheader("There is no team yet", anchor=False)
        st.text(TOLD)
        no_team.way()
