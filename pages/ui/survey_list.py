"""The surveys of a team: a card for each open one, a line for each that is over."""

from collections.abc import Sequence

import streamlit as st

from data.asked import waves
from data.asked.waves import CONSENSUS, WaveView
from data.people import Who
from data.queries import TeamView
from pages.ui import paging, survey_acts, survey_links
from pages.ui.addresses import page_at
from pages.ui.registry import BY_PATH
from pages.ui.text import count, day, minute, plain

NOTE = survey_acts.NOTE
LINES = 12


def nothing(team: TeamView, leads: bool) -> None:
    """The team has never been asked."""
    with st.container(border=True):
        st.subheader("This team has not been asked yet", anchor=False)
        st.text(
            "Numbers say what happens, people say why. Everybody answers on a phone in a few minutes, without a name; "
            "results appear when the survey closes, from five answers on. Teams under five talk it through together."
        )
        if not leads:
            st.text(f"Whoever leads {team.name} can open a survey here.")


def open_ones(user: Who, found: Sequence[WaveView], leads: bool) -> None:
    """What is asked at the moment."""
    if found:
        st.header("Open", anchor=False)
    for wave in found:
        with st.container(border=True):
            _head(wave)
            if wave.kind == CONSENSUS:
                _consensus(wave, leads)
                continue
            st.progress(
                wave.answered / wave.people, f"{wave.answered} of {count(wave.people, 'person', 'people')} answered"
            )
            if leads:
                survey_acts.row(user, wave)
                _missing(user, wave)
            else:
                st.caption("Who is asked got a link of their own. The result appears here when the survey closes.")


def _head(wave: WaveView) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.subheader(plain(wave.title), anchor=False, width="content")
        if wave.kind == CONSENSUS:
            st.badge("Consensus", color="violet")
    st.caption(f"Opened {day(wave.opened_at)}, open until {minute(wave.closes_at)}")


def _consensus(wave: WaveView, leads: bool) -> None:
    st.text(f"{count(wave.people, 'person', 'people')}: vote in private, reveal together, talk, agree.")
    if leads and "session" in BY_PATH:
        st.page_link(
            page_at("session"),
            label="Lead the session",
            icon=":material/diversity_3:",
            query_params={"wave": wave.id},
        )


def _missing(user: Who, wave: WaveView) -> None:
    """The reminder list; nothing in it leads to an answer."""
    missing = [seat for seat in waves.ledger(user, wave.id) if not seat.answered]
    if not missing:
        st.success("Everybody has answered: you can close the survey.", icon=":material/check:")
        return
    with st.expander(f"Who has not answered ({len(missing)})", icon=":material/schedule_send:"):
        st.text("Copy a reminder for those who still have their link:")
        st.code(survey_links.reminder(wave), language=None, wrap_lines=True)
        st.text(
            "Links are not kept. Who lost theirs gets a new one: the old one opens nothing then, and they begin anew."
        )
        if st.button("New links for all of these", key=f"survey_all_{wave.id}", icon=":material/key:"):
            survey_acts.renew_all(user, wave)
        shown = paging.part(
            missing, f"survey_missing_{wave.id}", "Find a person", ("person", "people"), lambda seat: seat.name, LINES
        )
        for seat in shown:
            with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
                st.markdown(plain(seat.name), width="content")
                key = f"survey_link_{seat.participation_id}"
                if st.button("New link", key=key, type="tertiary", icon=":material/key:"):
                    survey_links.renewed(user, wave, seat)


def closed_ones(found: Sequence[WaveView]) -> None:
    """What is over, the newest first."""
    if not found:
        return
    st.header("Closed", anchor=False)
    shown = paging.part(found, "surveys_closed", "Find a survey", ("survey", "surveys"), lambda one: one.title, LINES)
    for wave in shown:
        with st.container(border=True, horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            with st.container(gap="xsmall", width="content"):
                st.markdown(f"**{plain(wave.title)}**")
                st.caption(_about(wave))
            if wave.state == "closed":
                st.page_link(
                    page_at("survey"), label="Result", icon=":material/arrow_forward:", query_params={"wave": wave.id}
                )
            else:
                st.badge("Cancelled", color="gray")


def _about(wave: WaveView) -> str:
    if wave.state == "cancelled":
        return f"Opened {day(wave.opened_at)}, cancelled {day(wave.closed_at)}: no answer was kept"
    if wave.kind == CONSENSUS:
        return f"Consensus of {count(wave.people, 'person', 'people')}, closed {day(wave.closed_at)}"
    told = f"{wave.answered} of {wave.people} answered, closed {day(wave.closed_at)}"
    return f"{told}, collected elsewhere" if wave.elsewhere else told
