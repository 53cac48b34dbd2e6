"""A team's services side by side: each against its own past, none against another."""

from dataclasses import dataclass

import streamlit as st

from assessments.delivery import overview
from assessments.delivery.results import State, Summary
from data import queries
from data.queries import ServiceView
from pages.ui import cached, charts
from pages.ui.registry import page_file
from pages.ui.text import plain


@dataclass(frozen=True)
class Found:
    """A service that can be judged, its summary, and whether incidents are collected for it."""

    service: ServiceView
    summary: Summary
    incidents_collected: bool
    notes: tuple[str, ...]


def read(version: int, services: list[ServiceView], weeks: int) -> list[Found]:
    """Those services that have a rule and facts."""
    found = []
    for one in services:
        if not one.judged or one.collected_until is None:
            continue
        summary = cached.summary(version, one.id, *queries.window(one, weeks))
        found.append(Found(one, summary, one.incidents_collected, one.notes))
    return found


def sentences(found: list[Found]) -> None:
    """What stands out, in three sentences."""
    if not found:
        st.text("No service of this team can be judged yet; what is missing stands below.")
        return
    told = overview.sentences(
        [overview.Observed(one.service.name, one.summary, one.incidents_collected, one.notes) for one in found]
    )
    with st.container(border=True):
        for sentence in told:
            st.markdown(f"- {plain(sentence)}")


def picture(version: int, found: list[Found], weeks: int) -> None:
    """Lead time of every service over the window, each in its own panel on one scale, in order of name."""
    panels, hidden = [], []
    for one in found:
        whole = one.summary.metrics["lead_time"].state in (State.VALUE, State.TOO_FEW)
        metric = "lead_time" if whole else "merge_to_production"
        cells = cached.cells(version, one.service.id, one.summary.start, one.summary.end)
        cells = cells.filter(metric=metric)
        if cells["value"].is_not_null().any():
            label = one.service.name if whole else f"{one.service.name} (from merge)"
            panels.append((label, cells))
        else:
            hidden.append(one.service.name)
    if not panels:
        return
    st.header("Lead time of each service, against its own past", anchor=False)
    key = (version, tuple(one.service.id for one in found), weeks)
    names = ", ".join(name for name, _ in panels)
    charts.render(
        multiples(key, panels),
        f"Lead time in hours by week, one panel a service: {names}. Points are weeks, lines are four weeks.",
        f"overview_{key}",
    )
    st.caption("Points are weeks, the line is the median over four weeks, its ribbon the 95 % interval. By name.")
    if hidden:
        st.caption(f"Nothing shipped in this window: {', '.join(map(plain, hidden))}.")


@st.cache_resource(max_entries=64, show_spinner=False)
def multiples(key: tuple, _panels: list):
    """The figure, built once for a version, a set of services and a window."""
    return charts.multiples(_panels, "Hours", columns=2 if len(_panels) > 1 else 1)


def unknown(services: list[ServiceView], found: list[Found]) -> None:
    """What is not known, and what to do about each."""
    st.header("What is not known", anchor=False)
    judged = {one.service.id for one in found}
    said = False
    for one in services:
        for sentence, label, page in _gaps(one, one.id in judged):
            said = True
            with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
                st.markdown(f"**{plain(one.name)}**: {plain(sentence)}", width="content")
                if label:
                    st.page_link(page_file(page), label=label, query_params={"service": str(one.id)})
    if not said:
        st.text("Changes, deployments and incidents are collected for every service of this team.")


def _gaps(one: ServiceView, judged: bool) -> list[tuple[str, str, str]]:
    if one.collected_until is None:
        return [("nothing has been collected.", "Connect a source", "sources")]
    if not judged:
        return [("nobody has chosen what counts as a production deployment.", "Choose what counts", "rule")]
    gaps = []
    if not one.incidents_collected:
        gaps.append(
            (
                "no incidents have been collected, so change fail rate, recovery time and rework rate are not known.",
                "Import incidents",
                "sources",
            )
        )
    return gaps + [(note, "", "") for note in one.notes]
