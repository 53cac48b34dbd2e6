"""What whoever leads can do with an open survey: close, extend, ask more people, cancel."""

from datetime import UTC, datetime, timedelta

import streamlit as st

from assessments.surveys.anonymity import K
from data.asked import closing, waves
from data.asked.waves import LONGEST, WaveView
from data.people import Who
from pages.ui import survey_links
from pages.ui.asking import asked, dialog
from pages.ui.text import count, minute

NOTE = "surveys_note"


def row(user: Who, wave: WaveView) -> None:
    """The buttons below a survey."""
    with st.container(horizontal=True):
        if st.button("Close now", key=f"survey_close_{wave.id}", icon=":material/done_all:"):
            close(user, wave.id)
        if st.button("Extend", key=f"survey_extend_{wave.id}", icon=":material/more_time:"):
            extend(user, wave)
        if st.button("Ask more people", key=f"survey_invite_{wave.id}", icon=":material/person_add:"):
            invite(user, wave)
        if st.button("Cancel the survey", key=f"survey_cancel_{wave.id}", type="tertiary"):
            cancel(user, wave.id)


@dialog("Close the survey")
def close(user: Who, wave_id: int) -> None:
    wave = waves.wave(user, wave_id)  # as it is now, not when the page was drawn
    st.text(f"{wave.answered} of {count(wave.people, 'person', 'people')} answered.")
    if wave.answered < K:
        st.warning(
            f"Fewer than {K} answers: nothing would be shown, and the answers would be deleted, as they could be told "
            "apart. Extend the survey instead, and remind those who have not answered."
        )
    else:
        st.text(
            "The result is worked out now, once for everybody. Answers begun and not handed in are deleted, all links "
            "end, and the survey cannot be opened again."
        )
    label = "Close without a result" if wave.answered < K else f"Close with {wave.answered} answers"
    if st.button(label, key="survey_close_go", type="primary"):
        asked(lambda: closing.close(user, wave_id), "The survey is closed.", NOTE)


@dialog("Extend the survey")
def extend(user: Who, wave: WaveView) -> None:
    st.text(f"It is open until {minute(wave.closes_at)}.")
    days = st.number_input("Days more", 1, LONGEST.days, 7, key=f"survey_extend_days_{wave.id}")
    ends = max(wave.closes_at, datetime.now(UTC)) + timedelta(days=int(days))
    st.caption(f"Then it is open until {minute(ends)}.")
    if st.button("Extend", key="survey_extend_go", type="primary"):
        asked(lambda: waves.extend(user, wave.id, ends), "The survey is open longer.", NOTE)


@dialog("Ask more people")
def invite(user: Who, wave: WaveView) -> None:
    there = {seat.name.casefold() for seat in waves.ledger(user, wave.id)}
    members = {each: name for each, name in waves.members(user, wave.team_id) if name.casefold() not in there}
    chosen = st.multiselect("People of the team", list(members), format_func=members.get) if members else []
    typed = st.text_area("Others, one name a line", key=f"survey_invite_names_{wave.id}")
    names = [*chosen, *(line for line in typed.splitlines() if line.strip())]

    def do() -> None:
        survey_links.keep(wave, waves.invite(user, wave.id, names))

    if st.button("Make their links", key="survey_invite_go", type="primary"):
        asked(do, "They are asked: their links are at the top of the page.", NOTE)


@dialog("New links for all who have not answered")
def renew_all(user: Who, wave: WaveView) -> None:
    st.text("Their links of before open nothing any more, and whoever had begun begins anew.")

    def do() -> None:
        survey_links.keep(wave, waves.renew_missing(user, wave.id))

    if st.button("Make new links", key="survey_all_go", type="primary"):
        asked(do, "The new links are at the top of the page.", NOTE)


@dialog("Cancel the survey")
def cancel(user: Who, wave_id: int) -> None:
    wave = waves.wave(user, wave_id)
    handed_in = f"{count(wave.answered, 'answer')} handed in and " if wave.answered else ""
    told = f"{handed_in}everything begun is deleted, with the list of who was asked."
    st.text(f"{told[0].upper()}{told[1:]} There is no result, and this cannot be undone.")
    if st.button("Delete the answers and cancel", key="survey_cancel_go", type="primary"):
        asked(lambda: waves.cancel(user, wave_id), "The survey is cancelled.", NOTE)
