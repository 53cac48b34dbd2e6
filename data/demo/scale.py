"""An invented organisation of any size, to measure with: the same arguments give the same rows.

Services differ as real ones do: a few are large and many small, one in ten squashes its merges, one in ten deploys by a
workflow, some into two regions, some by tags. Their paces do not depend on how many weeks are asked for, so that
histories of different lengths can be compared. What happens is drawn for a few services at once, whole columns at a
time, in `data.demo.columns`.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Self

import numpy as np
import polars as pl
from sqlalchemy import func, select
from sqlmodel import Session

from assessments.delivery.settings import ProductionRule, Settings
from data import access, audit, derive, people, store
from data.demo import columns
from data.people import Who
from data.tables import (
    Change,
    Deployment,
    Incident,
    Organization,
    PipelineRun,
    Repository,
    Service,
    Source,
    Team,
    TrunkCommit,
)

SEED = 2026
WEEKS = 104
TOGETHER = 25  # services of one transaction

Progress = Callable[[int, int, str], None]


@dataclass(frozen=True)
class Size:
    """How much there is of everything. Deployments are rows of that table; those of workflows are runs besides."""

    services: int = 2_000
    teams: int = 40
    weeks: float = WEEKS
    changes: int = 1_000_000
    deployments: int = 500_000
    runs: int = 10_000_000
    incidents: int = 45_000

    def times(self, factor: float) -> Self:
        """So much of everything, over the same weeks. Raises ValueError for nothing."""
        if not factor > 0:
            raise ValueError("The scale must be a number above 0, for example 0.01.")
        counts = ("services", "teams", "changes", "deployments", "runs", "incidents")
        return replace(self, **{name: max(1, round(getattr(self, name) * factor)) for name in counts})

    def over(self, weeks: float) -> Self:
        """The same services at the same pace, over so many weeks. Raises ValueError for none."""
        if not weeks > 0:
            raise ValueError("The number of weeks must be above 0.")
        counts = ("changes", "deployments", "runs", "incidents")
        more = {name: max(1, round(getattr(self, name) * weeks / self.weeks)) for name in counts}
        return replace(self, weeks=weeks, **more)

    @property
    def name(self) -> str:
        return f"Invented organisation: {self.services:,} services, {self.changes:,} changes, {self.weeks:g} weeks"


def create(who: Who, factor: float, until: datetime, progress: Progress = lambda done, total, message: None) -> int:
    """Makes an organisation of that share of the full size and computes its numbers; its id. What is there already is
    not made again. Raises access.Forbidden, and ValueError for a factor that is not above 0."""
    access.check(who, access.Action.ADMINISTER, access.of_organization(people.home_organization(who)))
    size = Size().times(factor)
    with store.reading() as session:
        there = _found(session, size) is not None
    organization_id = fill(size, until, progress=lambda done, total, said: progress(done, 2 * total, said))
    if not there:
        with store.writing() as session:
            audit.record(session, who, "create_demo", f"organization:{organization_id}")
    judge(organization_id, lambda done, total, said: progress(total + done, 2 * total, said))
    return organization_id


def judge(organization_id: int, progress: Progress = lambda done, total, message: None) -> None:
    """Computes the numbers of its services where they are not those of their facts."""
    services = _services_of(organization_id)
    left = sorted(set(services) & set(derive.stale()))

    def computing(done: int, total: int) -> None:
        progress(len(services) - total + done, len(services), f"Computing the numbers of {len(services):,} services")

    computing(0, len(left))
    derive.refresh(left, computing)


def fill(size: Size, until: datetime, seed: int = SEED, progress: Progress = lambda done, total, message: None) -> int:
    """Saves the facts of an organisation of that size, ending at `until`, a few services in a transaction; its id.

    What was begun before, by a process that was killed, is gone on with; nothing happens when all is there,
    whatever its seed and end.
    """
    plan = planned(size, seed)
    organization_id = _organization(size, until)
    for begin in range(len(_services_of(organization_id)), size.services, TOGETHER):
        progress(begin, size.services, f"Inventing {size.services:,} services")
        some = plan[begin : begin + TOGETHER]
        facts = columns.happen(some, [seed, begin], store.to_us(until), size.weeks)
        with store.writing() as session:
            _save(session, organization_id, some, facts, store.to_us(until))
    return organization_id


def planned(size: Size, seed: int) -> pl.DataFrame:
    """What kind of service each is and how much of everything it has: a row for each; times are median hours."""
    random, n = np.random.default_rng([seed]), size.services
    weight = np.exp(random.normal(0, 1.1, n))
    kind = random.choice(["workflow", "tag", "github_deployment", "import"], n, p=[0.1, 0.1, 0.4, 0.4])
    regions = np.where((random.random(n) < 0.1) & np.isin(kind, ["github_deployment", "import"]), 2, 1)
    pace = weight * random.beta(2, 1.5, n) * regions  # of deployments
    breaking = pace / regions * random.beta(2, 25, n)
    collected = random.random(n) < 0.85
    others = kind != "workflow"
    changes = shared(size.changes, weight)
    deployments = np.minimum(_alike(size.deployments, pace, others), changes * regions)
    incidents = np.minimum(_alike(size.incidents, breaking, collected), deployments // (4 * regions))

    def hours(median: float, spread: float) -> np.ndarray:
        return median * np.exp(random.normal(0, spread, n))

    return pl.DataFrame(
        {
            "service": np.arange(n),
            "team": np.arange(n) % size.teams,
            "kind": kind,
            "regions": regions,
            "squash": random.random(n) < 0.1,
            "collected": collected,
            "changes": changes,
            "deployments": deployments,
            "incidents": incidents,
            "runs": shared(size.runs, weight),
            "coding": hours(9, 0.6),
            "waiting": hours(5, 0.9),
            "review": hours(2, 0.5),
            "merging": hours(1, 0.7),
            "releasing": hours(0.8, 1.0),
            "deploying": hours(0.15, 0.5),
            "recovery": hours(1.8, 0.6),
        }
    )


def shared(total: int, weight: np.ndarray) -> np.ndarray:
    """Whole numbers in these proportions that add up to the total."""
    exact = total * weight / weight.sum() if weight.size else weight
    counts = np.floor(exact).astype(np.int64)
    more = np.argsort(counts - exact, kind="stable")[: total - counts.sum()]
    counts[more] += 1
    return counts


def _alike(total: int, weight: np.ndarray, some: np.ndarray) -> np.ndarray:
    """Shares that add up to the total over some; the others have as much for their weight."""
    counts = np.zeros(len(weight), np.int64)
    if some.any():
        counts[some] = shared(total, weight[some])
        counts[~some] = np.round(weight[~some] * total / weight[some].sum())
    return counts


# Into the store


def _organization(size: Size, until: datetime) -> int:
    """The id of the organisation of that size, made with its teams when it is not there."""
    at = store.to_us(until)
    with store.writing() as session:
        if (found := _found(session, size)) is not None:
            return found
        organization = Organization(name=size.name, is_demo=True, created_at=at)
        session.add(organization)
        session.flush()
        session.add_all(
            Team(organization_id=organization.id, name=f"Team {number + 1:02d}", created_at=at)
            for number in range(size.teams)
        )
        return organization.id


def _found(session: Session, size: Size) -> int | None:
    named = select(Organization.id).where(Organization.is_demo, Organization.name == size.name)
    return session.execute(named).scalars().first()


def _services_of(organization_id: int) -> list[int]:
    wanted = select(Service.id).join(Team, Team.id == Service.team_id)
    with store.reading() as session:
        return list(session.execute(wanted.where(Team.organization_id == organization_id)).scalars())


def _save(session: Session, organization_id: int, plan: pl.DataFrame, facts: columns.Facts, at: int) -> None:
    """A few services with all that is known of them. Owners go in one by one, their rows as whole columns."""
    if session.get_bind().dialect.name == "postgresql" and _may_all(session):
        # The keys come from this very transaction: asking for each row whether they are there would double the time.
        session.connection().exec_driver_sql("SET LOCAL session_replication_role = replica")
    owners = _owners(session, organization_id, plan, at)
    for table, frame, keys in (
        (Change, facts.changes, ("repository_id", "source_id")),
        (TrunkCommit, facts.commits, ("repository_id", "source_id")),
        (Deployment, facts.deployments, ("repository_id", "source_id")),
        (PipelineRun, facts.runs, ("repository_id", "source_id")),
        (Incident, facts.incidents, ("service_id", "source_id")),
    ):
        owned = frame.join(owners.select("service", *keys), on="service", how="left", maintain_order="left")
        _append(session, table, owned.drop("service"))


def _owners(session: Session, organization_id: int, plan: pl.DataFrame, at: int) -> pl.DataFrame:
    """Makes the repositories, services and sources; their ids by number of the service."""
    in_order = select(Team.id).where(Team.organization_id == organization_id).order_by(Team.id)
    teams = session.execute(in_order).scalars().all()
    made = []
    for row in plan.iter_rows(named=True):
        name = f"service-{row['service'] + 1:04d}"
        made.append((row, name, Repository(organization_id=organization_id, key=f"demo:{name}", name=name,
                                           default_branch="main", created_at=at)))  # fmt: skip
    session.add_all(repository for _, _, repository in made)
    session.flush()
    rows = []
    for row, name, repository in made:
        facts = ["changes", "deployments", "runs", *(["incidents"] if row["collected"] else [])]
        service = Service(team_id=teams[row["team"]], name=name, repository_id=repository.id, created_at=at,
                          settings=rule(row["kind"]).model_dump(mode="json"), facts_version=1)  # fmt: skip
        source = Source(organization_id=organization_id, kind="demo", name=f"Invented history of {name}",
                        repository_id=repository.id, cursor={"facts": facts}, collected_until=at,
                        created_at=at)  # fmt: skip
        rows.append((row["service"], service, source))
    session.add_all(service for _, service, _ in rows)
    session.add_all(source for *_, source in rows)
    session.flush()
    return pl.DataFrame(
        [(number, service.repository_id, service.id, source.id) for number, service, source in rows],
        schema={"service": pl.Int64, "repository_id": pl.Int64, "service_id": pl.Int64, "source_id": pl.Int64},
        orient="row",
    )


def rule(kind: str) -> Settings:
    named = {"tag": "v*", "workflow": columns.DEPLOY}.get(kind, "*")
    return Settings(rule=ProductionRule(kind=kind, include=named))


def _may_all(session: Session) -> bool:
    return session.connection().exec_driver_sql("SHOW is_superuser").scalar_one() == "on"


def _append(session: Session, table: type, frame: pl.DataFrame) -> None:
    """As `store.insert_frame`; PostgreSQL gets text that Polars has written, in half the time of row by row."""
    if session.get_bind().dialect.name != "postgresql" or frame.is_empty():
        store.insert_frame(session, table, frame)
        return
    names = ", ".join(frame.columns)
    with session.connection().connection.driver_connection.cursor() as cursor:
        statement = f"COPY {table.__tablename__} ({names}) FROM STDIN (FORMAT csv)"
        with cursor.copy(statement) as copy:
            for part in frame.iter_slices(50_000):
                copy.write(part.write_csv(include_header=False).encode())


def count(organization_id: int) -> dict[str, int]:
    """Rows of the organisation, by table."""
    repositories = select(Repository.id).where(Repository.organization_id == organization_id)
    sources = select(Source.id).where(Source.organization_id == organization_id)
    counts = {}
    with store.reading() as session:
        for table, owner, owned in (
            (Service, "repository_id", repositories),
            (Change, "repository_id", repositories),
            (TrunkCommit, "repository_id", repositories),
            (Deployment, "repository_id", repositories),
            (PipelineRun, "repository_id", repositories),
            (Incident, "source_id", sources),
        ):
            wanted = select(func.count()).select_from(table).where(getattr(table, owner).in_(owned))
            counts[table.__tablename__] = session.execute(wanted).scalar_one()
    return counts
