"""Which tracks lead which capability up: a table, and on a phone a list."""

from html import escape

import streamlit as st

from content.path_rules import Leg
from data.learning.paths import Cell, Column, Matrix, Row
from pages.ui import lead_style
from pages.ui.learn_words import minutes
from pages.ui.text import count

_NAME, _CELL, _SUM = 250, 46, 112  # pixels of the columns
HOW = (
    "A cell says from which level to which a track leads the capability. A frame marks the way from level 0 on: what "
    "is written first, then what leads furthest. Hours are those of all tracks of the way, whole; a track is about "
    "several capabilities, so two ways together may take less than their sum."
)


def section(found: Matrix) -> None:
    rows = found.rows
    led = [row for row in rows if row.way]
    st.header("From a capability to its track", anchor=False)
    st.text(
        f"{len(led)} of {count(len(rows), 'capability', 'capabilities')} have a way up; all "
        f"{count(len(found.columns), 'track')} together take {found.hours:g} hours."
    )
    table = lead_style.region(_table(found), "Capabilities and the tracks that lead them up", len(rows))
    lead_style.show(f'<div class="mp-on-wide">{_legend()}{table}</div><div class="mp-on-phone">{_list(found)}</div>')
    st.caption(HOW)


def _legend() -> str:
    keys = ((4, "the track is about it"), (2, "half as much"), (1, "in passing"))
    shown = "".join(f'<span><i class="mp-key mp-l{shade}"></i>{words}</span>' for shade, words in keys)
    return f'<div class="mp-legend">{shown}<span><i class="mp-key mp-hatch"></i>not written yet</span></div>'


def _table(found: Matrix) -> str:
    paper, columns = lead_style.paper(), found.columns
    heads = "".join(f'<th class="mp-up" scope="col"><div>{_track(one)}</div></th>' for one in columns)
    hours = "".join(f"<td>{one.hours:g} h</td>" for one in columns)
    body = "".join(
        f'<tr><th class="mp-over" colspan="{len(columns) + 2}" scope="rowgroup" {paper}>{escape(name)}</th></tr>'
        + "".join(_row(row, columns, paper) for row in rows)
        for name, rows in found.areas
    )
    wide = f'<col style="width:{_NAME}px"><col span="{len(columns)}" style="width:{_CELL}px">'
    return (
        f'<table class="mp-table mp-heat mp-paths" style="width:{_NAME + (_CELL + 2) * len(columns) + _SUM}px">'
        f'<colgroup>{wide}<col style="width:{_SUM}px"></colgroup><thead {paper}><tr><th {paper}>Capability</th>{heads}'
        f'<th class="mp-up" scope="col"><div>The whole way</div></th></tr>'
        f"<tr><th {paper}>Hours</th>{hours}<td></td></tr></thead><tbody>{body}</tbody></table>"
    )


def _track(one: Column) -> str:
    return f'<a href="track?track={escape(one.slug)}" title="{escape(one.title)}">{escape(one.title)}</a>'


def _row(row: Row, columns: tuple[Column, ...], paper: str) -> str:
    on_way = {leg.track for leg in row.way}
    cells = "".join(_cell(row.cells.get(one.slug), one, one.slug in on_way) for one in columns)
    return f'<tr><th scope="row" {paper}>{escape(row.name)}</th>{cells}<td class="mp-sum">{_sum(row)}</td></tr>'


def _cell(cell: Cell | None, one: Column, on_way: bool) -> str:
    if cell is None:
        return "<td></td>"
    shade = 4 if cell.weight >= 1 else 2 if cell.weight >= 0.5 else 1
    kind = ("mp-hatch" if not one.is_written else f"mp-l{shade}") + (" mp-mark" if on_way else "")
    told = f"{one.title}: level {cell.from_level} to {cell.to_level}" + ("" if one.is_written else ", not written yet")
    return f'<td class="{kind}" title="{escape(told)}">{cell.from_level}–{cell.to_level}</td>'


def _sum(row: Row) -> str:
    return f"{row.hours:g} h to level {row.top}" if row.way else "no way"


def _list(found: Matrix) -> str:
    columns = {one.slug: one for one in found.columns}
    return "".join(
        f"<h3>{escape(name)}</h3>{''.join(_item(row, columns) for row in rows)}" for name, rows in found.areas
    )


def _item(row: Row, columns: dict[str, Column]) -> str:
    if not row.way:
        return f'<div class="mp-way"><h4>{escape(row.name)}</h4><div class="mp-quiet">{escape(row.why_not)}</div></div>'
    legs = "".join(f"<li>{_leg(leg, columns[leg.track])}</li>" for leg in row.way)
    about = f", {minutes(row.about)} of reading about this" if row.about else ""
    others = [columns[slug].title for slug in row.cells if slug not in {leg.track for leg in row.way}]
    also = f'<div class="mp-quiet">Also in: {escape(", ".join(others))}</div>' if others else ""
    size = f"{row.hours:g} h to level {row.top}{about}"
    return (
        f'<div class="mp-way"><h4>{escape(row.name)}</h4><div class="mp-quiet">{size}</div><ol>{legs}</ol>{also}</div>'
    )


def _leg(leg: Leg, one: Column) -> str:
    coming = "" if one.is_written else ", not written yet"
    return f"{_track(one)}, level {leg.from_level} to {leg.to_level}{coming}"
