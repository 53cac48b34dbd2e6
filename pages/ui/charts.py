"""The figures. Built once per (data, window) and shown to everybody: they are never changed after they are built.

Every colour has at least 3:1 contrast on the light and on the dark background (tests/pages/test_charts.py), so one
figure serves both themes. Values come ready from `assessments`; nothing is computed here but places on the paper.
"""

from datetime import date
from functools import partial
from html import escape

import plotly.graph_objects as go
import polars as pl
import streamlit as st
from plotly.subplots import make_subplots

from pages.ui import chart_style
from pages.ui.chart_style import ACROSS, BLUE, BROWN, GREY, GRID, ORANGE, PINK, RIBBON, TEAL, UPWARDS, VIOLET

__all__ = ["BLUE", "BROWN", "GREY", "GRID", "ORANGE", "PINK", "RIBBON", "TEAL", "VIOLET"]


def brand(figure: go.Figure, height: int, y_title: str = "", x_title: str = "") -> go.Figure:
    """The house style: no frame, no legend, quiet grid, room for a phone."""
    figure.update_layout(**chart_style.frame(height))
    figure.update_xaxes(title_text=x_title, **ACROSS)
    figure.update_yaxes(title_text=y_title, **UPWARDS)
    return figure


def mondays(figure: go.Figure, weeks: int) -> None:
    """Ticks at Mondays."""
    figure.update_xaxes(**chart_style.mondays(weeks))


def render(figure: go.Figure, alt: str, key: str) -> None:
    """Shows a figure without the toolbar; `alt` says what a reader who cannot see it needs to know."""
    if "to_dict" not in vars(figure):  # Plotly would copy all of it at every view, though nothing changes it any more
        figure.to_dict = partial(dict, figure.to_dict())
    st.plotly_chart(figure, key=key, alt=alt, width="stretch", config={"displayModeBar": False})


def warm() -> None:
    """Plotly loads its parts at first use; the first visitor shall not wait for them."""
    numbers = {name: [1.0, 2.0] for name in ("value", "rolling_value", "rolling_low", "rolling_high", "n", "rolling_n")}
    cells = pl.DataFrame({"week": [date(2026, 1, 5), date(2026, 1, 12)], "provisional": [False, True], **numbers})
    multiples([("a", cells), ("b", cells)], "Hours", 2).to_json()


def trend(cells: pl.DataFrame, y_title: str, percent: bool = False, height: int = 270) -> go.Figure:
    """Weekly values as points (hollow while provisional), the rolling four weeks as a line in its 95 % ribbon.

    `cells` are the rows of one metric in order of week. Weeks without a value leave a hole, they are never zero.
    """
    figure = go.Figure(_trend_traces(cells))
    brand(figure, height, y_title, "Week (Monday, UTC)")
    mondays(figure, len(cells))
    ticks, hover = (".0%", ".1%") if percent else (None, ".2f")
    figure.update_yaxes(rangemode="tozero", hoverformat=hover, tickformat=ticks)
    return figure


def _trend_traces(cells: pl.DataFrame) -> list[dict]:
    """What `trend` draws, as plain values: many panels are put together several times as fast from them."""
    weeks, traces = cells["week"].to_list(), []
    size = 8 if len(cells) <= 14 else 6 if len(cells) <= 28 else 4.5  # a year of points shall not hide the line
    for run in _runs(cells, "rolling_low", "rolling_high"):
        known = cells[run[0] : run[1]]
        around = known["week"].to_list()
        ribbon = {
            "x": around + around[::-1],
            "y": known["rolling_high"].to_list() + known["rolling_low"].to_list()[::-1],
            "fill": "toself",
            "fillcolor": RIBBON,
            "line": {"width": 0},
            "mode": "lines",
            "hoverinfo": "skip",
        }
        traces.append(ribbon)
    line = {
        "x": weeks,
        "y": cells["rolling_value"].to_list(),
        "mode": "lines",
        "line": {"color": TEAL, "width": 2.5},
        "name": "four weeks",
        "connectgaps": False,
        "customdata": cells["rolling_n"].to_list(),
        "hovertemplate": "%{y} (n=%{customdata})",
    }
    points = {
        "x": weeks,
        "y": cells["value"].to_list(),
        "mode": "markers",
        "marker": {
            "size": size,
            "color": ["rgba(0,0,0,0)" if young else ORANGE for young in cells["provisional"].to_list()],
            "line": {"color": ORANGE, "width": 1.5},
        },
        "name": "week",
        "customdata": cells["n"].to_list(),
        "hovertemplate": "%{y} (n=%{customdata})",
    }
    return [{"type": "scatter", **each} for each in (*traces, line, points)]


def multiples(panels: list[tuple[str, pl.DataFrame]], y_title: str, columns: int) -> go.Figure:
    """The same small picture once per service, in the order given, on one scale; no panel is ranked above another."""
    rows = -(-len(panels) // columns)
    figure = make_subplots(
        rows, columns, shared_xaxes=True, shared_yaxes="all", horizontal_spacing=0.04, vertical_spacing=0.2 / rows,
        subplot_titles=[escape(name) for name, _ in panels],
    )  # fmt: skip
    traces, at_row, at_column = [], [], []
    for index, (_, cells) in enumerate(panels):
        some = _trend_traces(cells)
        traces += some
        at_row += [index // columns + 1] * len(some)
        at_column += [index % columns + 1] * len(some)
    figure.add_traces(traces, rows=at_row, cols=at_column)
    # Axis by axis through Plotly this would take longer than everything else; as plain values it takes nothing.
    layout = (plain := figure.to_plotly_json())["layout"]
    layout |= chart_style.frame(60 + 190 * rows) | {"margin": {"l": 8, "r": 8, "t": 30, "b": 48}}
    across = ACROSS | chart_style.mondays(2 * max(len(cells) for _, cells in panels)) | {"automargin": False}
    for name, axis in layout.items():
        if name.startswith("xaxis"):
            axis |= across | {"title": {"text": ""}}
        elif name.startswith("yaxis"):
            axis |= UPWARDS | {"rangemode": "tozero", "matches": None if name == "yaxis" else "y", "hoverformat": ".2f"}
            first = (int(name[5:] or 1) - 1) % columns == 0
            axis["title"] = {"text": y_title if first else ""}
    # Where the last row is not full, what stands above the hole is the last of its column.
    if rows > 1 and len(panels) % columns:
        for column in range(len(panels) % columns + 1, columns + 1):
            place = (rows - 2) * columns + column
            layout[f"xaxis{place if place > 1 else ''}"]["showticklabels"] = True
    for title in layout["annotations"]:
        title["font"] = {"size": 14}
    return go.Figure(plain)


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
