"""The connections to GitHub one by one, for administrators: their state, a new secret, asking again, taking away."""

import streamlit as st

from data import connections
from data.access import Action, Forbidden, NotFound, Subject, may
from data.connections import ConnectionView, GitHubError
from data.people import Who
from pages.ui import github_connect
from pages.ui.asking import asked, confirmed, dialog
from pages.ui.github_connect import PLACES
from pages.ui.text import count, minute, plain


def show(user: Who, found: tuple[ConnectionView, ...]) -> None:
    """Every connection that the person may use; those that they administer with buttons."""
    if not found:
        st.text("Nothing is connected yet.")
    for one in found:
        _card(user, one, may(user, Action.ADMINISTER, Subject(one.organization_id)))


def state(one: ConnectionView) -> tuple[str, str]:
    """In a word, with its colour."""
    if one.problem:
        return "Not let in", "red"
    if one.wait_until:
        return "Waits for its limit", "orange"
    if one.warning:
        return ("May do too much" if one.too_much else "Ends soon"), "orange"
    return ("Some things unread", "orange") if one.missing else ("Working", "green")


def _card(user: Who, one: ConnectionView, administers: bool) -> None:
    with st.container(border=True, gap="xsmall"):
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            with st.container(horizontal=True, vertical_alignment="center", gap="small", width="content"):
                st.markdown(f"**{plain(one.name)}**", width="content")
                word, colour = state(one)
                st.badge(word, color=colour)
            if administers:
                with st.container(horizontal=True, width="content"):
                    key = f"connection_check_{one.id}"
                    st.button("Check now", key=key, icon=":material/sync:", on_click=_check, args=(user, one.id))
                    if st.button("Replace secret", key=f"connection_replace_{one.id}", icon=":material/key:"):
                        replace(user, one)
                    if st.button("Remove", key=f"connection_remove_{one.id}"):
                        remove(user, one)
        st.caption(f"{plain(github_connect.described(one))}; checked {minute(one.checked_at)}")
        github_connect.may(one)
        if one.wait_until:
            st.caption(f"Nothing is asked with it before {minute(one.wait_until)}.")
        if one.quota:
            names = {"core": "requests", "graphql": "points of queries"}
            left = ", ".join(f"{number:,} {names.get(name, name)}" for name, number in one.quota.items())
            st.caption(f"Left of this hour when it was last used: {plain(left)}.")


def _check(user: Who, connection_id: int) -> None:
    try:
        seen = connections.check(user, connection_id)
    except (GitHubError, Forbidden, NotFound) as error:
        st.session_state["github_note"] = plain(error)
        return
    st.session_state["github_note"] = plain(seen.problem or "GitHub lets it in.")


@dialog("Replace the secret")
def replace(user: Who, one: ConnectionView) -> None:
    """A new token or key in the place of the old one, once GitHub accepts it."""
    what = "token" if one.kind == "token" else "private key"
    st.text(f"The new {what} takes the place of the old one as soon as GitHub accepts it. Nothing is read anew.")
    if one.kind == "app":
        file = st.file_uploader("Private key", type=["pem"], key=f"replace_pem_{one.id}")
        place = st.text_input("or where the key is", key=f"replace_key_{one.id}", placeholder=PLACES)
        secret = place.strip() or (file.getvalue().decode("utf-8", "replace") if file else "")
    else:
        secret = st.text_input(
            "Token",
            type="password",
            key=f"replace_secret_{one.id}",
            autocomplete="off",
            placeholder=f"github_pat_... or {PLACES}",
        )
    if st.button("Replace", type="primary", key="connection_replace_save"):
        if not secret.strip():
            st.error(f"Give the new {what} first.")
            return
        with st.spinner("Asking GitHub ..."):
            asked(lambda: connections.replace_secret(user, one.id, secret), "The new secret works.", "github_note")


@dialog("Remove connection")
def remove(user: Who, one: ConnectionView) -> None:
    """Says what stops, and asks for the name."""
    if one.sources:
        st.text(f"{count(one.sources, 'source')} will not be read any more; what was read stays.")
    st.text("The token or key is forgotten here. At GitHub it goes on to exist: revoke it there too.")
    if confirmed(one.name, f"connection_remove_{one.id}", "Remove the connection"):
        asked(lambda: connections.remove(user, one.id), "The connection is gone.", "github_note")
