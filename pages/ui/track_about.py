"""What a track works on, with where the team stands; what has changed in it."""

import streamlit as st

from assessments.maturity import Standing
from content import catalog
from data.improving.plans import TeamPlan
from data.learning.catalogue import Entry
from data.practices import model
from pages.ui.addresses import page_at
from pages.ui.text import plain


def section(team_id: int | None, one: Entry, found: TeamPlan | None) -> None:
    """Capabilities, prerequisites that are done, versions. Both None for somebody who has no team to look at."""
    st.header("What it works on", anchor=False)
    for each in one.track["capabilities"]:
        name = model.capabilities()[each["id"]].name
        if found is None:
            st.markdown(f"**{plain(name)}** {plain(_leads(each))}")
            continue
        standing = found.standing.standings.get(each["id"])
        query = {"team": str(team_id), "capability": each["id"]}
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.page_link(page_at("practices"), label=plain(name), query_params=query, width="content")
            st.caption(plain(_levels(each, standing)), width="content")
    if found and (done := [slug for slug in one.track["requires"] if slug not in dict(one.before)]):
        titles = ", ".join(catalog.tracks()[slug]["title"] for slug in done)
        st.markdown(f"It builds on what your team has finished: {plain(titles)}.")
    with st.expander("Versions", icon=":material/history:", key="track_versions"):
        for entry in one.track["changelog"]:
            st.markdown(f"**{plain(entry['version'])}**, {plain(entry['date'])}: {plain(entry['change'])}")
        st.caption(f"To be looked over again by {plain(one.track['review_by'])}.")


def _leads(each: dict) -> str:
    return f"from level {each['from_level']} to {each['to_level']}"


def _levels(each: dict, standing: Standing | None) -> str:
    told = _leads(each)
    if standing is None or standing.told is None:
        return f"{told}; where the team stands is not known"
    return f"{told}; the team is at {standing.told}"
