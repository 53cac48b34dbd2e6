"""The frame around every page: its settings, the mark, and the navigation of those pages the person may open."""

from copy import copy
from functools import cache
from pathlib import Path

import streamlit as st

from data import openid
from pages.ui import asking, entrance, judged
from pages.ui.guard import identity, somewhere
from pages.ui.page_spec import PageSpec
from pages.ui.registry import PAGES, page_file

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
        sections.setdefault(spec.section, []).append(copy(_page(spec, allowed and spec.visible)))
    chosen = st.navigation(sections, position="top")
    st.set_page_config(page_title=f"{chosen.title} - Milepost")  # tabs, histories and screen readers tell pages apart
    chosen.run()
    judged.settled()


@cache
def _page(spec: PageSpec, shown: bool) -> st.Page:
    """Made once and copied for every run: it looks for its file, which for all of them takes 5 ms."""
    return st.Page(
        page_file(spec.path),
        title=spec.title,
        icon=f":material/{spec.icon}:",
        url_path=spec.path or None,
        default=not spec.path,
        # A page one may not open stays an address with a clear answer: its own guard gives it.
        visibility="visible" if shown else "hidden",
        help=spec.help,
    )
