"""Choosing a service, a metric and what must not get worse for it; the same for goals and for what was done."""

from collections.abc import Callable, Collection

import streamlit as st

from data.improving.measuring import METRICS
from data.people import Who
from pages.ui import cached, states
from pages.ui.addresses import page_at
from pages.ui.text import plain

Picked = tuple[int, str, str]  # service, metric, counter-metric


def services(user: Who, team_id: int) -> dict[int, str]:
    """Those of the team, by id."""
    return {one.id: one.name for one in cached.services(cached.version(), user) if one.team_id == team_id}


def none_yet() -> None:
    """Without a service nothing is measured."""
    st.text("The team has no service yet, so nothing can be measured. Make one and connect its source first.")
    states.way(page_at("sources"), "Sources", "database")


def fields(
    key: str,
    some: dict[int, str],
    was: Picked | None = None,
    locked: bool = False,
    valued: Callable[[int], Collection[str]] | None = None,
) -> Picked:
    """The three of them. some: the services, by id. was: what stands there first; locked: and stays. valued: metrics
    of a service that have a value; where it is given, the others say that they have none, and each service has widgets
    of its own: a browser keeps the words of one that stays the same."""
    service, metric, counter = was or (next(iter(some)), "lead_time", "change_fail_rate")
    if service not in some:
        some = {service: "a service that is not there any more", **some} if locked else some
        service = service if locked else next(iter(some))
    if len(some) > 1 or locked:
        service = st.selectbox(
            "Service", list(some), list(some).index(service), format_func=some.get, key=f"{key}_service",
            disabled=locked,
        )  # fmt: skip
    values = METRICS if valued is None else valued(service)
    own = "" if valued is None else f"_{service}"

    def name(each: str) -> str:
        return METRICS[each].name + ("" if each in values else " (no value yet)")

    known = list(METRICS)
    metric = st.selectbox(
        "Metric that should get better", known, known.index(metric), key=f"{key}_metric{own}", disabled=locked,
        format_func=name,
    )  # fmt: skip
    st.caption(plain(METRICS[metric].about))
    beside = METRICS[metric].beside
    first = next((each for each in beside if each in values), beside[0])
    counter = st.selectbox(
        "What must not get worse meanwhile", beside, beside.index(counter if was and counter in beside else first),
        key=f"{key}_counter_{metric}{own}", format_func=name, disabled=locked,
        help="Who watches one metric alone improves it at the cost of another. The first in the list tells most.",
    )  # fmt: skip
    return service, metric, counter
