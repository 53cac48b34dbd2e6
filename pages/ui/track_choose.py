"""Why a track fits this team or does not, and choosing and beginning it."""

import streamlit as st

from assessments.recommend import AT_ONCE, percent
from data.improving import choices
from data.improving.plans import TeamPlan
from data.learning import catalogue
from data.learning.catalogue import Entry
from data.people import Who
from pages.ui.addresses import page_at
from pages.ui.asking import asked
from pages.ui.plan_tracks import NOTE
from pages.ui.text import plain

NOT_YOURS = "A team lead chooses what the team learns. Reading is open to everybody."
IN_DEMO = "The demo is made up, so nobody chooses in it. Reading is open to everybody."


def section(user: Who, team_id: int, one: Entry, found: TeamPlan, plans: bool, is_demo: bool) -> None:
    """The reason, and the next step of the team."""
    with st.container(border=True, gap="small", key="track_team"):
        if (one.because and not one.choice) or one.recommended:
            label = "Recommended" if one.recommended else "For your team"
            st.markdown(f"**{label}:** {plain(one.because)}")
        if one.share:
            st.caption(f"By itself it closes {percent(one.share)} of what lies between here and the next levels.")
        _before(team_id, one)
        if one.choice and one.choice.is_active:
            _under_way(user, team_id, one, plans)
        elif one.track["status"] != "deprecated":
            _choose(user, team_id, one, found, plans, is_demo)


def _before(team_id: int, one: Entry) -> None:
    """Advice: nothing is locked."""
    if not one.before:
        return
    st.markdown("It builds on these. Nothing keeps you from beginning here.")
    for slug, title in one.before:
        query = {"team": str(team_id), "track": slug}
        st.page_link(
            page_at("track"), label=plain(title), icon=":material/subdirectory_arrow_right:", query_params=query
        )


def _choose(user: Who, team_id: int, one: Entry, found: TeamPlan, plans: bool, is_demo: bool) -> None:
    if one.state == choices.FINISHED:
        st.text("Your team has finished it. Its modules stay open to read.")
        return
    if not plans:
        st.caption(IN_DEMO if is_demo else NOT_YOURS)
        return
    if len(found.active) >= AT_ONCE:
        titles = " and ".join(plain(each.title) for each in found.active)
        st.markdown(f"A team does {AT_ONCE} tracks at once, so that they get done. First finish or drop one: {titles}.")
        _to_plan(team_id)
        return
    if not one.is_written:
        st.caption("Choosing it keeps your intention, and its content follows.")
    label = "Choose it for the team" if one.is_written else "Choose it as an intention"
    if st.button(label, key="track_choose", type="primary"):
        title, why = one.track["title"], one.because if one.recommended else ""  # else it says what speaks against it
        asked(lambda: choices.choose(user, team_id, one.slug, why), f"Chosen: {title}.", NOTE)


def _under_way(user: Who, team_id: int, one: Entry, plans: bool) -> None:
    choice = one.choice
    if choice.version != one.track["version"]:
        _versions(one)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if choice.state == choices.CHOSEN and plans:
            if st.button("Begin", key="track_begin", type="primary", icon=":material/play_arrow:"):
                asked(lambda: choices.begin(user, choice.id), "Begun today.", NOTE)
        elif choice.state == choices.CHOSEN:
            st.text("Chosen, and not begun yet.")
        _to_plan(team_id)


def _versions(one: Entry) -> None:
    """What has changed since the team chose it."""
    st.markdown(
        f"Your team chose version {plain(one.choice.version)}; {plain(one.track['version'])} is there now. Modules are "
        "read as they are now; a proof of concept that is under way stays as it was."
    )
    for entry in catalogue.since(one.track, one.choice.version):
        st.caption(f"{plain(entry['version'])}: {plain(entry['change'])}")


def _to_plan(team_id: int) -> None:
    st.page_link(page_at("plan"), label="The team's plan", icon=":material/map:", query_params={"team": str(team_id)})
