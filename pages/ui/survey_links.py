"""Invitations: shown once, as the store has only what proves them. They open a page without sign-in."""

import platform
from collections.abc import Sequence

import polars as pl
import streamlit as st

from data import openid
from data.asked import waves
from data.asked.waves import SURVEY, WHERE, Invitation, Seat, WaveView
from data.people import Who
from pages.ui import tables
from pages.ui.asking import asked
from pages.ui.text import count, minute, plain, web

KEPT = "surveys_links"
PORT = 8502  # of `milepost.py serve`


def keep(wave: WaveView, invitations: Sequence[Invitation]) -> None:
    """Shows them at the top of the page until they are put away, in this session alone."""
    st.session_state[KEPT] = (wave, tuple(invitations))


def renewed(user: Who, wave: WaveView, seat: Seat) -> None:
    """A new link for one person."""

    def do() -> None:
        secret = waves.renew(user, seat.participation_id)
        keep(wave, [Invitation(seat.participation_id, seat.name, secret)])

    asked(do, "The new link is at the top of the page.", "surveys_note")


def shown_once(team_id: int) -> None:
    """The links that were just made, to copy one by one or all."""
    wave, invitations = st.session_state.get(KEPT, (None, ()))
    if wave is None or wave.team_id != team_id:
        return
    with st.container(border=True):
        st.subheader(f"{count(len(invitations), 'link')} for {plain(wave.title)}", anchor=False)
        st.text(
            "Each is for one person and opens this survey alone, without sign-in. Copy them now: they are not kept and "
            "cannot be shown again. Who loses theirs gets a new one."
        )
        base = _base()
        rows = [(each.name, f"{base}{WHERE[wave.kind]}#{each.secret}") for each in invitations]
        for name, link in rows[:50]:
            st.markdown(f"**{plain(name)}**")
            st.code(_message(wave, link), language=None, wrap_lines=True)
        if len(rows) > 50:
            st.caption(f"{count(len(rows) - 50, 'more link')} in the file.")
        with st.container(horizontal=True, vertical_alignment="center"):
            tables.download(pl.DataFrame(rows, ["name", "link"], orient="row"), "survey-links")
            if st.button("I have them, put them away", key="survey_links_done", type="primary"):
                del st.session_state[KEPT]
                st.rerun()


def reminder(wave: WaveView) -> str:
    """What to send to those who have not answered, without a link."""
    return (
        f'Please answer "{wave.title}" by {minute(wave.closes_at)}, with the link that you were sent. Your answers '
        "carry no name. If you have lost the link, tell me and you get a new one."
    )


def _message(wave: WaveView, link: str) -> str:
    """What to send to one person."""
    if wave.kind == SURVEY:
        told = f'Please answer "{wave.title}" by {minute(wave.closes_at)}. Your answers carry no name.'
    else:
        told = f'We talk "{wave.title}" through together. Open this on your phone when we meet.'
    return f"{told} The link is for you alone: {link}"


def _base() -> str:
    """Where the links begin: as the settings say, else as this browser came, else as somebody types it."""
    if told := openid.public_url():
        return told
    here = "/".join((st.context.url or "").split("/")[:3]) or "http://localhost:8501"
    if not openid.is_local_url(here):
        return here
    name = platform.node() or "the-name-of-this-computer"
    st.warning(
        "These links work on this computer only: without sign-in Milepost answers nobody else. To let phones of your "
        f"network in, run `python milepost.py serve --host 0.0.0.0 --port {PORT}` beside it: it serves the survey and "
        f"the doors for programs, not the portal. The links then begin with `http://{name}:{PORT}`. Or set up sign-in "
        "(docs/sign-in.md), and the portal itself answers."
    )
    typed = st.text_input("Links begin with", here, key="survey_links_base").strip().rstrip("/")
    if web(typed) is None:
        st.error("An address begins with http:// or https://, such as http://192.168.0.10:8502.")
        return here
    return typed
