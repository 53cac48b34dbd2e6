"""Pages to look at, and what stands on them."""

from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from pages.ui.registry import PAGES

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture(autouse=True)
def no_worker(monkeypatch):
    """Jobs are done at once, in the caller."""
    monkeypatch.setenv("MILEPOST_JOBS", "immediate")


@pytest.fixture(autouse=True)
def nothing_remembered():
    """Pages remember by the version of the store; every test has a store of its own, with versions that come again."""
    st.cache_data.clear()
    st.cache_resource.clear()


def opened(file: str = "home/start.py", **query: object) -> AppTest:
    """The portal with that page open, as by its address: without a look at home first, which takes as long as the page.
    Those that a session goes to one after the other: tests/doors."""
    at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    for name, value in query.items():
        at.query_params[name] = str(value)
    (path,) = [spec.path for spec in PAGES if spec.file == file]
    at._page_hash = calc_hash(path) if path else ""  # `switch_page` knows them only once the portal was drawn
    return at.run()


def said(at: AppTest) -> str:
    """Everything that stands on the page as text, one piece a line."""
    kinds = (
        at.title,
        at.header,
        at.subheader,
        at.markdown,
        at.text,
        at.caption,
        at.error,
        at.warning,
        at.info,
        at.success,
    )
    return "\n".join(str(element.value) for kind in kinds for element in kind)
