"""The pain points of a team, each with the reason for its place."""

from html import escape

import plotly.graph_objects as go
import streamlit as st

from assessments.pains import CONFIDENCE
from data.asked.pains import Listed, PainView
from data.people import Who
from pages.ui import charts, paging, pain_goals, pain_pairs
from pages.ui.addresses import page_at
from pages.ui.pain_doing import doing, reopen
from pages.ui.pain_goals import Working
from pages.ui.pain_pairs import title
from pages.ui.text import count, plain

PAGE = 15


def nothing(team_id: int, says: bool) -> None:
    """Before anybody has said anything."""
    with st.container(border=True):
        st.subheader("Nobody has named a pain point yet", anchor=False)
        st.text(
            "A pain point is what holds up work: at which step, how often, how bad, and how many hours it cost last "
            "week. The list is ordered by those hours, so that the most expensive is mended first."
        )
        st.caption(
            "Add the first one here, or ask the whole team without names: the survey Pain and friction brings theirs."
            if says
            else "Members of the team name them here, or in a survey."
        )
        st.page_link(page_at("surveys"), label="Surveys", icon=":material/ballot:", query_params={"team": str(team_id)})


def chart(found: Listed) -> None:
    """Where the hours go, when they go to several steps."""
    if len(found.by_step) > 1:
        st.header("Hours a week by step", anchor=False)
        told = "; ".join(f"{name} {hours:.1f} h" for name, hours in found.by_step)
        charts.render(_bars(found.by_step), f"Hours a week lost at each step: {told}.", "pain_steps")


@st.cache_resource(max_entries=32, show_spinner=False)
def _bars(rows: tuple[tuple[str, float], ...]) -> go.Figure:
    names, hours = [name for name, _ in rows][::-1], [hours for _, hours in rows][::-1]
    figure = go.Figure(
        go.Bar(
            x=hours, y=list(range(len(rows))), orientation="h", marker_color=charts.TEAL, width=0.62,
            text=[f"{each:.1f} h" for each in hours], textposition="outside", cliponaxis=False, hoverinfo="skip",
        )
    )  # fmt: skip
    charts.brand(figure, 34 * len(rows) + 24)
    figure.update_layout(margin={"r": 64}, hovermode=False)
    figure.update_xaxes(visible=False, rangemode="tozero")
    labels = [escape(name if len(name) <= 24 else f"{name[:22]}...") for name in names]
    figure.update_yaxes(tickvals=list(range(len(rows))), ticktext=labels, showgrid=False, ticklabelstandoff=8)
    return figure


def ranked(user: Who, found: Listed, says: bool, leads: bool, working: Working) -> None:
    """Those with a place, then those of which no hours are known."""
    known = [view for view in found.open if view.place is not None]
    unknown = [view for view in found.open if view.place is None]
    for some, heading, key in (
        (known, "The most expensive first", "pain_known"),
        (unknown, "No place yet", "pain_not"),
    ):
        if some:
            st.header(heading, anchor=False)
            if some is unknown:
                st.text("Nobody said how many hours these cost. Unknown hours are not zero: say them to give a place.")
            for view in paging.part(some, key, "Find a pain point", ("pain point", "pain points"), title, PAGE):
                card(user, view, found, says, leads, working)


def card(user: Who, view: PainView, found: Listed, says: bool, leads: bool, working: Working) -> None:
    """One pain point: place, words, reason, votes, what may be done."""
    with st.container(border=True, gap="small", key=f"pain_{view.id}"):
        place = "" if view.place is None else f"{view.place}\\. "
        st.markdown(f"**{place}{plain(title(view))}**")
        st.markdown(reason(view))
        st.caption(" · ".join(plain(each) for each in _facts(view)))
        pain_goals.line(user, view, working)
        if says:
            doing(user, view, found, leads)
        if len(view.parts) > 1 or "\n" in view.parts[0].text or len(view.parts[0].text) > pain_pairs.SHORT:
            with st.expander(f"What was said ({len(view.parts)})" if len(view.parts) > 1 else "All of it"):
                pain_pairs.parts(user, view, says)


def _facts(view: PainView) -> list[str]:
    strain = view.bad[:1].lower() + view.bad[1:]
    mine = f" ({view.mine} yours)" if view.mine else ""
    votes = f"{count(view.votes, 'vote')}{mine}" if view.votes else "no votes"
    facts = (view.step_name, view.capability_name, view.often, f"strain: {strain}" if strain else "", votes)
    return [fact for fact in facts if fact]


def reason(view: PainView) -> str:
    """Why it stands where it stands: hours, people, confidence."""
    pain = view.pain
    if pain.weight is None:
        return f"{count(pain.people, 'person', 'people')} named it, nobody said hours."
    share = CONFIDENCE[pain.confidence]
    return (
        f"**{pain.weight:.1f}** = {pain.hours_each:.1f} h a week each × {count(pain.people, 'person', 'people')} × "
        f"{share:g} ({pain.confidence})"
    )


def solved(user: Who, found: Listed, says: bool) -> None:
    """What does not cost time any more, folded away."""
    if not found.solved:
        return
    with st.expander(f"Solved ({len(found.solved)})"):
        for view in paging.part(
            found.solved, "pain_solved", "Find a solved one", ("pain point", "pain points"), title, PAGE
        ):
            with st.container(border=True, gap="xsmall", key=f"pain_{view.id}"):
                st.markdown(plain(title(view)))
                st.caption(
                    plain(f"{view.step_name}; {view.capability_name}" if view.capability_name else view.step_name)
                )
                if says:
                    reopen(user, view)
