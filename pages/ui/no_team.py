"""What somebody sees who can see no team: where one is made, or who makes it, and what can be read meanwhile."""

import streamlit as st

from data.access import Action
from data.people import Who
from pages.ui import cached, entrance, guard, states
from pages.ui.addresses import page_at
from pages.ui.text import plain


def is_any(user: Who) -> bool:
    """Whether the person sees a team at all."""
    return bool(cached.teams(cached.version(), user))


def way() -> None:
    """To where teams are made; for whoever may not make them, whom to ask."""
    states.way(
        page_at("teams"), "Teams and services", others=f"{plain(entrance.whom())} to make one and put you in it.",
        action=Action.MANAGE_TEAMS,
    )  # fmt: skip


def here() -> None:
    """In place of a page about a team: what to do about it. Ends the page."""
    with st.container(border=True):
        st.subheader("There is no team yet", anchor=False)
        if guard.somewhere(guard.identity(), Action.MANAGE_TEAMS):
            st.text("Make a team first; it can be asked, and say what holds it up, before it has any service.")
        else:
            st.text("What stands here is about a team, and you see none.")
        way()
        label = "Meanwhile, see what there is to learn"
        st.page_link(page_at("learn"), label=label, icon=":material/school:")
    st.stop()
