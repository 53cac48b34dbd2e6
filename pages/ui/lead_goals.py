"""The goals of all teams, a line each: where it stands, who looks at it, where it is on the way to. Open, all of it."""

from collections.abc import Sequence
from itertools import groupby

import streamlit as st

from data import store
from data.improving import goals
from data.improving.forecasts import Pair
from data.improving.goals import GoalView, Stand
from pages.ui import (
    cached_goals,
    cached_plans,
    goal_owner,
    goal_words,
    lead_goals_card,
    lead_goals_chart,
    lead_goals_words,
    lead_style,
    paging,
)
from pages.ui.addresses import page_at
from pages.ui.text import day, plain

PAGE = 20
HOW = (
    "The line is the mean of as many weeks as the goal is judged by, up to each week; points are single weeks. The "
    "band holds where that will be in four of five cases if things go on as they have in the last 39 weeks: level, "
    "trend and season are carried on, the trend fading. It knows nothing of what somebody plans to do."
)


def section(some: Sequence[tuple[str, GoalView]]) -> None:
    """Those that were chosen, a page of them."""
    if not some:
        st.text("None of the goals is so.")
        return
    shown = paging.part(
        some, "lead_goals", "Find a goal", ("goal", "goals"), lambda one: f"{one[0]} {one[1].wanted.title} "
        f"{one[1].service} {one[1].wanted.owner}", PAGE,
    )  # fmt: skip
    views = tuple(one for _, one in shown)
    stands, courses = cached_plans.stands(views), cached_goals.courses(views)
    for team, mine in groupby(shown, key=lambda one: one[0]):
        st.header(plain(team), anchor=False)
        for _, one in mine:
            _line(one, stands.get(one.id), courses.get(one.id))
    with st.expander("How the forecast is made", icon=":material/function:"):
        st.markdown(HOW)


def _line(one: GoalView, stand: Stand | None, pair: Pair | None) -> None:
    """How it stands in a line; the rest while it is open, which the address says."""
    box = st.expander(_label(one, stand, pair), key=f"goal_{one.id}", on_change="rerun", bind="query-params")
    if not box.open:
        return
    with box:
        if stand is None or pair is None:
            st.text("The service that it is measured on is not the team's any more, so where it stands is not known.")
        else:
            lead_style.show(lead_goals_card.html(one, stand, pair))
        st.caption(" · ".join(plain(each) for each in _facts(one)))
        if stand is not None and pair is not None:
            _more(one, stand, pair)


def _label(one: GoalView, stand: Stand | None, pair: Pair | None) -> str:
    """'**Ship sooner** [Better] lead time 31 h, target 27 h · on course · until 3 Mar 2026 · Ada', in Markdown."""
    words, colour = goal_words.state(one, stand)
    nobody = "" if one.wanted.owner or one.state != goals.OPEN else " :gray-badge[No owner]"
    facts = []
    if stand is not None:
        facts.append(f"{one.metric.name} {goal_words.short(one, stand)}")
    if one.state == goals.OPEN and pair is not None:
        facts.append(lead_goals_words.course(pair[0]))
    ended = one.ended_at is not None
    facts.append(f"{one.state} {_day(one.ended_at)}" if ended else f"until {_day(one.wanted.due_at)}")
    facts.append("" if ended else one.wanted.owner)
    told = plain(" · ".join(each for each in facts if each))
    return f"**{plain(one.wanted.title)}** :{colour}-badge[{words}]{goal_words.overdue(stand)}{nobody} :gray[{told}]"


def _more(one: GoalView, stand: Stand, pair: Pair) -> None:
    """In words, what was said, and the large pictures for whoever wants them."""
    st.markdown(plain(goal_words.metric(one, stand)))
    st.markdown(plain(goal_words.counter(one, stand)))
    if one.state == goals.OPEN:
        st.markdown(plain(lead_goals_words.ahead(one, pair[0])))
    if one.wanted.note:
        st.caption(plain(one.wanted.note))
    goal_owner.looks(one)
    if st.toggle("Show the weeks", key=f"lead_goal_{one.id}_weeks"):
        lead_goals_chart.course(one, pair[0])
        lead_goals_chart.course(one, pair[1], counter=True)
    query = {"team": str(one.team_id)}
    st.page_link(page_at("plan"), label="Plan of the team", icon=":material/checklist:", query_params=query)


def _facts(one: GoalView) -> list[str]:
    facts = [one.service, f"set {_day(one.created_at)}", f"until {_day(one.wanted.due_at)}"]
    if one.ended_at is not None:
        facts.append(f"{one.state} {_day(one.ended_at)}")
    else:
        facts += goal_words.watched(one)
    facts.append(goal_words.origin(one))
    return [each for each in facts if each]


def _day(at: int) -> str:
    return day(store.from_us(at))
