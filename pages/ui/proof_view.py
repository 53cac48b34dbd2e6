"""A proof of concept that a team has begun, whole."""

import streamlit as st

from assessments.poc import read_poc
from data import store
from data.learning import attempts, workflows
from data.learning.attempts import UNDER_WAY, AttemptView
from data.people import Who
from pages.ui import (
    cached,
    demo,
    live,
    proof_after,
    proof_check,
    proof_decide,
    proof_head,
    proof_history,
    proof_links,
    proof_reviews,
    proof_skip,
    proof_tasks,
    proof_words,
)
from pages.ui.proof_criteria import Found
from pages.ui.text import day, plain, with_code


def show(user: Who, one: AttemptView) -> None:
    """From what is asked to what was decided; the decision comes first once it is made, or due."""
    line, checks = one.line, read_poc(one.line.poc, one.poc).checks
    judged = next((run for run in one.runs if run.verdict is not None), None)
    going = proof_check.is_going(user, one.id)
    if not going:
        live.value(user, one, lambda: attempts.view(user, one.id))
    address = proof_links.of(user, line, judged.commit if judged else "")
    _top(user, one)
    proof_history.newer(user, one)
    proof_check.section(user, one, checks, going, address)
    ends = one.decision is not None or proof_decide.is_over(one)
    if ends:
        proof_decide.section(user, one)
    with st.expander("The problem, and when it is done", expanded=judged is None, icon=":material/flag:"):
        proof_head.problem(one.poc)
        proof_head.starter_of(line.track, line.poc)
    results = {each.check_id: each for each in judged.results} if judged else {}
    leaves = (lambda check: proof_skip.way(user, one, check)) if one.may_learn and line.state == UNDER_WAY else None
    calls = workflows.of_attempt(user, one.id)
    found = Found(f"proof_{one.id}", results, address, one.skipped, calls, leaves)
    proof_tasks.section(one.poc, checks, found)
    proof_tasks.gates(one.poc, checks, found)
    proof_reviews.section(user, one, checks)
    if not ends:
        proof_decide.section(user, one)
    proof_after.section(user, one)
    proof_history.section(one.runs, address)


def _top(user: Who, one: AttemptView) -> None:
    """Whose it is, where, and how long it may take."""
    line = one.line
    proof_head.way_back(line.team_id, line.track, line.track_title)
    st.title(with_code(line.title), anchor=False)
    team = next((each for each in cached.teams(cached.version(), user) if each.id == line.team_id), None)
    demo.label(user, team is not None and team.is_demo)
    by = f" by {plain(one.begun_by)}" if one.begun_by else ""
    where = f"{plain(line.repository)}, branch {plain(line.branch)}" if line.branch else plain(line.repository)
    state = proof_words.decision(line.decision) if line.decision else proof_decide.timebox(one)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(
            f"{state} **{plain(line.team)}** in {where}, begun {day(store.from_us(line.begun_at))}{by}", width="content"
        )
        if line.state == UNDER_WAY:
            proof_history.branch(user, one)
    if line.stalled and not proof_decide.is_over(one):
        st.markdown(f":orange-badge[:material/hourglass_disabled: stands still] {plain(line.stalled)}")
