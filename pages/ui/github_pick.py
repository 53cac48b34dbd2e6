"""Choosing repositories: from the list of a connection, a page at a time with a search, or by their names."""

import streamlit as st

from data import connections, jobs
from data.access import Forbidden, NotFound
from data.connections import ConnectionView, GitHubError, RepositoryPage, RepositoryRow
from data.people import Who
from pages.ui import github_chosen
from pages.ui.github_chosen import chosen
from pages.ui.text import count, day, minute, plain

PAGE = 12
MOST = 2_000  # repositories added in one go
BY = {"name": "Name", "pushed": "Newest push"}


def section(user: Who, one: ConnectionView) -> list[str]:
    """The list with its search, the field for a name, and what has been chosen. Returns the names chosen."""
    left, right = st.columns([3, 2], gap="large")
    with left:
        _list(user, one)
    with right:
        names = github_chosen.section(one)
    return names


def _list(user: Who, one: ConnectionView) -> None:
    first = connections.repositories(user, one.id, limit=1)
    if first.job and first.job.is_live:
        _being_read(first)
    elif first.listed_at is None:
        if first.job and first.job.state == "failed":
            st.error(plain(first.job.message))
            st.button("Read the list again", key="github_list", on_click=_refresh, args=(user, one))
            return
        _refresh(user, one)  # once, when somebody first looks
        st.rerun()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        search = st.text_input(
            "Find a repository", key="github_find", type="search", icon=":material/search:", live="300ms"
        )
        by = st.selectbox("Order", list(BY), format_func=BY.get, key="github_by", width=150)
    words = (search or "").strip()
    slot, total = st.container(gap="xxsmall"), connections.repositories(user, one.id, words, limit=1).total
    pages = -(-total // PAGE)
    page = st.pagination(pages, key=f"github_page_{pages}_{words}_{by}") if pages > 1 else 1
    found = connections.repositories(user, one.id, words, limit=PAGE, offset=(page - 1) * PAGE, by=by)
    with slot:
        for row in found.rows:
            _row(one, row)
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        if not total:
            st.caption(_none(found, words))
        else:
            st.caption(f"{count(total, 'repository', 'repositories')}; list read {minute(found.listed_at)}")
        if total > 1:
            label = f"Choose all {total:,}" + (" found" if words else "")
            but = "But for archived ones and those that are added already."
            st.button(label, key="github_all", on_click=_all, args=(user, one, words), type="tertiary", help=but)
        st.button("Read the list again", key="github_list", on_click=_refresh, args=(user, one), type="tertiary")


def _none(found: RepositoryPage, words: str) -> str:
    """Why no repository is shown: the list is not there yet, or empty, or none fits."""
    if found.listed_at is None:
        return "The list is not there yet."
    return "None is called so." if words else "The list is empty: give the token or app repositories."


def _being_read(first: RepositoryPage) -> None:
    share = min(first.job.done / first.job.total, 1.0) if first.job.total else 0.0
    st.progress(share, text=plain(first.job.message or "Reading which repositories there are"))
    st.fragment(_until_read, run_every=1.0)(first.job.id)


def _until_read(job_id: int) -> None:
    job = jobs.progress(job_id)
    if job is None or not job.is_live:
        st.rerun()


def _row(one: ConnectionView, row: RepositoryRow) -> None:
    key, names = f"github_pick_{row.github_id}", chosen(one)
    st.session_state[key] = row.already_added or row.full_name in names
    told = [
        word
        for word, holds in (
            ("public", not row.is_private),
            ("archived", row.is_archived),
            ("added already", row.already_added),
            ("cloned here", row.is_cloned and not row.already_added),
            (f"pushed {day(row.pushed_at)}", row.pushed_at),
        )
        if holds
    ]
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        # Screen readers hear a label as it is written: without signs of Markdown where that does no harm.
        label = plain(row.full_name) if "_" in row.full_name else row.full_name
        given = {"key": key, "disabled": row.already_added, "on_change": _toggle, "args": (one, row.full_name, key)}
        st.checkbox(label, width="content", **given)
        st.caption(", ".join(told), width="content")


def _toggle(one: ConnectionView, name: str, key: str) -> None:
    names = chosen(one)
    if st.session_state[key] and name not in names:
        names.append(name)
    elif not st.session_state[key] and name in names:
        names.remove(name)


def _all(user: Who, one: ConnectionView, words: str) -> None:
    """Those that fit the search, but for archived ones and those that are read already."""
    found = connections.repositories(user, one.id, words, limit=MOST)
    names = chosen(one)
    known = set(names)
    names += [
        row.full_name for row in found.rows if not (row.already_added or row.is_archived or row.full_name in known)
    ]


def _refresh(user: Who, one: ConnectionView) -> None:
    try:
        connections.refresh_repositories(user, one.id)
    except (GitHubError, Forbidden, NotFound) as error:
        st.session_state["github_note"] = plain(error)
