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
from pages.ui.text import day, minute, plain

NOTE = "programs_note"
LINES = 15
DAYS = {30: "In 30 days", 90: "In 90 days", 365: "In a year", None: "Never"}
LOOK = {"good": ("Good", "green"), "expired": ("Expired", "gray"), "revoked": ("Revoked", "gray")}
GRACE = {0: "Now", 24: "In a day", 7 * 24: "In a week", 30 * 24: "In 30 days"}  # hours
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
            if one.old_until:
                st.caption(f":orange-badge[Two secrets are good] {plain(_about_old(one))}")
        if one.state == "good":
            with st.container(horizontal=True, gap="small", width="content"):
                if one.old_until and st.button("End the old one", key=f"token_end_{one.id}", type="tertiary"):
                    end_old(user, one)
                if st.button("Replace", key=f"token_replace_{one.id}", type="tertiary"):
                    replace(user, one)
                if st.button("Revoke", key=f"token_revoke_{one.id}", type="tertiary"):
                    revoke(user, one)


def _about(one: TokenView) -> str:
    ends = f"expires {day(one.expires_at)}" if one.expires_at else "never expires"
    used = f"last used {day(one.last_used_at)}" if one.last_used_at else "never used"
    whose = one.service or "every service"
    return f"For {whose}; made by {one.person} on {day(one.created_at)}; {ends}; {used}"


def _about_old(one: TokenView) -> str:
    used = f"last used {minute(one.old_used_at)}" if one.old_used_at else "not used since it was replaced"
    return f"The one before ends {minute(one.old_until)}; {used}"


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
        _show_once(secret)


def _show_once(secret: str) -> None:
    st.text("Copy the token now, to where the program finds it. It is not kept here and cannot be shown again.")
    st.code(secret, language=None, wrap_lines=True)


@st.dialog("Replace the secret", on_dismiss="rerun")
def replace(user: Who, one: TokenView) -> None:
    """Another secret for the same token, beside which the present one stays good for a while."""
    slot = st.empty()
    with slot.container():
        st.text(f"{one.name} gets another secret. The present one ({one.prefix}…) stays good beside it for a while.")
        if one.old_until:
            st.text("The one before it, which is still good, ends now: at most two are.")
        hours = st.selectbox("The present one ends", list(GRACE), index=1, format_func=GRACE.get, key="token_grace")
        pressed = st.button("Replace it", type="primary", key="token_replace_go")
    if not pressed:
        return
    try:
        secret = tokens.replace(user, one.id, timedelta(hours=hours))
    except (ValueError, Forbidden, NotFound) as error:
        st.error(plain(error))
        return
    with slot.container():
        _show_once(secret)


@st.dialog("End the old secret")
def end_old(user: Who, one: TokenView) -> None:
    st.text(f"Whatever uses the secret before the present one is refused from now on. {_about_old(one)}.")
    if st.button("End it", type="primary", key="token_end_go"):
        asked(lambda: tokens.end_old(user, one.id), "The old secret is ended.", NOTE)


@st.dialog("Revoke token")
def revoke(user: Who, one: TokenView) -> None:
    st.text(f"Whatever uses {one.name} ({one.prefix}…) is refused from now on. This cannot be undone.")
    if st.button("Revoke the token", type="primary", key="token_revoke_go"):
        asked(lambda: tokens.revoke(user, one.id), "The token is revoked.", NOTE)
