"""A metric against its own past: weekly points, and the line with its interval over rolling four weeks."""

import plotly.graph_objects as go
import polars as pl
import streamlit as st

from assessments.delivery import present
from assessments.delivery.results import Summary
from pages.ui import axis, charts, judged
from pages.ui.metric_cards import title
from pages.ui.text import day
from pages.ui.window import Window

UNIT = {"per day": "Deployments per day", "share": "Share of deployments (%)"}


def section(window: Window, key: str, summary: Summary) -> None:
    """The picture with its finding as the title; says so where there is nothing to draw."""
    cells = judged.cells(window).filter(metric=key)
    unit = summary.metrics[key].unit
    if not cells["value"].is_not_null().any() and not cells["rolling_value"].is_not_null().any():
        st.text("No week of this window has enough for a point.")
        return
    told, drawn = figure(window.key, key, cells, unit)
    st.markdown(f"**{told}**")
    charts.render(
        drawn,
        f"{told}. {title(key)} of {window.name} by week from {day(summary.start)} to {day(summary.end)}.",
        f"trend_{window.service.id}_{key}_{len(cells)}",
    )
    young = " Hollow points can still change: a late incident may belong to them." if cells["provisional"].any() else ""
    st.caption(
        "Points are single weeks; the line is the same number over the four weeks that end there, "
        f"the ribbon its 95 % interval.{young}"
    )


@st.cache_resource(max_entries=256, show_spinner=False)
def figure(key: str, metric: str, _cells: pl.DataFrame, unit: str) -> tuple[str, go.Figure]:
    """The finding and the picture, once for each window and metric."""
    told = finding(_cells, metric, unit)
    if unit == "hours":
        label, (cells,) = axis.in_unit(_cells)
        return told, charts.trend(cells, label)
    return told, charts.trend(_cells, UNIT[unit], percent=unit == "share")


def finding(cells: pl.DataFrame, key: str, unit: str) -> str:
    """Where the metric stands, and whether it has moved beyond its intervals since the window began."""
    rolling = cells.filter(pl.col("rolling_value").is_not_null())
    if rolling.is_empty():
        return f"{title(key)}: single weeks only, too few for a line"
    last, first = rolling.row(-1, named=True), rolling.row(0, named=True)
    value = present.number(last["rolling_value"], unit)
    now = f"{title(key)}: {value} in the four weeks to that of {day(last['week'])}"
    if (last["week"] - first["week"]).days < 28 or None in (last["rolling_low"], first["rolling_high"]):
        return now
    before = f"{present.number(first['rolling_value'], unit)} in those to {day(first['week'])}"
    if None in (last["rolling_high"], first["rolling_low"]):
        return now
    if last["rolling_low"] > first["rolling_high"]:
        return f"{now}, up from {before}"
    if last["rolling_high"] < first["rolling_low"]:
        return f"{now}, down from {before}"
    return f"{now}, no clear change from {before}"
