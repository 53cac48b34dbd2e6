"""What pages read: frozen views and frames, already filtered by what the person may see. Nothing here writes."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

import polars as pl
from sqlalchemy import Label, Row, Text, case, cast, exists, or_
from sqlmodel import func, select

from assessments.delivery.settings import RULES_VERSION, Settings
from data import access, store
from data.derived import Outdated, cells_of
from data.derived import weekly as weekly
from data.people import Who
from data.rows import FROM_BRANCH
from data.tables import (
    Change,
    Correction,
    Deployment,
    Incident,
    JudgedDeployment,
    Organization,
    Person,
    PipelineRun,
    Repository,
    Service,
    Source,
    Team,
    TrunkCommit,
)

FEW = 100  # services whose sources are asked for by name


@dataclass(frozen=True)
class TeamView:
    id: int
    name: str
    organization_id: int
    organization: str
    is_demo: bool
    services: int


@dataclass(frozen=True)
class ServiceView:
    """A service with what its pages always say.

    sources: how many feed it; kinds: theirs; notes: what they say cannot be known; story: what a demo service shows.
    settings: None until somebody has chosen a production rule. judged: there are derived rows; ready: they are those of
    the newest facts and rules. holds: something was found that a rule could count, or may be; only asked for services
    without a rule. version: what tells one state of the derived rows from every other, also of a later
    service with the same id. environments: of its production deployments.
    """

    id: int
    name: str
    team_id: int
    team: str
    organization_id: int
    is_demo: bool
    repository_id: int
    sources: int
    kinds: tuple[str, ...]
    notes: tuple[str, ...]
    story: str | None
    incidents_collected: bool
    settings: Settings | None
    collected_until: datetime | None
    rules_version: int
    judged: bool
    ready: bool
    derived_version: int
    version: tuple[int, int]
    environments: tuple[str, ...]
    holds: bool = True


@dataclass(frozen=True)
class SourceView:
    """One origin of facts and the services that it feeds. path: of a clone."""

    id: int
    kind: str
    name: str
    path: str | None
    repository_id: int
    organization_id: int
    is_demo: bool
    service_ids: tuple[int, ...]
    team_ids: tuple[int, ...]
    used_by: tuple[str, ...]
    notes: tuple[str, ...]
    collected_until: datetime | None
    history_start: datetime | None


@dataclass(frozen=True)
class Brought:
    """How many facts came from a source. deployments: but for releases and tags, which are facts of the same table."""

    changes: int = 0
    deployments: int = 0
    releases: int = 0
    tags: int = 0
    incidents: int = 0
    runs: int = 0


@dataclass(frozen=True)
class CorrectionView:
    id: int
    kind: str
    subject: str
    target: str | None
    at: datetime | None
    reason: str
    person: str
    created_at: datetime
    undone_at: datetime | None
    undone_by: str | None


def teams(who: Who) -> tuple[TeamView, ...]:
    """The teams the person may see, the demo's last, by name."""
    counted = (
        select(Team, Organization, func.count(Service.id))
        .join(Organization, Organization.id == Team.organization_id)
        .outerjoin(Service, Service.team_id == Team.id)
        .group_by(Team.id, Organization.id)
        .order_by(Organization.is_demo, Organization.id, func.lower(Team.name))
    )
    with store.reading() as session:
        return tuple(
            TeamView(team.id, team.name, owner.id, owner.name, owner.is_demo, number)
            for team, owner, number in session.exec(counted)
            if access.may(who, access.Action.VIEW, access.Subject(owner.id, team.id, owner.is_demo))
        )


def services(who: Who, team_id: int | None = None) -> tuple[ServiceView, ...]:
    """The services of the teams the person may see, or of that one, the demo's last, by team and name. Never ordered by
    a metric."""
    those = () if team_id is None else (Service.team_id == team_id,)
    return tuple(_views(_seen(who, _service_rows(*those))))


def outline() -> tuple:
    """Numbers of which one is another when services came or went, got a rule or their first numbers, or were read on
    another day than before. Cheap with thousands of services, and tells of none."""
    day = 86_400_000_000
    judged = func.sum(case((Service.derived_version >= 0, 1), else_=0))
    with store.reading() as session:
        services = session.execute(
            select(func.count(), func.max(Service.id), func.count(Service.settings), judged).select_from(Service)
        ).one()
        read = session.execute(
            select(func.count(), func.count(Source.synced_at), func.sum(Source.collected_until // day))
        ).one()
        return (*services, *read[:2], None if read[2] is None else int(read[2]))


def service(who: Who, service_id: int) -> ServiceView | None:
    """One service; None when there is none or the person may not see it, so that the two cannot be told apart."""
    return next(_views(_seen(who, _service_rows(Service.id == service_id))), None)


def _service_rows(*conditions) -> list[Row]:
    """Services as plain rows: with thousands of them, objects would take three times as long. What is JSON stays text,
    as most of them have the same in it."""
    columns = (
        Service.id,
        Service.name,
        Service.team_id,
        Team.name.label("team"),
        Team.organization_id,
        Organization.is_demo,
        Service.repository_id,
        _text(Service.settings),
        Service.facts_version,
        Service.derived_version,
        _text(Service.derived_with),
        Service.rules_version,
        Service.created_at,
        _text(Service.environments),
    )
    joined = (
        select(*columns)
        .join(Team, Team.id == Service.team_id)
        .join(Organization, Organization.id == Team.organization_id)
        .where(*conditions)
        .order_by(Organization.is_demo, Organization.id, func.lower(Team.name), func.lower(Service.name))
    )
    with store.reading() as session:
        return list(session.execute(joined))


def _text(column) -> Label:
    return cast(column, Text).label(column.key)


@lru_cache(maxsize=4096)
def _plain(text: str | None):
    """The value of a JSON column, read once for all rows that have the same. It is shared: never change it."""
    return None if text is None else json.loads(text)


@lru_cache(maxsize=4096)
def _settings(text: str) -> Settings | None:
    found = _plain(text)
    return Settings(**found) if found else None


def _seen(who: Who, rows: Iterable[Row]) -> list[Row]:
    """Those of them that the person may see; asked once for each team."""
    may: dict[tuple, bool] = {}
    found = []
    for row in rows:
        subject = (row.organization_id, row.team_id, row.is_demo)
        if subject not in may:
            may[subject] = access.may(who, access.Action.VIEW, access.Subject(*subject))
        if may[subject]:
            found.append(row)
    return found


def _views(rows: list[Row]) -> Iterator[ServiceView]:
    """The rows as views, with the sources of each: those of its repository as a whole and those for it alone."""
    columns = (Source.repository_id, Source.service_id, _text(Source.notes), Source.collected_until, Source.kind)
    wanted = select(*columns)
    if len(rows) <= FEW:
        wanted = wanted.where(Source.repository_id.in_({row.repository_id for row in rows}))
    feeding = defaultdict(list)
    bare = _bare([row.repository_id for row in rows if not _plain(row.settings)])
    with store.reading() as session:
        for repository, service, notes, until, kind in session.execute(wanted):
            feeding[repository].append((service, _plain(notes) or (), until, kind))
    for one in rows:
        mine = [source for source in feeding[one.repository_id] if source[0] in (None, one.id)]
        used = _plain(one.derived_with)
        yield ServiceView(
            id=one.id,
            name=one.name,
            team_id=one.team_id,
            team=one.team,
            organization_id=one.organization_id,
            is_demo=one.is_demo,
            repository_id=one.repository_id,
            sources=len(mine),
            kinds=tuple(sorted({kind for *_, kind in mine})),
            notes=tuple(dict.fromkeys(note for _, notes, _, kind in mine if kind != "demo" for note in notes)),
            story=next((note for _, notes, _, kind in mine if kind == "demo" for note in notes), None),
            incidents_collected=bool(used and used.get("incidents_collected")),
            settings=_settings(one.settings) if one.settings else None,
            collected_until=store.from_us(max((until for _, _, until, _ in mine if until is not None), default=None)),
            rules_version=one.rules_version,
            judged=bool(used) and one.derived_version >= 0,
            ready=one.derived_version == one.facts_version and one.rules_version == RULES_VERSION,
            derived_version=one.derived_version,
            version=(one.derived_version, one.created_at),
            environments=tuple(_plain(one.environments) or ()),
            holds=bool(_plain(one.settings)) or one.repository_id not in bare,
        )


def _bare(repository_ids: list[int]) -> set[int]:
    """Those of the repositories in which nothing was found: an empty one can be read, and has nothing to count."""
    if not repository_ids:
        return set()
    facts = (Change, Deployment, PipelineRun, TrunkCommit)
    held = or_(*(exists().where(table.repository_id == Repository.id) for table in facts))
    bare = select(Repository.id).where(Repository.id.in_(set(repository_ids)), ~held)
    with store.reading() as session:
        return set(session.exec(bare))


def sources(who: Who) -> tuple[SourceView, ...]:
    """Every source of the services the person may see, by repository and name."""
    columns = (
        Source.id,
        Source.kind,
        Source.name,
        Source.organization_id,
        Source.repository_id,
        Source.service_id,
        _text(Source.notes),
        Source.collected_until,
        Source.history_start,
        Repository.path,
        Organization.is_demo,
    )
    joined = (
        select(*columns)
        .join(Repository, Repository.id == Source.repository_id)
        .join(Organization, Organization.id == Source.organization_id)
        .order_by(Organization.is_demo, func.lower(Repository.name), Source.id)
    )
    with store.reading() as session:
        found = list(session.execute(joined))
    on_it = defaultdict(list)
    for row in _seen(who, _service_rows()):
        on_it[row.repository_id].append(row)
    views = []
    for source in found:
        users = [one for one in on_it[source.repository_id] if source.service_id in (None, one.id)]
        if not users:
            continue
        views.append(
            SourceView(
                id=source.id,
                kind=source.kind,
                name=source.name,
                path=source.path if source.kind == "git" else None,
                repository_id=source.repository_id,
                organization_id=source.organization_id,
                is_demo=source.is_demo,
                service_ids=tuple(one.id for one in users),
                team_ids=tuple(dict.fromkeys(one.team_id for one in users)),
                used_by=tuple(one.name for one in users),
                notes=tuple(_plain(source.notes) or ()),
                collected_until=store.from_us(source.collected_until),
                history_start=store.from_us(source.history_start),
            )
        )
    return tuple(views)


def brought(source_ids: tuple[int, ...]) -> dict[int, Brought]:
    """How many facts came from each of these sources."""
    kind = case((Deployment.kind.in_(("release", "tag")), Deployment.kind), else_="")
    wanted = {"changes": Change, "incidents": Incident, "runs": PipelineRun}
    found: dict[int, dict[str, int]] = {one: {} for one in source_ids}
    with store.reading() as session:
        for name, table in wanted.items():
            counted = select(table.source_id, func.count()).where(table.source_id.in_(source_ids))
            for source_id, number in session.execute(counted.group_by(table.source_id)):
                found[source_id][name] = number
        counted = select(Deployment.source_id, kind, func.count()).where(Deployment.source_id.in_(source_ids))
        for source_id, each, number in session.execute(counted.group_by(Deployment.source_id, kind)):
            found[source_id][f"{each or 'deployment'}s"] = number
    return {one: Brought(**has) for one, has in found.items()}


def corrections(service_id: int) -> tuple[CorrectionView, ...]:
    """Every correction of a service, newest first, undone ones too."""
    with store.reading() as session:
        names = dict(session.exec(select(Person.id, Person.name)).all())
        found = session.exec(
            select(Correction).where(Correction.service_id == service_id).order_by(Correction.id.desc())
        )
        return tuple(
            CorrectionView(
                id=one.id,
                kind=one.kind,
                subject=one.subject,
                target=one.target,
                at=store.from_us(one.at),
                reason=one.reason,
                person=names.get(one.person_id, "somebody no longer here"),
                created_at=store.from_us(one.created_at),
                undone_at=store.from_us(one.undone_at),
                undone_by=names.get(one.undone_by),
            )
            for one in found
        )


def deployment_names(service_id: int, subjects: tuple[str, ...]) -> dict[str, str]:
    """Deployments and incidents as people know them (tag, short sha, title), by their id."""
    with store.reading() as session:
        one = JudgedDeployment
        wanted = select(one.deployment_id, one.kind, one.ref, one.sha)
        judged = session.exec(wanted.where(one.service_id == service_id, one.deployment_id.in_(subjects)))
        names = {one: _name(one, kind, ref, sha) for one, kind, ref, sha in judged}
        incidents = session.exec(
            select(Incident.incident_id, Incident.title).where(
                Incident.service_id == service_id, Incident.incident_id.in_(subjects)
            )
        )
        return names | {one: f"Incident {title}" for one, title in incidents}


def _name(deployment_id: str, kind: str, ref: str | None, sha: str | None) -> str:
    """As in `data.rows`."""
    if kind in FROM_BRANCH and ref and sha and ref != sha:
        return f"{sha[:10]} ({ref})"
    return ref or (sha or deployment_id)[:10]


def cells(service_id: int, start: datetime, end: datetime, version: int | None = None) -> pl.DataFrame:
    """The weekly cells of every metric whose week touches [start, end), in order of week. version: the derived_version
    expected of the service; another raises derive.Outdated."""
    with store.snapshot() as snapshot:
        now = snapshot.rows(select(Service.derived_version).where(Service.id == service_id))
        if version is not None and [(version,)] != [tuple(row) for row in now]:
            raise Outdated
        return cells_of(snapshot, start, end, [service_id]).drop("service")


def window(service: ServiceView, weeks: int) -> tuple[datetime, datetime]:
    """The last so many weeks up to where the sources were read, not up to now: a stale source is not silence.

    Raises ValueError when nothing has been collected yet.
    """
    if service.collected_until is None:
        raise ValueError(f"Nothing has been collected for {service.name} yet.")
    return service.collected_until - timedelta(weeks=weeks), service.collected_until
