"""Repositories of GitHub that have not been read whole yet: how far they are together."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import Row, Select, func, select
from sqlmodel import Session

from data import access, jobs, store
from data.people import Who
from data.tables import Job, Organization, Service, Source, Team


@dataclass(frozen=True)
class Backlog:
    """Sources by what becomes of them, those that need somebody or can be watched first. names: of their repositories.
    services: that wait for them. done: how many were read whole."""

    reading: tuple[int, ...] = ()
    limited: tuple[int, ...] = ()
    stopped: tuple[int, ...] = ()
    paused: tuple[int, ...] = ()
    queued: tuple[int, ...] = ()
    names: Mapping[int, str] = field(default_factory=dict)
    services: frozenset[int] = frozenset()
    done: int = 0

    @property
    def sources(self) -> tuple[int, ...]:
        """All that have not been read whole yet."""
        return self.reading + self.limited + self.stopped + self.paused + self.queued


def first_readings(who: Who) -> Backlog:
    """Of the teams that the person may see. Cheap with thousands: those that are done are counted by the store."""
    wanted = (
        select(
            Source.id, Source.name, Source.paused_at, Source.connection_id, Service.id.label("service"), Job.state,
            Job.due_at, Team.id.label("team_id"),
        )
        .join(Service, Service.repository_id == Source.repository_id)
        .join(Team, Team.id == Service.team_id)
        .outerjoin(Job, Job.id == Source.job_id)
        .where(Source.kind == "github", Source.synced_at.is_(None))
        .order_by(Source.id)
    )  # fmt: skip
    with store.reading() as session:
        teams = _teams(who, session)
        rows = [row for row in session.execute(wanted) if row.team_id in teams]
        done = session.execute(_done(teams)).scalar_one()
    now = store.now_us()
    found: dict[str, dict[int, None]] = {}
    services, names = set(), {}
    for row in rows:
        state = _state(row, now)
        found.setdefault(state, {})[row.id] = None
        names[row.id] = row.name
        if state in ("reading", "limited", "queued"):
            services.add(row.service)
    each = {state: tuple(ids) for state, ids in found.items()}
    return Backlog(**each, names=names, services=frozenset(services), done=done)


def _teams(who: Who, session: Session) -> set[int]:
    """The teams that the person may see."""
    owned = select(Team.id, Team.organization_id, Organization.is_demo).join(Organization)
    return {
        team_id
        for team_id, organization_id, is_demo in session.execute(owned)
        if access.may(who, access.Action.VIEW, access.Subject(organization_id, team_id, is_demo))
    }


def _done(teams: set[int]) -> Select:
    """How many sources of these teams were read whole."""
    counted = select(func.count(func.distinct(Source.id))).join(Service, Service.repository_id == Source.repository_id)
    return counted.where(Source.kind == "github", Source.synced_at.is_not(None), Service.team_id.in_(teams))


def _state(row: Row, now: int) -> str:
    """Of one that was not read whole yet."""
    if row.paused_at is not None:
        return "paused"
    if row.connection_id is None or row.state not in jobs.LIVE:
        return "stopped"
    if row.state == "running":
        return "reading"
    return "limited" if (row.due_at or 0) > now else "queued"
