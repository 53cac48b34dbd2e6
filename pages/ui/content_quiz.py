"""How the questions are answered, of at least five people each."""

import polars as pl
import streamlit as st

from assessments.delivery import present
from content import catalog
from data.access import Forbidden
from data.learning import quizzes
from data.learning.quizzes import FEWEST, ItemStatistics
from data.people import Who
from pages.ui import paging, prose
from pages.ui.text import plain

EASY, HARD = 0.95, 0.4


def section(user: Who) -> None:
    """The hardest first; nothing under five people."""
    st.text(
        f"First answers of everybody in your organisation, in groups of {FEWEST} people: who answered what is known to "
        "nobody but themselves. A wrong choice that many take shows what a module does not explain."
    )
    try:
        some = quizzes.statistics(user)
    except Forbidden:
        st.text("These are for coaches and administrators.")
        return
    known = sorted((each for each in some if each.right is not None), key=lambda each: each.right)
    if not known:
        st.text(f"No question was answered by {FEWEST} people yet.")
        return

    def words(each: ItemStatistics) -> str:
        return f"{each.module_title} {each.question}"

    for each in paging.part(known, "content_quiz", "Find a question", ("question", "questions"), words, 10):
        with st.container(border=True, gap="xsmall"):
            _one(each)


def _one(each: ItemStatistics) -> None:
    badge = ""
    if each.right <= HARD:
        badge = " :orange-badge[Hard, or not explained]"
    elif each.right >= EASY:
        badge = " :gray-badge[Nearly everybody knows it]"
    st.markdown(f"{prose.line(each.question)}{badge}")
    st.caption(plain(f"{each.module_title} · {present.share(each.right)} right at first, of {each.people} people"))
    quiz = catalog.modules(each.track)[each.module].head["quiz"]
    item = next(item for item in quiz if item["id"] == each.item)
    rows = [
        {"Choice": choice, "Chosen by": present.share(share), "": "right" if place in item["answer"] else ""}
        for place, (choice, share) in enumerate(zip(item["choices"], each.chosen, strict=True))
    ]
    st.dataframe(
        pl.DataFrame(rows).to_arrow(), hide_index=True, key=f"content_quiz_{each.module}_{each.item}",
        alt="What people chose in their first answer.",
    )  # fmt: skip
