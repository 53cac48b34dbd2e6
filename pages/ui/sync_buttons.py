"""Stopping the reading of a repository, and letting it go on."""

import streamlit as st

from data import syncing
from data.access import Forbidden, NotFound
from data.backlog import Backlog
from data.people import Who
from data.syncing import GitHubError, SyncView
from pages.ui.text import plain


def show(user: Who, one: SyncView, place: str) -> None:
    """Pause, or go on; for whoever may add sources, which is asked again when it is done."""
    if one.connection_id is None:
        return
    given = {
        "reading": ("Pause", ":material/pause:", _pause),
        "waiting_for_limit": ("Pause", ":material/pause:", _pause),
        "paused": ("Resume", ":material/play_arrow:", _resume),
        "stopped": ("Try again", ":material/sync:", _resume),
    }
    label, icon, do = given.get(one.state, ("Read now", ":material/sync:", _again))
    key = f"sync_{place}_{one.source_id}"
    st.button(label, key=key, icon=icon, on_click=_tried, args=(do, user, one.source_id), type="tertiary")


def all_of_them(user: Who, unread: Backlog) -> None:
    """Pause or go on with all that have not been read whole."""
    going, paused = unread.reading + unread.queued + unread.limited, unread.paused
    with st.container(horizontal=True):
        for label, icon, do, ids in (
            ("Pause all", ":material/pause:", _pause, going),
            ("Resume all", ":material/play_arrow:", _resume, paused),
        ):
            if ids:
                st.button(
                    label, key=f"sync_all_{label}", icon=icon, on_click=_each, args=(do, user, ids), type="tertiary"
                )


def _each(do, user: Who, source_ids: tuple[int, ...]) -> None:
    for source_id in source_ids:
        _tried(do, user, source_id)


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
