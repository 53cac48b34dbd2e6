"""The five metrics of a window side by side: a number with its interval, n and band, or the plain reason for none."""

import streamlit as st

from assessments.delivery import benchmarks, present
from assessments.delivery.results import Metric, State, Summary
from assessments.delivery.settings import Settings
from content import catalog
from pages.ui import states, words
from pages.ui.text import count, plain

FIVE = ("lead_time", "deployment_frequency", "recovery_time", "change_fail_rate", "rework_rate")
#: Where a number cannot be known, what can: shown under its own name, never in its place.
STAND_IN = {
    "lead_time": "merge_to_production",
    "recovery_time": "recovery_time_inferred",
    "change_fail_rate": "change_fail_rate_inferred",
    "rework_rate": "rework_rate_inferred",
}


def title(key: str) -> str:
    """The metric's name as the definitions have it."""
    return catalog.definitions()[key]["title"]


def cards(summary: Summary, settings: Settings | None) -> None:
    """One card a metric, in the order of the definitions. settings: those in use."""
    with st.grid(3, min_column_width=280):
        for key in FIVE:
            with st.container(border=True, height="stretch", gap="xsmall"):
                _card(summary, key, settings)
        with st.container(border=True, height="stretch", gap="xsmall"):
            st.markdown("**Coverage**")
            coverage(summary)


def _card(summary: Summary, key: str, settings: Settings | None) -> None:
    metric = summary.metrics[key]
    st.markdown(f"**{title(key)}**")
    if metric.state is State.VALUE:
        st.header(present.headline(metric), anchor=False)
        st.text(f"{present.interval(metric)}; {present.counted(metric)}")
        band = benchmarks.band(key, metric.value, catalog.benchmarks())
        beside = words.sentence(band.text) if band else why_no_band(metric)
        _small(present.p90(metric), beside, _others(summary, key, settings))
        return
    mark, colour = states.mark(metric)
    st.badge(mark, color=colour)
    st.text(states.explain(metric))
    if metric.state is State.TOO_FEW:
        listed = present.values(metric)
        st.caption(words.sentence(present.headline(metric)) + (f": {listed}" if listed else ""))
    stand_in = summary.metrics.get(STAND_IN.get(key, ""))
    if not stand_in or stand_in.state is not State.VALUE:
        return
    if states.zero_by_rule(stand_in.key, settings):
        st.caption(states.AT_MERGE)
    else:
        inferred = stand_in.basis == "inferred"
        st.badge("Inferred, low confidence" if inferred else title(stand_in.key), color="orange")
        seen = f"{present.headline(stand_in)} ({present.counted(stand_in)})"
        # Nothing seen is no measured zero: it says only that nothing was looked for elsewhere.
        unseen = f"No revert, rollback or hotfix among {count(stand_in.of or 0, 'deployment')}"
        st.text(unseen if inferred and stand_in.of and not stand_in.n else seen)


def _small(*sentences: str) -> None:
    """Small print, a line each, in one element: a page of cards has many."""
    if said := [plain(one) for one in sentences if one]:
        st.caption("  \n".join(said))


def _others(summary: Summary, key: str, settings: Settings | None) -> str:
    """Beside a lead time, the changes that it cannot cover because their first commit is hidden."""
    rest = summary.metrics["merge_to_production"]
    if key == "lead_time" and rest.state is State.VALUE and not states.zero_by_rule(rest.key, settings):
        return f"Where the first commit is hidden, merge to production: {present.headline(rest)} (n = {rest.n:,})"
    return ""


def why_no_band(metric: Metric) -> str:
    """Why there is no survey band beside a number."""
    if metric.basis == "inferred":
        return "No band: inferred numbers are not compared."
    return "No band: the survey did not ask for this."


def coverage(summary: Summary) -> None:
    """What the numbers of the window do not cover; only what there is."""
    has = summary.coverage
    st.text(f"{count(has.changes_merged, 'change')} merged, {count(has.deployments_counted, 'production deployment')}.")
    gaps = (
        (has.changes_never_deployed, "change", "merged but not deployed"),
        (has.changes_before_history, "change", "merged before the history held"),
        (has.changes_first_commit_hidden, "change", "with the first commit hidden by squash or rebase"),
        (has.changes_clamped, "change", "with a time that had to be adjusted"),
        (has.changes_paths_unknown, "change", "whose paths are not known"),
        (has.deployments_without_change, "deployment", "that shipped no change"),
        (has.deployments_commit_unknown, "deployment", "whose commit is not known"),
        (has.failed_attempts, "attempt", "that never reached users"),
        (has.incidents_unlinked, "incident", "linked to no deployment"),
    )
    _small(*(f"{count(number, noun)} {which}" for number, noun, which in gaps if number))
