"""The goals of a team, each with where it stands against where it began."""

import streamlit as st

from data import store
from data.improving import goals
from data.improving.goals import GoalView, Stand
from data.improving.plans import TeamPlan
from data.people import Who
from pages.ui import cached_plans, goal_form, goal_owner, goal_words, paging
from pages.ui.addresses import page_at
from pages.ui.text import day, plain

PAGE = 10


def section(user: Who, team_id: int, found: TeamPlan, plans: bool) -> None:
    """Open goals, the way to set one, and those that have ended."""
    st.header("Goals", anchor=False)
    now = [one for one in found.goals if one.state == goals.OPEN]
    ended = [one for one in found.goals if one.state != goals.OPEN]
    if not now:
        st.text(
            "No goal is set. A goal names a metric and what must not get worse for it, from where it stands today, "
            "until a day."
        )
    if plans and st.button("Set a goal", key="goal_add", icon=":material/add:"):
        goal_form.free(user, team_id)
    stands = cached_plans.stands(found.goals)
    for one in paging.part(now, "goals_open", "Find a goal", ("goal", "goals"), _title, PAGE):
        _card(user, one, stands.get(one.id), plans)
    if ended:
        with st.expander(f"Goals that have ended ({len(ended)})", key="goals_ended"):
            for one in paging.part(ended, "goals_past", "Find a goal", ("goal", "goals"), _title, PAGE):
                _card(user, one, stands.get(one.id), False)


def _title(one: GoalView) -> str:
    return one.wanted.title


def _card(user: Who, one: GoalView, stand: Stand | None, plans: bool) -> None:
    with st.container(border=True, gap="small", key=f"goal_card_{one.id}"):
        words, colour = goal_words.state(one, stand)
        st.markdown(f"**{plain(one.wanted.title)}** :{colour}-badge[{words}]{goal_words.overdue(stand)}")
        if stand is None:
            st.text("The service that it is measured on is not the team's any more, so where it stands is not known.")
        else:
            st.markdown(plain(goal_words.metric(one, stand)))
            st.markdown(plain(goal_words.counter(one, stand)))
        st.caption(" · ".join(plain(each) for each in _facts(one)))
        if one.wanted.note:
            st.caption(plain(one.wanted.note))
        goal_owner.looks(one)
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            if one.service:
                query = {"service": str(one.wanted.service_id)}
                st.page_link(page_at("delivery"), label="Its numbers", icon=":material/show_chart:", query_params=query)
            if plans:
                _doing(user, one, stand)


def _facts(one: GoalView) -> list[str]:
    facts = [one.service, f"set {day(store.from_us(one.created_at))}", f"until {day(store.from_us(one.wanted.due_at))}"]
    if one.ended_at is not None:
        facts.append(f"{one.state} {day(store.from_us(one.ended_at))}")
    elif one.state == goals.OPEN:
        facts += goal_words.watched(one)
    facts.append(goal_words.origin(one))
    before = one.baseline[0]
    facts.append(
        f"baseline of {day(store.from_us(before.start))} to {day(store.from_us(before.end))}: n = {before.n:,}"
    )
    return [each for each in facts if each]


def _doing(user: Who, one: GoalView, stand: Stand | None) -> None:
    if one.wanted.pain_id is not None:
        query = {"team": str(one.team_id)}
        st.page_link(page_at("pains"), label="Pain points", icon=":material/hourglass_bottom:", query_params=query)
    if stand is not None and st.button("Look", key=f"goal_{one.id}_looking", type="tertiary"):
        goal_owner.look(user, one, stand)
    if st.button("Edit", key=f"goal_{one.id}_edit", type="tertiary"):
        goal_form.edit(user, one)
    if st.button("End it", key=f"goal_{one.id}_ending", type="tertiary"):
        goal_form.end(user, one)
