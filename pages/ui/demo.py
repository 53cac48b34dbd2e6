"""Nobody shall take the demo organisation for their own: every page that shows it says so, and can take it away."""

import streamlit as st

from data import demo
from data.access import Action, Subject, may
from data.people import Who
from data.queries import ServiceView
from pages.ui import words
from pages.ui.addresses import page_at
from pages.ui.text import plain


def story(one: ServiceView) -> str:
    """What an invented service is there to show; empty for a real one."""
    return words.sentence((one.story or "").removeprefix("Demo story: "))


def label(user: Who, is_demo: bool, about: str = "") -> None:
    """The label with the button beside it, when what the page shows is demo data. about: the story of a service."""
    if not is_demo:
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        says = f"Made up, to try things out. {about}".rstrip()
        st.markdown(f":violet-badge[:material/science: Demo data]\N{EN SPACE}{plain(says)}", width="content")
        if may(user, Action.ADMINISTER, Subject(0, is_demo=True)):
            look = {"icon": ":material/delete:", "type": "tertiary"}
            st.button("Remove the demo", key="demo_remove", on_click=_remove, args=(user,), **look)


def _remove(user: Who) -> None:
    demo.remove(user)
    for name in ("seen_service", "seen_team"):
        st.session_state.pop(name, None)
    st.session_state["demo_removed"] = True


def leave_when_removed() -> None:
    """After the removal the page may have nothing to show: go Home and say it."""
    if st.session_state.pop("demo_removed", False):
        st.session_state["home_note"] = "The demo organisation and everything in it is gone."
        st.switch_page(page_at(""))
