"""What a proof of concept asks of people: who was asked, what they said, and asking somebody."""

from collections.abc import Sequence

import streamlit as st

from assessments.poc import Check
from data import store
from data.learning import reviews
from data.learning.attempts import UNDER_WAY, AttemptView
from data.learning.reviews import ReviewView
from data.people import Who
from pages.ui import review_give
from pages.ui.asking import asked, dialog
from pages.ui.proof_decide import NOTE
from pages.ui.text import day, plain, with_code


def section(user: Who, one: AttemptView, checks: Sequence[Check]) -> None:
    """Nothing where no criterion asks for a person's judgement with a rubric."""
    rubrics = [check for check in checks if check.kind == "attest" and "rubric" in check.params]
    if not rubrics:
        return
    st.header("Reviews", anchor=False)
    titles = {check.id: check.title for check in rubrics}
    counting = [each for each in one.reviews if each.counts]
    judged = next((run.commit for run in one.runs if run.verdict is not None), "")
    for each in counting:
        _said(each, titles.get(each.check_id, each.check_id), each.commit != judged)
    if not counting:
        st.text(
            "Nobody has said anything yet. Ask somebody who did not write it: another pair of eyes sees other things."
        )
    asks = one.may_learn and one.line.state == UNDER_WAY
    heard = {each.by for each in counting}
    people = reviews.askable(user, one.id) if asks else ()
    if silent := [each.name for each in people if each.is_asked and each.name not in heard]:
        st.caption(plain(f"Asked, and has not said anything yet: {', '.join(silent)}."))
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if asks and st.button("Ask somebody for a review", key="proof_ask", icon=":material/person_add:"):
            _ask(user, one.id)
        if not one.why_not_review:
            for item in reviews.of_attempt(user, one.id):
                review_give.button(user, item, f"Review: {item.check}")
    if one.why_not_review and not one.may_learn:
        st.caption(plain(one.why_not_review))


def _said(each: ReviewView, title: str, is_old: bool) -> None:
    badge = (
        ":green-badge[:material/check_circle: accepted]"
        if each.accepted
        else ":orange-badge[:material/timelapse: not yet]"
    )
    by = plain(each.by or "by somebody whose name is not kept")
    role = f" as {plain(each.role)}" if each.role else ""
    with st.container(border=True, gap="xsmall"):
        old = ", at an earlier commit" if is_old and each.commit else ""
        st.markdown(f"{badge} **{with_code(title)}** {by}{role}, {day(store.from_us(each.at))}{old}")
        if each.comment:
            st.markdown("  \n".join(plain(line) for line in each.comment.splitlines()))


@dialog("Ask somebody for a review")
def _ask(user: Who, attempt_id: int) -> None:
    people = reviews.askable(user, attempt_id)
    free = {each.person_id: each for each in people if not each.is_asked}
    if waiting := [each.name for each in people if each.is_asked]:
        st.caption(plain(f"Asked already: {', '.join(waiting)}."))
    if not free:
        st.text("There is nobody else who could be asked. Somebody has to join the organisation first.")
        return
    chosen = st.selectbox(
        "Who", list(free), key="proof_ask_who", format_func=lambda each: f"{free[each].name} ({free[each].why})"
    )
    st.caption("It stands among their reviews. Nobody is sent a message.")
    if st.button("Ask", key="proof_ask_go", type="primary"):
        asked(lambda: reviews.ask(user, attempt_id, chosen), f"{free[chosen].name} was asked.", NOTE)
