"""What a page says when there is no number. Not collected, none happened, no data and too few are different things to
the reader, so each has its own sentence, its own mark and its own next step; none of them is ever shown as zero."""

import streamlit as st

from assessments.delivery.results import Metric, State
from assessments.delivery.settings import Settings
from data.access import Action
from data.people import Who
from pages.ui import guard
from pages.ui.registry import BY_PATH

MARK = {
    State.NOT_COLLECTED: ("Not collected", "gray"),
    State.NONE_HAPPENED: ("None happened", "blue"),
    State.NO_DATA: ("No data", "gray"),
    State.TOO_FEW: ("Too few", "orange"),
}

NOT_COLLECTED = {
    "lead_time": "First commits are hidden by squash or rebase merges, so the whole lead time is not known. "
    "Merge to production is.",
    "recovery_time": "No incidents have been collected: how long recovery takes is not known.",
    "change_fail_rate": "No incidents have been collected: change fail rate is not known.",
    "rework_rate": "No incidents have been collected: how many deployments were repairs is not known.",
}
NONE_HAPPENED = {
    "lead_time": "No change was shipped in this window.",
    "merge_to_production": "No change was shipped in this window.",
    "deployment_frequency": "The sources were read to the end of the window, and hold no production deployment in it.",
    "recovery_time": "Incidents are collected, and no deployment of this window led to one.",
    "change_fail_rate": "Nothing was deployed in this window, so nothing could fail.",
    "rework_rate": "Nothing was deployed in this window, so nothing could need a repair.",
}
NO_DATA = "The sources are connected but hold nothing about this window."
HIDDEN = "Squash or rebase merges hide when work on these changes began, so only merge to production is known."
AT_MERGE = "By the rule in use a merge is the deployment: merge to production is 0 s by definition and says no speed."
NOTHING_FOUND = "Its sources were read and hold nothing yet: no commit, merge, deployment or run."
WHO = "those who lead the team, or administer Milepost"
OTHERS = f"That is for {WHO}."
TOO_FEW = "Something happened, but not often enough to judge."


def hidden(metric: Metric) -> bool:
    """Whether changes were shipped, but nobody can tell when work on them began."""
    return metric.key == "lead_time" and metric.state is State.NO_DATA and bool(metric.interval_note)


def zero_by_rule(key: str, settings: Settings | None) -> bool:
    """Whether this metric can only be zero under the production rule in use, so that it measures nothing."""
    return key == "merge_to_production" and settings is not None and settings.rule.kind == "merge"


def mark(metric: Metric) -> tuple[str, str]:
    """The words and the colour of the badge of a metric without a value."""
    return ("Not known", "gray") if hidden(metric) else MARK[metric.state]


def explain(metric: Metric) -> str:
    """Why this metric has no value, in one sentence; empty when it has one."""
    if hidden(metric):
        return HIDDEN
    if metric.state is State.NOT_COLLECTED:
        return NOT_COLLECTED.get(metric.key, "No source for this is connected: it is not known.")
    if metric.state is State.NONE_HAPPENED:
        return NONE_HAPPENED.get(metric.key, "Nothing of the kind happened in this window.")
    return {State.NO_DATA: NO_DATA, State.TOO_FEW: TOO_FEW}.get(metric.state, "")


def empty(
    title: str, sentence: str, label: str, page: st.Page, query: dict | None = None, action: Action = Action.VIEW
) -> None:
    """Nothing to show yet: says why, and offers the one thing to do about it, or says who can do it. action: what one
    must be allowed to do there, beyond seeing the page."""
    with st.container(border=True):
        st.subheader(title, anchor=False)
        st.text(sentence)
        way(page, label, query=query, action=action)


def way(
    page: st.Page, label: str, icon: str = "arrow_forward", query: dict | None = None, others: str = OTHERS,
    action: Action = Action.VIEW,
) -> None:  # fmt: skip
    """The link to a page; for whoever may not open it, or may not do that there, who can do what it is for."""
    user = guard.identity()
    if open_to(user, page) and guard.somewhere(user, action):
        st.page_link(page, label=label, icon=f":material/{icon}:", query_params=query)
    else:
        st.caption(others)


def open_to(user: Who | None, page: st.Page) -> bool:
    """Whether this person gets past the guard of a page: no link shall lead to "No access"."""
    return user is not None and guard.somewhere(user, BY_PATH[page.url_path].action)
