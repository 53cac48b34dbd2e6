"""The end of a consensus: what was agreed becomes the result; or all of it is thrown away."""

import streamlit as st

from data.asked import consensus, waves
from data.asked.consensus import Room
from data.asked.waves import WaveView
from data.people import Who
from pages.ui import survey_acts
from pages.ui.addresses import page_at
from pages.ui.asking import asked, dialog
from pages.ui.text import count

NOTE = survey_acts.NOTE


def ended(wave: WaveView) -> None:
    """A session that is over, on the page of whoever led it."""
    if wave.state == "cancelled":
        st.text("This session was cancelled: it has no result.")
        return
    st.text("This session has ended, and its links open nothing any more.")
    query = {"wave": str(wave.id)}
    st.page_link(page_at("survey"), label="See what you agreed", icon=":material/arrow_forward:", query_params=query)


def button(user: Who, room: Room, primary: bool = False) -> None:
    """Ends the session, after asking once."""
    if st.button("Finish the session", key="consensus_finish", type="primary" if primary else "secondary"):
        _finish(user, room)


@dialog("Finish the session")
def _finish(user: Who, room: Room) -> None:
    st.text(
        f"{count(room.agreed, 'question has', 'questions have')} an agreed value. It becomes the result of the team, "
        "and the links open nothing any more."
    )
    left = len(room.places) - room.settled
    if left:
        st.text(
            f"{count(left, 'question was', 'questions were')} not talked about and will be missing from the result."
        )
    if st.button("Finish the session", type="primary", key="consensus_finish_go"):
        asked(lambda: consensus.finish(user, room.wave.id), "The session is finished.", NOTE)


def cancel(user: Who, room: Room) -> None:
    """Throws the session away, after asking once."""
    if st.button("Cancel the session", key="consensus_cancel", type="tertiary", icon=":material/delete:"):
        _cancel(user, room)


@dialog("Cancel the session")
def _cancel(user: Who, room: Room) -> None:
    st.text("Everything that was agreed in this session is deleted. This cannot be undone.")
    if st.button("Delete and cancel", type="primary", key="consensus_cancel_go"):
        asked(lambda: waves.cancel(user, room.wave.id), "The session is cancelled and has no result.", NOTE)
