"""What stands above every number: the rule it was counted by, and where the window ends."""

import streamlit as st

from assessments.delivery.results import Summary
from data.access import Action, Subject, may
from data.people import Who
from data.queries import ServiceView
from pages.ui import states, undecided, words
from pages.ui.addresses import page_at
from pages.ui.text import count, day, minute, plain
from pages.ui.window import Window

LONGEST, FEW = 52, 5


def stop_unless_judged(user: Who, service: ServiceView) -> None:
    """Ends the page with the next step where there is nothing to show numbers of yet."""
    query = {"service": str(service.id)}
    if not service.sources or service.collected_until is None:
        states.empty(
            "No data",
            "Nothing has been collected for this service yet, so nothing can be said: neither good nor bad.",
            "See its sources",
            page_at("sources"),
            query,
        )
        st.stop()
    if not service.holds:
        states.empty("Nothing there yet", states.NOTHING_FOUND, "See its sources", page_at("sources"), query)
        st.stop()
    if service.settings is None and not undecided.chooses(user, service):
        says = f"Facts have been collected. {undecided.OTHERS} Then there are numbers."
        states.empty("One choice is missing", says, undecided.LOOK, page_at("rule"), query)
        st.stop()
    if service.settings is None:
        states.empty(
            "One choice is missing",
            "Facts have been collected. Say what counts as a production deployment, then there are numbers.",
            "Choose what counts",
            page_at("rule"),
            query,
        )
        st.stop()
    if not service.judged:
        st.info("The numbers of this service are being worked out. Reload in a moment.")
        st.stop()
    if not service.ready:
        st.info("New facts have arrived. The numbers are being worked out anew; those below are from before.")


def longer_window(summary: Summary, weeks: int) -> None:
    """Where little was deployed: that a longer window may show more."""
    if weeks < LONGEST and summary.coverage.deployments_counted < FEW:
        counted = summary.coverage.deployments_counted
        few = f"Only {count(counted, 'production deployment')}" if counted else "No production deployment"
        st.caption(f"{few} in {weeks} weeks: a longer window may show more.")


def rule_and_window(user: Who, window: Window) -> None:
    """The rule in use, with the way to change it, the environment and the window."""
    service = window.service
    with st.container(gap=None):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(f"Counted as production: **{plain(words.settings(service.settings))}**", width="content")
            if may(user, Action.VIEW_ROWS, Subject(service.organization_id, service.team_id, service.is_demo)):
                st.page_link(page_at("rule"), label="See or change", query_params={"service": str(service.id)})
        if window.environment:
            st.text(f"Only deployments to {window.environment}; judged as if it were the only production environment.")
        st.caption(
            f"From {day(window.start)} to {minute(window.end)}, up to where the sources were read. "
            f"Rules of version {service.rules_version}."
        )
