"""A thousand new facts, as a sync brings them; the next run brings the next thousand, and in the end all are taken away
again.

They come after what is known: changes with the commits of their merges, a deployment of every second one, and now and
then an incident. Each service gets as many; its source has been read up to the last of them.
"""

import hashlib
from dataclasses import dataclass
from typing import Self

import polars as pl
from sqlalchemy import delete, func, select, update
from sqlmodel import Session

from benchmarks.questions import HOUR_US
from data import derive, store
from data.tables import Change, Deployment, Incident, PipelineRun, Service, Source, TrunkCommit

FACTS = 1_000
FEW, MANY = 5, 200  # services that they are of
_OF_TEN = {"changes": 6, "deployments": 3, "incidents": 1}
_TABLES = (Change, Deployment, PipelineRun, Incident)


@dataclass(frozen=True)
class Arrived:
    """What was brought, so that it can be taken away: the highest ids before, and until when each source was read."""

    services: list[int]
    highest: dict[type, int]
    read_until: dict[int, int]
    shas: list[str]
    since: int

    def and_then(self, later: Self) -> Self:
        """What was brought here and, after it, to the same services."""
        return Arrived(self.services, self.highest, self.read_until, self.shas + later.shas, self.since)


def chosen(services: list[int], spread: bool) -> list[int]:
    """A few of them, or many, evenly from the whole list."""
    wanted = min(MANY if spread else FEW, len(services))
    return [services[place * len(services) // wanted] for place in range(wanted)]


@dataclass(frozen=True)
class Coming:
    """Facts of services that are not saved yet: a frame for each table, and until when each source has read then."""

    services: list[int]
    known: list
    frames: dict[type, pl.DataFrame]
    until: list[int]
    shas: list[str]


def next_of(services: list[int]) -> Coming:
    """What happens next in these services."""
    with store.reading() as session:
        known = _known(session, services)
    facts = [_facts(row, number, _shares(number, len(services))) for number, row in enumerate(known)]
    frames = {}
    for name, table in (("commits", TrunkCommit), ("changes", Change), ("deployments", Deployment),
                        ("runs", PipelineRun), ("incidents", Incident)):  # fmt: skip
        rows = [each[name] for each in facts if each[name] is not None and each[name].height]
        if rows:
            frames[table] = pl.concat(rows)
    return Coming(services, known, frames, [each["until"] for each in facts], frames[TrunkCommit]["sha"].to_list())


def bring(coming: Coming, marking: bool) -> Arrived:
    """Saves the facts in one transaction; `marking` tells Milepost that they have come."""
    with store.writing() as session:
        highest = {table: session.execute(select(func.max(table.id))).scalar() or 0 for table in _TABLES}
        for table, rows in coming.frames.items():
            store.insert_frame(session, table, rows)
        for row, until in zip(coming.known, coming.until, strict=True):
            session.execute(update(Source).where(Source.id == row.source).values(collected_until=until))
            if marking:
                derive.changed(session, repository_id=row.repository, since=row.until)
    read_until = {row.source: row.until for row in coming.known}
    return Arrived(coming.services, highest, read_until, coming.shas, min(read_until.values()))


def take_away(arrived: Arrived, marking: bool) -> None:
    """The store as it was before. What was derived is stale afterwards when `marking`."""
    with store.writing() as session:
        for table, highest in arrived.highest.items():
            session.execute(delete(table).where(table.id > highest))
        for start in range(0, len(arrived.shas), 500):
            mine = select(Service.repository_id).where(Service.id.in_(arrived.services))
            some = TrunkCommit.sha.in_(arrived.shas[start : start + 500])
            session.execute(delete(TrunkCommit).where(TrunkCommit.repository_id.in_(mine), some))
        for source, until in arrived.read_until.items():
            session.execute(update(Source).where(Source.id == source).values(collected_until=until))
        if marking:
            for service in arrived.services:
                derive.changed(session, service_id=service, since=arrived.since)


def _known(session: Session, services: list[int]) -> list:
    """Service, repository, source, kind and include of its rule, an environment of its deployments, until when it was
    read, its highest position."""
    rule, owned = Service.settings["rule"], Deployment.repository_id == Service.repository_id
    wanted = (
        select(
            Service.id.label("service"),
            Service.repository_id.label("repository"),
            Source.id.label("source"),
            rule["kind"].as_string().label("kind"),
            rule["include"].as_string().label("include"),
            select(func.max(Deployment.environment)).where(owned).correlate(Service).scalar_subquery()
            .label("environment"),
            Source.collected_until.label("until"),
            select(func.max(TrunkCommit.position))
            .where(TrunkCommit.repository_id == Service.repository_id)
            .correlate(Service)
            .scalar_subquery()
            .label("highest"),
        )
        .join(Source, Source.repository_id == Service.repository_id)
        .where(Service.id.in_(services))
        .order_by(Service.id)
    )  # fmt: skip
    return session.execute(wanted).fetchall()


def _shares(number: int, services: int) -> dict[str, int]:
    """How many facts of each kind the service with that number gets."""
    mine = FACTS // services + (number < FACTS % services)
    incidents = mine * _OF_TEN["incidents"] // 10
    deployments = max(1, mine * _OF_TEN["deployments"] // 10)
    return {"changes": mine - deployments - incidents, "deployments": deployments, "incidents": incidents}


def _facts(row, number: int, shares: dict[str, int]) -> dict:
    """Frames with the columns of their tables, by name, and `until`."""
    owner = {"repository_id": row.repository, "source_id": row.source}
    step = HOUR_US // 4
    changes = shares["changes"]
    merged = [row.until + step * (place + 1) for place in range(changes)]
    first = (-1 if row.highest is None else row.highest) + 1
    shas = [hashlib.sha1(f"{number} {first + place}".encode()).hexdigest() for place in range(changes)]  # noqa: S324
    commits = pl.DataFrame({"sha": shas, "position": range(first, first + changes)}).with_columns(
        on_trunk=pl.lit(True), **_same(owner)
    )
    changed = pl.DataFrame(
        {
            "change_id": [f"new-{first + place}" for place in range(changes)],
            "title": [f"New change {place}" for place in range(changes)],
            "merge_sha": shas,
            "position": range(first, first + changes),
            "authored_at": [at - 5 * HOUR_US for at in merged],
            "opened_at": [at - 3 * HOUR_US for at in merged],
            "merged_at": merged,
        }
    ).with_columns(kind=pl.lit("pull_request"), **_same(owner))
    # Each deployment is of the newest change at its time.
    of = [(place + 1) * changes // shares["deployments"] - 1 for place in range(shares["deployments"])]
    finished = [merged[place] + step // 2 for place in of]
    deployed = pl.DataFrame({"sha": [shas[place] for place in of], "finished_at": finished}).with_columns(
        started_at=pl.col("finished_at") - step // 8, **_same(owner)
    )
    incidents = pl.DataFrame(
        {
            "incident_id": [f"new-{first + place}" for place in range(shares["incidents"])],
            "opened_at": [finished[place] + step // 4 for place in range(shares["incidents"])],
        },
        schema={"incident_id": pl.String, "opened_at": pl.Int64},
    ).with_columns(
        title=pl.lit("New incident"), resolved_at=pl.col("opened_at") + HOUR_US,
        service_id=pl.lit(row.service), source_id=pl.lit(row.source),
    )  # fmt: skip
    names = pl.Series([f"new-{first + place}" for place in range(len(of))], dtype=pl.String)
    runs = deployments = None
    if row.kind == "workflow":
        runs = deployed.with_columns(
            run_id=names, workflow=pl.lit(row.include), event=pl.lit("push"), branch=pl.lit("main"),
            conclusion=pl.lit("success"), attempt=pl.lit(1),
        )  # fmt: skip
    else:
        deployments = deployed.with_columns(
            deployment_id=names, kind=pl.lit(row.kind), status=pl.lit("success"),
            environment=pl.lit(row.environment, pl.String),
            ref=pl.lit("v9.9.9" if row.kind in ("tag", "release") else None, pl.String),
        )  # fmt: skip
    until = max([*merged, *finished, *incidents["opened_at"]]) + HOUR_US
    return {"commits": commits, "changes": changed, "deployments": deployments, "runs": runs, "incidents": incidents,
            "until": until}  # fmt: skip


def _same(owner: dict[str, int]) -> dict[str, pl.Expr]:
    return {name: pl.lit(value) for name, value in owner.items()}
