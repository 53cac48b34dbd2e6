"""The metrics side by side, each before and after with its interval."""

from html import escape

import polars as pl
import streamlit as st

from assessments import goals as ways
from assessments.goals import Figure
from data.improving.change import Change, Line
from pages.ui import lead_change_words as words
from pages.ui import lead_style, tables
from pages.ui.text import plain

WIDE = 1000  # of a scale
MARKS = {ways.BETTER: "mp-better", ways.WORSE: "mp-worse", ways.NOT_APART: "", ways.NOT_KNOWN: "mp-none"}


def section(found: Change) -> None:
    """A row a metric, on a scale of its own; the numbers as a table."""
    if found.why_not:
        return
    lines = (*found.tried, *found.lines)
    st.header("Side by side", anchor=False)
    st.markdown(f"**{plain(words.finding(found))}**")
    lead_style.show(f'<div class="mp-pairs" role="list">{"".join(_row(line) for line in lines)}</div>')
    st.caption(
        "Each row has a scale of its own, from 0. Grey is before, coloured after; the dot is the value, the bar its "
        f"95 % interval. Of {len(lines)} comparisons chance alone tells about one in twenty apart, so a row is a hint "
        "and no proof; the verdict below rests on the one metric that was named beforehand."
    )
    if st.toggle("Show the numbers as a table", key="change_table"):
        _table(lines)


def _row(line: Line) -> str:
    most = max((each or 0) for one in (line.before, line.after) for each in (one.value, one.high)) or 1.0
    bars = "".join(_bar(one, most, side) for side, one in (("before", line.before), ("after", line.after)))
    state, change = words.STATES[line.state], words.change(line)
    told = f"{state}, {change}" if change else state
    return (
        f'<div class="mp-pair" role="listitem"><div><b>{escape(line.name)}</b>'
        f'<div class="mp-quiet"><span class="mp-dot {MARKS[line.state]}"></span> {told}</div></div>'
        f"<div>{bars}</div></div>"
    )


def _bar(one: Figure, most: float, side: str) -> str:
    """The interval as a bar with the value as a dot, and both in words."""
    if one.value is None:
        return f'<div class="mp-range"><i></i><span>{escape(words.figure(one))}</span></div>'
    low, high = (one.value if each is None else each for each in (one.low, one.high))
    start, end, at = (f"{each / most * 100:.1f}%" for each in (low, high, one.value))
    return (
        f'<div class="mp-range mp-{side}"><i><u style="left:{start};right:calc(100% - {end})"></u>'
        f'<s style="left:{at}"></s></i><span>{escape(words.figure(one))}</span></div>'
    )


def _table(lines: tuple[Line, ...]) -> None:
    rows = [
        {
            "Metric": line.name, "Before": words.number(line.before), "95 % before": _interval(line.before),
            "n before": line.before.n, "After": words.number(line.after), "95 % after": _interval(line.after),
            "n after": line.after.n, "Change": words.change(line), "Read as": words.STATES[line.state],
        }
        for line in lines
    ]  # fmt: skip
    alt = "Each metric before and after with its interval and how many it rests on."
    tables.show(pl.DataFrame(rows), "change_metrics", ("metric", "metrics"), alt)


def _interval(one: Figure) -> str:
    return words.present.between(one.low, one.high, one.unit) or words.NO_VALUE.get(one.state, "no interval")
