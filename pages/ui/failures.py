"""Failures of the window: why each was attributed, how sure that is, and the team's own word against it."""

import polars as pl
import streamlit as st

from data.access import Action, Subject, may
from data.people import Who
from data.queries import ServiceView
from pages.ui import correct, corrected, judged, states, tables
from pages.ui.addresses import page_at
from pages.ui.text import count, link, minute, plain, short
from pages.ui.window import Window

STATE = {
    "confirmed": ("Confirmed", "red"),
    "candidate": ("Candidate", "orange"),
    "rejected": ("Not a failure", "gray"),
    "unlinked": ("Unlinked incident", "violet"),
}
WORD = {
    "confirmed": "confirmed",
    "candidate": "to confirm or reject",
    "rejected": "rejected by the team",
    "unlinked": "not linked to a deployment",
}
SIGNAL = {
    "correction": "the team's word",
    "explicit_link": "an incident that names the deployment",
    "incident": "an incident soon after",
    "revert": "a revert",
    "rollback": "a rollback",
    "hotfix": "a hotfix",
}
ALL = "all"
A_PAGE = 5


def section(user: Who, window: Window) -> None:
    """The failures one by one, each to be corrected; then what has been corrected."""
    service = window.service
    allowed = Subject(service.organization_id, service.team_id, service.is_demo)
    if not may(user, Action.VIEW_ROWS, allowed):
        st.text("You may see the numbers of this team, not the rows behind them.")
        return
    found = judged.listed(window, "failed")
    st.text(_finding(found, service.incidents_collected))
    if not service.incidents_collected and "github" in service.kinds:
        query = {"service": str(service.id)}
        label = "Choose which labels of issues are incidents"
        states.way(page_at("sources"), label, "label", query, f"{label}: that is for {states.WHO}.")
    if not found.is_empty():
        kinds = [state for state in STATE if state in found["state"]]
        wanted = ALL
        if len(kinds) > 1:
            numbers = dict(found.group_by("state").agg(pl.col("about").n_unique()).iter_rows())
            numbers[ALL] = found["about"].n_unique()
            wanted = st.radio(
                "Show",
                [ALL, *kinds],
                format_func=lambda state: f"{STATE[state][0] if state in STATE else 'All'} ({numbers[state]:,})",
                key=f"failures_{service.id}",
                horizontal=True,
                label_visibility="collapsed",
            )
        part = found if wanted == ALL else found.filter(state=wanted)
        about = part["about"].unique(maintain_order=True)
        slot, pages = st.container(), -(-len(about) // A_PAGE)
        page = st.pagination(pages, key=f"failures_page_{service.id}_{pages}") if pages > 1 else 1
        with slot:
            seen = about.slice((page - 1) * A_PAGE, A_PAGE).to_list()
            rows = part.filter(pl.col("about").is_in(seen)).to_dicts()
            for subject in seen:
                signals = [row for row in rows if row["about"] == subject]
                _card(user, service, signals, may(user, Action.CORRECT, allowed))
        tables.download(found, f"failures_{service.id}")
    correct.other(user, service, may(user, Action.CORRECT, allowed))
    corrected.section(user, service, may(user, Action.CORRECT, allowed))


def _finding(found: pl.DataFrame, incidents_collected: bool) -> str:
    if found.is_empty():
        if incidents_collected:
            return "Incidents are collected, and none belongs to this window; nor was anything reverted or rolled back."
        return (
            "No incidents have been collected, and nothing was reverted, rolled back or hotfixed in this window. "
            "Whether anything failed is not known."
        )
    numbers = dict(found.group_by("state").len().iter_rows())
    said = ", ".join(f"{numbers[state]:,} {WORD[state]}" for state in STATE if state in numbers)
    signals = f"{count(len(found), 'signal')} of failure on {count(found['about'].n_unique(), 'deployment')}: {said}."
    return signals if incidents_collected else f"{signals} No incidents have been collected, so all is inferred."


def _card(user: Who, service: ServiceView, signals: list[dict], may_correct: bool) -> None:
    """One deployment with every signal that it failed, under the strongest of their states."""
    first = signals[0]
    state = next(state for state in STATE if any(row["state"] == state for row in signals))
    with st.container(border=True, gap="xsmall"):
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            words, colour = STATE[state]
            name = link(first["deployment"], first["url"]) if first["deployment"] else "No deployment"
            when = f":gray[:small[{minute(first['at'])}]]"
            st.markdown(f":{colour}-badge[{words}]\N{EN SPACE}**{name}**\N{EN SPACE}{when}", width="content")
            key = f"correct_{service.id}_{first['about']}"
            if may_correct and st.button("Correct", key=key, icon=":material/edit:"):
                correct.dialog(user, service, signals)
        for row in signals:
            st.text(short(row["why"]))
            recovered = f"recovered {minute(row['recovered_at'])}" if row["recovered_at"] else "not recovered yet"
            own = f" · {STATE[row['state']][0].lower()}" if row["state"] != state else ""
            evidence = (
                link(short(row["evidence_title"] or row["evidence_id"]), row["evidence_url"])
                if row["evidence_id"]
                else ""
            )
            st.caption(
                f"Seen by {SIGNAL[row['signal']]}, {plain(row['confidence'])} confidence · {recovered}{own}"
                + (f" · {evidence}" if evidence else "")
            )
