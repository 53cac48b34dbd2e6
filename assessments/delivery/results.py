"""What comes out of judging: three frames a page can list row by row, and the metrics of a window.

Durations are integer microseconds so that the stages of a change add up to its lead time exactly.
"""

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

import polars as pl

from assessments.delivery.facts import INSTANT

STAGES = ("coding", "draft", "waiting_for_review", "review", "waiting_to_merge", "waiting_to_deploy", "deploying")

JUDGED = pl.Schema(
    {
        "deployment_id": pl.String,
        "kind": pl.String,
        "environment": pl.String,
        "ref": pl.String,
        "sha": pl.String,
        "url": pl.String,
        "position": pl.Int64,
        "started_at": INSTANT,
        "finished_at": INSTANT,
        "week": pl.Date,  # Monday of the ISO week of the finish, UTC
        "status": pl.String,
        "counts": pl.Boolean,  # a production deployment (attempt) under the rule in use
        "reason": pl.String,  # one sentence: why it counts or does not
        "stands_for": pl.String,  # the counted deployment that it is, or is one with; null = not production
        "role": pl.String,  # first, forward, redeployment, rollback, roll_forward, side_release, unknown, attempt
        "previous_id": pl.String,  # the successful deployment before it
        "ships": pl.Int64,  # number of changes; null = not known
        "reached_users": pl.Boolean,
        "failed": pl.Boolean,  # confirmed: led to a failure needing intervention
        "candidate": pl.Boolean,  # inferred from a revert, rollback or hotfix, not confirmed
        "recovered_at": INSTANT,  # of the confirmed failure; null = open or none
        "candidate_recovered_at": INSTANT,
        "rework": pl.Boolean,  # confirmed: unplanned repair of a user-visible problem
        "rework_candidate": pl.Boolean,
        "unplanned": pl.Boolean,
    }
)

SHIPPED = pl.Schema(
    {
        "change_id": pl.String,
        "number": pl.Int64,
        "kind": pl.String,
        "title": pl.String,
        "merge_sha": pl.String,
        "url": pl.String,
        "position": pl.Int64,
        "merged_at": INSTANT,
        "state": pl.String,  # shipped | waiting | before_history | not_on_trunk
        "deployment_id": pl.String,  # that shipped it
        "finished_at": INSTANT,
        "week": pl.Date,
        "series": pl.String,  # lead_time | merge_to_production (first commit hidden by squash or rebase)
        "lead_us": pl.Int64,  # of its series; null unless shipped
        **{f"{stage}_us": pl.Int64 for stage in STAGES},  # null where its boundaries are not known
        "clamped": pl.Boolean,  # a boundary had to be moved
        "reviewed": pl.Boolean,  # null = reviews not collected for it
        "paths_unknown": pl.Boolean,  # counted although it may not touch the service
    }
)

FAILURES = pl.Schema(
    {
        "deployment_id": pl.String,  # that failed; null = unlinked incident
        "signal": pl.String,  # correction | explicit_link | incident | revert | rollback | hotfix
        "confidence": pl.String,  # high | medium | low
        "state": pl.String,  # confirmed | candidate | rejected | unlinked
        "evidence_id": pl.String,  # incident_id, change_id or deployment_id
        "evidence_title": pl.String,
        "evidence_url": pl.String,
        "began_at": INSTANT,
        "recovered_at": INSTANT,  # null = open
        "why": pl.String,  # one sentence
    }
)


@dataclass(frozen=True)
class Delivery:
    """One service, judged. `deployments` has every deployment known, counted or not (frame JUDGED), `changes` every
    change that touches the service (SHIPPED), `failures` every signal (FAILURES)."""

    deployments: pl.DataFrame
    changes: pl.DataFrame
    failures: pl.DataFrame
    incidents_collected: bool
    existed_from: datetime | None  # first fact of the service; None = there is none
    collected_until: datetime
    rules_version: int
    attribution_hours: float = 24  # until then a late incident can still change a week
    deploys: bool = False  # at least one production deployment is known, in the frames or before them
    has_changes: bool = False  # at least one change is known, likewise


#: What is known of each service of a fleet as a whole; as the fields of Delivery.
FLEET = pl.Schema(
    {
        "service": pl.Int64,
        "incidents_collected": pl.Boolean,
        "existed_from": INSTANT,
        "collected_until": INSTANT,
        "attribution_hours": pl.Float64,
        "deploys": pl.Boolean,
        "has_changes": pl.Boolean,
    }
)


@dataclass(frozen=True)
class Fleet:
    """Many services, judged in one pass. `services` has one row each (frame FLEET); the other frames are those of
    Delivery with a first column `service`, in order of service."""

    services: pl.DataFrame
    deployments: pl.DataFrame
    changes: pl.DataFrame
    failures: pl.DataFrame
    rules_version: int

    def of(self, service: int) -> Delivery:
        """One of them. Raises KeyError when it is not among them."""
        mine = self.services.filter(service=service)
        if mine.is_empty():
            raise KeyError(service)
        frames = {
            name: getattr(self, name).filter(service=service).drop("service")
            for name in ("deployments", "changes", "failures")
        }
        return Delivery(**frames, **mine.drop("service").row(0, named=True), rules_version=self.rules_version)

    def without(self, services: Collection[int]) -> "Fleet":
        """The others."""
        if not services:
            return self
        names = ("services", "deployments", "changes", "failures")
        others = ~pl.col("service").is_in(list(services))
        return replace(self, **{name: getattr(self, name).filter(others) for name in names})


class State(StrEnum):
    """Why there is a value, or why there is none. None of the last four is zero."""

    VALUE = "value"
    TOO_FEW = "too_few"  # something happened, not enough to judge; the values are listed
    NONE_HAPPENED = "none_happened"  # collected, and nothing of the kind took place
    NOT_COLLECTED = "not_collected"  # no source for it is connected
    NO_DATA = "no_data"  # a source is connected, but holds nothing about this window


@dataclass(frozen=True)
class Metric:
    """One number and all that must stand beside it.

    value, low, high: in `unit` (hours, per day, share); low and high are the 95 % interval, None where there is none.
    n: how many values or events; of: the denominator of a share; p90 with its own interval for lead times.
    basis: `measured`, or `inferred` (reverts, rollbacks, hotfixes: low confidence, no band, never in a goal).
    censored: open failures as ages so far, in hours. extra: further named figures (median days between deployments...).
    """

    key: str
    state: State
    unit: str
    value: float | None = None
    low: float | None = None
    high: float | None = None
    n: int = 0
    of: int | None = None
    method: str = ""  # name of the interval's method
    interval_note: str = ""  # why there is no interval
    p90: float | None = None
    p90_low: float | None = None
    p90_high: float | None = None
    values: tuple[float, ...] = ()  # listed when too few
    censored: tuple[float, ...] = ()
    basis: str = "measured"
    extra: dict[str, float | int | str | None] = field(default_factory=dict)


@dataclass(frozen=True)
class Stage:
    """One stage of lead time in a window: median, and share of summed lead time, over changes whose stage is known."""

    key: str
    n: int
    unknown: int
    median_hours: float | None
    mean_hours: float | None
    share: float | None


@dataclass(frozen=True)
class Coverage:
    """What the numbers of a window do not cover, as counts."""

    changes_merged: int
    changes_never_deployed: int
    changes_before_history: int
    changes_first_commit_hidden: int
    changes_clamped: int
    changes_paths_unknown: int
    deployments_counted: int
    deployments_without_change: int
    deployments_commit_unknown: int
    failed_attempts: int
    incidents: int
    incidents_unlinked: int


@dataclass(frozen=True)
class Summary:
    """The metrics of one window [start, end). Keys of `metrics`, in display order: lead_time, merge_to_production,
    deployment_frequency, recovery_time, change_fail_rate, rework_rate, and recovery_time_inferred,
    change_fail_rate_inferred, rework_rate_inferred."""

    start: datetime
    end: datetime
    metrics: dict[str, Metric]
    stages: tuple[Stage, ...]
    coverage: Coverage
    rules_version: int
