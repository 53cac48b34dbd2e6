"""Stopping the reading of a repository, and letting it go on."""

import streamlit as st

from data import syncing
from data.access import Forbidden, NotFound
from data.people import Who
from data.syncing import GitHubError, SyncView
from pages.ui.text import plain


def show(user: Who, one: SyncView, place: str) -> None:
    """Pause, or go on; for whoever may add sources, which is asked again when it is done."""
    if one.connection_id is None:
        return
    if one.state in ("reading", "waiting_for_limit"):
        given = ("Pause", ":material/pause:", _pause)
    elif one.state in ("paused", "stopped"):
        given = ("Resume", ":material/play_arrow:", _resume) if one.state == "paused" else (
            "Try again", ":material/sync:", _resume)  # fmt: skip
    else:
        given = ("Read now", ":material/sync:", _again)
    label, icon, do = given
    key = f"sync_{place}_{one.source_id}"
    st.button(label, key=key, icon=icon, on_click=_tried, args=(do, user, one.source_id), type="tertiary")


def _tried(do, user: Who, source_id: int) -> None:
    try:
        do(user, source_id)
    except (ValueError, Forbidden, NotFound, GitHubError) as error:
        st.toast(plain(error))


def _pause(user: Who, source_id: int) -> None:
    syncing.pause(user, source_id)


def _resume(user: Who, source_id: int) -> None:
    syncing.resume(user, source_id)


def _again(user: Who, source_id: int) -> None:
    syncing.read_again(user, source_id)
