"""The list of trusted verification workflows: added with a commit, removed, never forgotten."""

from collections.abc import Sequence

import streamlit as st

from data import store
from data.learning import trusted
from data.learning.trusted import Trusted
from data.people import Who
from pages.ui import paging
from pages.ui.asking import asked
from pages.ui.text import day, plain

NOTE = "verification_note"
LINES = 15


def explain() -> None:
    st.text(
        "A team proves a practice with its own pipeline, which it can also edit. A run through one of these workflows "
        "is worth more (E3): what it runs was chosen by you. Milepost brings workflows to begin with, in its folder "
        "content/verification-workflows; the README there says how to adopt them."
    )


def add(user: Who, organization_id: int) -> None:
    with st.form("verification_add", clear_on_submit=False):
        path = st.text_input(
            "Workflow", key="verification_path", max_chars=240,
            placeholder="your-organisation/verification/.github/workflows/go-cli.yml",
        )  # fmt: skip
        sha = st.text_input(
            "Commit", key="verification_sha", max_chars=64,
            placeholder="40 digits, as git rev-parse HEAD prints them",
            help="A branch or tag can be moved to something else; a commit cannot.",
        )  # fmt: skip
        pressed = st.form_submit_button("Trust it", type="primary", icon=":material/add:")
    if pressed:
        asked(lambda: trusted.add(user, organization_id, path, sha), "It is trusted from now on.", NOTE)


def show(user: Who, found: Sequence[Trusted]) -> None:
    in_force = [one for one in found if one.removed_at is None]
    gone = [one for one in found if one.removed_at is not None]
    st.subheader("Trusted now", anchor=False)
    if not in_force:
        st.text("None yet: no proof of concept can reach E3 until one is added.")
    shown = paging.part(
        in_force,
        "verification",
        "Find a workflow",
        ("workflow", "workflows"),
        lambda one: f"{one.path} {one.sha}",
        LINES,
    )
    for one in shown:
        _row(user, one)
    if gone:
        with st.expander(f"Not trusted any more ({len(gone)})"):
            for one in gone[:LINES]:
                st.markdown(f"**{plain(one.path)}** `{one.sha[:12]}`")
                st.caption(f"{_added(one)}; removed by {_who(one.removed_by)} on {_day(one.removed_at)}")


def _row(user: Who, one: Trusted) -> None:
    with st.container(border=True, horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        with st.container(gap="xsmall", width="content"):
            st.markdown(f"**{plain(one.path)}**")
            st.caption(f"`{one.sha}`")
            st.caption(_added(one))
        if st.button("Remove", key=f"verification_remove_{one.id}", type="tertiary"):
            remove(user, one)


def _added(one: Trusted) -> str:
    return f"Added by {_who(one.added_by)} on {_day(one.added_at)}"


def _who(name: str | None) -> str:
    return plain(name) if name else "somebody who is not here any more"


def _day(at: int | None) -> str:
    return day(store.from_us(at))


@st.dialog("Trust it no more")
def remove(user: Who, one: Trusted) -> None:
    st.text(
        f"From the next check on, a run through {one.path} at {one.sha[:12]} is worth E2 and not E3. What was accepted "
        f"stays as it was found. Teams that call it have to move to a commit that is trusted."
    )
    if st.button("Remove it", type="primary", key="verification_remove_go"):
        asked(lambda: trusted.remove(user, one.id), "It is not trusted any more.", NOTE)
