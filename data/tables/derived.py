"""Derived: thrown away and computed again."""

from datetime import date

from sqlalchemy import Index
from sqlmodel import Field

from data.tables.base import Base, instant, key, many_key, text


class JudgedDeployment(Base, table=True):
    """See `assessments.delivery.results.JUDGED`; `week` is the Monday."""

    __tablename__ = "judged_deployment"
    __table_args__ = (
        Index("ix_judged_deployment_service_finished", "service_id", "finished_at"),
        Index("ix_judged_deployment_service_position", "service_id", "position"),
        Index("ix_judged_deployment_service_deployment", "service_id", "deployment_id"),
    )
    id: int | None = many_key()
    service_id: int = key("service.id")
    deployment_id: str
    kind: str
    environment: str | None = None
    ref: str | None = text(default=None)
    sha: str | None = None
    url: str | None = text(default=None)
    position: int | None = None
    started_at: int | None = instant(default=None)
    finished_at: int | None = instant(default=None)
    week: date | None = None
    status: str
    counts: bool
    reason: str = text()
    stands_for: str | None = None
    role: str
    previous_id: str | None = None
    ships: int | None = None
    reached_users: bool
    failed: bool
    candidate: bool
    recovered_at: int | None = instant(default=None)
    candidate_recovered_at: int | None = instant(default=None)
    rework: bool
    rework_candidate: bool
    unplanned: bool | None = None


class ShippedChange(Base, table=True):
    """See `assessments.delivery.results.SHIPPED`; durations in microseconds."""

    __tablename__ = "shipped_change"
    __table_args__ = (
        Index("ix_shipped_change_service_finished", "service_id", "finished_at"),
        Index("ix_shipped_change_service_merged", "service_id", "merged_at"),
        Index("ix_shipped_change_service_position", "service_id", "position"),
    )
    id: int | None = many_key()
    service_id: int = key("service.id")
    change_id: str
    number: int | None = None
    kind: str
    title: str = text()
    merge_sha: str | None = None
    url: str | None = text(default=None)
    position: int | None = None
    merged_at: int | None = instant(default=None)
    state: str
    deployment_id: str | None = None
    finished_at: int | None = instant(default=None)
    week: date | None = None
    series: str
    lead_us: int | None = instant(default=None)
    coding_us: int | None = instant(default=None)
    draft_us: int | None = instant(default=None)
    waiting_for_review_us: int | None = instant(default=None)
    review_us: int | None = instant(default=None)
    waiting_to_merge_us: int | None = instant(default=None)
    waiting_to_deploy_us: int | None = instant(default=None)
    deploying_us: int | None = instant(default=None)
    clamped: bool
    reviewed: bool | None = None
    paths_unknown: bool = False


class Failure(Base, table=True):
    """See `assessments.delivery.results.FAILURES`."""

    __table_args__ = (
        Index("ix_failure_service_began", "service_id", "began_at"),
        Index("ix_failure_service_recovered", "service_id", "recovered_at"),
    )
    id: int | None = many_key()
    service_id: int = key("service.id")
    deployment_id: str | None = None
    signal: str
    confidence: str
    state: str
    evidence_id: str | None = None
    evidence_title: str | None = text(default=None)
    evidence_url: str | None = text(default=None)
    began_at: int | None = instant(default=None)
    recovered_at: int | None = instant(default=None)
    why: str = text()


class PackedWeek(Base, table=True):
    """The value parts of one service and ISO week, exact: what any window of any number of services is computed from.
    See `assessments.delivery.parts`."""

    __tablename__ = "packed_week"
    service_id: int = key("service.id", primary_key=True)
    week: date = Field(primary_key=True)  # Monday
    deployments: bytes
    changes: bytes
    merges: bytes
    incidents: bytes


class CellBlock(Base, table=True):
    """The weekly cells of a service in up to 52 weeks, see `assessments.delivery.blocks`."""

    __tablename__ = "cell_block"
    service_id: int = key("service.id", primary_key=True)
    block: int = Field(primary_key=True)
    week: date  # Monday of the first week in it
    cells: bytes
