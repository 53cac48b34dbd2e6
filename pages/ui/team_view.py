"""A team's services side by side: each against its own past, none against another."""

from dataclasses import dataclass

import streamlit as st

from assessments.delivery import overview
from assessments.delivery.results import State, Summary
from data.people import Who
from data.queries import ServiceView
from pages.ui import axis, charts, judged, limits, paging, states
from pages.ui.addresses import page_at
from pages.ui.text import count, plain
from pages.ui.window import Window

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


def read(services: list[ServiceView], weeks: int) -> list[Found]:
    """Those services that have a rule and facts."""
    known = [one for one in services if one.judged and one.collected_until is not None]
    summaries = judged.summaries(known, weeks)
    return [
        Found(one, summaries[one.id], one.incidents_collected, tuple(note for note, _ in limits.notes(one)))
        for one in known
    ]


def recomputing(services: list[ServiceView]) -> None:
    """Says once of how many services the numbers are not those of the newest facts and rules."""
    old = [one for one in services if one.settings is not None and one.collected_until is not None and not one.ready]
    if not old:
        return
    missing = sum(not one.judged for one in old)
    below = "those below are from before" + (f", and {missing:,} are not below yet" if missing else "")
    below = "they are not below yet" if missing == len(old) else below
    st.info(f"The numbers of {count(len(old), 'service')} are being worked out anew; {below}.")


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


def picture(found: list[Found]) -> None:
    """Lead time of every service over the window, each in its own panel on one scale, in order of name."""
    if not found:
        return
    st.header("Lead time of each service, against its own past", anchor=False)
    found = paging.part(
        found, "overview_panels", "Find a service", ("service", "services"), lambda one: one.service.name, PANELS
    )
    panels, without, drawn = [], [], []
    for one in found:
        whole = one.summary.metrics["lead_time"].state in (State.VALUE, State.TOO_FEW)
        metric = "lead_time" if whole else "merge_to_production"
        window = Window(one.service, one.summary.start, one.summary.end)
        cells = judged.cells(window).filter(metric=metric)
        if states.zero_by_rule(metric, one.service.settings):
            without.append(f"{one.service.name}: {states.AT_MERGE}")
        elif cells["value"].is_null().all():
            without.append(f"{one.service.name}: nothing was shipped in this window.")
        else:
            panels.append((one.service.name if whole else f"{one.service.name} (from merge)", cells))
            drawn.append(window.key)
    if panels:
        names = ", ".join(name for name, _ in panels)
        charts.render(
            multiples(tuple(drawn), panels),
            f"Lead time by week, one panel a service: {names}. Points are weeks, lines are four weeks.",
            f"overview_{found[0].service.team_id}",
        )
        st.caption("Points are weeks, the line is the median over four weeks, its ribbon the 95 % interval. By name.")
    for sentence in without:
        st.text(sentence)


@st.cache_resource(max_entries=64, show_spinner=False)
def multiples(key: tuple, _panels: list):
    """The figure, built once for these windows."""
    unit, frames = axis.in_unit(*(cells for _, cells in _panels))
    named = list(zip([name for name, _ in _panels], frames, strict=True))
    return charts.multiples(named, unit, columns=2 if len(_panels) > 1 else 1)


def unknown(user: Who, services: list[ServiceView], found: list[Found]) -> None:
    """What is not known, and what to do about each."""
    st.header("What is not known", anchor=False)
    summaries = {one.service.id: one.summary for one in found}
    gaps = [(one, gap) for one in services for gap in limits.gaps(one, summaries.get(one.id))]
    if not gaps:
        st.text("Changes, deployments and incidents are collected for every service of this team.")
    if not all(states.open_to(user, page_at(page)) for page in {gap.page for _, gap in gaps}):
        st.caption(f"Connecting and importing is for {states.WHO}.")
    for one, gap in paging.part(
        gaps, "overview_gaps", "Find a service", ("gap", "gaps"), lambda pair: f"{pair[0].name} {pair[1].says}"
    ):
        limits.show(user, one, gap)
