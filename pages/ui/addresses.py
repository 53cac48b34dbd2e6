"""The pages as Streamlit knows them, for the navigation and for links."""

from functools import cache

import streamlit as st

from pages.ui.page_spec import PageSpec
from pages.ui.registry import BY_PATH, page_file


def page_at(path: str) -> st.Page:
    """The page at an address, for links and switches. By its file, Streamlit would look for that file at every link."""
    return made(BY_PATH[path], True)


@cache
def made(spec: PageSpec, shown: bool) -> st.Page:
    """Made once, as making all of them takes 5 ms. What is run is a copy."""
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
