"""The backups in the home: make one, take one away, delete one; and how one is brought back."""

import streamlit as st

from data.access import Forbidden, NotFound
from data.keeping import shelf
from data.keeping.shelf import BackupView
from data.people import Who
from pages.ui import paging, progress
from pages.ui.asking import asked
from pages.ui.keeping_rules import NOTE
from pages.ui.text import minute, plain

LINES = 12


def show(user: Who) -> None:
    """The list, or why there is none for this person."""
    if not shelf.may(user):
        st.text(
            "A backup holds every organisation, and you administer one of several: whoever runs Milepost makes it in "
            "the terminal."
        )
        return
    st.text(
        "A backup is the whole store at one moment in one file. Answers of surveys, what people learn and secrets are "
        "sealed in it with the key of this store, which is not in the file: keep a copy of the key elsewhere."
    )
    if st.button("Make a backup now", key="backup_make", type="primary", icon=":material/archive:"):
        _make(user)
    found = shelf.listed(user)
    if not found:
        st.text("There is no backup yet.")
    for one in paging.part(found, "backups", "Find a backup", ("backup", "backups"), lambda one: one.name, LINES):
        _row(user, one)
    _back()


def _make(user: Who) -> None:
    try:
        progress.watch(shelf.ask(user))
    except Forbidden as error:
        st.error(plain(error))
        return
    st.rerun()


def _row(user: Who, one: BackupView) -> None:
    with st.container(border=True, horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        with st.container(gap="xsmall", width="content"):
            when = minute(one.made_at) if one.made_at else plain(one.name)
            st.markdown(f"**{when}**{' (before a restore)' if one.is_before_restore else ''}")
            st.caption(plain(one.problem) if one.problem else f"{plain(one.name)}, {_size(one)}, {one.rows:,} rows")
            if one.is_too_large:
                st.caption("Too large for a browser: copy it from the folder of backups on the server.")
        with st.container(horizontal=True, width="content"):
            if not one.is_too_large:
                st.download_button(
                    "Download",
                    data=lambda: _content(user, one.name),
                    file_name=one.name,
                    mime="application/zip",
                    key=f"backup_download_{one.name}",
                    on_click="ignore",
                    icon=":material/download:",
                )
            if st.button("Delete", key=f"backup_delete_{one.name}", type="tertiary"):
                _delete(user, one)


def _content(user: Who, name: str) -> bytes:
    try:
        return shelf.content(user, name)
    except (Forbidden, NotFound, ValueError) as error:
        return f"{error}\n".encode()


@st.dialog("Delete the backup")
def _delete(user: Who, one: BackupView) -> None:
    st.text(f"{one.name} is deleted from this server. Copies elsewhere stay.")
    if st.button("Delete the backup", type="primary", key="backup_delete_go", icon=":material/delete:"):
        asked(lambda: shelf.remove(user, one.name), "The backup is deleted.", NOTE)


def _size(one: BackupView) -> str:
    return f"{one.bytes / 1_000_000:,.1f} MB" if one.bytes >= 100_000 else f"{one.bytes / 1_000:,.0f} kB"


def _back() -> None:
    """Restoring takes the place of everything, also of whoever is signed in: it is for the terminal."""
    with st.expander("Bring a backup back", key="backup_back"):
        st.text("In the terminal of the server, with the portal stopped, into an empty store that has the same key:")
        st.code("python milepost.py restore FILE --check\npython milepost.py restore FILE", language="console")
        st.text("docs/cli.md says what happens to a store that is not empty, and without the key.")
