"""The queue of reviews: one card for each criterion that waits, those one was asked for first."""

from collections.abc import Sequence

import streamlit as st

from data import store
from data.learning.reviews import ReviewItem
from data.people import Who
from pages.ui import paging, review_give, states
from pages.ui.addresses import page_at
from pages.ui.text import ago, count, plain, with_code

PAGE = 10


def section(user: Who, found: Sequence[ReviewItem]) -> None:
    """All of them; what to do where there is none."""
    if not found:
        states.empty(
            "Nothing waits for you",
            "Here stands what other teams have tried and somebody who did not write it should look at. Coaches and "
            "those who lead a team see all of it, others what they were asked for by name.",
            "Learning",
            page_at("learning"),
        )
        return
    st.text(
        f"{count(len(found), 'criterion waits', 'criteria wait')} for somebody who did not write it. Look at the work "
        "itself, line by line of the rubric: a kind no is worth more than a quick yes."
    )
    noun = ("criterion", "criteria")
    for item in paging.part(found, "reviews", "Find one", noun, _words, PAGE):
        _card(user, item)


def _words(item: ReviewItem) -> str:
    return f"{item.team} {item.title} {item.check} {item.repository}"


def _card(user: Who, item: ReviewItem) -> None:
    with st.container(border=True, gap="small", key=f"waits_{item.attempt_id}_{item.check_id}"):
        badges = " :blue-badge[:material/person: you were asked]" if item.asked else ""
        if item.mine is not None:
            badges += (
                " :orange-badge[you said not yet]"
                if not item.mine.accepted
                else " :gray-badge[you accepted an earlier commit]"
            )
        st.markdown(f"**{with_code(item.check)}**{badges}")
        st.markdown(f"{plain(item.team)}: {with_code(item.title)}")
        facts = [f"track {item.track_title}", item.repository + (f", branch {item.branch}" if item.branch else "")]
        facts += [f"commit {item.commit[:10]}"] if item.commit else []
        facts += [f"checked {ago(store.from_us(item.judged_at))}"] if item.judged_at else ["not checked yet"]
        facts += [f"asked as {item.role}"] if item.role else []
        st.caption(plain(" · ".join(facts)))
        with st.expander(f"The rubric ({count(len(item.rubric), 'line')})"):
            st.markdown(f"{with_code(item.why)}\n\n" + "\n".join(f"- {with_code(line)}" for line in item.rubric))
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            review_give.button(user, item, "Review", "primary")
            query = {"attempt": str(item.attempt_id)}
            st.page_link(page_at("proof"), label="See the work", icon=":material/arrow_forward:", query_params=query)
