"""The stages of lead time: one bar for the whole, and the same as a table."""

from html import escape

import plotly.graph_objects as go
import polars as pl
import streamlit as st

from assessments.delivery import present
from assessments.delivery.results import Stage, Summary
from content import catalog
from pages.ui.charts import BLUE, BROWN, GREY, ORANGE, PINK, TEAL, VIOLET, brand, render
from pages.ui.window import Window

#: Work is solid, waiting is hatched: the difference is seen without colour too.
STYLE = {
    "coding": (BLUE, ""),
    "draft": (VIOLET, ""),
    "waiting_for_review": (ORANGE, "/"),
    "review": (TEAL, ""),
    "waiting_to_merge": (BROWN, "/"),
    "waiting_to_deploy": (PINK, "/"),
    "deploying": (GREY, ""),
}


def names(stages: tuple[Stage, ...]) -> dict[str, str]:
    """waiting_to_merge -> Waiting to merge. Without pull request data all the time before the merge is one block:
    calling it coding would blame the wrong thing."""
    told = {stage.key: stage.key.replace("_", " ").capitalize() for stage in stages}
    if not any(stage.n for stage in stages if stage.key == "waiting_for_review"):
        told["coding"] = "Before the merge"
    return told


def bar(stages: tuple[Stage, ...]) -> go.Figure:
    """One horizontal bar of the whole lead time, split into the stages that are known."""
    figure, name = go.Figure(), names(stages)
    for stage in stages:
        if stage.share is None:
            continue
        colour, pattern = STYLE[stage.key]
        says = f"{name[stage.key]}: {present.share(stage.share)}, median {present.duration(stage.median_hours)}"
        hatch = {"shape": pattern, "fillmode": "overlay", "fgcolor": "rgba(255,255,255,0.6)", "size": 7}
        figure.add_bar(
            x=[stage.share],
            y=["Lead time"],
            orientation="h",
            name=name[stage.key],
            marker={"color": colour, "pattern": hatch},
            hovertemplate=f"{escape(says)}<extra></extra>",
        )
    brand(figure, 230, x_title="Share of the summed lead time (%)")
    figure.update_layout(barmode="stack", hovermode="closest", bargap=0.3, showlegend=True)
    figure.update_layout(legend={"orientation": "h", "y": -0.75, "yanchor": "top", "x": 0, "traceorder": "normal"})
    figure.update_xaxes(tickformat=".0%", range=[0, 1], dtick=0.2, ticklabeloverflow="allow")
    figure.update_yaxes(visible=False)
    figure.update_layout(margin={"l": 16, "r": 24})
    return figure


@st.cache_resource(max_entries=128, show_spinner=False)
def figure(key: str, _stages: tuple[Stage, ...]) -> go.Figure:
    """Built once for each window."""
    return bar(_stages)


def section(window: Window, summary: Summary) -> None:
    """The stages of a window; says what cannot be told apart."""
    name = names(summary.stages)
    known = [stage for stage in summary.stages if stage.share is not None]
    unknown = [name[stage.key].lower() for stage in summary.stages if stage.share is None]
    if not known:
        st.text("No change of this window has stages that are known.")
        return
    longest = max(known, key=lambda stage: stage.share)
    st.markdown(f"**Largest part of lead time: {name[longest.key].lower()}, {present.share(longest.share)}**")
    says = "; ".join(f"{name[stage.key]} {present.share(stage.share)}" for stage in known)
    drawn = figure(window.key, summary.stages)
    render(drawn, f"One bar split into stages of lead time. {says}.", f"stages_{window.service.id}")
    rows = [
        {
            "Stage": name[stage.key],
            "Median": present.duration(stage.median_hours),
            "Share of lead time": present.share(stage.share),
            "Changes": f"{stage.n:,}",
            "Not known for": f"{stage.unknown:,}",
        }
        for stage in known
    ]
    st.table(pl.DataFrame(rows), hide_index=True, alt="How long each stage takes")
    if unknown:
        st.caption(f"Not told apart by the sources connected: {', '.join(unknown)}.")
    with st.expander("How this is computed", icon=":material/function:"):
        definition(catalog.definitions()["stages"])


def definition(texts: dict[str, str]) -> None:
    """The written definition beside a number."""
    fields = (
        ("definition", "What it is"),
        ("formula", "How"),
        ("interval", "Interval"),
        ("limits", "What it does not say"),
    )
    st.markdown("\n\n".join(f"**{label}.** {texts[field]}" for field, label in fields))
