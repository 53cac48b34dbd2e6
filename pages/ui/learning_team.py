"""What a team learns: its tracks, how far it has come with each, and its proofs of concept. Of no person."""

import streamlit as st

from assessments.learning import Mastery
from data import store
from data.improving import choices
from data.learning.attempts import UNDER_WAY, Line
from data.learning.funnel import TrackStanding
from data.people import Who
from data.queries import TeamView
from pages.ui import cached, cached_learning, live, proof_words, states
from pages.ui.addresses import page_at
from pages.ui.plan_active import STATES
from pages.ui.registry import BY_PATH
from pages.ui.text import day, plain, with_code

MASTERY = {
    Mastery.NONE: "Chosen",
    Mastery.LEARNED: "Learned",
    Mastery.PRACTISED: "Practised",
    Mastery.APPLIED: "Applied",
    Mastery.VALIDATED: "Validated",
    Mastery.SUSTAINED: "Sustained or spread",
}


def section(user: Who, team: TeamView) -> None:
    """The tracks, those under way first; what to do where there is none."""
    found = cached_learning.of_team(cached.version(), user, team.id)
    live.value(user, found, lambda: cached_learning.of_team(cached.version(), user, team.id))
    if not found:
        query = {"team": str(team.id)}
        states.empty(
            "The team has not chosen a track yet",
            "The plan recommends at most two, each with its reason. What is chosen stands here with what was tried.",
            "Plan", page_at("plan"), query,
        )  # fmt: skip
        return
    st.header("What the team learns and tries", anchor=False)
    still = [line for one in found for line in one.attempts if line.stalled]
    if still:
        st.text("Something stands still. That is no shame; deciding to stop is better than leaving it open.")
    for one in found:
        _track(team, one)


def _track(team: TeamView, one: TrackStanding) -> None:
    with st.container(border=True, gap="small", key=f"learns_{one.enrolment_id}"):
        words, colour = STATES[one.state]
        st.markdown(f"**{plain(one.title)}** :{colour}-badge[{words}]")
        _ladder(one)
        for line in one.attempts:
            _attempt(line)
        if "track" in BY_PATH and one.state in choices.ACTIVE:
            query = {"team": str(team.id), "track": one.track}
            st.page_link(page_at("track"), label="The track", icon=":material/arrow_forward:", query_params=query)


def _ladder(one: TrackStanding) -> None:
    """How far the team has come, among the steps there are; and what the next one takes."""
    steps = [
        f"**:green-badge[:material/flag: {MASTERY[step]}]**" if step is one.mastery else MASTERY[step]
        for step in Mastery
        if step > Mastery.NONE
    ]
    st.markdown(f":small[{' → '.join(steps)}]")
    if one.next:
        st.caption(f"Next: {plain(one.next)}")


def _attempt(line: Line) -> None:
    still = " :orange-badge[:material/hourglass_disabled: stands still]" if line.stalled else ""
    old = " :orange-badge[:material/update: stale]" if line.stale else ""
    decided = f" {proof_words.decision(line.decision)}" if line.decision else ""
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute", gap="small"):
        with st.container(gap=None, width="content"):
            st.markdown(
                f"{proof_words.verdict(line.verdict)} **{with_code(line.title)}** in {plain(line.repository)}"
                f"{still}{old}{decided}"
            )
            st.caption(plain(line.stalled or _when(line)))
        query = {"attempt": str(line.id)}
        st.page_link(page_at("proof"), label="Open", icon=":material/arrow_forward:", query_params=query)


def _when(line: Line) -> str:
    begun = f"Begun {day(store.from_us(line.begun_at))}"
    if line.state == UNDER_WAY:
        return f"{begun}, to be decided by {day(store.from_us(line.due_at))}."
    return f"{begun}, decided {day(store.from_us(line.decided_at))}."
