"""Small steps that need no track, what is to be found out first, and what to do while nothing is known."""

import streamlit as st

from assessments.recommend import Step
from data.improving.plans import TeamPlan
from data.people import Who
from data.practices import laid_out
from pages.ui import goal_form, paging
from pages.ui.addresses import page_at
from pages.ui.registry import BY_PATH
from pages.ui.text import count, plain

PAGE, LISTED = 5, 4


def nothing_known(team_id: int) -> None:
    """Without a level nothing is recommended: the ways to get one."""
    with st.container(border=True):
        st.subheader("Nothing is known yet of where the team stands", anchor=False)
        st.text(
            "A plan compares where the team stands with the next level of each capability. That comes from three "
            "sides; any of them is a beginning, and each makes the plan better."
        )
        query = {"team": str(team_id)}
        ways = (
            ("surveys", "ballot", "Ask the team", "What it does, capability by capability."),
            ("practices", "fact_check", "Look at the repositories", "What they show, without asking anybody."),
            ("map", "account_tree", "Draw the workflow map", "Where work waits on its way to users."),
        )
        for path, icon, label, what in ways:
            if path in BY_PATH:
                st.page_link(page_at(path), label=label, icon=f":material/{icon}:", query_params=query)
                st.caption(what)


def next_ones(user: Who, found: TeamPlan, plans: bool) -> None:
    """The next statement of each capability with a gap, the largest gap first."""
    steps = found.plan.steps
    if not steps:
        return
    st.header("Small steps", anchor=False)
    st.text("The next statement of each capability that does not hold yet, the largest gap first.")
    names = {key: one.capability.name for key, one in found.standing.standings.items()}

    def words(step: Step) -> str:
        return f"{names[step.capability]} {step.text}"

    noun = ("step", "steps")
    for step in paging.part(steps, "plan_steps", "Find a capability", noun, words, PAGE):
        _card(user, found, step, names[step.capability], plans)


def _card(user: Who, found: TeamPlan, step: Step, name: str, plans: bool) -> None:
    with st.container(border=True, gap="small", key=f"step_{step.capability}"):
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            st.markdown(f"**{plain(name)}** :blue-badge[to level {step.level}]", width="content")
            if plans and st.button("Make it a goal", key=f"step_goal_{step.capability}", type="tertiary"):
                goal_form.from_gap(user, found.standing.team_id, step.capability, step.level)
        st.markdown(plain(step.text))
        lists = (
            ("For it", step.speaks),
            ("Against it", step.against),
            ("Not known", () if step.only_word else _titles(step)),
            ("It builds on what is lower still", step.first),
        )
        told = [f"{label}: {_listed(some)}" for label, some in lists if some]
        if step.only_word:
            told.insert(0, "Only the team's word could tell, and it has not been asked or has not agreed yet.")
        if told:
            st.caption("  \n".join(plain(line) for line in told))


def _titles(step: Step) -> tuple[str, ...]:
    return tuple(dict.fromkeys(laid_out.title(item) for item in step.open))


def _listed(some: tuple[str, ...]) -> str:
    more = len(some) - LISTED
    return "; ".join(one.rstrip(".") for one in some[:LISTED]) + (f"; and {more} more" if more > 0 else "") + "."


def find_out(found: TeamPlan) -> None:
    """Capabilities whose level is not known: that is no gap, and no zero."""
    rows = found.plan.find_out
    if not rows or not found.known:
        return
    with st.expander(f"To find out ({count(len(rows), 'capability', 'capabilities')})", key="plan_find_out"):
        st.text("Not known is no gap, so nothing is recommended for these until somebody has looked or asked.")
        for _, sentence in paging.part(
            rows, "plan_unknown", "Find one", ("capability", "capabilities"), lambda row: row[1], 10
        ):
            st.markdown(f"- {plain(sentence)}")
