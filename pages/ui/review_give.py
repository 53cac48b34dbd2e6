"""Giving a review: the rubric, a yes to each line of it, and a comment."""

import streamlit as st

from data.learning import reviews
from data.learning.reviews import ReviewItem
from data.people import Who
from pages.ui.asking import asked, dialog
from pages.ui.text import plain, with_code

NOTE = "proof_note"


def button(user: Who, item: ReviewItem, label: str, kind: str = "secondary") -> None:
    """Opens the rubric."""
    key = f"review_{item.attempt_id}_{item.check_id}"
    if st.button(plain(label), key=key, type=kind, icon=":material/rate_review:"):
        _give(user, item, key)


@dialog("Review")
def _give(user: Who, item: ReviewItem, key: str) -> None:
    st.markdown(f"**{with_code(item.check)}**  \n{with_code(item.why)}")
    at = f"at commit {item.commit[:10]}" if item.commit else "which has not been checked yet"
    st.caption(plain(f"{item.title}, by {item.team}, in {item.repository}, {at}."))
    st.text("Say yes to what you have seen for yourself, not to what you have been told.")
    criteria = tuple(
        line for place, line in enumerate(item.rubric) if st.checkbox(with_code(line), key=f"{key}_{place}")
    )
    comment = st.text_area(
        "Comment",
        key=f"{key}_comment",
        max_chars=2000,
        height=110,
        placeholder="What convinced you, or what is missing",
    )
    whole = len(criteria) == len(item.rubric)
    with st.container(horizontal=True, gap="small"):
        if st.button("Accept", key=f"{key}_yes", type="primary", disabled=not whole, icon=":material/check:"):
            asked(
                lambda: reviews.give(user, item.attempt_id, item.check_id, True, criteria, comment, item.commit),
                "Accepted.",
                NOTE,
            )
        if st.button("Not yet", key=f"{key}_no", icon=":material/timelapse:"):
            asked(
                lambda: reviews.give(user, item.attempt_id, item.check_id, False, criteria, comment, item.commit),
                "Said: not yet.",
                NOTE,
            )
    st.caption("Accepting takes a yes to every line. Not yet takes a comment that says what is missing.")
