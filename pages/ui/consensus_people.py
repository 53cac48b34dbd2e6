"""Who is invited to a consensus: new links for lost ones, and seats that are taken by browsers nobody uses any more."""

import streamlit as st

from data.asked import consensus, waves
from data.asked.consensus import Room
from data.people import Who
from pages.ui import consensus_end
from pages.ui.consensus_acts import run
from pages.ui.text import plain


def show(user: Who, room: Room) -> None:
    with st.expander("People and links", icon=":material/group:"):
        st.caption(
            "Who of them is here is not known, only how many: a vote hangs on a browser, not on a person. A link is "
            "shown once; who lost theirs gets a new one, and the old one opens nothing any more."
        )
        for seat in waves.ledger(user, room.wave.id):
            with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
                st.markdown(plain(seat.name), width="content")
                key = f"consensus_link_{seat.participation_id}"
                st.button("New link", key=key, on_click=_renew, args=(user, room.wave.id, seat))
        for name, link in st.session_state.get(f"consensus_links_{room.wave.id}", {}).items():
            st.markdown(f"New link of **{plain(name)}**, to be sent to nobody else:")
            st.code(link, language=None, wrap_lines=True)
        with st.container(horizontal=True):
            free = "Every browser takes its seat anew. Use it when a seat is held by a browser nobody uses any more."
            st.button("Free the seats", key="consensus_free", help=free, on_click=_free, args=(user, room.wave.id))
            consensus_end.cancel(user, room)


def _free(user: Who, wave_id: int) -> None:
    run(lambda: consensus.free_seats(user, wave_id))


def _renew(user: Who, wave_id: int, seat: waves.Seat) -> None:
    def do() -> None:
        secret = waves.renew(user, seat.participation_id)
        links = st.session_state.setdefault(f"consensus_links_{wave_id}", {})
        links[seat.name] = f"{_portal()}{waves.WHERE[waves.CONSENSUS]}#{secret}"

    run(do)


def _portal() -> str:
    """The address of this portal as the browser of whoever leads sees it."""
    parts = (st.context.url or "").split("/")
    return "/".join(parts[:3]) if len(parts) >= 3 else ""
