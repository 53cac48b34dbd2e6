"""What the steps of a map are said to take beside what the stages of a service take, by the sources."""

import polars as pl
import streamlit as st

from assessments.workflow import sentences
from assessments.workflow.model import Map
from data.access import Forbidden, NotFound
from data.asked import maps
from data.asked.maps import MapView
from data.people import Who
from data.queries import TeamView
from pages.ui import cached, judged, window
from pages.ui.addresses import page_at
from pages.ui.text import plain

WEEKS = 13


def section(user: Who, team: TeamView, one: MapView, drawn: Map, drawing: bool) -> None:
    """The choice of the service for those who draw, and the table; or what is missing for it."""
    services = {each.id: each for each in cached.services(cached.version(), user) if each.team_id == team.id}
    if drawing and services:
        key = f"map_tied_{one.id}"
        st.session_state[key] = one.service_id if one.service_id in services else None
        st.selectbox(
            "Measured at the service", list(services), format_func=lambda number: services[number].name, key=key,
            on_change=_tie, args=(user, one.id, key), width=360, placeholder="None: choose one of the team",
        )  # fmt: skip
    service = services.get(one.service_id)
    if not services:
        st.text("This team has no service yet, so nothing of this map is measured.")
    elif service is None:
        st.text("This map is tied to no service: nothing measured can stand beside what is stated.")
    elif service.collected_until is None or service.settings is None or not service.judged:
        st.text(f"Nothing is measured at {service.name} yet.")
    elif not any(step.stage for step in drawn.steps):
        st.text("No step is tied to a measured stage: say it in the column “Measured stage”, under “More columns”.")
    else:
        seen = window.of(service, WEEKS)
        rows = sentences.measured_rows(drawn, judged.summary(seen).stages)
        st.table(pl.DataFrame(rows), hide_index=True, alt="Steps as drawn and as measured")
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.caption(
                f"Median of the changes that reached production at {plain(service.name)} in the last {WEEKS} weeks. "
                "What is stated is about one release, what is measured about each change."
            )
            query = {"service": str(service.id), "weeks": str(WEEKS)}
            st.page_link(page_at("delivery"), label="See Delivery", query_params=query)


def _tie(user: Who, map_id: int, key: str) -> None:
    try:
        maps.tie(user, map_id, st.session_state[key])
    except (ValueError, Forbidden, NotFound) as error:
        st.session_state["map_wrong"] = str(error)
