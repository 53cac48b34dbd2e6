"""Where the work of each team waits, as its workflow map states it; beside it where lead time goes as measured."""

from html import escape

import polars as pl
import streamlit as st

from assessments.delivery import present
from assessments.delivery.results import STAGES
from assessments.workflow.words import minutes, share
from data.leading import constraints
from data.leading.constraints import OTHER, Constraints, TeamConstraint
from data.leading.organizations import Led
from data.people import Who
from pages.ui import cached_leading, lead_style, states, tables
from pages.ui import lead_progress_pick as pick
from pages.ui.addresses import page_at
from pages.ui.text import count

WHY = {
    constraints.NO_MAP: "no map drawn",
    constraints.UNTOUCHED: "its map says nothing yet",
    constraints.UNKNOWN: "its map has no times",
    constraints.NO_WAIT: "no step waits",
}
NAMES = {stage: stage.replace("_", " ").capitalize() for stage in STAGES} | {OTHER: "Another step"}
NOTHING = "A team draws its workflow map in an hour. What is measured stands beside it once a source is connected."
HOW = (
    "Of a map the constraint is the step with the largest share of the waiting; a stage's share is of the lead "
    "time that waits there. Measured is the mean share of each stage in the lead time of a team's services, work "
    "included, each service counting the same. A framed cell is the largest. What is stated and what is measured "
    "are two things, and where they differ it is worth to ask the team."
)


def section(user: Who, one: Led) -> None:
    """With its filters."""
    if not pick.measured(user, one) and cached_leading.waits(user, one.id, 13).no_map:
        states.empty("Nothing tells yet where work waits", NOTHING, "Workflow map", page_at("map"))
        return
    place = st.container(horizontal=True, vertical_alignment="bottom", gap="small")
    weeks = pick.weeks(place)
    found = cached_leading.waits(user, one.id, weeks)
    some = pick.some({row.team_id: row.name for row in found.teams}, place)
    rows = [row for row in found.teams if not some or row.team_id in some]
    st.header("Where work waits, by their maps", anchor=False)
    _stated(found)
    st.header("Team by team", anchor=False)
    st.text(_measured(found, weeks))
    lead_style.show(lead_style.region(_table(rows), "Where lead time goes, by team", len(rows)))
    st.caption(HOW)
    _behind(rows)


def _stated(found: Constraints) -> None:
    told = sum(number for _, number in found.stated)
    drawn = sum(row.map_id is not None for row in found.teams)
    if not told:
        teams = count(len(found.teams), "team")
        st.text(f"None of the {teams} has a map that says where its work waits. A map takes an hour with the team, and "
                "is drawn on its page Workflow map.")  # fmt: skip
        return
    most = max(number for _, number in found.stated)
    first = [NAMES[stage].lower() for stage, number in found.stated if number == most]
    where = f"Most often the constraint is {first[0]}" if len(first) == 1 else "No stage is the constraint most often"
    st.text(f"{where}. {drawn} of {count(len(found.teams), 'team')} {'has' if drawn == 1 else 'have'} drawn a map; "
            f"{told} of these {'tells' if told == 1 else 'tell'} the constraint.")  # fmt: skip
    rows = "".join(
        f'<span>{NAMES[stage]}</span><div class="mp-bar" role="img" aria-label="{count(number, "team")}">'
        f'<span class="mp-is-better" style="width:{number / told * 100:.0f}%">{number}</span></div>'
        for stage, number in found.stated
    )
    lead_style.show(f'<div class="mp-bars">{rows}</div>')


def _measured(found: Constraints, weeks: int) -> str:
    known = sum(number for _, number in found.measured)
    if not known:
        return "No lead time is known of any team in this window, so nothing stands beside the maps."
    stage, number = found.measured[0]
    return (
        f"As measured over {weeks} weeks, the largest share of lead time is {NAMES[stage].lower()} in {number} of "
        f"{count(known, 'team')}."
    )


def _table(rows: list[TeamConstraint]) -> str:
    paper = lead_style.paper()
    heads = "".join(f'<th scope="col">{NAMES[stage]}</th>' for stage in STAGES)
    body = "".join(
        f'<tr><th scope="row" {paper}>{_link(row)}</th><td class="mp-said">{_said(row)}</td>{_cells(row)}</tr>'
        for row in rows
    )
    return (
        f'<table class="mp-table mp-share"><thead {paper}><tr><th {paper}>Team</th>'
        f'<th scope="col">Constraint by its map</th>{heads}</tr></thead><tbody>{body}</tbody></table>'
    )


def _link(row: TeamConstraint) -> str:
    return f'<a href="map?team={row.team_id}">{escape(row.name)}</a>'


def _said(row: TeamConstraint) -> str:
    if row.why:
        return f'<span class="mp-quiet">{WHY[row.why]}</span>'
    sure = "" if row.sure else ", as far as known"
    waits = f"{minutes(row.waits)}, {share(row.share)} of the waiting{sure}"
    return f'<b>{escape(row.step)}</b><div class="mp-quiet">{waits}</div>'


def _cells(row: TeamConstraint) -> str:
    if row.measured is None or row.measured.longest is None:
        return f'<td colspan="{len(STAGES)}" class="mp-hatch"><span class="mp-quiet">not measured</span></td>'
    cells = []
    for stage in STAGES:
        part, stated = row.measured.shares[stage], row.lost.get(stage)
        if part is None:
            cells.append('<td class="mp-hatch" title="not known">?</td>')
            continue
        mark = ' class="mp-mark"' if stage == row.measured.longest else ""
        map_says = f'<div class="mp-quiet">map {share(stated)}</div>' if stated else ""
        colour = lead_style.shade(min(76, round(part * 110)))
        cells.append(f'<td{mark} style="background:{colour}">{present.share(part)}{map_says}</td>')
    return "".join(cells)


def _behind(rows: list[TeamConstraint]) -> None:
    more = st.expander("The same as a table", icon=":material/table:", key="progress_waits", on_change="rerun")
    if not more.open:
        return
    told = [
        {
            "Team": row.name, "Constraint": row.step or WHY[row.why], "Stage": NAMES.get(row.stage, ""),
            "Of the waiting": share(row.share) if row.share is not None else "",
            "Lead time of the map": minutes(row.lead) if row.lead is not None else "not known",
            **{f"{NAMES[stage]}, measured": _part(row, stage) for stage in STAGES},
            "Services measured": row.measured.services if row.measured else 0,
        }
        for row in rows
    ]  # fmt: skip
    with more:
        alt = "Where work waits, by team."
        tables.show(pl.DataFrame(told), "progress_waiting", ("team", "teams"), alt, still=True)


def _part(row: TeamConstraint, stage: str) -> str:
    known = row.measured.shares[stage] if row.measured else None
    return "not known" if known is None else present.share(known)
