"""Who is invited to a consensus: new links for lost ones, and seats that are taken by browsers nobody uses any more."""

import streamlit as st

from data.asked import consensus, waves
from data.asked.consensus import Room
from data.people import Who
from pages.ui import consensus_end, survey_acts, survey_links
from pages.ui.consensus_acts import run
from pages.ui.text import plain


def show(user: Who, room: Room) -> None:
    """By name, without who of them is here."""
    with st.expander("People and links", key="consensus_people", icon=":material/group:"):
        st.caption(
            "Who of them is here is not known, only how many: a vote hangs on a browser, not on a person. A link is "
            "shown once; who lost theirs gets a new one, and the old one opens nothing any more."
        )
        for seat in waves.ledger(user, room.wave.id):
            with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
                st.markdown(plain(seat.name), width="content")
                key = f"consensus_link_{seat.participation_id}"
                if st.button("New link", key=key, type="tertiary", icon=":material/key:"):
                    survey_links.renewed(user, room.wave, seat)
        with st.container(horizontal=True):
            if st.button("Ask more people", key="consensus_invite", icon=":material/person_add:"):
                survey_acts.invite(user, room.wave)
            if st.button("Extend", key="consensus_extend", icon=":material/more_time:"):
                survey_acts.extend(user, room.wave)
            free = "Every browser takes its seat anew. Use it when a seat is held by a browser nobody uses any more."
            st.button(
                "Free the seats",
                key="consensus_free",
                icon=":material/chair:",
                help=free,
                on_click=_free,
                args=(user, room.wave.id),
            )
            consensus_end.cancel(user, room)


def _free(user: Who, wave_id: int) -> None:
    run(lambda: consensus.free_seats(user, wave_id))
