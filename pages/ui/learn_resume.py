"""Where somebody was reading last: the way back, here and on Home."""

import streamlit as st

from data.learning import progress
from data.people import Who
from pages.ui.addresses import page_at
from pages.ui.text import plain


def go_on(user: Who) -> None:
    """A line with the way back; nothing where nobody was reading, or all of it is over."""
    last = progress.resume(user)
    if last is None:
        return
    query = {"track": last.track, "module": last.module}
    if team := st.session_state.get("seen_team"):
        query["team"] = str(team)
    with st.container(border=True, horizontal=True, vertical_alignment="center", gap="small", key="learn_resume"):
        st.markdown(f"**{plain(last.title)}** in {plain(last.track_title)}", width="content")
        st.page_link(page_at("module"), label="Go on reading", icon=":material/menu_book:", query_params=query)
