"""Leading a consensus: one question after the other is voted on in private, revealed, talked about and agreed."""

import streamlit as st

from data.access import Action, Forbidden, NotFound
from data.asked import closing, consensus
from pages.ui import consensus_end, consensus_front, consensus_list, consensus_people, live, survey_links
from pages.ui.addresses import page_at
from pages.ui.guard import require
from pages.ui.text import count, minute, plain

user = require(Action.ASK)

closing.close_due()
wanted = st.query_params.get("wave", "")
try:
    room = consensus.room(user, int(wanted) if wanted.isascii() and wanted.isdigit() and len(wanted) < 10 else 0)
except (Forbidden, NotFound):
    # Whether it is gone or somebody else's is not for everyone to know.
    st.title("Consensus", anchor=False)
    st.text("This session is not here any more, or not yours to lead. Open one on Surveys.")
    st.page_link(page_at("surveys"), label="Surveys", icon=":material/arrow_forward:")
    st.stop()
except ValueError as error:
    st.title("Consensus", anchor=False)
    st.text(str(error))
    st.stop()

wave = room.wave
query = {"team": wave.team_id}
st.page_link(page_at("surveys"), label="All surveys of the team", icon=":material/arrow_back:", query_params=query)
st.title(plain(wave.title), anchor=False)
until = f", open until {minute(wave.closes_at)}" if wave.takes_answers else ""
st.caption(f"Consensus of {plain(wave.team)}{until}")
if note := st.session_state.pop(consensus_end.NOTE, None):
    st.toast(note)
if not wave.takes_answers:
    consensus_end.ended(wave)
    st.stop()

survey_links.shown_once(wave.team_id)
done = f"**{room.settled} of {count(len(room.places), 'question')}** done"
st.progress(room.settled / len(room.places), text=f"**{room.joined} of {wave.people}** here \N{MIDDLE DOT} {done}")
consensus_front.show(user, room)
consensus_list.show(user, room)
consensus_people.show(user, room)
live.session(user, room)
