"""The question of a consensus that is in front of everybody, and what whoever leads can do with it."""

import streamlit as st

from assessments.surveys import consensus as votes
from assessments.surveys.consensus import APART, Spread
from assessments.surveys.questionnaire import CHOICE, Item
from data.asked import consensus
from data.asked.consensus import AGREED, AHEAD, LEAST_REVEALED, PARTED, REVEALED, SKIPPED, VOTING, Place, Room
from data.people import Who
from pages.ui import consensus_agree, consensus_end
from pages.ui.consensus_acts import act
from pages.ui.consensus_agree import SAID
from pages.ui.text import count, plain

STATE = {
    AGREED: ("Agreed", "green"),
    PARTED: ("No agreement yet", "orange"),
    SKIPPED: ("Skipped", "gray"),
    VOTING: ("Voting", "blue"),
    REVEALED: ("Revealed", "blue"),
    AHEAD: ("Not begun", "gray"),
}


def show(user: Who, room: Room) -> None:
    """The card of the question in front; before the first, how to begin."""
    with st.container(border=True, key="consensus_front"):
        if room.place is None:
            _before(user, room)
            return
        place = room.place
        with st.container(horizontal=True, gap="small", vertical_alignment="center"):
            word, colour = STATE[place.state]
            st.badge(word, color=colour)
            again = f" \N{MIDDLE DOT} vote {place.ballot}" if place.ballot > 1 else ""
            st.caption(f"Question {room.front + 1} \N{MIDDLE DOT} {plain(place.block.title)}{again}", width="content")
        st.subheader(plain(place.item.text), anchor=False)
        {VOTING: _voting, REVEALED: _revealed}.get(place.state, _settled)(user, room, place)


def _before(user: Who, room: Room) -> None:
    st.subheader("Ready when you are", anchor=False)
    st.markdown(
        "Everybody opens their own link; you take part with yours, in another tab or on a phone. For each question all "
        "vote in private, you reveal the votes, you talk, and note here what you agree on."
    )
    if room.joined < LEAST_REVEALED:
        st.caption("Votes can be revealed once at least two have voted: wait until the others are here.")
    act("Begin with the first question", "begin", consensus.begin, user, room, room.after.item.key, primary=True)


def _voting(user: Who, room: Room, place: Place) -> None:
    if place.item.kind == CHOICE:
        st.markdown("\n".join(f"{at}. {plain(option.text)}" for at, option in enumerate(place.item.options, 1)))
    who = max(room.joined, 1)
    verb = "has" if room.joined == 1 else "have"
    st.progress(min(room.voted / who, 1.0), text=f"**{room.voted} of {room.joined}** {verb} voted")
    if room.voted < LEAST_REVEALED:
        st.caption("At least two have to vote: a single vote would tell whose it is.")
    with st.container(horizontal=True):
        ready = room.voted >= LEAST_REVEALED
        act("Reveal the votes", "reveal", consensus.reveal, user, room, primary=True, icon="visibility", usable=ready)
        act("Skip the question", "skip", consensus.skip, user, room)


def _revealed(user: Who, room: Room, place: Place) -> None:
    votes_side, agree_side = st.columns(2, gap="large")
    with votes_side:
        lies(place.item, room.spread)
        if (missing := room.joined - room.voted) > 0:
            st.caption(f"{count(missing, 'person', 'people')} here did not vote.")
        talk = st.warning if room.spread.kind == APART else st.info
        talk(votes.hint(room.spread), icon=":material/forum:")
        with st.container(horizontal=True):
            act("Vote again", "again", consensus.vote_again, user, room, icon="replay")
            act("Skip the question", "skip", consensus.skip, user, room)
    with agree_side:
        consensus_agree.form(user, room, place)


def lies(item: Item, spread: Spread) -> None:
    """All votes as bars, one for each option."""
    rows = [(votes.words(item, {"value": at}), number) for at, number in enumerate(spread.counts)]
    rows += [(votes.words(item, {"value": one}), spread.values.count(one)) for one in sorted(set(spread.values))]
    said = zip(SAID.values(), (spread.dont_know, spread.not_applicable), strict=True)
    rows += [(words, number) for words, number in said if number]
    with st.container(gap="xsmall"):
        for words, number in rows:
            said = f"**{count(number, 'vote')}**" if number else ":gray[no vote]"
            st.progress(number / spread.votes, text=f"{said}\N{EN SPACE}{plain(words)}")


def _settled(user: Who, room: Room, place: Place) -> None:
    if place.state == AGREED:
        st.markdown(f"#### {plain(votes.words(place.item, place.agreed))}")
    if place.note:
        st.text(place.note)
    with st.container(horizontal=True):
        if room.after is not None:
            act("Next question", "begin", consensus.begin, user, room, room.after.item.key, primary=True)
        else:
            consensus_end.button(user, room, primary=True)
        act("Vote again", "again", consensus.vote_again, user, room, icon="replay")
    if place.state != SKIPPED:
        with st.expander("Correct what was agreed"):
            consensus_agree.form(user, room, place)
