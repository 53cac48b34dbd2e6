"""Services whose facts are there and whose production rule nobody has chosen yet."""

from collections.abc import Sequence

import streamlit as st

from data import proposing
from data.access import Action, Forbidden, NotFound, Subject, may
from data.people import Who
from data.queries import ServiceView
from pages.ui import progress
from pages.ui.addresses import page_at
from pages.ui.text import count, plain

FEW = 4
#: For those who may look at the rule of a service and not choose it.
OTHERS = "Nobody has said what counts as a production deployment; whoever leads the team can."
LOOK = "See what would count"


def chooses(user: Who, one: ServiceView) -> bool:
    """Whether this person may say what counts as production for a service."""
    return may(user, Action.EDIT_SERVICE, Subject(one.organization_id, one.team_id, one.is_demo))


def of(services: Sequence[ServiceView]) -> list[ServiceView]:
    """Those that wait for somebody to choose."""
    return [
        one
        for one in services
        if one.settings is None and one.collected_until is not None and one.holds and not one.is_demo
    ]


def section(user: Who, waiting: list[ServiceView], key: str) -> None:
    """The way to the rule of each, and for many at once the first proposal."""
    mine = [one for one in waiting if chooses(user, one)]
    if not mine:
        return
    with st.container(border=True, gap="xsmall"):
        st.markdown(
            f"**{count(len(mine), 'service waits', 'services wait')} for you to say what counts as production**"
        )
        with st.container(horizontal=True):
            for one in mine[:FEW]:
                query = {"service": str(one.id)}
                st.page_link(page_at("rule"), label=f"Choose for {plain(one.name)}", query_params=query)
        if len(mine) > 1:
            st.button(
                f"Use the first proposal for each of the {len(mine):,}",
                key=f"{key}_rules",
                icon=":material/done_all:",
                on_click=_accept,
                args=(user, [one.id for one in mine]),
                help="GitHub deployments into production, else releases, tags, workflows or merges, as the facts "
                "allow. Each can be looked at and changed afterwards.",
            )


def _accept(user: Who, service_ids: list[int]) -> None:
    try:
        progress.watch(proposing.accept(user, service_ids))
    except (Forbidden, NotFound) as error:
        st.toast(plain(error))
