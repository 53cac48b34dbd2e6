"""The course of a goal: what was measured, from when it was set to its day, and where it is on the way to."""

from datetime import datetime

import plotly.graph_objects as go
import polars as pl
import streamlit as st

from assessments.delivery import present
from data import store
from data.improving import measuring
from data.improving.forecasts import Course
from data.improving.goals import GoalView
from pages.ui import axis, charts, lead_goals_words, tables

UNITS = {"a week": "Deployments a week", "share": "Share of deployments (%)"}
COLUMNS = ("value", "mean", "low", "high", "aim")
AHEAD = "rgba(59, 130, 246, 0.22)"


def course(one: GoalView, found: Course, counter: bool = False) -> None:
    """The picture with its finding as the title, and the table behind."""
    if found.ahead is None:
        st.text(f"{found.metric.name}: {found.why_not}")
        return
    rows = table(found)
    if rows.is_empty():
        st.text(f"{found.metric.name}: no week is known from its beginning to its end.")
        return
    told = lead_goals_words.title(found, counter)
    st.markdown(f"**{told}**")
    unit, label = _label(found, rows)
    days = tuple(store.from_us(at) for at in (one.created_at, one.wanted.due_at))
    figure = draw(unit, label, days, "limit" if counter else "target", found)
    key = f"lead_goal_{one.id}_{found.metric.key}"
    charts.render(figure, f"{told}. {label} by week from {rows['week'][0]} to {rows['week'][-1]}.", key)
    st.caption(_caption(found))
    if st.toggle("Show the weeks as a table", key=f"{key}_table"):
        _show(rows, key, found)


def table(found: Course) -> pl.DataFrame:
    """By week: what was measured alone, the mean up to it, and the ends of the band in weeks to come."""
    weeks, ahead = found.weeks, found.ahead
    known = pl.DataFrame({"number": weeks.week.astype(int), "value": weeks.natural.astype(float)})
    past = pl.DataFrame({"number": ahead.past[0].astype(int), "mean": ahead.past[1].astype(float)})
    band = {"number": ahead.week.astype(int), "mean": ahead.middle, "low": ahead.low, "high": ahead.high}
    joined = known.join(past, on="number", how="left")
    whole = pl.concat([joined, pl.DataFrame(band)], how="diagonal").filter(pl.col("number") >= found.since - 39)
    dates = [monday.date() for monday in measuring.dates(whole["number"].to_numpy())]
    return whole.with_columns(pl.Series("week", dates, pl.Date), aim=pl.lit(found.aim)).drop("number")


def _label(found: Course, rows: pl.DataFrame) -> tuple[pl.DataFrame, str]:
    """The rows in the unit of the axis, and its title."""
    if found.metric.unit != "hours":
        return rows, UNITS[found.metric.unit]
    unit, (scaled,) = axis.in_unit(rows, columns=COLUMNS)
    return scaled, f"{found.metric.name} ({unit.lower()})"


def draw(rows: pl.DataFrame, label: str, days: tuple[datetime, datetime], aim: str, found: Course) -> go.Figure:
    """Points, the line of means, the band to come, the target across, the day it was set and the day it is due."""
    figure, percent = go.Figure(), found.metric.unit == "share"
    past, coming = rows.filter(pl.col("low").is_null()), rows.filter(pl.col("low").is_not_null())
    line = past.filter(pl.col("mean").is_not_null())
    if len(coming):
        around = coming["week"].to_list()
        figure.add_scatter(
            x=around + around[::-1], y=coming["high"].to_list() + coming["low"].to_list()[::-1], fill="toself",
            fillcolor=AHEAD, line={"width": 0}, mode="lines", hoverinfo="skip",
        )  # fmt: skip
        joined = pl.concat([line.tail(1), coming])
        figure.add_scatter(
            x=joined["week"].to_list(), y=joined["mean"].to_list(), mode="lines", name="expected",
            line={"color": charts.BLUE, "width": 2, "dash": "dot"}, hovertemplate="%{y}",
        )  # fmt: skip
    figure.add_scatter(
        x=past["week"].to_list(), y=past["value"].to_list(), mode="markers", name="week",
        marker={"size": 5, "color": charts.ORANGE}, hovertemplate="%{y}",
    )  # fmt: skip
    figure.add_scatter(
        x=line["week"].to_list(), y=line["mean"].to_list(), mode="lines", name=f"mean of {found.ahead.span} weeks",
        line={"color": charts.TEAL, "width": 2.5}, hovertemplate="%{y}",
    )  # fmt: skip
    charts.brand(figure, 300, label, "Week (Monday, UTC)")
    charts.mondays(figure, ((rows["week"][-1] - rows["week"][0]).days // 7 + 1) * 3 // 2)
    figure.add_hline(y=rows["aim"][0], line={"color": charts.VIOLET, "width": 2, "dash": "dash"})
    _words(figure, rows["aim"][0], f"{aim} {present.number(found.aim, found.metric.unit)}", days)
    figure.update_layout(margin={"t": 26})
    figure.update_yaxes(rangemode="tozero", hoverformat=".1%" if percent else ".2f")
    if percent:
        figure.update_yaxes(tickformat=".0%")
    return figure


def _words(figure: go.Figure, aim: float, told: str, days: tuple[datetime, datetime]) -> None:
    font = {"size": 12, "color": charts.GREY}
    figure.add_annotation(
        x=0, xref="paper", y=aim, text=told, showarrow=False, xanchor="left", yanchor="bottom",
        font={"size": 12, "color": charts.VIOLET},
    )  # fmt: skip
    for moment, name, side in zip(days, ("set", "due"), ("right", "right"), strict=True):
        figure.add_vline(x=moment.date().isoformat(), line={"color": charts.GREY, "width": 1, "dash": "dot"})
        figure.add_annotation(
            x=moment.date().isoformat(), y=1, yref="paper", yanchor="bottom", xanchor=side, text=name, showarrow=False,
            font=font,
        )  # fmt: skip


def _caption(found: Course) -> str:
    ahead = found.ahead
    points = f"Points are single weeks, the line is the mean of {ahead.span}."
    if not len(ahead.week):
        return f"{points} {ahead.why_not}"
    band = f"The blue band holds where it will be in four of five cases, by the {ahead.rests_on} weeks it rests on."
    return f"{points} {band} {ahead.why_not}".rstrip()


def _show(rows: pl.DataFrame, key: str, found: Course) -> None:
    unit = f" ({found.metric.unit})"
    columns = {
        "week": st.column_config.DateColumn("Week (Monday, UTC)", format="D MMM YYYY"),
        "value": f"{found.metric.name}{unit}", "mean": f"Mean of {found.ahead.span} weeks",
        "low": "80 % from", "high": "80 % to", "aim": "Target or limit",
    }  # fmt: skip
    alt = f"{found.metric.name} by week with its mean and the band of weeks to come, newest first."
    tables.show(rows.reverse(), f"{key}_rows", ("week", "weeks"), alt, columns, order=tuple(columns))
