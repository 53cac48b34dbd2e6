"""Capability by team: a level where enough is known, a hatched cell that says why not where not. Teams come by name; no
row and no column is added up."""

from html import escape

import polars as pl
import streamlit as st

from data.leading.capabilities import Cell, Heat, Row, Why
from data.leading.organizations import Led
from data.people import Who
from pages.ui import cached_leading, lead_style, states, tables
from pages.ui import lead_progress_pick as pick
from pages.ui.addresses import page_at
from pages.ui.text import count

SIGN = {Why.NOT_RELEASED: "r", Why.HIDDEN: "h", Why.TOO_LITTLE: "?", Why.NOBODY: "", Why.OUT: "–"}
TOLD = {
    Why.NOT_RELEASED: "not released: the team's alone until it says so, or for 14 days",
    Why.HIDDEN: "hidden: too few answered for anything to be shown",
    Why.TOO_LITTLE: "too little is known for a level",
    Why.NOBODY: "nobody has looked or asked",
    Why.OUT: "does not apply",
}
HOW = (
    "A level is told where at least 60 % of the evidence is known; the line at the foot of a cell is how much is. A"
    " dot means that the team says another level, which nothing shows yet. Only what is released to those who lead "
    "counts, whoever looks. Open a team by its name for the reasons."
)


_NAME = 132  # pixels of the column of teams


def section(user: Who, one: Led) -> None:
    """With its filters."""
    found = cached_leading.heat(user, one.id)
    if not any(row.reads for row in found.rows):
        states.empty(
            "Nothing is known of any team yet",
            "Have the repositories of a team looked at on its page Practices, or ask the team on its page Surveys.",
            "Practices",
            page_at("practices"),
        )
        return
    place = st.container(horizontal=True, vertical_alignment="bottom", gap="small")
    areas = {"all": "All areas"} | {str(place): name for place, (name, _) in enumerate(found.areas)}
    chosen = pick.choose("area", "Area", areas, "all", place, 260)
    some = pick.some({row.team_id: row.name for row in found.rows}, place)
    rows = [row for row in found.rows if not some or row.team_id in some]
    st.header("Capabilities, team by team", anchor=False)
    st.text(_told(found, rows))
    shown = found.areas if chosen == "all" else (found.areas[int(chosen)],)
    levels = lead_style.region(_table(found, rows, shown), "Levels of capabilities by team", len(rows))
    lead_style.show(f"{_legend()}{levels}")
    st.caption(HOW)
    _behind(found, rows, shown)


def _told(found: Heat, rows: list[Row]) -> str:
    cells = [cell for row in rows for cell in row.cells]
    told = sum(cell.level is not None for cell in cells)
    reads = sum(row.reads for row in rows)
    said = f"Something is known of {reads} of {count(len(rows), 'team')}; "
    said += f"{told:,} of {len(cells):,} cells have a level."
    held = sum(cell.why is Why.NOT_RELEASED for cell in cells)
    return f"{said} In {count(held, 'cell')} the team's answers are not released yet." if held else said


def _legend() -> str:
    levels = "".join(f'<span><i class="mp-key mp-l{level}"></i>{level}</span>' for level in range(5))
    whys = "".join(
        f'<span><i class="mp-key {"" if why is Why.OUT else "mp-hatch"}"></i><b>{SIGN[why] or "&nbsp;"}</b> '
        f"{TOLD[why].split(':')[0]}</span>"
        for why in Why
    )
    return f'<div class="mp-legend"><span>Level</span>{levels}</div><div class="mp-legend">{whys}</div>'


def _table(found: Heat, rows: list[Row], shown: tuple) -> str:
    paper = lead_style.paper()
    over = "".join(
        f'<th class="mp-area" colspan="{len(keys)}" scope="colgroup">{_broken(name)}</th>' for name, keys in shown
    )
    keys = [key for _, keys in shown for key in keys]
    heads = "".join(
        f'<th class="mp-up" scope="col"><div title="{escape(found.names[key])}">{escape(found.names[key])}</div></th>'
        for key in keys
    )
    places = [found.keys.index(key) for key in keys]
    body = "".join(
        f'<tr><th scope="row" {paper}><a href="practices?team={row.team_id}">{escape(row.name)}</a></th>'
        f"{''.join(_cell(row.cells[place]) for place in places)}</tr>"
        for row in rows
    )
    wide = f'<col style="width:{_NAME}px"><col span="{len(keys)}" style="width:21px">'
    return (
        f'<table class="mp-table mp-heat" style="width:{_NAME + 23 * len(keys)}px"><colgroup>{wide}</colgroup>'
        f"<thead {paper}><tr><th {paper}></th>{over}</tr><tr><th {paper}>Team</th>{heads}</tr></thead>"
        f"<tbody>{body}</tbody></table>"
    )


def _broken(name: str) -> str:
    """With places at which long words may go on in the next line: an area may be two columns wide."""
    return " ".join(map(_parted, name.split()))


def _parted(word: str) -> str:
    places = (3, 5, 7, 9) if word.isalpha() else ()
    return "".join(
        escape(letter) + "&shy;" * (place in places and place < len(word) - 3) for place, letter in enumerate(word)
    )


def _cell(cell: Cell) -> str:
    known = f"{cell.known} of {cell.applicable} pieces of evidence known"
    part = round(100 * cell.known / cell.applicable) if cell.applicable else 0
    if cell.why is not None:
        hatch = "" if cell.why is Why.OUT else ' class="mp-hatch"'
        return f'<td{hatch} title="{cell.why}; {known}">{SIGN[cell.why]}{_foot(part)}</td>'
    says = f", the team says {cell.claimed}" if cell.claimed is not None else ""
    dot = "<sup>•</sup>" if says else ""
    return f'<td class="mp-l{cell.level}" title="level {cell.level}{says}; {known}">{cell.level}{dot}{_foot(part)}</td>'


def _foot(part: int) -> str:
    """How much of the evidence is known, as a line."""
    return f'<i class="mp-foot" style="width:{part}%"></i>' if part else ""


def _behind(found: Heat, rows: list[Row], shown: tuple) -> None:
    more = st.expander("The same as a table", icon=":material/table:", key="progress_heat", on_change="rerun")
    if not more.open:
        return
    keys = [key for _, keys in shown for key in keys]
    told = [
        {
            "Team": row.name, "Capability": found.names[key],
            "Level": str(cell.level) if cell.level is not None else TOLD[cell.why].split(":")[0],
            "The team says": "" if cell.claimed is None else str(cell.claimed), "Known": cell.known,
            "Of": cell.applicable,
        }
        for row in rows for key in keys for cell in [row.cells[found.keys.index(key)]]
    ]  # fmt: skip
    with more:
        alt = "Levels of capabilities by team, by name."
        tables.show(pl.DataFrame(told), "progress_levels", ("cell", "cells"), alt, still=True)
