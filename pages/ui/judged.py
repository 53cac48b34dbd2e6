"""The numbers of services and the rows behind them, shared by all visitors and kept by the state of the derived rows of
their service. Call them only with services that `queries` has already let the person see.

A service refreshed between two reads of a page makes the page begin again: no page mixes two states, and nothing is
kept under the name of another.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta

import polars as pl
import streamlit as st

from assessments import delivery as judging
from assessments.delivery.devlake import Compared
from assessments.delivery.devlake import summarise as judged_by_devlake
from assessments.delivery.results import Delivery, Summary
from data import derive, queries, rows
from data.access import NotFound
from data.queries import ServiceView
from pages.ui import window as windows
from pages.ui.window import Window

ANEW = "The numbers are being worked out anew just now. Reload in a moment."
TRIES = 3


def _now(read: Callable, *arguments):
    """What the read gives, of the state of the services that this run of the page began with."""
    try:
        return read(*arguments)
    except (derive.Outdated, NotFound):
        tries = st.session_state.pop("begun_again", 0)
        if tries < TRIES:
            st.session_state["begun_again"] = tries + 1
            st.rerun()
        st.info(ANEW)
        st.stop()


def settled() -> None:
    """A page has come to its end: the next one has all its tries."""
    st.session_state.pop("begun_again", None)


def summary(window: Window) -> Summary:
    """The metrics of a window."""
    return _now(_summary_alone if window.environment else _summary, window.key, window)


@st.cache_resource(max_entries=512, show_spinner=False)
def _summary(key: str, _window: Window) -> Summary:
    one = _window.service
    return derive.summaries({one.id: (_window.start, _window.end)}, {one.id: one.derived_version})[one.id]


@st.cache_resource(max_entries=128, show_spinner="Judging this environment ...")
def _summary_alone(key: str, _window: Window) -> Summary:
    return judging.summarise(_in_environment(_window), _window.start, _window.end)


def summaries(services: Sequence[ServiceView], weeks: int) -> dict[int, Summary]:
    """The metrics of the last so many weeks of each of these services, which have been judged; by service."""
    key = repr([(windows.state(one), one.collected_until.timestamp()) for one in services])
    return _now(_summaries, key, weeks, services)


@st.cache_resource(max_entries=128, show_spinner=False)
def _summaries(key: str, weeks: int, _services: Sequence[ServiceView]) -> dict[int, Summary]:
    asked = {one.id: queries.window(one, weeks) for one in _services}
    return derive.summaries(asked, {one.id: one.derived_version for one in _services}) if asked else {}


def cells(window: Window) -> pl.DataFrame:
    """The weekly cells of every metric whose week touches the window."""
    return _now(_cells, window.key, window)


@st.cache_resource(max_entries=512, show_spinner=False)
def _cells(key: str, _window: Window) -> pl.DataFrame:
    service, start, end = _window.service, _window.start, _window.end
    if not _window.environment:
        return queries.cells(service.id, start, end, service.derived_version)
    monday = start.date() - timedelta(start.weekday())
    return judging.weekly(_in_environment(_window)).filter(pl.col("week").is_between(monday, end.date()))


def listed(window: Window, which: str, *options) -> pl.DataFrame:
    """The rows behind a window: `which` is a function of `data.rows`."""
    return _now(_listed, window.key, which, options, window)


@st.cache_resource(max_entries=512, show_spinner=False)
def _listed(key: str, which: str, options: tuple, _window: Window) -> pl.DataFrame:
    judged = _in_environment(_window) if _window.environment else _rows(key, _window)
    return getattr(rows, which)(judged, _window.start, _window.end, *options)


@st.cache_resource(max_entries=32, show_spinner=False)
def _rows(key: str, _window: Window) -> Delivery:
    """The judged rows of the window, and of a little before it; without failures of deployments before that."""
    service = _window.service
    found = derive.load(service.id, _window.start, _window.end, service.derived_version)
    there = pl.col("deployment_id").is_in(found.deployments["deployment_id"].implode())
    return replace(found, failures=found.failures.filter(pl.col("deployment_id").is_null() | there))


def _in_environment(window: Window) -> Delivery:
    return _alone((*windows.facts(window.service), window.environment), window)


@st.cache_resource(max_entries=8, show_spinner=False)
def _alone(key: tuple, _window: Window) -> Delivery:
    """Everything known of the service, judged as if that environment alone were production."""
    return derive.in_environment(_window.service.id, _window.environment, _window.service.derived_version)


def deployments(service: ServiceView, which: str) -> pl.DataFrame:
    """Deployments of any time, to choose one from: `which` is a function of `data.rows`."""
    return _now(_deployments, windows.state(service), which, service)


@st.cache_resource(max_entries=8, show_spinner="Reading the deployments ...")
def _deployments(key: tuple, which: str, _service: ServiceView) -> pl.DataFrame:
    return getattr(rows, which)(derive.load(_service.id, version=_service.derived_version))


def devlake(window: Window) -> dict[str, Compared]:
    """The same window by DevLake's rules."""
    return _now(_devlake, windows.facts(window.service), window.key, window)


@st.cache_resource(max_entries=128, show_spinner="Judging by other rules ...")
def _devlake(facts: tuple, key: str, _window: Window) -> dict[str, Compared]:
    one = _window.service.id
    settings = derive.settings(one)
    if settings is None:
        raise derive.Outdated
    leading = _window.environment or settings.leading_environment
    settings = settings.model_copy(update={"leading_environment": leading})
    return judged_by_devlake(derive.facts(one), settings, _window.start, _window.end)
