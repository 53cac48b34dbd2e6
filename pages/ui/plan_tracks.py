"""The tracks that are recommended, each with the one sentence why, and those that are not, with the reason."""

from collections.abc import Hashable

import streamlit as st

from assessments.recommend import AT_ONCE, Choice
from content import catalog
from data.improving import choices
from data.improving.plans import TeamPlan
from data.people import Who
from pages.ui import cached, cached_plans, plan_proofs
from pages.ui.asking import asked
from pages.ui.text import count, plain

NOTE = "plan_note"
COMING = "Coming: its content is not written yet. Choosing it keeps your intention, and its content follows."


def read(user: Who, team_id: int, hours: int) -> TeamPlan:
    """The plan as it is now."""
    return cached_plans.plan(cached.version(), user, team_id, hours)


def shown(found: TeamPlan) -> Hashable:
    """What a page of this plan shows, to tell whether another one would look different."""
    return repr((found.plan, found.choices, found.goals))


def recommended(user: Who, team_id: int, found: TeamPlan, hours: int, plans: bool) -> None:
    """At most two, and why the others were left out."""
    st.header("What to learn next", anchor=False)
    plan = found.plan
    if plan.picks:
        st.text(_summary(found, hours))
        columns = st.columns(len(plan.picks)) if len(plan.picks) > 1 else [st.container()]
        for place, one in zip(columns, plan.picks, strict=True):
            with place:
                _card(user, team_id, one, plans)
    else:
        st.text(_nothing(found, hours))
    _left_out(user, team_id, found, plans)


def _summary(found: TeamPlan, hours: int) -> str:
    plan = found.plan
    one = len(plan.picks) == 1
    told = (
        f"{'This track takes' if one else 'These two tracks take'} {plan.hours:g} of {hours} hours. Of all that fit, "
    )
    told += f"{'it closes' if one else 'they close'} the most of what lies between here and the next levels."
    if found.active:
        told += " The hours of what is chosen already come on top."
    if found.standing.lost:
        return f"{told} Where the workflow map shows that lead time is lost, a gap counts more."
    return f"{told} A workflow map of the team's own would show where time is lost, and such gaps would count more."


def _nothing(found: TeamPlan, hours: int) -> str:
    if len(found.active) >= AT_ONCE:
        return "Two tracks are chosen already. Finish or drop one, then the next is recommended here."
    if found.plan.closed is None:
        return "No capability that is known has a gap, so there is nothing to recommend. Set a goal, or find out more."
    return f"No track that works on a gap fits into {hours} hours. More hours, or a small step below, would help."


def _card(user: Who, team_id: int, one: Choice, plans: bool) -> None:
    with st.container(border=True, gap="small", key=f"plan_{one.slug}", height="stretch"):
        badge = " :gray-badge[Coming]" if one.coming else ""
        st.markdown(f"**{plain(one.title)}**{badge}")
        st.markdown(plain(catalog.tracks()[one.slug]["outcome"]))
        st.markdown(f"**Why:** {plain(one.because)}")
        before = [catalog.tracks()[slug]["title"] for slug in one.before]
        facts = [f"{one.hours:g} hours" + (" with what comes before" if before else "")]
        facts += [f"before it: {title}" for title in before]
        st.caption(plain(" · ".join(facts)))
        if one.coming:
            st.caption(COMING)
        else:
            plan_proofs.track(team_id, one.slug, "See the track")
        if plans:
            _choose(user, team_id, one, "primary")


def _choose(user: Who, team_id: int, one: Choice, kind: str) -> None:
    label = "Choose it as an intention" if one.coming else "Choose it"
    if st.button(label, key=f"plan_choose_{one.slug}", type=kind):
        asked(lambda: choices.choose(user, team_id, one.slug, one.because), f"Chosen: {one.title}.", NOTE)


def _left_out(user: Who, team_id: int, found: TeamPlan, plans: bool) -> None:
    others = found.plan.others
    room = plans and len(found.active) < AT_ONCE
    done = choices.states(found.choices)
    with st.expander(f"What was left out, and why ({count(len(others), 'track')})", key="plan_left_out"):
        for one in others:
            with st.container(gap=None):
                coming = " :gray-badge[Coming]" if one.coming else ""
                st.markdown(f"**{plain(one.title)}** · {one.hours:g} h{coming}  \n{plain(one.because)}")
                if room and one.slug not in done:
                    _choose(user, team_id, one, "tertiary")
