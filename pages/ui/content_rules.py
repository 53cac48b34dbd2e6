"""What is there, and what the rules say of it."""

from collections.abc import Sequence
from datetime import UTC, datetime

import polars as pl
import streamlit as st

from content import catalog, check
from data import content_whole
from data.access import Forbidden
from data.people import Who
from pages.ui import paging
from pages.ui.content_unread import left_out
from pages.ui.text import count, plain

STATUS = {"wip": "Not written yet", "beta": "New", "active": "Ready", "deprecated": "Not taught any more"}


def section(user: Who) -> None:
    """The tracks, the quick rules, and all rules on request."""
    with left_out(user, "the table of tracks"):
        _tracks()
    found = check.loaded(datetime.now(UTC).date())
    _lines("To mend", found.problems, "Nothing has to be mended.")
    links = [line for line in found.warnings if line.startswith("resources.yml")]
    _lines("To look at", [line for line in found.warnings if line not in links], "Nothing else to look at.")
    if links:
        st.caption(f"And {count(len(links), 'resource')} that nobody has seen for long: see Links.")
    st.subheader("All rules", anchor=False)
    st.text(
        "Also judges the example repositories of every proof of concept and that no id has changed. Takes a minute."
    )
    if st.button("Check everything", key="content_check"):
        with st.spinner("Checking everything ..."):
            try:
                st.session_state["content_whole"] = content_whole.check(user)
            except Forbidden as error:
                st.error(plain(error))
    whole = st.session_state.get("content_whole")
    if whole is None:
        return
    if whole.failed:
        st.warning(plain(whole.failed))
    else:
        _lines("Of all rules, to mend", whole.problems, "Nothing has to be mended, the example repositories included.")


def _tracks() -> None:
    rows = []
    for slug, track in catalog.tracks().items():
        modules = catalog.modules(slug)
        rows.append(
            {
                "Track": track["title"],
                "State": STATUS[track["status"]],
                "Version": track["version"],
                "Modules": str(len(modules)),
                "Questions": str(sum(len(module.head["quiz"]) for module in modules.values())),
                "Proofs of concept": str(len(catalog.pocs(slug))),
                "Look over by": track["review_by"],
            }
        )
    st.dataframe(
        pl.DataFrame(rows).to_arrow(), hide_index=True, height="content", key="content_tracks",
        alt="Every track with its state, version, and how much of it is written.",
    )  # fmt: skip


def _lines(title: str, lines: Sequence[str], none: str) -> None:
    st.subheader(title, anchor=False)
    if not lines:
        st.text(none)
    for line in paging.part(lines, f"content_{title}", "Find a line", ("line", "lines"), str, 15):
        st.markdown(f"- {plain(line)}")
