"""Facts, as received. No fact names a person."""

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field

from data.tables.base import Base, instant, key, many_key, only_where, text


class TrunkCommit(Base, table=True):
    """Every commit known, with its place on trunk; off trunk, the highest trunk position it contains."""

    __tablename__ = "trunk_commit"
    repository_id: int = key("repository.id", primary_key=True)
    sha: str = Field(primary_key=True)
    source_id: int = key("source.id", index=True)
    position: int | None = None  # null: contains no trunk commit
    on_trunk: bool


class Change(Base, table=True):
    """See `assessments.delivery.facts.CHANGES`; `paths` and `reverts` are lines of text."""

    __table_args__ = (
        UniqueConstraint("repository_id", "source_id", "change_id"),
        Index("ix_change_repository_merged", "repository_id", "merged_at"),
        Index("ix_change_reverting", "repository_id", **only_where("reverts IS NOT NULL")),
    )
    id: int | None = many_key()
    repository_id: int = key("repository.id")
    source_id: int = key("source.id", index=True)
    service_id: int | None = key("service.id", default=None, index=True)  # null: for every service of the repository
    change_id: str
    number: int | None = None
    kind: str
    title: str = text()
    merge_sha: str | None = None
    position: int | None = None
    authored_at: int | None = instant(default=None)
    opened_at: int | None = instant(default=None)
    ready_at: int | None = instant(default=None)
    first_review_at: int | None = instant(default=None)
    first_approval_at: int | None = instant(default=None)
    merged_at: int | None = instant(default=None)
    reverts: str | None = text(default=None)
    paths: str | None = text(default=None)
    url: str | None = text(default=None)
    lines: int | None = None  # added and removed, without files that nobody writes; null: not collected
    automatic: bool | None = None  # opened by a program


class Deployment(Base, table=True):
    """See `assessments.delivery.facts.DEPLOYMENTS`."""

    __table_args__ = (
        UniqueConstraint("repository_id", "source_id", "deployment_id"),
        Index("ix_deployment_repository_finished", "repository_id", "finished_at"),
    )
    id: int | None = many_key()
    repository_id: int = key("repository.id")
    source_id: int = key("source.id", index=True)
    service_id: int | None = key("service.id", default=None, index=True)
    deployment_id: str
    kind: str
    environment: str | None = None
    ref: str | None = text(default=None)
    name: str | None = text(default=None)
    sha: str | None = None
    created_at: int | None = instant(default=None)
    started_at: int | None = instant(default=None)
    finished_at: int | None = instant(default=None)
    status: str
    unplanned: bool | None = None
    url: str | None = text(default=None)
    version: int | None = instant(default=None)  # when its source last changed it, where the source says so


class Incident(Base, table=True):
    """See `assessments.delivery.facts.INCIDENTS`."""

    __table_args__ = (
        UniqueConstraint("service_id", "source_id", "incident_id"),
        Index("ix_incident_service_opened", "service_id", "opened_at"),
    )
    id: int | None = many_key()
    service_id: int = key("service.id")
    source_id: int = key("source.id", index=True)
    incident_id: str
    title: str = text()
    opened_at: int = instant()
    acknowledged_at: int | None = instant(default=None)
    resolved_at: int | None = instant(default=None)
    deployment: str | None = text(default=None)
    url: str | None = text(default=None)


class PipelineRun(Base, table=True):
    """One attempt of one run of a workflow. A service whose rule names workflows has its deployments from them."""

    __tablename__ = "pipeline_run"
    __table_args__ = (
        UniqueConstraint("source_id", "run_id", "attempt"),
        Index("ix_pipeline_run_repository_workflow", "repository_id", "workflow", "finished_at"),
    )
    id: int | None = many_key()
    repository_id: int = key("repository.id")
    source_id: int = key("source.id")
    run_id: str
    attempt: int = 1
    workflow: str
    event: str | None = None  # push, workflow_dispatch, schedule, release, pull_request ...
    branch: str | None = text(default=None)
    sha: str | None = None
    queued_at: int | None = instant(default=None)
    started_at: int | None = instant(default=None)
    finished_at: int | None = instant(default=None)
    conclusion: str | None = None  # success | failure | cancelled | skipped; null = in progress
    url: str | None = text(default=None)
    version: int | None = instant(default=None)


class PipelineJob(Base, table=True):
    """One job of one attempt of a run; of a sample of the runs only, see the feed "jobs" of its source."""

    __tablename__ = "pipeline_job"
    source_id: int = key("source.id", primary_key=True)
    job_id: str = Field(primary_key=True)
    run_id: str
    attempt: int = 1
    name: str = text()
    runner: str | None = text(default=None)  # labels of the runner, separated by commas
    queued_at: int | None = instant(default=None)
    started_at: int | None = instant(default=None)  # null: still in the queue, or never begun
    finished_at: int | None = instant(default=None)
    conclusion: str | None = None
    url: str | None = text(default=None)


class Correction(Base, table=True):
    """What the team says against what was inferred. Never deleted by undoing: `undone_at` is set."""

    id: int | None = Field(default=None, primary_key=True)
    service_id: int = key("service.id", index=True)
    kind: str  # assessments.delivery.facts.CORRECTION_KINDS
    subject: str = text()
    target: str | None = text(default=None)
    at: int | None = instant(default=None)
    reason: str = text()
    person_id: int | None = Field(default=None, foreign_key="person.id", ondelete="SET NULL")
    created_at: int = instant()
    undone_at: int | None = instant(default=None)
    undone_by: int | None = Field(default=None, foreign_key="person.id", ondelete="SET NULL")
