"""The facts that delivery performance is computed from, as received: three Polars frames and the team's corrections.

All instants are UTC with microseconds. A null means "not known", never zero. Frames carry no person: teams own
repositories and paths, and no fact is ever aggregated per person.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime

import polars as pl

INSTANT = pl.Datetime("us", "UTC")

CHANGES = pl.Schema(
    {
        "change_id": pl.String,  # "#12" for a pull request, the sha for a direct push
        "number": pl.Int64,  # pull request number, null for a direct push
        "kind": pl.String,  # pull_request | direct_push
        "title": pl.String,
        "merge_sha": pl.String,  # the commit on trunk
        "position": pl.Int64,  # its place on trunk, 0 = oldest; null = not on trunk
        "authored_at": INSTANT,  # first commit authored; null = squash or rebase hid it
        "opened_at": INSTANT,
        "ready_at": INSTANT,  # left draft; null = not known or never a draft
        "first_review_at": INSTANT,  # by another human
        "first_approval_at": INSTANT,
        "merged_at": INSTANT,
        "reverts": pl.List(pl.String),  # what it reverts: shas (7 characters or more) or "#12"
        "paths": pl.List(pl.String),  # files touched; null = not known, counts for every path glob
        "url": pl.String,
    }
)

DEPLOYMENTS = pl.Schema(
    {
        "deployment_id": pl.String,
        "kind": pl.String,  # github_deployment | release | tag | workflow | import | webhook
        "environment": pl.String,  # null for tags
        "ref": pl.String,  # tag or branch name
        "name": pl.String,  # workflow or job name
        "sha": pl.String,
        "position": pl.Int64,  # the highest trunk position that the deployed commit contains; null = not known
        "on_trunk": pl.Boolean,  # False: a release branch; `position` then came from ancestry
        "created_at": INSTANT,
        "started_at": INSTANT,
        "finished_at": INSTANT,
        "status": pl.String,  # success | failure | cancelled | skipped | in_progress
        "unplanned": pl.Boolean,  # stated by the source: made to repair a user-visible problem
        "url": pl.String,
    }
)

INCIDENTS = pl.Schema(
    {
        "incident_id": pl.String,
        "title": pl.String,
        "opened_at": INSTANT,
        "acknowledged_at": INSTANT,
        "resolved_at": INSTANT,  # null = still open
        "deployment": pl.String,  # explicit link: a deployment_id, ref or sha
        "url": pl.String,
    }
)

CORRECTIONS = pl.Schema(
    {
        "correction_id": pl.Int64,  # later ones win
        "kind": pl.String,  # one of CORRECTION_KINDS
        "subject": pl.String,  # deployment_id or incident_id
        "target": pl.String,  # deployment_id that an incident is linked to
        "at": INSTANT,  # when service was restored, where the team says so
    }
)

#: Each group is one question about one subject; the latest standing correction answers it.
CORRECTION_KINDS = {
    "deployment.failed": "failed",
    "deployment.not_failed": "failed",
    "deployment.production": "counts",
    "deployment.not_production": "counts",
    "deployment.reached_users": "reached",
    "deployment.not_reached_users": "reached",
    "deployment.unplanned": "rework",
    "deployment.planned": "rework",
    "incident.link": "link",
    "incident.not_a_change": "link",
}


def empty(schema: pl.Schema) -> pl.DataFrame:
    """A frame of that schema with no rows."""
    return pl.DataFrame(schema=schema)


def frame(rows: list[dict], schema: pl.Schema) -> pl.DataFrame:
    """Rows as a frame of that schema; absent keys become null.

    Raises ValueError when a row has a key that the schema does not know.
    """
    unknown = sorted({key for row in rows for key in row} - set(schema))
    if unknown:
        raise ValueError(f"unknown columns {', '.join(unknown)}; known are {', '.join(schema)}")
    return pl.DataFrame([{key: row.get(key) for key in schema} for row in rows], schema=schema, strict=False)


@dataclass(frozen=True)
class Facts:
    """Everything known about one service, before any judgement.

    `collected_until` is the moment up to which the sources were read: windows end there, not at the wall clock.
    `history_start` is the moment from which facts are complete (a shallow clone starts late); None = from the
    first fact.
    """

    collected_until: datetime
    changes: pl.DataFrame = field(default_factory=lambda: empty(CHANGES))
    deployments: pl.DataFrame = field(default_factory=lambda: empty(DEPLOYMENTS))
    incidents: pl.DataFrame = field(default_factory=lambda: empty(INCIDENTS))
    corrections: pl.DataFrame = field(default_factory=lambda: empty(CORRECTIONS))
    history_start: datetime | None = None


#: What was read of each service of a fleet; as the fields of Facts.
READ = pl.Schema({"service": pl.Int64, "collected_until": INSTANT, "history_start": INSTANT})


@dataclass(frozen=True)
class FleetFacts:
    """Everything known about many services: `services` has one row each (frame READ); the other frames are those of
    Facts with a first column `service`."""

    services: pl.DataFrame
    changes: pl.DataFrame
    deployments: pl.DataFrame
    incidents: pl.DataFrame
    corrections: pl.DataFrame

    @classmethod
    def of(cls, known: Mapping[int, Facts]) -> "FleetFacts":
        """The facts of these services, by number, side by side."""
        numbers = list(known)
        read = {
            "service": numbers,
            "collected_until": [each.collected_until for each in known.values()],
            "history_start": [each.history_start for each in known.values()],
        }

        def together(name: str, schema: pl.Schema) -> pl.DataFrame:
            shape = {"service": pl.Int64, **schema}
            frames = [
                getattr(known[one], name).select(
                    service=pl.lit(one, pl.Int64), **{column: pl.col(column) for column in schema}
                )
                for one in numbers
            ]
            return pl.concat([pl.DataFrame(schema=shape), *frames])

        return cls(
            pl.DataFrame(read, schema=READ),
            together("changes", CHANGES),
            together("deployments", DEPLOYMENTS),
            together("incidents", INCIDENTS),
            together("corrections", CORRECTIONS),
        )

    def alone(self, service: int) -> Facts:
        """Those of one service. Raises KeyError when it is not among them."""
        mine = self.services.filter(service=service)
        if mine.is_empty():
            raise KeyError(service)
        frames = {
            name: getattr(self, name).filter(service=service).drop("service")
            for name in ("changes", "deployments", "incidents", "corrections")
        }
        return Facts(**frames, **mine.drop("service").row(0, named=True))

    def only(self, services: Collection[int]) -> "FleetFacts":
        """Those of these services."""
        names = ("services", "changes", "deployments", "incidents", "corrections")
        mine = pl.col("service").is_in(list(services))
        return FleetFacts(**{name: getattr(self, name).filter(mine) for name in names})
