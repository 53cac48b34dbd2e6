"""The tracks that a team has chosen: what is under way, and what was done with it."""

import streamlit as st

from data import store
from data.improving import choices
from data.improving.choices import ChoiceView
from data.improving.plans import TeamPlan
from data.people import Who
from pages.ui import outcome_form, plan_proofs
from pages.ui.addresses import page_at
from pages.ui.asking import asked, dialog
from pages.ui.plan_proofs import Lines
from pages.ui.plan_tracks import NOTE
from pages.ui.text import day, plain

STATES = {
    choices.CHOSEN: ("Chosen", "blue"),
    choices.UNDER_WAY: ("Under way", "green"),
    choices.FINISHED: ("Finished", "gray"),
    choices.DROPPED: ("Dropped", "gray"),
}


def section(user: Who, found: TeamPlan, plans: bool, lines: Lines) -> None:
    """What takes a place now; nothing where nothing does."""
    if not found.active:
        return
    st.header("Under way", anchor=False)
    for one in found.active:
        with st.container(border=True, gap="small", key=f"chosen_{one.id}"):
            _head(one)
            if one.why:
                st.markdown(f"**Why:** {plain(one.why)}")
            st.caption(" · ".join(plain(each) for each in _facts(one)))
            plan_proofs.of_choice(one, lines)
            if plans:
                _doing(user, one)


def ended(user: Who, found: TeamPlan, plans: bool, lines: Lines) -> None:
    """What was finished or dropped, folded away."""
    past = [one for one in found.choices if not one.is_active]
    if not past:
        return
    with st.expander(f"Finished and dropped ({len(past)})", key="plan_past"):
        for one in past:
            with st.container(gap="xsmall"):
                _head(one)
                st.caption(" · ".join(plain(each) for each in _facts(one)))
                plan_proofs.of_choice(one, lines)
                if one.interventions:
                    page, query = page_at("outcomes"), {"team": str(one.team_id)}
                    st.page_link(page, label="Did it work?", icon=":material/query_stats:", query_params=query)
                elif one.state == choices.FINISHED and plans and _watches(one):
                    outcome_form.watch(user, one)


def _watches(one: ChoiceView) -> bool:
    return st.button("Look whether it worked", key=f"chosen_{one.id}_watch", type="tertiary")


def _head(one: ChoiceView) -> None:
    words, colour = STATES[one.state]
    coming = " :gray-badge[Coming]" if one.coming else ""
    st.markdown(f"**{plain(one.title)}** :{colour}-badge[{words}]{coming}")


def _facts(one: ChoiceView) -> list[str]:
    dates = (("Chosen", one.chosen_at), ("begun", one.begun_at), ("ended", one.ended_at))
    facts = [f"{word} on {day(store.from_us(at))}" for word, at in dates if at is not None]
    facts += [f"{one.hours:g} hours"] if one.hours is not None else []
    version = f"version {one.version}"
    if not one.newest:
        version += ", which is not taught any more"
    elif one.newest != one.version:
        version += f"; {one.newest} is there now"
    return [*facts, version]


def _doing(user: Who, one: ChoiceView) -> None:
    if one.coming and one.state == choices.CHOSEN:
        st.caption("Its content follows. You can begin with what you have, and it will be there when it comes.")
    with st.container(horizontal=True, gap="small"):
        if one.state == choices.CHOSEN:
            if st.button("Begin", key=f"chosen_{one.id}_begin", type="primary"):
                asked(lambda: choices.begin(user, one.id), "Begun today.", NOTE)
        elif st.button("Finish", key=f"chosen_{one.id}_finish", type="primary"):
            outcome_form.finish_track(user, one)
        if st.button("Drop", key=f"chosen_{one.id}_drop", type="tertiary"):
            _drop(user, one)


@dialog("Drop a track")
def _drop(user: Who, one: ChoiceView) -> None:
    st.text(f"{one.title} gives its place free. That it was chosen stays on record, and it can be chosen again.")
    if st.button("Drop it", key=f"chosen_{one.id}_drop_go", type="primary"):
        asked(lambda: choices.drop(user, one.id), "Dropped.", NOTE)
