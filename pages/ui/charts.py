"""The figures. Built once per (data, window) and shown to everybody: they are never changed after they are built.

Every colour has at least 3:1 contrast on the light and on the dark background (tests/pages/test_charts.py), so one
figure serves both themes. Values come ready from `assessments`; nothing is computed here but places on the paper.
"""

from datetime import date
from html import escape

import plotly.graph_objects as go
import polars as pl
import streamlit as st
from plotly.subplots import make_subplots

TEAL, ORANGE, BLUE, GREY = "#17907D", "#D9730D", "#3B82F6", "#75827F"
VIOLET, PINK, BROWN = "#8B5CF6", "#DB4F8F", "#A9701A"
RIBBON = "rgba(23, 144, 125, 0.2)"
GRID = "rgba(117, 130, 127, 0.25)"


def brand(figure: go.Figure, height: int, y_title: str = "", x_title: str = "") -> go.Figure:
    """The house style: no frame, no legend, quiet grid, room for a phone."""
    figure.update_layout(
        height=height,
        margin={"l": 8, "r": 8, "t": 8, "b": 8},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        showlegend=False,
        hovermode="x unified",
        colorway=[TEAL, ORANGE, BLUE, VIOLET, PINK, BROWN, GREY],
        dragmode=False,
    )
    figure.update_xaxes(title_text=x_title, automargin=True, gridcolor=GRID, showgrid=False, fixedrange=True)
    figure.update_yaxes(title_text=y_title, automargin=True, gridcolor=GRID, zeroline=False, fixedrange=True)
    return figure


def mondays(figure: go.Figure, weeks: int) -> None:
    """Ticks at Mondays, few enough for a phone."""
    apart = max(1, -(-weeks // 6)) * 7 * 86_400_000  # milliseconds
    figure.update_xaxes(tick0="2024-01-01", dtick=apart, tickangle=0)
    figure.update_xaxes(tickformat="%-d %b<br>%Y", hoverformat="%-d %b %Y")


def render(figure: go.Figure, alt: str, key: str) -> None:
    """Shows a figure without the toolbar; `alt` says what a reader who cannot see it needs to know."""
    st.plotly_chart(figure, key=key, alt=alt, width="stretch", config={"displayModeBar": False})


def warm() -> None:
    """Plotly loads its parts at first use; the first visitor shall not wait for them."""
    days = [date(2026, 1, 5), date(2026, 1, 12)]
    numbers = {name: [1.0, 2.0] for name in ("value", "rolling_value", "rolling_low", "rolling_high", "n", "rolling_n")}
    cells = pl.DataFrame({"week": days, "provisional": [False, True], **numbers})
    multiples([("a", cells), ("b", cells)], "Hours", 2).to_json()


def trend(cells: pl.DataFrame, y_title: str, percent: bool = False, height: int = 270) -> go.Figure:
    """Weekly values as points (hollow while provisional), the rolling four weeks as a line in its 95 % ribbon.

    `cells` are the rows of one metric in order of week. Weeks without a value leave a hole, they are never zero.
    """
    figure = go.Figure()
    weeks = cells["week"].to_list()
    for run in _runs(cells, "rolling_low", "rolling_high"):
        known = cells[run[0] : run[1]]
        around = known["week"].to_list()
        figure.add_scatter(
            x=around + around[::-1],
            y=known["rolling_high"].to_list() + known["rolling_low"].to_list()[::-1],
            fill="toself",
            fillcolor=RIBBON,
            line={"width": 0},
            mode="lines",
            hoverinfo="skip",
        )
    figure.add_scatter(
        x=weeks,
        y=cells["rolling_value"].to_list(),
        mode="lines",
        line={"color": TEAL, "width": 2.5},
        name="four weeks",
        connectgaps=False,
        customdata=cells["rolling_n"].to_list(),
        hovertemplate="%{y} (n=%{customdata})",
    )
    provisional = cells["provisional"].to_list()
    figure.add_scatter(
        x=weeks,
        y=cells["value"].to_list(),
        mode="markers",
        marker={
            "size": 8
            if len(cells) <= 14
            else 6
            if len(cells) <= 28
            else 4.5,  # a year of points shall not hide the line
            "color": ["rgba(0,0,0,0)" if young else ORANGE for young in provisional],
            "line": {"color": ORANGE, "width": 1.5},
        },
        name="week",
        customdata=cells["n"].to_list(),
        hovertemplate="%{y} (n=%{customdata})",
    )
    brand(figure, height, y_title, "Week (Monday, UTC)")
    mondays(figure, len(cells))
    figure.update_yaxes(rangemode="tozero", hoverformat=".1%" if percent else ".2f")
    if percent:
        figure.update_yaxes(tickformat=".0%")
    return figure


def multiples(panels: list[tuple[str, pl.DataFrame]], y_title: str, columns: int) -> go.Figure:
    """The same small picture once per service, in the order given, on one scale; no panel is ranked above another."""
    rows = -(-len(panels) // columns)
    figure = make_subplots(
        rows, columns, shared_xaxes=True, shared_yaxes="all", horizontal_spacing=0.04, vertical_spacing=0.2 / rows,
        subplot_titles=[escape(name) for name, _ in panels],
    )  # fmt: skip
    for index, (_, cells) in enumerate(panels):
        place = {"row": index // columns + 1, "col": index % columns + 1}
        for whole in trend(cells, "").data:
            figure.add_trace(whole, **place)
    brand(figure, 60 + 190 * rows)
    mondays(figure, 2 * max(len(cells) for _, cells in panels))
    figure.update_layout(margin={"t": 30, "b": 48})
    figure.update_xaxes(automargin=False)
    if len(panels) % columns:  # the last row is not full: what stands above the hole is the last of its column
        for column in range(len(panels) % columns + 1, columns + 1):
            figure.update_xaxes(showticklabels=True, row=rows - 1, col=column)
    figure.update_annotations(font_size=14)
    figure.update_yaxes(rangemode="tozero", matches="y", hoverformat=".2f")
    figure.update_yaxes(title_text=y_title, col=1)
    return figure


def _runs(cells: pl.DataFrame, *columns: str) -> list[tuple[int, int]]:
    """Stretches of rows in which all those columns are known, as [start, end)."""
    known = [all(value is not None for value in row) for row in cells.select(columns).iter_rows()]
    runs, start = [], None
    for index, yes in enumerate([*known, False]):
        if yes and start is None:
            start = index
        elif not yes and start is not None:
            runs.append((start, index))
            start = None
    return runs
