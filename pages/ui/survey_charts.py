"""Figures of answers: a small histogram a question, one below the other, with the mean and its interval under it."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from textwrap import wrap

import plotly.graph_objects as go

from pages.ui.charts import BLUE, GRID, ORANGE, TEAL, brand

#: Lanes of a question in pixels, from above: a line of its name, the highest column with its number, the mean.
LINE, COLUMN, NUMBER, MEAN = 18, 54, 22, 30
WIDE = 46  # letters in a line of a name, for a phone


@dataclass(frozen=True)
class Row:
    """One question; without a name where that stands above the figure. counts: by option; None where only quartiles may
    be shown. mean, low, high: None where the team does not agree (split)."""

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
    for ground, row in _grounds(rows):
        _name(figure, row, -0.5, ground)
        if row.counts is not None:
            _columns(figure, row, ground, most)
        _mean(figure, row, ground)
        _line(figure, -0.5, top + 0.5, ground)
    _finish(figure, rows, title)
    ticks = list(range(top + 1))
    figure.update_xaxes(range=[-0.55, top + 0.55], tickvals=ticks, ticktext=[str(tick) for tick in ticks])
    return figure


def percents(rows: Sequence[Row], values: Sequence[Sequence[float]], title: str) -> go.Figure:
    """Percent questions: a dot a person, stacked where people said the same."""
    figure = go.Figure()
    for (ground, row), mine in zip(_grounds(rows), values, strict=True):
        _name(figure, row, 0, ground)
        seen: Counter[float] = Counter()
        heights = []
        for value in mine:
            heights.append(seen[value])
            seen[value] += 1
        step = min(11, (COLUMN + NUMBER - 10) / max(seen.values(), default=1))
        figure.add_scatter(
            x=list(mine),
            y=[ground + 7 + step * height for height in heights],
            mode="markers",
            marker={"size": 9, "color": TEAL},
            hovertemplate="%{x} %<extra></extra>",
            cliponaxis=False,
        )
        _mean(figure, row, ground)
        _line(figure, 0, 100, ground)
    _finish(figure, rows, title)
    figure.update_xaxes(range=[-2, 102], tickvals=[0, 20, 40, 60, 80, 100], ticksuffix=" %")
    return figure


def _lines(row: Row) -> list[str]:
    return wrap(row.name, WIDE)[:4]  # none without a name


def _grounds(rows: Sequence[Row]) -> Iterator[tuple[float, Row]]:
    """Each question with the height of the line that its columns stand on, in pixels below the top of the figure."""
    y = 0
    for row in rows:
        y -= LINE * len(_lines(row)) + COLUMN + NUMBER
        yield y, row
        y -= MEAN


def _columns(figure: go.Figure, row: Row, ground: float, most: int) -> None:
    people = ["one person" if number == 1 else f"{number} people" for number in row.counts]
    figure.add_bar(
        x=list(range(len(row.counts))),
        y=[COLUMN * number / most for number in row.counts],
        base=[ground] * len(row.counts),
        width=0.84,
        marker={"color": ORANGE if row.split else TEAL, "line": {"width": 0}},
        text=[str(number) if number else "" for number in row.counts],
        textposition="outside",
        cliponaxis=False,
        customdata=people,
        hovertemplate="option %{x}: %{customdata}<extra></extra>",
    )


def _mean(figure: go.Figure, row: Row, ground: float) -> None:
    """The mean in its interval, or the middle answer in the middle half."""
    low, middle, high = row.quartiles or (row.low, row.mean, row.high)
    if middle is None:
        return
    at = ground + COLUMN / 2 if row.quartiles else ground - MEAN / 3
    colour = ORANGE if row.split else BLUE
    line = {"color": colour, "width": 10 if row.quartiles else 3}
    figure.add_scatter(x=[low, high], y=[at, at], mode="lines", line=line, hoverinfo="skip")
    figure.add_scatter(
        x=[middle],
        y=[at],
        mode="markers",
        marker={"size": 18 if row.quartiles else 11, "color": colour, "symbol": "diamond"},
        hovertemplate=("middle answer %{x}" if row.quartiles else "mean %{x:.1f}") + "<extra></extra>",
    )


def _name(figure: go.Figure, row: Row, x: float, ground: float) -> None:
    lines = _lines(row)
    if not lines:
        return
    figure.add_annotation(
        x=x,
        y=ground + COLUMN + NUMBER + LINE * len(lines),
        text="<br>".join(escape(line) for line in lines),
        showarrow=False,
        xanchor="left",
        yanchor="top",
        align="left",
        font={"size": 13},
    )


def _line(figure: go.Figure, x0: float, x1: float, y: float) -> None:
    figure.add_shape(type="line", x0=x0, x1=x1, y0=y, y1=y, line={"color": GRID, "width": 1})


def _finish(figure: go.Figure, rows: Sequence[Row], title: str) -> None:
    last = min(ground for ground, _ in _grounds(rows)) - MEAN
    brand(figure, int(-last) + 56, x_title=title)
    figure.update_layout(hovermode="closest", barmode="overlay", bargap=0)
    figure.update_yaxes(visible=False, range=[last, 4])
