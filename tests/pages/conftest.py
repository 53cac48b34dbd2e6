"""Stores to look at through the pages: empty, and with the demo organisation."""

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from data import demo, people, store

ROOT = Path(__file__).parent.parent.parent
UNTIL = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def no_worker(monkeypatch):
    """Jobs are done at once, in the caller."""
    monkeypatch.setenv("MILEPOST_JOBS", "immediate")


@pytest.fixture(autouse=True)
def nothing_remembered():
    """Pages remember by the version of the store; every test has a store of its own, with versions that come again."""
    st.cache_data.clear()
    st.cache_resource.clear()


@pytest.fixture(scope="session")
def demo_file(tmp_path_factory, migrated_file) -> Path:
    """A store with the demo organisation, to copy."""
    folder = tmp_path_factory.mktemp("demo")
    shutil.copy(migrated_file, folder / "milepost.db")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MILEPOST_HOME", str(folder))
        patch.delenv("DATABASE_URL", raising=False)
        who = people.local_person()
        demo.create(who, people.home_organization(who), UNTIL)
        with store.engine().connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        store.dispose()
    return folder / "milepost.db"


@pytest.fixture
def demo_home(bare_home, demo_file) -> Path:
    """A home in which the demo stands."""
    bare_home.mkdir(mode=0o700)
    shutil.copy(demo_file, bare_home / "milepost.db")
    return bare_home


def opened(file: str = "home/start.py", **query: object) -> AppTest:
    """The portal with that page open."""
    at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60).run()
    at.query_params.clear()
    for name, value in query.items():
        at.query_params[name] = str(value)
    return at.switch_page(f"pages/{file}").run()


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
