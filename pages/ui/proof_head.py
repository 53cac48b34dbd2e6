"""The head of a proof of concept: what it is, why, when it is done, how long it may take, what to begin with."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from data.access import NotFound
from data.learning import starter
from pages.ui.addresses import page_at
from pages.ui.learn_words import minutes
from pages.ui.registry import BY_PATH
from pages.ui.text import count, with_code


def way_back(team_id: int, track: str, title: str) -> None:
    """To the track, or to the plan where there is no such page."""
    path, query = ("track", {"team": str(team_id), "track": track}) if "track" in BY_PATH else ("plan", {})
    query = query or {"team": str(team_id)}
    st.page_link(page_at(path), label=with_code(title), icon=":material/arrow_back:", query_params=query)


def title(poc: Mapping[str, Any]) -> str:
    return with_code(poc["title"])


def facts(poc: Mapping[str, Any]) -> str:
    """'2 hours of work · moderate · timebox of 5 days · begins with a template', as Markdown."""
    said = (
        f"{minutes(poc['minutes'])} of work",
        poc["difficulty"],
        f"timebox of {count(poc['timebox_days'], 'day')}",
    )
    return " · ".join(said)


def problem(poc: Mapping[str, Any]) -> None:
    """Why one does it, and by what one knows that it is done."""
    st.markdown(with_code(poc["problem"]))
    st.markdown("**Done when**\n\n" + "\n".join(f"- {with_code(each)}" for each in poc["definition_of_done"]))


def starter_of(track: str, poc: str) -> None:
    """What is handed out to begin with, as a zip; nothing where there is nothing."""
    try:
        paths = starter.files(track, poc)
    except NotFound:
        return
    if not paths:
        return
    st.download_button(
        "Download the starter",
        data=lambda: starter.archive(track, poc),
        file_name=f"{track}-{poc}.zip",
        mime="application/zip",
        key="proof_starter",
        on_click="ignore",
        icon=":material/folder_zip:",
        help="Files to begin with, in a folder of their own: copy what you need to the same place in your repository. "
        "Those named as protected must stay as they are: they are what the work is held to.",
    )
