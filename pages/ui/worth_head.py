"""The findings: whether it comes back, and what is avoided in a year."""

import streamlit as st

from assessments import worth_words as words
from assessments.worth import DIFFERENCES, Difference, Worth
from data.improving import worth_files
from data.improving.worth import WorthView
from pages.ui.text import count, plain

BESIDE = {"impaired": "That users have it; by itself no work."}


def told(view: WorthView) -> None:
    """One sentence, then the differences to today as cards."""
    found = view.worth
    st.markdown(f"**{plain(words.verdict(found))}**")
    st.text(
        f"Differences to today for {count(view.teams, 'team')}, in a year in which the effect is whole. Nine of ten "
        "results lie in the range below each number."
    )
    with st.grid(3, min_column_width=250):
        _card("Work given back", words.told(found.given_back, " h"), "For other work of the same people.")
        for each in found.differences:
            _difference(each)
    if rows := worth_files.money(view):
        st.subheader(plain(f"In {view.currency}" if view.currency else "In money"), anchor=False)
        with st.grid(3, min_column_width=250):
            for name, amount in rows:
                _card(name, amount, "")
    else:
        st.caption("In hours, as nobody has said what an hour costs. Say it below, then it stands here in money, too.")


def not_in_it(found: Worth) -> None:
    """What nobody should look for in these numbers."""
    st.subheader("What is not in it", anchor=False)
    st.markdown("\n".join(f"- {plain(each)}" for each in (*words.missing(found), *words.NOT_IN_IT)))


def _difference(each: Difference) -> None:
    if each.amount is None:
        _card(DIFFERENCES[each.key], "Not known", f"{words.why_not(each)[0].upper()}{words.why_not(each)[1:]}")
        return
    beside = BESIDE.get(each.key, "" if each.work is None else f"Work in it: {words.told(each.work, ' h')}.")
    _card(DIFFERENCES[each.key], words.difference(each.key, each.amount), beside)


def _card(name: str, value: str, beside: str) -> None:
    middle, _, ends = value.partition(" (")
    with st.container(border=True, height="stretch", gap="xsmall"):
        st.metric(plain(name), middle)
        if ends:
            st.text(ends.removesuffix(")"))
        if beside:
            st.caption(plain(beside))
