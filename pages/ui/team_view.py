"""A team's services side by side: each against its own past, none against another."""

from dataclasses import dataclass

import streamlit as st

from assessments.delivery import overview
from assessments.delivery.results import State, Summary
from data import queries
from data.queries import ServiceView
from pages.ui import axis, cached, charts, limits, paging, states
from pages.ui.text import plain

#: Panels of one picture.
PANELS = 12


@dataclass(frozen=True)
class Found:
    """A service that can be judged, its summary, whether incidents are collected for it, and the notes of its sources
    that limit its numbers."""

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
        notes = tuple(note for note, _ in limits.notes(one))
        found.append(Found(one, summary, one.incidents_collected, notes))
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
    if not found:
        return
    st.header("Lead time of each service, against its own past", anchor=False)
    found = paging.part(
        found, "overview_panels", "Find a service", ("service", "services"), lambda one: one.service.name, PANELS
    )
    panels, without = [], []
    for one in found:
        whole = one.summary.metrics["lead_time"].state in (State.VALUE, State.TOO_FEW)
        metric = "lead_time" if whole else "merge_to_production"
        cells = cached.cells(version, one.service.id, one.summary.start, one.summary.end)
        cells = cells.filter(metric=metric)
        if states.zero_by_rule(metric, one.service.settings):
            without.append(f"{one.service.name}: {states.AT_MERGE}")
        elif cells["value"].is_null().all():
            without.append(f"{one.service.name}: nothing was shipped in this window.")
        else:
            panels.append((one.service.name if whole else f"{one.service.name} (from merge)", cells))
    if panels:
        key = (version, tuple(one.service.id for one in found), weeks)
        names = ", ".join(name for name, _ in panels)
        charts.render(
            multiples(key, panels),
            f"Lead time by week, one panel a service: {names}. Points are weeks, lines are four weeks.",
            f"overview_{key}",
        )
        st.caption("Points are weeks, the line is the median over four weeks, its ribbon the 95 % interval. By name.")
    for sentence in without:
        st.text(sentence)


@st.cache_resource(max_entries=64, show_spinner=False)
def multiples(key: tuple, _panels: list):
    """The figure, built once for a version, a set of services and a window."""
    unit, frames = axis.in_unit(*(cells for _, cells in _panels))
    named = list(zip([name for name, _ in _panels], frames, strict=True))
    return charts.multiples(named, unit, columns=2 if len(_panels) > 1 else 1)


def unknown(services: list[ServiceView], found: list[Found]) -> None:
    """What is not known, and what to do about each."""
    st.header("What is not known", anchor=False)
    summaries = {one.service.id: one.summary for one in found}
    gaps = [(one, gap) for one in services for gap in limits.gaps(one, summaries.get(one.id))]
    if not gaps:
        st.text("Changes, deployments and incidents are collected for every service of this team.")
    for one, gap in paging.part(
        gaps, "overview_gaps", "Find a service", ("gap", "gaps"), lambda pair: f"{pair[0].name} {pair[1].says}"
    ):
        limits.show(one, gap)
