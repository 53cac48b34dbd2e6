"""The weeks of a metric: what was measured, when something was done, and the course that was compared."""

import plotly.graph_objects as go
import polars as pl
import streamlit as st

from data.improving import verdicts
from data.improving.measuring import Metric
from data.improving.verdicts import Question, Verdict
from pages.ui import axis, charts, outcome_words, tables

UNITS = {"a week": "Deployments a week", "share": "Share of deployments (%)"}
DOING, AFTER = "rgba(117, 130, 127, 0.18)", "rgba(59, 130, 246, 0.10)"
PHASES = {"before": "before", "done": "done and settling", "after": "after"}
COLUMNS = ("value", "level", "low", "high")


def weeks(question: Question, counter: bool = False) -> None:
    """The picture with its finding as the title, what else went on, and the table behind."""
    one, found = question.one, verdicts.kept(question)
    found = found if isinstance(found, Verdict) else None
    metric = one.counter if counter else one.metric
    outcome = found and (found.counter if counter else found.outcome)
    drawn = found and (found.counter_drawn if counter else found.drawn)
    rows = verdicts.rows(question, drawn, counter)
    if rows.is_empty():
        st.text(f"{metric.name}: no week is known from its beginning to its end.")
        return
    told = outcome_words.finding(metric, outcome) if outcome else f"{metric.name} by week, so far"
    st.markdown(f"**{told}**")
    key = f"outcome_{one.id}_{metric.key}"
    label, figure = _figure(question.key, metric.key, rows, metric)
    charts.render(
        figure, f"{told}. {label} by week from {rows['week'][0]} to {rows['week'][-1]}.", f"{key}_{len(rows)}"
    )
    if drawn is None:
        st.caption("Points are single weeks. Grey: from the start until it has settled, which is not judged.")
    else:
        st.caption(
            "Points are single weeks. Grey: from the start until it had settled, which is not judged. Blue: after. The "
            f"line is the fitted level, the ribbon its 95 % interval. {outcome_words.around(metric, drawn)}"
        )
    if st.toggle("Show the weeks as a table", key=f"{key}_table"):
        _table(rows, key, label, metric)


@st.cache_resource(max_entries=256, show_spinner=False)
def _figure(key: str, name: str, _rows: pl.DataFrame, _metric: Metric) -> tuple[str, go.Figure]:
    """The label of its axis and the picture, once for each question."""
    if _metric.unit != "hours":
        return UNITS[_metric.unit], draw(_rows, UNITS[_metric.unit], percent=_metric.unit == "share")
    unit, (rows,) = axis.in_unit(_rows, columns=COLUMNS)
    label = f"{_metric.name} ({unit.lower()})"
    return label, draw(rows, label)


def draw(rows: pl.DataFrame, label: str, percent: bool = False) -> go.Figure:
    """Points of weeks over shaded phases, the fitted course before and after as a line in its ribbon."""
    figure = go.Figure()
    for phase in ("before", "after"):
        part = rows.filter(pl.col("level").is_not_null(), phase=phase)
        days = part["week"].to_list()
        if not days:
            continue
        figure.add_scatter(
            x=days + days[::-1], y=part["high"].to_list() + part["low"].to_list()[::-1], fill="toself",
            fillcolor=charts.RIBBON, line={"width": 0}, mode="lines", hoverinfo="skip",
        )  # fmt: skip
        figure.add_scatter(
            x=days, y=part["level"].to_list(), mode="lines", line={"color": charts.TEAL, "width": 2.5},
            name="fitted", hovertemplate="%{y}",
        )  # fmt: skip
    figure.add_scatter(
        x=rows["week"].to_list(), y=rows["value"].to_list(), mode="markers", name="week",
        marker={"size": 6 if len(rows) <= 60 else 4.5, "color": charts.ORANGE},
        customdata=rows["deployments"].to_list(), hovertemplate="%{y} (deployments: %{customdata})",
    )  # fmt: skip
    charts.brand(figure, 300, label, "Week (Monday, UTC)")
    charts.mondays(figure, _span(rows) * 3 // 2)  # years of them, on a phone too
    _shade(figure, rows)
    figure.update_layout(margin={"t": 26})
    figure.update_yaxes(rangemode="tozero", hoverformat=".1%" if percent else ".2f")
    if percent:
        figure.update_yaxes(tickformat=".0%")
    return figure


def _span(rows: pl.DataFrame) -> int:
    return (rows["week"][-1] - rows["week"][0]).days // 7 + 1


def _shade(figure: go.Figure, rows: pl.DataFrame) -> None:
    """Each phase begins with its own first week, so that the shades leave no gap."""
    starts = {phase: part["week"][0] for phase in PHASES if len(part := rows.filter(phase=phase))}
    ends = [*list(starts.values())[1:], rows["week"][-1]]
    for (phase, start), end in zip(starts.items(), ends, strict=True):
        if colour := {"done": DOING, "after": AFTER}.get(phase):
            figure.add_vrect(x0=start, x1=end, fillcolor=colour, line_width=0, layer="below")
        figure.add_annotation(
            x=start if phase != "done" else end, y=1, yref="paper", yanchor="bottom", text=PHASES[phase],
            xanchor="right" if phase == "done" else "left", showarrow=False, font={"size": 12, "color": charts.GREY},
        )  # fmt: skip


def _table(rows: pl.DataFrame, key: str, label: str, metric: Metric) -> None:
    columns = {
        "week": st.column_config.DateColumn("Week (Monday, UTC)", format="D MMM YYYY"),
        "phase": "Phase",
        "value": label if metric.unit != "hours" else f"{metric.name} (hours)",
        "deployments": "Deployments",
        "changes": "Changes",
        "level": "Fitted",
        "low": "95 % from",
        "high": "95 % to",
    }
    named = rows.with_columns(pl.col("phase").replace(PHASES)).reverse()
    alt = f"{metric.name} by week with the phase of each, newest first."
    tables.show(named, f"{key}_rows", ("week", "weeks"), alt, columns)
