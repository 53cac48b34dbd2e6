"""Repositories of GitHub that have not been read whole yet: how far they are together."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlmodel import select

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
    """Of the teams that the person may see. Cheap with thousands."""
    wanted = (
        select(
            Source.id, Source.name, Source.synced_at, Source.paused_at, Source.connection_id,
            Service.id.label("service"), Job.state, Job.due_at,
            Team.organization_id, Team.id.label("team_id"), Organization.is_demo,
        )
        .join(Service, Service.repository_id == Source.repository_id)
        .join(Team, Team.id == Service.team_id)
        .join(Organization, Organization.id == Team.organization_id)
        .outerjoin(Job, Job.id == Source.job_id)
        .where(Source.kind == "github")
        .order_by(Source.id)
    )  # fmt: skip
    with store.reading() as session:
        rows = session.execute(wanted).all()
    now, may = store.now_us(), {}
    found: dict[str, dict[int, None]] = {}
    services, names = set(), {}
    for row in rows:
        subject = (row.organization_id, row.team_id, row.is_demo)
        if subject not in may:
            may[subject] = access.may(who, access.Action.VIEW, access.Subject(*subject))
        if may[subject]:
            state = _state(row, now)
            found.setdefault(state, {})[row.id] = None
            if state != "done":
                names[row.id] = row.name
            if state in ("reading", "limited", "queued"):
                services.add(row.service)
    done = len(found.pop("done", ()))
    each = {state: tuple(ids) for state, ids in found.items()}
    return Backlog(**each, names=names, services=frozenset(services), done=done)


def _state(row, now: int) -> str:
    if row.synced_at is not None:
        return "done"
    if row.paused_at is not None:
        return "paused"
    if row.connection_id is None or row.state not in jobs.LIVE:
        return "stopped"
    if row.state == "running":
        return "reading"
    return "limited" if (row.due_at or 0) > now else "queued"
