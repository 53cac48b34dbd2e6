"""Reads that several visitors share; nothing is ever cleared by hand. Call them only with what `queries` has already
let the person see. Numbers are in `judged`.

Lists are kept by the version of the store, so a write is seen with the next click on every replica; what comes from the
facts of one service by their state, so that a refresh of another takes nothing away.
"""

import polars as pl
import streamlit as st

from assessments.delivery.facts import Facts
from assessments.delivery.settings import ProductionRule, Settings
from data import derive, intake, queries, seen, store
from data.people import Who
from data.practices import assessments, standings
from data.practices.assessments import Kept
from data.practices.evaluations import EvaluationView
from data.practices.standings import TeamStanding
from data.queries import ServiceView
from pages.ui import window


def version() -> int:
    """The key of the lists."""
    return store.version()


def services(version: int, user: Who) -> tuple[ServiceView, ...]:
    """The services that this person may see; others with the same roles share them, somebody with others does not."""
    return _services(version, standing(user), user)


@st.cache_resource(max_entries=64, show_spinner=False)
def _services(version: int, standing: tuple, _user: Who) -> tuple[ServiceView, ...]:
    return queries.services(_user)


def teams(version: int, user: Who) -> tuple[queries.TeamView, ...]:
    """The teams that this person may see."""
    return _teams(version, standing(user), user)


@st.cache_resource(max_entries=64, show_spinner=False)
def _teams(version: int, standing: tuple, _user: Who) -> tuple[queries.TeamView, ...]:
    return queries.teams(_user)


def sources(version: int, user: Who) -> tuple[queries.SourceView, ...]:
    """The sources of the services that this person may see."""
    return _sources(version, standing(user), user)


@st.cache_resource(max_entries=16, show_spinner=False)
def _sources(version: int, standing: tuple, _user: Who) -> tuple[queries.SourceView, ...]:
    return queries.sources(_user)


def brought(version: int, source_ids: tuple[int, ...]) -> dict[int, queries.Brought]:
    """How many facts came from each of these sources, which the person may see."""
    return _brought(version, source_ids)


@st.cache_resource(max_entries=64, show_spinner=False)
def _brought(version: int, source_ids: tuple[int, ...]) -> dict[int, queries.Brought]:
    return queries.brought(source_ids)


def team_standing(version: int, user: Who, team_id: int) -> TeamStanding:
    """Where a team stands, as far as this person may see it; what ends or opens with time does so within a minute."""
    return _team_standing(version, standing(user), team_id, user)


@st.cache_resource(max_entries=32, ttl=60, show_spinner=False)
def _team_standing(version: int, standing: tuple, team_id: int, _user: Who) -> TeamStanding:
    return standings.of_team(_user, team_id)


def kept(user: Who, team_id: int, ids: tuple[int, ...]) -> dict[int, Kept]:
    """Assessments of a team that this person sees, as `assessments.listed` has just said: they never change."""
    return _kept(standing(user), team_id, ids, user)


@st.cache_resource(max_entries=32, show_spinner=False)
def _kept(standing: tuple, team_id: int, ids: tuple[int, ...], _user: Who) -> dict[int, Kept]:
    return assessments.load(_user, team_id, ids)


def other_tools(version: int, user: Who, team_id: int) -> tuple[EvaluationView, ...]:
    """What other tools say of a team's repositories."""
    return _other_tools(version, standing(user), team_id, user)


@st.cache_resource(max_entries=32, show_spinner=False)
def _other_tools(version: int, standing: tuple, team_id: int, _user: Who) -> tuple[EvaluationView, ...]:
    return standings.other_tools(_user, team_id)


def standing(user: Who) -> tuple:
    """All that decides what somebody may see."""
    return user.is_active, sorted(user.organization_roles), sorted(user.team_roles)


def proposals(service: ServiceView) -> list[ProductionRule]:
    """What could count as a production deployment, best first."""
    return _proposals(window.facts(service), service.id)


@st.cache_resource(max_entries=64, show_spinner=False)
def _proposals(facts: tuple, service_id: int) -> list[ProductionRule]:
    return intake.proposals(service_id, _known(facts, service_id, False))


def workflows(service: ServiceView) -> tuple[str, ...]:
    """The workflows that a rule can choose from, those that ran most first."""
    return _workflows(window.facts(service), service.id)


@st.cache_resource(max_entries=64, show_spinner=False)
def _workflows(facts: tuple, service_id: int) -> tuple[str, ...]:
    return seen.workflows(service_id)


def seen_names(service: ServiceView, kind: str) -> tuple[seen.Seen, ...]:
    """The environments, or workflows, that a rule of that kind can choose from."""
    return _seen_names(window.facts(service), service.id, kind == "workflow").get(kind, ())


@st.cache_resource(max_entries=64, show_spinner=False)
def _seen_names(facts: tuple, service_id: int, every_run: bool) -> dict[str, tuple[seen.Seen, ...]]:
    return seen.among(_known(facts, service_id, every_run))


def dry_run(service: ServiceView, settings: Settings) -> pl.DataFrame:
    """What these settings would count; nothing is saved."""
    return _dry_run(window.facts(service), settings.model_dump_json(), service.id)


@st.cache_resource(max_entries=16, show_spinner="Reading what this would count ...")
def _dry_run(facts: tuple, settings: str, service_id: int) -> pl.DataFrame:
    tried = Settings.model_validate_json(settings)
    return intake.dry_run(service_id, tried, _known(facts, service_id, tried.rule.kind == "workflow"))


@st.cache_resource(max_entries=4, show_spinner="Reading what is known of it ...")
def _known(facts: tuple, service_id: int, every_run: bool) -> Facts:
    """All facts of a service, read once for those above: with every run they may be some hundred thousand rows."""
    return derive.facts(service_id, every_run=every_run)
