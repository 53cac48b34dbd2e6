"""Two pictures: the hours month by month, which go down before they come back, and what decides the result."""

from functools import lru_cache
from textwrap import wrap

import plotly.graph_objects as go
import polars as pl
import streamlit as st

from assessments import worth_words as words
from assessments.worth import HORIZON, MEASURED, MONTHS, QUANTITIES, Worth
from pages.ui import charts, tables
from pages.ui.text import plain

BAR, LINE, GAP = 17, 18, 12  # pixels of a bar, of a line of its name, between two
WIDEST = 40  # characters of a line: what a phone has room for
SHOWN = 10  # inputs


def months(found: Worth) -> None:
    """The course of three years, with its table behind."""
    st.header("When it comes back", anchor=False)
    told = words.curve(found)
    st.markdown(f"**{plain(told)}**")
    charts.render(
        course(found), f"{told} Hours together, by month, with the range of nine in ten cases.", "worth_curve"
    )
    st.caption(
        "Hours of work that came back less those that went in, added up since the beginning. The line is the middle of "
        "all cases, the ribbon holds nine of ten."
    )
    if st.toggle("Show the months as a table", key="worth_months_table"):
        rows = [(month, *map(round, (each.low, each.middle, each.high))) for month, each in enumerate(found.curve)]
        names = ["Months", "From (h)", "Middle (h)", "To (h)"]
        frame = pl.DataFrame(rows, schema=names, orient="row")
        tables.show(frame, "worth_months", ("month", "months"), "Hours together after each month, with their range.")


def decides(found: Worth) -> None:
    """Which inputs move the result most."""
    if not found.drivers:
        return
    st.header("What decides the result", anchor=False)
    told = words.drivers(found)
    st.markdown(f"**{plain(told)}**")
    charts.render(tornado(found), f"{told} The table below has every number.", "worth_drivers")
    st.caption(
        f"Hours after {HORIZON} months with each input at its lower and at its upper end, all others in their middle. "
        "Teal inputs are measured, orange ones assumed."
    )
    if st.toggle("Show all inputs as a table", key="worth_drivers_table"):
        rows = [
            (QUANTITIES[each.key].name, each.kind, round(each.at_low), round(each.at_high), round(each.swing))
            for each in found.drivers
        ]
        names = ["Input", "Kind", "At its lower end (h)", "At its upper end (h)", "Apart (h)"]
        frame = pl.DataFrame(rows, schema=names, orient="row")
        tables.show(frame, "worth_all_drivers", ("input", "inputs"), "Inputs by how far they move the result.")


@lru_cache(maxsize=32)
def course(found: Worth) -> go.Figure:
    """The line of the middle in its ribbon, over zero; built once for the same values."""
    figure, at = go.Figure(), list(range(MONTHS + 1))
    low, high = [each.low for each in found.curve], [each.high for each in found.curve]
    figure.add_scatter(
        x=at + at[::-1], y=high + low[::-1], fill="toself", fillcolor=charts.RIBBON, line={"width": 0}, mode="lines",
        hoverinfo="skip",
    )  # fmt: skip
    figure.add_scatter(
        x=at, y=[each.middle for each in found.curve], mode="lines", line={"color": charts.TEAL, "width": 2.5},
        customdata=[words.told(each, " h") for each in found.curve], hovertemplate="%{customdata}<extra></extra>",
    )  # fmt: skip
    charts.brand(figure, 320, "Hours of work together", "Months since the beginning")
    figure.add_hline(y=0, line={"color": charts.GREY, "width": 1.5})
    figure.update_xaxes(dtick=6, range=[0, MONTHS])
    figure.update_yaxes(tickformat=",d")
    return figure


@lru_cache(maxsize=32)
def tornado(found: Worth) -> go.Figure:
    """A bar an input between what its ends make of the result, its name above it, in as many lines as it needs on a
    phone; built once for the same values."""
    figure, shown = go.Figure(), found.drivers[:SHOWN]
    ends = [end for each in shown for end in (each.at_low, each.at_high)]
    least, most = min(*ends, 0.0), max(*ends, 0.0)
    down = 0  # pixels from the top
    for each in shown:
        low, high = sorted((each.at_low, each.at_high))
        name, kind = QUANTITIES[each.key].name, each.kind
        lines = wrap(f"{name} ({kind})", WIDEST)
        under = down + LINE * len(lines) + 3
        figure.add_bar(
            x=[high - low], base=[low], y=[-under - BAR / 2], orientation="h", width=BAR,
            marker={"color": charts.TEAL if kind == MEASURED else charts.ORANGE},
            hovertemplate=f"{name}, {kind}: {' to '.join(words.together(each.at_low, each.at_high))} h<extra></extra>",
        )  # fmt: skip
        figure.add_annotation(
            x=least, y=-down, text="<br>".join(lines), showarrow=False, xanchor="left", yanchor="top", align="left",
            font={"size": 13}, borderpad=0,
        )  # fmt: skip
        down = under + BAR + GAP
    charts.brand(figure, down + 60, "", f"Hours of work together after {HORIZON} months")
    figure.add_vline(x=0, line={"color": charts.GREY, "width": 1.5}, layer="below")
    figure.update_layout(hovermode="closest")
    figure.update_xaxes(showgrid=True, tickformat=",d", range=[least - (most - least) * 0.02, most * 1.02 or 1])
    figure.update_yaxes(visible=False, range=[-down, 4])
    return figure
