"""Figures of answers: a small histogram a question, one below the other, with the mean and its interval under it."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from textwrap import wrap

import plotly.graph_objects as go

from pages.ui.charts import BLUE, GRID, ORANGE, TEAL, brand

ROW = 92  # pixels
TALL = 0.6  # of a row that the highest column takes
BELOW = 0.14  # of a row between the columns and the mean


@dataclass(frozen=True)
class Row:
    """One question. counts: by option; None where only quartiles may be shown. mean, low, high: None where the team
    does not agree (split)."""

    name: str
    counts: tuple[int, ...] | None = None
    quartiles: tuple[float, ...] | None = None
    mean: float | None = None
    low: float | None = None
    high: float | None = None
    split: bool = False


def levels(rows: Sequence[Row], top: int, title: str) -> go.Figure:
    """Choice questions with the same number of options. Columns of all of them have one scale: a person is as high
    everywhere."""
    figure = go.Figure()
    most = max((max(row.counts) for row in rows if row.counts), default=1)
    for place, row in enumerate(rows):
        _name(figure, row.name, -0.5, -place)
        if row.counts is not None:
            _columns(figure, row, place, most)
        _mean(figure, row, place)
        _ground(figure, -0.5, top + 0.5, -place)
    _finish(figure, rows, title)
    ticks = list(range(top + 1))
    figure.update_xaxes(range=[-0.55, top + 0.55], tickvals=ticks, ticktext=[str(tick) for tick in ticks])
    return figure


def percents(rows: Sequence[Row], values: Sequence[Sequence[float]], title: str) -> go.Figure:
    """Percent questions: a dot a person, stacked where people said the same."""
    figure = go.Figure()
    for place, (row, mine) in enumerate(zip(rows, values, strict=True)):
        _name(figure, row.name, 0, -place)
        height: dict[float, int] = {}
        for value in mine:
            height[value] = height.get(value, 0) + 1
        most = max(height.values(), default=1)
        dots = [(value, level) for value, number in height.items() for level in range(number)]
        figure.add_scatter(
            x=[value for value, _ in dots],
            y=[-place + 0.08 + level * min(0.14, TALL / most) for _, level in dots],
            mode="markers",
            marker={"size": 9, "color": TEAL},
            hovertemplate="%{x} %<extra></extra>",
            cliponaxis=False,
        )
        _mean(figure, row, place)
        _ground(figure, 0, 100, -place)
    _finish(figure, rows, title)
    figure.update_xaxes(range=[-2, 102], tickvals=[0, 20, 40, 60, 80, 100], ticksuffix=" %")
    return figure


def _columns(figure: go.Figure, row: Row, place: int, most: int) -> None:
    people = ["one person" if number == 1 else f"{number} people" for number in row.counts]
    figure.add_bar(
        x=list(range(len(row.counts))),
        y=[TALL * number / most for number in row.counts],
        base=[-place] * len(row.counts),
        width=0.84,
        marker={"color": ORANGE if row.split else TEAL, "line": {"width": 0}},
        text=[str(number) if number else "" for number in row.counts],
        textposition="outside",
        cliponaxis=False,
        customdata=people,
        hovertemplate="option %{x}: %{customdata}<extra></extra>",
    )


def _mean(figure: go.Figure, row: Row, place: int) -> None:
    """The mean in its interval, or the middle answer in the middle half."""
    low, middle, high = row.quartiles or (row.low, row.mean, row.high)
    if middle is None:
        return
    at = -place - BELOW if row.counts is not None or row.quartiles is None else -place + 0.25
    wide = 10 if row.quartiles else 3
    colour = ORANGE if row.split else BLUE
    figure.add_scatter(x=[low, high], y=[at, at], mode="lines", line={"color": colour, "width": wide}, hoverinfo="skip")
    figure.add_scatter(
        x=[middle],
        y=[at],
        mode="markers",
        marker={"size": 11, "color": colour, "symbol": "diamond"},
        hovertemplate=("middle answer %{x}" if row.quartiles else "mean %{x:.1f}") + "<extra></extra>",
    )


def _name(figure: go.Figure, name: str, x: float, y: float) -> None:
    lines = wrap(name, 46)[:3]
    figure.add_annotation(
        x=x,
        y=y + 0.82,
        text="<br>".join(escape(line) for line in lines),
        showarrow=False,
        xanchor="left",
        yanchor="top",
        align="left",
        font={"size": 13},
    )


def _ground(figure: go.Figure, x0: float, x1: float, y: float) -> None:
    figure.add_shape(type="line", x0=x0, x1=x1, y0=y, y1=y, line={"color": GRID, "width": 1})


def _finish(figure: go.Figure, rows: Sequence[Row], title: str) -> None:
    brand(figure, ROW * len(rows) + 56, x_title=title)
    figure.update_layout(hovermode="closest", bargap=0)
    figure.update_yaxes(visible=False, range=[-len(rows) + 0.7, 0.88])
