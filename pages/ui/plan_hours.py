"""The hours that a team has for learning, which stand in the address."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from data.improving.plans import HOURS, MOST_HOURS


def choose(place: DeltaGenerator) -> int:
    """The budget: from the address, else the last one of this session, else what is proposed."""
    hours = known()
    st.query_params["hours"] = str(hours)
    st.session_state["pick_hours"] = hours
    place.number_input(
        "Hours for learning", 0, MOST_HOURS, step=5, key="pick_hours", on_change=_follow, width=170,
        help="What each person can spend on it until you plan again. The recommendation fits into these hours.",
    )  # fmt: skip
    return hours


def known() -> int:
    """The same without asking for it."""
    wanted = st.query_params.get("hours", "")
    hours = int(wanted) if wanted.isascii() and wanted.isdigit() and len(wanted) <= 3 else None
    if hours is None or hours > MOST_HOURS:
        hours = st.session_state.get("seen_hours", HOURS)
    st.session_state["seen_hours"] = hours
    return hours


def _follow() -> None:
    if st.session_state["pick_hours"] is not None:
        st.query_params["hours"] = str(st.session_state["pick_hours"])
