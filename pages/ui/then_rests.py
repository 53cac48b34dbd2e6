"""What each of the two assessments rests on."""

import streamlit as st

from data import store
from pages.ui.text import count, day, minute, plain
from pages.ui.then_pick import Side

MOST = 20  # repositories named


def section(before: Side, after: Side) -> None:
    """Side by side."""
    with st.expander("What they rest on"):
        for side, column in zip((before, after), st.columns(2, gap="medium"), strict=True):
            with column:
                _side(side)


def _side(side: Side) -> None:
    kept = side.kept
    st.markdown(f"**{plain(side.name)}**")
    said = [f"Practices of version {side.snapshot.version}"]
    if kept is None:
        st.text(f"Where the team stands at the moment. {said[0]}.")
        return
    st.text(f"Taken {kept.line.why}, {minute(kept.line.taken_at)}. {said[0]}.")
    for title in kept.line.surveys:
        st.markdown(f"- {plain(title)}")
    if not kept.line.surveys:
        st.caption("No survey had been closed.")
    if kept.map:
        st.markdown(f"- Workflow map {plain(kept.map['title'])}, version {kept.map['version']}")
    looked = [each for each in kept.repositories if each["as_of"] is not None]
    for each in looked[:MOST]:
        commit = f" at {plain(each['commit'][:10])}" if each["commit"] else ""
        st.markdown(f"- {plain(each['name'])}{commit}, {day(store.from_us(each['as_of']))}")
    if len(looked) > MOST:
        st.caption(f"and {count(len(looked) - MOST, 'more repository', 'more repositories')}")
    if not looked:
        st.caption("No repository had been looked at.")
    if side.snapshot.marks:
        st.caption(f"{count(len(side.snapshot.marks), 'mark')} counted.")
