"""The services of one's teams, by team and name, each with the next thing to do. Never ordered by a number."""

import streamlit as st

from data import jobs, queries
from data.people import Who
from pages.ui.registry import page_file
from pages.ui.text import minute, plain


def cards(user: Who, seen: list[queries.ServiceView]) -> None:
    """One card a service under the heading of its team."""
    busy = {
        job.service_id
        for organization in {one.organization_id for one in seen}
        for job in jobs.active(organization)
    }  # fmt: skip
    for team_id in dict.fromkeys(one.team_id for one in seen):
        mine = [one for one in seen if one.team_id == team_id]
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            st.subheader(plain(mine[0].team), anchor=False)
            st.page_link(page_file("overview"), label="Team overview", query_params={"team": str(team_id)})
        with st.grid("auto", min_column_width=280):
            for one in mine:
                with st.container(border=True, height="stretch"):
                    _card(one, one.id in busy)


def _card(one: queries.ServiceView, busy: bool) -> None:
    query = {"service": str(one.id)}
    st.markdown(f"**{plain(one.name)}**")
    if busy:
        st.text("Reading its sources now; progress stands above.")
        st.badge("Reading", icon=":material/sync:", color="blue")
    elif one.collected_until is None:
        st.text("Nothing has been collected for it yet.")
        st.page_link(page_file("sources"), label="Connect a source", icon=":material/database:", query_params=query)
    elif one.settings is None:
        st.text("Say what counts as a production deployment. A proposal is ready.")
        st.page_link(page_file("rule"), label="Choose what counts", icon=":material/rule:", query_params=query)
    else:
        if one.story:
            st.text(one.story)
        st.caption(f"Collected until {minute(one.collected_until)}")
        st.page_link(page_file("delivery"), label="Open delivery", icon=":material/local_shipping:", query_params=query)
