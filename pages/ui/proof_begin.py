"""Beginning a proof of concept: in which repository of the team, on which branch, perhaps from what others did."""

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from data.access import Action, Forbidden, NotFound, Subject, may
from data.improving import choices
from data.learning import attempts
from data.learning.attempts import Line, Place
from data.people import Who
from data.queries import TeamView
from pages.ui import proof_words, states
from pages.ui.addresses import page_at
from pages.ui.proof_decide import NOTE
from pages.ui.text import plain


def here(user: Who, team: TeamView, track: str, poc: Mapping[str, Any]) -> None:
    """What the team has of it already, and the way to begin; nothing for those who only lead."""
    if not may(user, Action.VIEW_PROOFS, Subject(team.organization_id, team.id, team.is_demo)):
        return
    lines = [line for line in attempts.listed(user, team.id) if (line.track, line.poc) == (track, poc["slug"])]
    _others(lines)
    if lines:
        with st.expander("Begin it in another repository"):
            _form(user, team, track, poc)
    else:
        st.header("Begin", anchor=False)
        _form(user, team, track, poc)


def _others(lines: Sequence[Line]) -> None:
    """So that nobody begins twice by mistake."""
    if lines:
        st.header("Begun", anchor=False)
    for line in lines:
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(f"{proof_words.verdict(line.verdict)} {plain(line.repository)}", width="content")
            query = {"attempt": str(line.id)}
            st.page_link(page_at("proof"), label="Open it", icon=":material/arrow_forward:", query_params=query)


def _form(user: Who, team: TeamView, track: str, poc: Mapping[str, Any]) -> None:
    """The choice of a repository, and the button; or what has to come first."""
    if not may(user, Action.LEARN, Subject(team.organization_id, team.id, team.is_demo)):
        st.text("Whoever is in the team can begin it.")
        return
    chosen = {one.slug for one in choices.listed(user, team.id) if one.state != choices.DROPPED}
    query = {"team": str(team.id), "track": track}
    if track not in chosen:
        plans = may(user, Action.PLAN, Subject(team.organization_id, team.id, team.is_demo))
        then = (
            "Choose it on its page, then begin." if plans else "Whoever leads the team chooses it; then you can begin."
        )
        st.text(f"The team has not chosen this track. {then}")
        st.page_link(page_at("track"), label="The track", icon=":material/school:", query_params=query)
        return
    places = attempts.places(user, team.id)
    if not places:
        st.text("No repository of the team can be looked at yet. Add a clone, or connect GitHub.")
        states.way(page_at("sources"), "Sources", "database")
        return
    _fields(user, team.id, track, poc["slug"], places)


def _fields(user: Who, team_id: int, track: str, poc: str, places: Sequence[Place]) -> None:
    place = st.selectbox("Repository", places, format_func=lambda one: one.name, key="proof_place", width=430)
    if not place.connected:
        st.caption("Read from a clone: a check shows what files show (E1) and no more. Connect GitHub for the rest.")
    branch = st.text_input(
        "Branch", key="proof_new_branch", max_chars=200, placeholder="the default branch", width=430,
        help="Where you will try it. It can be changed later.",
    )  # fmt: skip
    service = place.services[0][0] if place.services else None
    if len(place.services) > 1:
        names = dict(place.services)
        service = st.selectbox(
            "Service that it is for", list(names), format_func=names.get, key="proof_service", width=430
        )
    from_ = _from(user, team_id, track, poc)
    if st.button("Begin", key="proof_begin", type="primary", icon=":material/play_arrow:"):
        try:
            made = attempts.begin(
                user, team_id, track, poc, place.repository_id, branch=branch.strip(), service_id=service,
                derived_from=from_,
            )  # fmt: skip
        except (ValueError, Forbidden, NotFound) as error:
            st.error(plain(error))
            return
        st.session_state[NOTE] = "Begun: the timebox runs from now on."
        st.query_params.clear()
        st.query_params["attempt"] = str(made)
        st.rerun()


def _from(user: Who, team_id: int, track: str, poc: str) -> int | None:
    """Another team's, where one was accepted: whoever begins from it shows that it spreads."""
    some = {each.id: each for each in attempts.examples(user, team_id, track, poc) if each.id is not None}
    wanted = st.query_params.get("from", "")
    options = [None, *some]
    first = next((place for place, each in enumerate(options) if str(each) == wanted), 0)
    if not some:
        return None
    return st.selectbox(
        "Begin from what another team did", options, first, key="proof_from", width=430,
        format_func=lambda each: "From the starter" if each is None else f"{some[each].team}",
        help="It counts for both: theirs has spread, and yours has an example to look at.",
    )  # fmt: skip
