"""The frame around every page: its settings, the mark, and the navigation of those pages the person may open."""

from copy import copy
from pathlib import Path

import streamlit as st

from data import openid
from pages.ui import asking, entrance, judged
from pages.ui.addresses import made
from pages.ui.guard import identity, somewhere
from pages.ui.registry import PAGES

MARK = str(Path(__file__).parent / "milepost.svg")
WORDMARK = str(Path(__file__).parent / "wordmark.svg")
STYLE = Path(__file__).parent / "house.css"


def run() -> None:
    """Draws the frame and runs the page that was asked for."""
    st.set_page_config(page_title="Milepost", page_icon=MARK, layout="wide")
    st.logo(WORDMARK, size="medium")
    st.html(STYLE)
    asking.closed()
    user = identity()
    if user is None and openid.is_shared():
        # Every address stays what it is, so that signing in leads back to it.
        pages = [
            st.Page(entrance.sign_in, title=spec.title, url_path=spec.path or None, default=not spec.path)
            for spec in PAGES
        ]
        st.navigation(pages, position="hidden").run()
        return
    sections: dict[str, list] = {}
    for spec in PAGES:
        allowed = user is not None and somewhere(user, spec.action)
        sections.setdefault(spec.section, []).append(copy(made(spec, allowed and spec.visible)))
    chosen = st.navigation(sections, position="top")
    st.set_page_config(page_title=f"{chosen.title} - Milepost")  # tabs, histories and screen readers tell pages apart
    chosen.run()
    judged.settled()
