"""All questions of a consensus with where each stands, and the way to any of them."""

import streamlit as st

from assessments.surveys import consensus as votes
from data.asked import consensus
from data.asked.consensus import AGREED, LIVE, Room
from data.people import Who
from pages.ui import consensus_end
from pages.ui.consensus_acts import act
from pages.ui.consensus_front import STATE
from pages.ui.text import plain


def show(user: Who, room: Room) -> None:
    """In their order, under the titles of their blocks."""
    with st.expander("All questions", key="consensus_list", icon=":material/list:"):
        title = ""
        for at, place in enumerate(room.places):
            if place.block.title != title:
                title = place.block.title
                st.markdown(f"**{plain(title)}**")
            with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
                with st.container(gap=None, width="stretch"):
                    st.markdown(f"{at + 1}\\. {plain(place.item.text)}")
                    said = votes.words(place.item, place.agreed) if place.state == AGREED else ""
                    if said or place.note:
                        st.caption(plain(" \N{MIDDLE DOT} ".join(each for each in (said, place.note) if each)))
                word, colour = STATE[place.state]
                st.badge(word, color=colour)
                if at != room.front and (room.place is None or room.place.state not in LIVE):
                    act("Go to", f"go_{at}", consensus.begin, user, room, place.item.key)
        if room.after is not None and room.agreed and (room.place is None or room.place.settled):
            consensus_end.button(user, room)
