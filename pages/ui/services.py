"""The services of one's teams, by team and name, each with the next thing to do. Never ordered by a number."""

from collections.abc import Collection
from itertools import groupby

import streamlit as st

from data import jobs
from data.people import Who
from data.queries import ServiceView
from pages.ui import demo, paging, states, undecided
from pages.ui.addresses import page_at
from pages.ui.asked_once import once
from pages.ui.text import day, minute, plain

#: More than these are rows of a list with a search instead of cards.
CARDS = 12


def show(user: Who, seen: list[ServiceView], key: str, fetched: Collection[int] = ()) -> None:
    """A card for each service under the heading of its team; a searchable list where there are many. fetched: those
    whose repository is being read from GitHub for the first time."""
    busy = {job.service_id: "sources" for job in once(jobs.asked_for, user)}
    busy |= dict.fromkeys(fetched, "github")
    may_connect = states.open_to(user, page_at("sources"))
    many = len(seen) > CARDS
    if many:
        seen = paging.part(
            seen,
            key,
            "Find a service or team",
            ("service", "services"),
            lambda one: f"{one.team} {one.name}",
            together=lambda one: one.team_id,
        )
    for team_id, mine in groupby(seen, lambda one: one.team_id):
        mine = list(mine)
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            st.subheader(plain(mine[0].team), anchor=False, width="content")
            st.page_link(page_at("overview"), label="Team overview", query_params={"team": str(team_id)})
        if many:
            with st.container(border=True, gap="xxsmall"):
                for one in mine:
                    _row(one, _next(user, one, busy.get(one.id), may_connect))
            continue
        with st.grid("auto", min_column_width=280):
            for one in mine:
                with st.container(border=True, height="stretch"):
                    _card(one, _next(user, one, busy.get(one.id), may_connect))


def _next(user: Who, one: ServiceView, busy: str | None, may_connect: bool) -> tuple[str, str, str, str]:
    """How it stands in one sentence; what to do about it, with its icon and page. busy: where one sees the work."""
    look = "Open delivery", "local_shipping", "delivery"
    if busy:
        return "Its sources are being read.", *(("See the progress", "sync", busy) if may_connect else look)
    if one.collected_until is None:
        if not may_connect:
            return "Nothing has been collected for it yet.", *look
        return "Nothing has been collected for it yet.", "Connect a source", "database", "sources"
    if not one.holds:
        return states.NOTHING_FOUND, *(("See its sources", "database", "sources") if may_connect else look)
    if one.settings is None and not undecided.chooses(user, one):
        return undecided.OTHERS, undecided.LOOK, "rule", "rule"
    if one.settings is None:
        return (
            "Say what counts as a production deployment. A proposal is ready.",
            "Choose what counts",
            "rule",
            "rule",
        )
    if not one.judged:
        return "Its numbers are being worked out.", *look
    return "", *look


def _card(one: ServiceView, then: tuple[str, str, str, str]) -> None:
    says, label, icon, page = then
    st.markdown(f"**{plain(one.name)}**")
    if says or one.story:
        st.text(says or demo.story(one))
    if not says:
        st.caption(f"Collected until {minute(one.collected_until)}")
    st.space("stretch")
    st.page_link(page_at(page), label=label, icon=f":material/{icon}:", query_params={"service": str(one.id)})


def _row(one: ServiceView, then: tuple[str, str, str, str]) -> None:
    """A single link: three elements for each of many services would cost more than all the rest of the page."""
    says, _, icon, page = then
    says = says or demo.story(one) or f"Collected until {day(one.collected_until)}"
    st.page_link(
        page_at(page), label=f"**{plain(one.name)}** :gray[{plain(says)}]", icon=f":material/{icon}:",
        query_params={"service": str(one.id)},
    )  # fmt: skip
