"""Under each number: its own past, how it is computed, what others said, another tool's rules, and the rows behind."""

import streamlit as st

from assessments.delivery import present
from assessments.delivery.results import Metric, State, Summary
from content import catalog
from data.access import Action, Subject, may
from data.people import Who
from pages.ui import behind, compare, states, trends, words
from pages.ui.metric_cards import FIVE, STAND_IN, title
from pages.ui.stages import definition
from pages.ui.window import Window


def tabs(user: Who, window: Window, summary: Summary) -> None:
    """One tab a metric; only the open one is worked out."""
    for key, tab in zip(FIVE, st.tabs([title(key) for key in FIVE], key="evidence", on_change="rerun"), strict=True):
        if tab.open:
            with tab:
                _metric(user, window, summary, key)


def _metric(user: Who, window: Window, summary: Summary, key: str) -> None:
    service, shown, metric = window.service, key, summary.metrics[key]
    if metric.state is not State.VALUE:
        st.text(states.explain(metric))
        stand_in = summary.metrics.get(STAND_IN.get(key, ""))
        if stand_in and stand_in.state in (State.VALUE, State.TOO_FEW):
            shown = stand_in.key
            st.markdown(f"What follows is **{title(shown).lower()}**.")
    if states.zero_by_rule(shown, service.settings):
        st.text(states.AT_MERGE)
    elif summary.metrics[shown].state in (State.VALUE, State.TOO_FEW):
        trends.section(window, shown, summary)
        details, comparison = st.columns(2, gap="large")
        with details:
            _numbers(summary.metrics[shown])
        with comparison:
            compare.section(window, summary, shown)
    with st.expander("How this is computed", icon=":material/function:"):
        definition(catalog.definitions()[shown])
        st.caption(f"Rules of version {summary.rules_version}.")
    if may(user, Action.VIEW_ROWS, Subject(service.organization_id, service.team_id, service.is_demo)):
        behind.section(window, shown)


def _numbers(metric: Metric) -> None:
    st.markdown("**The number**")
    said = [
        words.sentence(present.headline(metric)),
        present.interval(metric),
        present.p90(metric),
        present.counted(metric),
    ]
    if metric.state is State.TOO_FEW and (values := present.values(metric)):
        said.append(f"The values: {values}")
    median_days = metric.extra.get("median_days_between")
    if isinstance(median_days, float):
        said.append(f"Half of the deployments follow within {present.duration(median_days * 24)} of the one before")
    if metric.method:
        said.append(f"Interval: {metric.method}")
    if metric.basis == "inferred":
        said.append("Inferred from reverts, rollbacks and hotfixes: low confidence")
    st.text("\n".join(sentence for sentence in said if sentence))
