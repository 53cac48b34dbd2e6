"""Reading from GitHub as one sees it: a line on all repositories together, and one for each. All of it is in the store,
so that it is the same after a reload, on another page and after a restart."""

import streamlit as st

from data import backlog, syncing
from data.backlog import Backlog
from data.people import Who
from data.syncing import SyncView
from pages.ui import guard, paging, states, sync_buttons
from pages.ui.addresses import page_at
from pages.ui.text import count, link, minute, plain

EVERY = 2.0  # seconds between two looks at what is being read
FEW = 3  # repositories shown one by one where only a summary is wanted
PAGE = 8

WORDS = {
    "reading": ("Reading", "blue"),
    "paused": ("Paused", "gray"),
    "waiting_for_limit": ("Waits for GitHub", "orange"),
    "stopped": ("Stopped", "red"),
    "up_to_date": ("Up to date", "green"),
    "never": ("Not read yet", "gray"),
}


def summary(user: Who, unread: Backlog) -> None:
    """Home: how far the first readings are together, the first few of them, and the way to all."""
    if unread.sources:
        st.fragment(_summary, run_every=EVERY)(user)


def _summary(user: Who) -> None:
    guard.still(user)
    unread = backlog.first_readings(user)
    if not unread.sources:
        st.rerun()
    with st.container(border=True):
        whole(unread)
        told = (unread.reading + unread.limited + unread.stopped)[:FEW]
        seen = syncing.status(user, told)
        for source_id in told:
            if source_id in seen:
                step(seen[source_id])
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            st.caption("You may leave this page; the work goes on.", width="content")
            if states.open_to(user, page_at("github")):
                st.page_link(page_at("github"), label="See each of them", icon=":material/arrow_forward:")


def whole(unread: Backlog) -> None:
    """All of them as one bar; a single one says more by itself."""
    many = unread.done + len(unread.sources)
    if many > 1:
        st.progress(unread.done / many, text=together(unread))


def together(unread: Backlog) -> str:
    """'12 of 40 repositories have been read; 2 are being read, 26 wait for their turn.'"""
    all_of_them = unread.done + len(unread.sources)
    parts = (
        (unread.reading, "is being read", "are being read"),
        (unread.queued, "waits for its turn", "wait for their turn"),
        (unread.limited, "waits for GitHub's limit", "wait for GitHub's limit"),
        (unread.paused, "is paused", "are paused"),
        (unread.stopped, "has stopped", "have stopped"),
    )
    said = ", ".join(f"{len(ids):,} {one if len(ids) == 1 else many}" for ids, one, many in parts if ids)
    noun = count(all_of_them, "repository has", "repositories have")
    return f"{unread.done:,} of {noun} been read from GitHub; {said}."


def each(user: Who) -> None:
    """Those that have not been read whole, one by one, with buttons. When the only one that this visitor has just added
    is read, the choice of its rule comes next."""
    st.fragment(_each, run_every=EVERY)(user)


def _each(user: Who) -> None:
    guard.still(user)
    unread = backlog.first_readings(user)
    started = st.session_state.get("github_started", [])
    if len(started) == 1 and started[0][0] not in unread.sources:
        st.session_state.pop("github_started")
        st.switch_page(page_at("rule"), query_params={"service": str(started[0][1])})
    if not unread.sources:
        st.rerun()
    whole(unread)
    if len(unread.sources) > 1:
        sync_buttons.all_of_them(user, unread)
    nouns = ("repository", "repositories")
    part = paging.part(unread.sources, "syncs", "Find a repository", nouns, lambda one: unread.names[one], PAGE)
    found = syncing.status(user, part)
    with st.container(border=True, gap="xsmall"):
        for one in (found[source_id] for source_id in part if source_id in found):
            with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
                with st.container(horizontal=True, vertical_alignment="center", gap="small", width="content"):
                    st.markdown(f"**{link(one.full_name, one.web_url)}**", width="content")
                    badge(one)
                sync_buttons.show(user, one, "first")
            if not waits(one):
                step(one, named=False)


def waits(one: SyncView) -> bool:
    """Whether it only waits for its turn."""
    return one.state == "reading" and one.began_at is None


def badge(one: SyncView) -> None:
    """The state in a word."""
    word, colour = ("Waits for its turn", "gray") if waits(one) else WORDS[one.state]
    if one.is_gone:
        word = "Not found"
    st.badge(word, color=colour)


def step(one: SyncView, named: bool = True) -> None:
    """What is being done to a repository, how far it is and how fast."""
    said = plain(one.text)
    numbers = ""
    if one.done:
        numbers = f" {one.done:,} of {one.total:,}" if one.total else f" {one.done:,} so far"
        numbers += f", {one.rate:,.0f} a second" if one.rate and one.rate >= 1 else ""
    line = (f"{plain(one.full_name)}: " if named else "") + said + (f":{numbers}" if numbers else "")
    if one.state == "reading" and one.total:
        st.progress(min(one.done / one.total, 1.0), text=line)
    else:
        st.markdown(f":small[{line}]" if named else line)
    if one.resume_at:
        st.caption(f"Goes on by itself at {minute(one.resume_at)}.")
