"""What of the progress is shown: all of it stands in the address. The address is the only truth, as in `pick`."""

from collections.abc import Mapping

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from assessments.portfolio import METRICS, WEEKS
from data.access import Action
from data.leading import fleet, organizations
from data.leading.organizations import Led
from data.people import Who
from pages.ui import cached, cached_leading, states
from pages.ui.addresses import page_at
from pages.ui.pick import DEMO
from pages.ui.text import plain

VIEWS = {
    "change": "Change",
    "spread": "Spread",
    "capabilities": "Capabilities",
    "waiting": "Where work waits",
    "learning": "Learning",
}
AGAINST = {
    fleet.BEFORE: "The weeks before",
    fleet.YEAR: "A year before",
    fleet.FIRST: "Its first weeks",
}
SHOW = {"all": "All teams", "changed": "Changed by more than chance", "events": "With something done"}


def organization(user: Who, place: DeltaGenerator) -> Led:
    """The organization; asked only where there are several. Without one it says so, and ends the page."""
    seen = [one for one in cached_leading.led(user) if one.teams] or list(cached_leading.led(user))
    if not seen or not any(one.teams for one in seen):
        states.empty(
            "Nothing to lead yet",
            "This page shows all teams of an organisation side by side. There is none yet that you lead; the demo "
            "organisation on Home shows what it will look like.",
            "Begin on Home",
            page_at(""),
            action=Action.ADD_SOURCE,
        )
        st.stop()
    names = {str(one.id): f"{one.name}{DEMO if one.is_demo else ''}" for one in seen}
    chosen = str(organizations.usual(seen).id)
    if len(names) > 1:
        chosen = choose("organization", "Organisation", names, chosen, place, width=320)
        st.query_params["organization"] = chosen  # whoever is sent the link may lead others
    return next(one for one in seen if str(one.id) == chosen)


def measured(user: Who, one: Led) -> bool:
    """Whether anything has been worked out of a service of it."""
    mine = [each for each in cached.services(cached.version(), user) if each.organization_id == one.id]
    return any(each.judged and each.collected_until is not None for each in mine)


def nothing_measured() -> None:
    """In place of filters with nothing to choose from."""
    states.empty(
        "Nothing is measured yet",
        "Teams are compared with themselves, so something has to be known of them first: connect a source to a service "
        "and say what counts as production. What repositories show and teams say stands under Capabilities.",
        "Sources",
        page_at("sources"),
    )


def view(place: DeltaGenerator) -> str:
    """Which of the pictures."""
    key = "progress_view"
    wanted = st.query_params.get("view", "change")
    st.session_state[key] = wanted if wanted in VIEWS else "change"
    place.pills(
        "Picture", list(VIEWS), format_func=VIEWS.get, key=key, on_change=_follow, args=("view", "change"),
        required=True, width="content", label_visibility="collapsed",
    )  # fmt: skip
    return st.session_state[key]


def metric(place: DeltaGenerator) -> str:
    return choose("metric", "Metric", {key: one.name for key, one in METRICS.items()}, "lead_time", place, 200)


def weeks(place: DeltaGenerator) -> int:
    options = {str(each): f"{each} weeks" for each in WEEKS}
    return int(choose("weeks", "Window", options, "13", place, 124))


def against(place: DeltaGenerator) -> str:
    return choose("against", "Compared with", AGAINST, fleet.BEFORE, place, 176)


def show(place: DeltaGenerator) -> str:
    return choose("show", "Show", SHOW, "all", place, 232)


def some(names: Mapping[int, str], place: DeltaGenerator) -> frozenset[int]:
    """The teams chosen; none for all of them."""
    wanted = {each for each in st.query_params.get("teams", "").split("-") if each.isascii() and each.isdecimal()}
    key = "progress_teams"
    st.session_state[key] = [team_id for team_id in names if str(team_id) in wanted]
    place.multiselect(
        "Teams", list(names), format_func=lambda each: names.get(each, ""), key=key, on_change=_follow_teams,
        placeholder=f"All {len(names)}", width=240,
    )  # fmt: skip
    return frozenset(st.session_state[key])


def choose(
    name: str, label: str, options: Mapping[str, str], usual: str, place: DeltaGenerator, width: int = 200
) -> str:
    """One of the options, in the address under that name unless it is the usual one."""
    key, wanted = f"progress_{name}", st.query_params.get(name, usual)
    if wanted not in options:
        st.query_params.pop(name, None)
        st.warning(
            f"The {label.lower()} of this link is not here, or not yours to see: {plain(options[usual])} instead."
        )
    st.session_state[key] = wanted if wanted in options else usual
    place.selectbox(
        label, list(options), format_func=options.get, key=key, on_change=_follow, args=(name, usual), width=width
    )
    return st.session_state[key]


def _follow(name: str, usual: str) -> None:
    value = st.session_state[f"progress_{name}"]
    if value in (None, usual):
        st.query_params.pop(name, None)
    else:
        st.query_params[name] = value
    if name == "organization":
        st.query_params.pop("teams", None)


def _follow_teams() -> None:
    chosen = st.session_state["progress_teams"]
    if chosen:
        st.query_params["teams"] = "-".join(str(each) for each in chosen)
    else:
        st.query_params.pop("teams", None)
