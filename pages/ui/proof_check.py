"""Checking a proof of concept: the button, how far it is, and how it stands."""

from collections.abc import Sequence

import streamlit as st

from assessments.poc import Check, Level, Source, Verdict
from data.access import Forbidden, NotFound
from data.learning import checking
from data.learning.attempts import AttemptView
from data.learning.runs import RunView
from data.people import Who
from pages.ui import guard, proof_said, proof_words, states
from pages.ui.addresses import page_at
from pages.ui.asking import is_open
from pages.ui.proof_links import Address
from pages.ui.text import minute, plain

EVERY = 2.0  # seconds between two looks at what is going on


def section(user: Who, one: AttemptView, checks: Sequence[Check], going: bool, address: Address) -> None:
    """How it stands, and the button for whoever may. going: whether it is being checked now."""
    judged = [run for run in one.runs if run.verdict is not None]
    with st.container(border=True, gap="small", key="proof_status"):
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            st.markdown(f"{proof_words.verdict(one.verdict)} {_fresh(one, judged)}".rstrip(), width="content")
            if one.may_learn and not going:
                st.button(
                    "Check now", key="proof_now", type="primary", icon=":material/fact_check:", on_click=_check,
                    args=(user, one.id),
                )  # fmt: skip
        if one.verdict is not None:
            st.text(proof_words.VERDICTS[one.verdict][3])
        if judged:
            st.markdown(proof_said.counted(judged[0]))
        if going:
            st.fragment(_going_on, run_every=EVERY)(user, one.id)
        elif one.runs and one.runs[0].problem:
            st.warning(plain(f"The last check came to nothing: {one.runs[0].problem}"))
        if not judged:
            st.text("A check reads files and asks GitHub. Nothing of a repository is ever run here.")
            return
        st.markdown(f":small[{proof_said.seen(judged[0], address)}]")
        proof_said.became(judged, checks)
        if one.decision is None:
            proof_said.next_one(judged[0], checks)
            _more_than_files(judged[0], checks)


def _more_than_files(run: RunView, checks: Sequence[Check]) -> None:
    """A clone shows the files alone: where more is asked for, the way to it."""
    if run.source is Source.CLONE and any(check.level > Level.E1 for check in checks):
        others = f"Connected to GitHub, it would show more than files; that is for {states.WHO}."
        states.way(page_at("sources"), "Connect GitHub, to show more than files", "database", others=others)


def is_going(user: Who, attempt_id: int) -> bool:
    """Whether it is being checked, as far as this reader may know."""
    try:
        return checking.running(user, attempt_id).is_live
    except Forbidden:
        return False


def _check(user: Who, attempt_id: int) -> None:
    try:
        checking.check_now(user, attempt_id)
    except (ValueError, Forbidden, NotFound) as error:
        st.toast(plain(error))


def _going_on(user: Who, attempt_id: int) -> None:
    guard.still(user)
    job = checking.running(user, attempt_id)
    if not job.is_live:
        if not is_open():
            st.rerun()
        return
    share = min(job.done / job.total, 1.0) if job.total else 0.0
    st.progress(share, text=plain(job.text or "Looking"))
    if job.resume_at:
        st.caption(f"It goes on by itself at {minute(job.resume_at)}.")
    st.caption("You may leave this page; the work goes on.")


def _fresh(one: AttemptView, judged: Sequence[RunView]) -> str:
    """Whether what counts is new enough to be believed, and whether the newest check says the same."""
    if one.line.stale:
        return ":orange-badge[:material/update: stale: check again]"
    if judged and judged[0].verdict is Verdict.OPEN and one.verdict is not Verdict.OPEN:
        return ":gray-badge[:material/help: the last check could not tell everything]"
    return ""
