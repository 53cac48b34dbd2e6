"""Tokens of the API: made with a scope, shown once, listed, revoked."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import streamlit as st

from data import tokens
from data.access import Action, Forbidden, NotFound, Subject, may
from data.people import Who
from data.queries import ServiceView
from data.teams import LONGEST_NAME
from data.tokens import TokenView
from pages.ui import paging
from pages.ui.asking import asked
from pages.ui.text import day, plain

NOTE = "programs_note"
LINES = 15
DAYS = {30: "In 30 days", 90: "In 90 days", 365: "In a year", None: "Never"}
LOOK = {"good": ("Good", "green"), "expired": ("Expired", "gray"), "revoked": ("Revoked", "gray")}
WHOLE = 0  # in place of a service: every one of the organization


def show(user: Who, organization_id: int, services: Sequence[ServiceView]) -> None:
    """What lets programs in, and the way to make another."""
    whole = may(user, Action.ADMINISTER, Subject(organization_id))
    st.text("With a token a pipeline or a script sends facts or reads numbers (docs/api.md). Each is shown once.")
    if not whole and not services:
        st.text("A token is for a service: make one on Teams and services first.")
        return
    if st.button("New token", key="token_new", type="primary", icon=":material/add:"):
        new(user, organization_id, services, whole)
    found = tokens.listed(user, organization_id)
    if not found:
        st.text("There is no token yet.")
    shown = paging.part(
        found, "tokens", "Find a token", ("token", "tokens"), lambda one: f"{one.name} {one.service or ''}", LINES
    )
    for one in shown:
        row(user, one)


def row(user: Who, one: TokenView) -> None:
    with st.container(border=True, horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        with st.container(gap="xsmall", width="content"):
            with st.container(horizontal=True, gap="xsmall", vertical_alignment="center"):
                st.markdown(f"**{plain(one.name)}**", width="content")
                st.badge(LOOK[one.state][0], color=LOOK[one.state][1])
            st.caption(f"`{one.prefix}…` {plain(', '.join(tokens.SCOPES[each].lower() for each in one.scopes))}")
            st.caption(plain(_about(one)))
        if one.state == "good" and st.button("Revoke", key=f"token_revoke_{one.id}", type="tertiary"):
            revoke(user, one)


def _about(one: TokenView) -> str:
    ends = f"expires {day(one.expires_at)}" if one.expires_at else "never expires"
    used = f"last used {day(one.last_used_at)}" if one.last_used_at else "never used"
    whose = one.service or "every service"
    return f"For {whose}; made by {one.person} on {day(one.created_at)}; {ends}; {used}"


@st.dialog("New token", on_dismiss="rerun")
def new(user: Who, organization_id: int, services: Sequence[ServiceView], whole: bool) -> None:
    slot = st.empty()
    with slot.container():
        name = st.text_input(
            "What is it for?", key="token_name", max_chars=LONGEST_NAME, placeholder="Pipeline of shop"
        )
        names = {one.id: f"{one.team} / {one.name}" for one in services}
        if whole:
            names = {WHOLE: "Every service", **names}
        chosen = st.selectbox("Service", list(names), format_func=names.get, key="token_service")
        scopes = [each for each, text in tokens.SCOPES.items() if st.checkbox(text, key=f"token_scope_{each}")]
        days = st.selectbox("Expires", list(DAYS), index=1, format_func=DAYS.get, key="token_days")
        pressed = st.button("Make the token", type="primary", key="token_make")
    if not pressed:
        return
    try:
        ends = datetime.now(UTC) + timedelta(days=days) if days else None
        secret = tokens.create(user, organization_id, name, scopes, chosen or None, ends)
    except (ValueError, Forbidden, NotFound) as error:
        st.error(plain(error))
        return
    with slot.container():
        st.text("Copy the token now, to where the program finds it. It is not kept here and cannot be shown again.")
        st.code(secret, language=None, wrap_lines=True)


@st.dialog("Revoke token")
def revoke(user: Who, one: TokenView) -> None:
    st.text(f"Whatever uses {one.name} ({one.prefix}…) is refused from now on. This cannot be undone.")
    if st.button("Revoke the token", type="primary", key="token_revoke_go"):
        asked(lambda: tokens.revoke(user, one.id), "The token is revoked.", NOTE)
