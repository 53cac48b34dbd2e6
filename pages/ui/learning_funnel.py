"""How far teams come, from choosing a track to a metric that moved. Counts of teams: no person, no share, no rank."""

from html import escape

import plotly.graph_objects as go
import polars as pl
import streamlit as st

from assessments.learning import Stage
from data.access import Forbidden
from data.learning import funnel
from data.learning.funnel import Count, Funnel
from data.people import Who
from data.queries import TeamView
from pages.ui import cached, cached_learning, charts, tables
from pages.ui.text import count

LANE = 48  # pixels of a bar with its name
NOBODY = "No team has chosen a track yet."


def section(user: Who, team: TeamView) -> None:
    """Nothing for those who work in a team and lead nothing. Metrics that were not judged yet are judged at the end, as
    that takes up to seconds each."""
    try:
        found = cached_learning.funnel_of(cached.version(), user, team.organization_id)
    except Forbidden:
        return
    st.header("How far teams come", anchor=False)
    told = _told(found)
    st.text(told)
    if not found.tracks:
        return
    charts.render(_figure(found.counts), f"{told} The table below has every number.", "learning_funnel")
    st.caption(
        "Each bar counts teams that have come at least so far with any track, those too that went on without that "
        "step; a team counts once. What a person has read, answered or left out is that person's own and stands "
        "nowhere here."
    )
    _tables(found)
    if found.waiting:
        _work_out(user, team.organization_id, found.waiting)


def _told(found: Funnel) -> str:
    """The finding in a sentence or three."""
    if not found.tracks:
        return f"None of the {found.teams:,} teams has chosen a track yet." if found.teams > 1 else NOBODY
    by_stage = {each.stage: each.teams for each in found.counts}
    chose, moved = by_stage[Stage.ENROLLED], by_stage[Stage.MOVED]
    told = f"{chose} of {count(found.teams, 'team')} {'has' if chose == 1 else 'have'} chosen a track; "
    told += f"{moved} {'has' if moved == 1 else 'have'} moved a metric with one." if moved else "no metric moved yet."
    if found.stalled:
        told += f" In {count(found.stalled, 'team')} a proof of concept stands still."
    return told


@st.cache_resource(max_entries=32, show_spinner=False)
def _figure(counts: tuple[Count, ...]) -> go.Figure:
    """A bar a stage, with its name and its number above it."""
    figure, most = go.Figure(), max(each.teams for each in counts)
    for place, each in enumerate(counts):
        teams = count(each.teams, "team")
        figure.add_bar(
            x=[each.teams], y=[-place - 0.16], orientation="h", width=0.42, marker={"color": charts.TEAL},
            hovertemplate=f"{escape(each.title)}: {teams}<extra></extra>",
        )  # fmt: skip
        figure.add_annotation(
            x=0, y=-place + 0.3, text=f"{escape(each.title)}: <b>{teams}</b>", showarrow=False, xanchor="left",
            font={"size": 13},
        )  # fmt: skip
    charts.brand(figure, LANE * len(counts) + 16)
    figure.update_layout(hovermode="closest")
    figure.update_xaxes(visible=False, range=[0, max(most, 1) * 1.02])
    figure.update_yaxes(visible=False, range=[-len(counts) + 0.4, 0.6])
    return figure


def _tables(found: Funnel) -> None:
    rows = [(each.title, each.teams) for each in found.counts]
    frame = pl.DataFrame(rows, schema=["Teams that", "Teams"], orient="row")
    tables.show(frame, "learning_stages", ("stage", "stages"), "Teams by the stage they have come to at least.")
    st.subheader("By track", anchor=False)
    st.text("Teams that have chosen each track, and those in which one of its proofs of concept is where.")
    names = {
        "Track": "title", "Teams": "enrolled", "Under way": "under_way", "Standing still": "stalled",
        "Adopted": "adopted", "Adapted": "adapted", "Stopped": "stopped",
    }  # fmt: skip
    frame = pl.DataFrame({name: [getattr(each, field) for each in found.tracks] for name, field in names.items()})
    tables.show(frame, "learning_tracks", ("track", "tracks"), "Teams by track and by what became of what they tried.")


def _work_out(user: Who, organization_id: int, waiting: int) -> None:
    bar = st.progress(0.0, text="Working out whether metrics have moved")

    def told(done: int, total: int) -> None:
        bar.progress(done / total if total else 1.0, text=f"Working out metric {min(done + 1, total)} of {total}")

    funnel.work_out(user, organization_id, told)
    cached_learning.forget_funnels()
    bar.empty()
    if funnel.of(user, organization_id).waiting < waiting:
        st.rerun()
