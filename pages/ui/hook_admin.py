"""For each service: the address for the webhooks of an incident tool, and the badge."""

from collections.abc import Sequence

import streamlit as st

from data import badges, hooks, openid
from data.access import Action, Subject, may
from data.people import Who
from data.queries import ServiceView
from pages.ui import paging
from pages.ui.asking import asked
from pages.ui.text import plain

NOTE = "programs_note"
LINES = 12


def hooks_of(user: Who, services: Sequence[ServiceView]) -> None:
    """Where an incident tool tells of incidents, a service at a time."""
    st.text("An incident tool that signs as PagerDuty does (v3) tells of incidents by itself: see docs/api.md.")
    keys = hooks.keys_of([one.id for one in services])
    for one in _part(services, "hooks"):
        with st.container(border=True):
            key = keys.get(one.id)
            with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
                _name(one, key is not None)
                with st.container(horizontal=True, width="content"):
                    if st.button("Change the secret" if key else "Switch on", key=f"hook_open_{one.id}"):
                        open_hook(user, one, key is not None)
                    if key and st.button("Switch off", key=f"hook_close_{one.id}", type="tertiary"):
                        close_hook(user, one)
            if key:
                st.code(f"{_origin()}/webhooks/pagerduty/{key}", language=None, wrap_lines=True)


def badges_of(user: Who, services: Sequence[ServiceView]) -> None:
    """The picture of a number, which anybody sees who has its address."""
    st.text(
        "A badge shows one number of a service, for its README. Whoever has the address sees it, without signing in."
    )
    editable = [one for one in services if may(user, Action.EDIT_SERVICE, Subject(one.organization_id, one.team_id))]
    keys = badges.keys_of([one.id for one in editable])
    for one in _part(editable, "badges"):
        with st.container(border=True):
            key = keys.get(one.id)
            with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
                _name(one, key is not None)
                if key is None:
                    if st.button("Switch on", key=f"badge_on_{one.id}"):
                        asked(lambda one=one: badges.switch_on(user, one.id), "The badge is switched on.", NOTE)
                elif st.button("Switch off", key=f"badge_off_{one.id}", type="tertiary"):
                    close_badge(user, one)
            if key:
                st.code(f"{_origin()}/badge/{key}.svg?metric=lead_time", language=None, wrap_lines=True)
    if editable:
        st.caption(f"In place of lead_time: {', '.join(plain(each) for each in badges.METRICS)}.")


@st.dialog("Secret of the webhook")
def open_hook(user: Who, one: ServiceView, known: bool) -> None:
    st.text(
        f"Paste the secret with which the tool signs what it sends about {one.name}. PagerDuty shows it once, after "
        "the webhook was added: begin with one of your own to get the address, and change it then."
    )
    if known:
        st.text("The secret before stays good until the next change.")
    secret = st.text_input("Secret", type="password", key=f"hook_secret_{one.id}", autocomplete="off")
    if st.button("Save the secret", type="primary", key="hook_save"):
        asked(lambda: hooks.open_hook(user, one.id, secret), "The secret is kept.", NOTE)


@st.dialog("Switch off the webhook")
def close_hook(user: Who, one: ServiceView) -> None:
    st.text(f"Events about {one.name} are refused from now on, and the address ends. What they told stays.")
    if st.button("Switch off", type="primary", key="hook_close_go"):
        asked(lambda: hooks.close_hook(user, one.id), "The webhook is switched off.", NOTE)


@st.dialog("Switch off the badge")
def close_badge(user: Who, one: ServiceView) -> None:
    st.text(f"The picture of {one.name} is gone wherever it was put. Switched on again, it has another address.")
    if st.button("Switch off", type="primary", key="badge_close_go"):
        asked(lambda: badges.switch_off(user, one.id), "The badge is switched off.", NOTE)


def _part(services: Sequence[ServiceView], key: str) -> Sequence[ServiceView]:
    if not services:
        st.text("There is no service yet: add one on Home, or make one on Teams and services.")
    return paging.part(
        services, key, "Find a service", ("service", "services"), lambda one: f"{one.team} {one.name}", LINES
    )


def _name(one: ServiceView, on: bool) -> None:
    with st.container(gap=None, width="content"):
        st.markdown(f"**{plain(one.name)}**")
        st.caption(f"{plain(one.team)}; {'switched on' if on else 'switched off'}")


def _origin() -> str:
    """Where others reach this: as the settings say, else as this browser does."""
    if told := openid.public_url():
        return told
    return "/".join((st.context.url or "").split("/")[:3])
