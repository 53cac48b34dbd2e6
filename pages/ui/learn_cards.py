"""Tracks as cards."""

from collections.abc import Sequence

import streamlit as st

from assessments.recommend import percent
from data.improving import choices
from data.improving.plans import TeamPlan
from data.learning import catalogue, progress
from data.learning.catalogue import Entry
from data.people import Who
from pages.ui import learn_find, plan_steps
from pages.ui.addresses import page_at
from pages.ui.learn_words import size, state_badge
from pages.ui.text import count, plain


def show(user: Who, team_id: int, found: TeamPlan, some: Sequence[Entry], hours: int) -> None:
    """What fits the team first, then the rest; or in the order that was asked for."""
    if not some:
        st.text("No track is like that.")
        st.button("Show all tracks", key="learn_clear", on_click=learn_find.clear)
        return
    if st.session_state.get("learn_order", catalogue.RECOMMENDED) != catalogue.RECOMMENDED:
        _grid(user, team_id, found, some)
        return
    mine = [one for one in some if one.choice and one.choice.is_active]
    advised = [one for one in some if one.recommended]
    rest = [one for one in some if one not in mine and one not in advised]
    if mine:
        st.header("Your team's tracks", anchor=False)
        _grid(user, team_id, found, mine)
    if advised:
        st.header("Recommended for your team", anchor=False)
        st.text(f"Chosen from where the team stands, within {count(hours, 'hour')}.")
        _grid(user, team_id, found, advised)
    elif not found.known and not learn_find.is_asked():
        plan_steps.nothing_known(team_id)
    if rest:
        st.header("All tracks" if not mine and not advised else "More tracks", anchor=False)
        _grid(user, team_id, found, rest)


def _grid(user: Who, team_id: int, found: TeamPlan, some: Sequence[Entry]) -> None:
    with st.grid(1 if len(some) == 1 else "auto", min_column_width=320, gap="small"):
        for one in some:
            with st.container(border=True, gap="small", height="stretch", key=f"learn_card_{one.slug}"):
                _card(user, team_id, found, one)


def _card(user: Who, team_id: int, found: TeamPlan, one: Entry) -> None:
    query = {"team": str(team_id), "track": one.slug}
    st.subheader(plain(one.track["title"]), anchor=False)
    badges = f":gray-badge[{one.track['level'].capitalize()}]{state_badge(one)}"
    said = [badges + (" :green-badge[Recommended]" if one.recommended else ""), plain(one.track["outcome"])]
    if one.recommended:
        said.append(f"**Why:** {plain(one.because)}")
    st.markdown("\n\n".join(said))
    taken = one.recommended or one.state == choices.FINISHED or (one.choice and one.choice.is_active)
    if found.known and one.because and not taken:
        st.caption(plain(one.because))
    facts = [size(one.track)]
    if one.share:
        facts.append(f"closes {percent(one.share)} of your gap")
    if one.before:
        facts.append(f"advised before it: {', '.join(title for _, title in one.before)}")
    if one.choice and one.choice.is_active and one.is_written:
        counted = progress.counted(progress.of_track(user, one.slug))
        facts.append(f"you: {counted.done} of {count(counted.all, 'module')}")
    st.space("stretch")
    st.caption(plain(" · ".join(facts)))
    st.page_link(page_at("track"), label="Open the track", icon=":material/arrow_forward:", query_params=query)
