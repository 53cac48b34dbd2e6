"""What one is looking at stands in the address, so that it can be sent to somebody and survives a reload.

The address is the only truth: the widget is set from it before it is drawn, and a choice is written to it first.
Widgets are drawn in the `place` given; what is wrong with an address is said where the page has come to.
"""

from collections.abc import Sequence

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from data import queries
from data.access import Action
from data.asked import maps
from data.people import Who
from pages.ui import cached, no_team, states, window
from pages.ui.addresses import page_at
from pages.ui.text import plain

WEEKS = (4, 13, 26, 52)
DEMO = " (demo)"
VERSION = ("kind", "version", "before", "after")  # of a map
OF = {"service": ("environment",), "team": ("map", "capability", "repository", *VERSION), "map": VERSION}  # go with it


def _chosen(name: str, options: list[int], default: int) -> int:
    """The number in the address when it is one of the options, else the last seen in this session, or the default."""
    wanted = st.query_params.get(name, "")
    value = next((each for each in options if str(each) == wanted), None)
    if value is None:
        value = st.session_state.get(f"seen_{name}", default)
        value = value if value in options else default
    st.session_state[f"seen_{name}"] = value
    st.query_params[name] = str(value)
    return value


def _follow(name: str) -> None:
    st.query_params[name] = str(st.session_state[f"pick_{name}"])
    for belongs in OF.get(name, ()):
        st.query_params.pop(belongs, None)


def _select(place: DeltaGenerator, name: str, label: str, options: dict[int, str], default: int) -> int:
    wanted = st.query_params.get(name)
    value = _chosen(name, list(options), default)
    if wanted is not None and wanted != str(value):
        # Whether it is gone or somebody else's is not for everyone to know.
        st.warning(f"The {name} of this link is not here any more, or not yours to see. What follows is another.")
    st.session_state[f"pick_{name}"] = value
    place.selectbox(
        label, list(options), format_func=options.get, key=f"pick_{name}", on_change=_follow, args=(name,), width=360
    )
    return value


def service(user: Who, place: DeltaGenerator) -> queries.ServiceView:
    """The service picker. Without any service it says how to begin, and ends the page."""
    seen = cached.services(cached.version(), user)
    if not seen:
        _begin("There is no service yet.")
    names = {one.id: f"{one.team} / {one.name}{DEMO if one.is_demo else ''}" for one in seen}
    chosen = _select(place, "service", "Service", names, seen[0].id)
    return next(one for one in seen if one.id == chosen)


def team(user: Who, place: DeltaGenerator, with_services: bool = True) -> queries.TeamView:
    """The team picker; the same for teams with services, or for every team."""
    seen = [one for one in cached.teams(cached.version(), user) if one.services or not with_services]
    if not seen and not with_services:
        no_team.here()
    if not seen:
        _begin("No team has a service yet.")
    names = {one.id: f"{one.name}{DEMO if one.is_demo else ''}" for one in seen}
    chosen = _select(place, "team", "Team", names, seen[0].id)
    return next(one for one in seen if one.id == chosen)


def _begin(missing: str) -> None:
    says = f"{missing} Begin with a clone on this machine, with files, or with the demo organisation."
    states.empty("Nothing to show yet", says, "Begin on Home", page_at(""), action=Action.ADD_SOURCE)
    st.stop()


def workflow_map(drawn: Sequence[maps.MapView], place: DeltaGenerator) -> maps.MapView:
    """The picker of a map of a team, which has some."""
    chosen = _select(place, "map", "Map", {one.id: one.title for one in drawn}, drawn[0].id)
    return next(one for one in drawn if one.id == chosen)


def environment(service: queries.ServiceView, place: DeltaGenerator) -> str:
    """The production environment to look at alone, "" for all that count; asked only where there are several."""
    options = window.environments(service)
    wanted = st.query_params.get("environment", "")
    chosen = wanted if wanted in options else ""
    if not chosen:
        st.query_params.pop("environment", None)
        if wanted and wanted not in service.environments:
            st.warning("The environment of this link is not there any more. What follows counts all of them.")
    if not options:
        return ""
    st.session_state["pick_environment"] = chosen
    place.selectbox(
        "Environment",
        ("", *options),
        format_func=lambda one: one or "All that count",
        key="pick_environment",
        on_change=_follow_environment,
        width=220,
    )
    return chosen


def _follow_environment() -> None:
    if chosen := st.session_state["pick_environment"]:
        st.query_params["environment"] = chosen
    else:
        st.query_params.pop("environment", None)


def weeks(place: DeltaGenerator) -> int:
    """The length of the window in weeks."""
    value = _chosen("weeks", list(WEEKS), 13)
    st.session_state["pick_weeks"] = value
    place.selectbox(
        "Window",
        WEEKS,
        format_func="{} weeks".format,
        key="pick_weeks",
        on_change=_follow,
        args=("weeks",),
        width=160,
    )
    return value


def label(service: queries.ServiceView) -> str:
    """Team and service, safe in Markdown."""
    return f"{plain(service.team)} / {plain(service.name)}"
