"""Checks of before, and what can be set: the branch that is looked at, and the version of what is asked."""

from collections.abc import Sequence

import streamlit as st

from data import store
from data.learning import attempts
from data.learning.attempts import UNDER_WAY, AttemptView
from data.learning.runs import RunView
from data.people import Who
from pages.ui import paging, proof_words
from pages.ui.asking import asked, dialog
from pages.ui.proof_decide import NOTE
from pages.ui.proof_links import Address
from pages.ui.proof_said import SOURCE
from pages.ui.text import count, link, minute, plain

PAGE = 10


def section(runs: Sequence[RunView], address: Address) -> None:
    """Every check, the newest first."""
    if not runs:
        return
    with st.expander(f"All checks ({len(runs)})", key="proof_history", icon=":material/history:"):
        noun = ("check", "checks")
        for run in paging.part(
            runs, "proof_runs", "Find a commit", noun, lambda run: f"{run.commit} {run.branch}", PAGE
        ):
            st.markdown(_line(run, address))


def _line(run: RunView, address: Address) -> str:
    at = plain(minute(store.from_us(run.at)))
    if run.problem:
        return f":gray-badge[:material/block: came to nothing] {at}: {plain(run.problem)}"
    passed = sum(each.outcome == "pass" for each in run.results)
    counted = f", {passed} of {count(len(run.results), 'criterion', 'criteria')} pass" if run.is_whole else ""
    commit = link(run.commit[:10], address.commit(run.commit))
    rests = f", on {run.strongest} at best" if run.strongest is not None else ""
    calls = f", {count(run.calls, 'request')}" if run.calls else ""
    by = "" if run.made_by else ", by itself"
    branch = f"{plain(run.branch)} at " if run.branch else ""
    said = f"{branch}{commit}{counted}{rests}, from {SOURCE[run.source]}{calls}{by}"
    return f"{proof_words.verdict(run.verdict)} {at}: {said}"


def newer(user: Who, one: AttemptView) -> None:
    """The track has changed since it was begun; what is asked stays until somebody says otherwise."""
    line = one.line
    if line.state != UNDER_WAY or not line.newest or line.newest == line.version:
        return
    with st.container(border=True, gap="small"):
        st.markdown(
            f":material/new_releases: {plain(f'The track is at version {line.newest} now.')} This began with "
            f"{plain(line.version)} and stays as it was begun, unless you take the newer one over."
        )
        if one.may_learn and st.button("Take over the newer version", key="proof_renew", type="tertiary"):
            _renew(user, one)


@dialog("Take over the newer version")
def _renew(user: Who, one: AttemptView) -> None:
    st.text(
        f"What is asked becomes that of version {one.line.newest}. What was found stays in the history, and the next "
        "check goes by the new criteria. It cannot be taken back."
    )
    if st.button("Take it over", key="proof_renew_go", type="primary"):
        asked(lambda: attempts.renew_version(user, one.id), "Taken over: check again.", NOTE)


def branch(user: Who, one: AttemptView) -> None:
    """Where it is looked for."""
    if one.may_learn and st.button("Another branch", key="proof_branch", type="tertiary", icon=":material/fork_right:"):
        _branch(user, one)


@dialog("Another branch")
def _branch(user: Who, one: AttemptView) -> None:
    st.text("Checks look at this branch from now on. Evidence of runs and reviews is of the branch too.")
    name = st.text_input(
        "Branch", one.line.branch, key="proof_branch_name", max_chars=200, placeholder="the default branch"
    )
    if st.button("Look there", key="proof_branch_go", type="primary"):
        asked(lambda: attempts.set_branch(user, one.id, name.strip()), "From the next check on.", NOTE)
