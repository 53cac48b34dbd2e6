"""Reads that several visitors share. Keyed by the data version, so a write is seen with the next click on every replica
and nothing is ever cleared by hand. Call them only with what `queries` has already let the person see."""

from datetime import datetime

import polars as pl
import streamlit as st

from assessments import delivery as judging
from assessments.delivery.devlake import Compared
from assessments.delivery.devlake import summarise as judged_by_devlake
from assessments.delivery.results import Delivery, Summary
from assessments.delivery.settings import Settings
from data import derive, intake, queries, rows, store
from data.people import Who


def version() -> int:
    """The key of everything below."""
    return store.version()


def services(version: int, user: Who) -> tuple[queries.ServiceView, ...]:
    """The services that this person may see; others with the same roles share them, somebody with others does not."""
    return _services(version, _standing(user), user)


@st.cache_resource(max_entries=64, show_spinner=False)
def _services(version: int, standing: tuple, _user: Who) -> tuple[queries.ServiceView, ...]:
    return queries.services(_user)


def sources(version: int, user: Who) -> tuple[queries.SourceView, ...]:
    """The sources of the services that this person may see."""
    return _sources(version, _standing(user), user)


@st.cache_resource(max_entries=16, show_spinner=False)
def _sources(version: int, standing: tuple, _user: Who) -> tuple[queries.SourceView, ...]:
    return queries.sources(_user)


def _standing(user: Who) -> tuple:
    """All that decides what somebody may see."""
    return user.is_active, sorted(user.organization_roles), sorted(user.team_roles)


@st.cache_resource(max_entries=24, show_spinner=False)
def delivery(version: int, service_id: int) -> Delivery:
    """All judged rows of a service."""
    return derive.load(service_id)


@st.cache_data(max_entries=256, show_spinner=False)
def summary(version: int, service_id: int, start: datetime, end: datetime) -> Summary:
    """The metrics of a window."""
    return judging.summarise(delivery(version, service_id), start, end)


@st.cache_resource(max_entries=256, show_spinner=False)
def cells(version: int, service_id: int, start: datetime, end: datetime) -> pl.DataFrame:
    """The weekly cells of every metric whose week touches [start, end)."""
    return queries.cells(service_id, start, end)


@st.cache_data(max_entries=128, show_spinner=False)
def devlake(version: int, service_id: int, start: datetime, end: datetime) -> dict[str, Compared]:
    """The same window by DevLake's rules; empty until a production rule was chosen."""
    settings = derive.settings(service_id)
    return judged_by_devlake(derive.facts(service_id), settings, start, end) if settings else {}


@st.cache_data(max_entries=32, show_spinner=False)
def proposals(version: int, service_id: int) -> list:
    """What could count as a production deployment, best first."""
    return intake.proposals(service_id)


@st.cache_resource(max_entries=16, show_spinner="Reading what this would count ...")
def dry_run(version: int, service_id: int, settings: str) -> pl.DataFrame:
    """What these settings (as JSON) would count; nothing is saved."""
    return intake.dry_run(service_id, Settings.model_validate_json(settings))


@st.cache_resource(max_entries=512, show_spinner=False)
def listed(version: int, service_id: int, which: str, start: datetime, end: datetime, *options) -> pl.DataFrame:
    """The rows behind a window: `which` is a function of `data.rows`."""
    return getattr(rows, which)(delivery(version, service_id), start, end, *options)
