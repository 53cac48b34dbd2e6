"""Looks at repositories as one sees them: when each was last looked at, at which commit, what could not be read, and a
button. All of it is in the store, so that it is the same after a reload and on another page."""

from collections.abc import Collection, Mapping, Sequence

import streamlit as st

from data.access import Forbidden, NotFound
from data.people import Who
from data.practices import evaluating, looks
from data.practices.looks import LookView
from pages.ui import guard, paging, states
from pages.ui.addresses import page_at
from pages.ui.asking import is_open
from pages.ui.text import ago, count, link, minute, plain

EVERY = 2.0  # seconds between two looks at what is going on
NAMED = 5  # files named that could not be read
NOUNS = ("repository", "repositories")
WORDS = {
    "nothing": ("Nothing to look at", "gray"),
    "never": ("Not looked at yet", "gray"),
    "waiting": ("Waits for its turn", "gray"),
    "looking": ("Looking", "blue"),
    "looked": ("Looked at", "green"),
    "failed": ("Could not be looked at", "red"),
}
SOURCE = {"clone": "its clone", "GitHub": "GitHub"}


def section(user: Who, repository_ids: Collection[int], key: str = "look") -> None:
    """How these repositories stand, as far as the person may see them, with a button for whoever may add sources. While
    one is looked at it tells how far that is, and the page begins anew at the end."""
    found = looks.status(user, repository_ids)
    if not found:
        st.text("No repository is read for this team yet, so that there is nothing to look at.")
        states.way(page_at("sources"), "Add a clone or connect GitHub")
        return
    views = list(found.values())
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.text(_together(views), width="content")
        ready = [each.repository_id for each in views if each.may_look and not each.is_live]
        if ready:
            label, icon = "Look at the repositories now", ":material/search:"
            st.button(label, key=f"{key}_now", icon=icon, on_click=_look, args=(user, ready))
    if any(each.is_live for each in views):
        st.fragment(_going_on, run_every=EVERY)(user, tuple(found))
    troubled = [each for each in views if each.problem or each.unread_count]
    with st.expander("Each repository, and what could not be read", expanded=bool(troubled) and len(views) == 1):
        for one in paging.part(views, f"{key}_each", "Find a repository", NOUNS, lambda one: one.name, 10):
            _each(one)


def _look(user: Who, repository_ids: Sequence[int]) -> None:
    try:
        evaluating.look(user, repository_ids)
    except (ValueError, Forbidden, NotFound) as error:
        st.toast(plain(error))


def _going_on(user: Who, repository_ids: tuple[int, ...]) -> None:
    guard.still(user)
    live = [each for each in looks.status(user, repository_ids).values() if each.is_live]
    if not live:
        if not is_open():
            st.rerun()
        return
    runs = next((each for each in live if each.state == "looking"), None)
    waits = [each for each in live if each.state == "waiting"]
    with st.container(border=True, gap="xsmall"):
        if runs:
            share = min(runs.done / runs.total, 1.0) if runs.total else 0.0
            st.progress(share, text=plain(runs.text))
        if waits:
            st.caption(_waiting(waits))
        st.caption("You may leave this page; the work goes on.")


def _waiting(waits: Sequence[LookView]) -> str:
    """'2 repositories wait for their turn', or why the only one does."""
    until = [each for each in waits if each.resume_at]
    if until:
        return f"{plain(until[0].text)} It goes on by itself at {minute(until[0].resume_at)}."
    return f"{count(len(waits), 'repository waits for its', 'repositories wait for their')} turn."


def _together(views: Sequence[LookView]) -> str:
    """'2 of 3 repositories were looked at; the oldest look was 3 hours ago. 1 could not be looked at.'"""
    looked = [each.seen_at for each in views if each.seen_at]
    failed = sum(each.state == "failed" for each in views)
    all_of_them = count(len(views), *NOUNS)
    if not looked:
        said = f"{all_of_them}, not looked at yet."
    elif len(views) == 1:
        said = f"{all_of_them}, looked at {ago(looked[0])}."
    else:
        were = "was looked at" if len(looked) == 1 else "were looked at; the oldest look was"
        said = f"{len(looked):,} of {all_of_them} {were} {ago(min(looked))}."
    return said + (f" {failed:,} could not be looked at the last time." if failed else "")


def _each(one: LookView) -> None:
    word, colour = WORDS[one.state]
    said = [f"**{link(one.name, one.web_url)}** :{colour}-badge[{word}]", seen(one)]
    if one.state in ("nothing", "never", "failed"):
        said.append(f":material/info: {plain(one.text)}")
    with st.container(border=True, gap="xsmall"):
        st.markdown("\n\n".join(filter(None, said)))
        if one.unread_count:
            _unread(one)


def seen(one: LookView) -> str:
    """'Looked at 3 hours ago, commit abcdef1234, from its clone. Next by itself 3 Mar 2026.' Markdown; "" when nothing
    was found yet."""
    if not one.seen_at:
        return ""
    sha = (one.commit or "")[:10]
    commit = link(sha, f"{one.web_url}/commit/{one.commit}") if one.web_url else plain(sha)
    said = f"Looked at {ago(one.seen_at)}, commit {commit}, from {SOURCE.get(one.tool, 'files')}."
    if one.facts_read_at:
        said += f" Settings of GitHub as of {plain(minute(one.facts_read_at))}."
    return said + (f" Next by itself {plain(minute(one.next_at))}." if one.next_at else "")


def _unread(one: LookView) -> None:
    few = one.unread[:NAMED]
    lines = [f"- {plain(path)}: {plain(why)}" for path, why in few]
    more = one.unread_count - len(few)
    lines += [f"- and {count(more, 'other')}"] if more > 0 else []
    st.markdown(f"{count(one.unread_count, 'file')} could not be read:\n\n" + "\n".join(lines))


def line(user: Who, found: Mapping[int, LookView], repository_id: int, key: str) -> None:
    """One repository in a line with its button, on the page of sources."""
    one = found.get(repository_id)
    if one is None or one.state == "nothing":
        return
    if one.is_live:
        st.fragment(_going_on, run_every=EVERY)(user, (repository_id,))
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        said = seen(one) if one.seen_at and not one.problem else plain(one.text)
        st.markdown(f":small[Practices: {said}]", width="content")
        if one.may_look:
            icon = ":material/search:"
            st.button("Look now", key=key, icon=icon, on_click=_look, args=(user, [repository_id]), type="tertiary")
