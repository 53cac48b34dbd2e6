"""The tables. Instants are integers: microseconds since 1970-01-01 UTC (negative before), never naive datetimes.

Facts are kept as received, so that a changed rule re-derives everything; derived tables and cells can always be thrown
away and computed again. No fact names a person.
"""

from datetime import date

from sqlalchemy import JSON, BigInteger, Index, Integer, MetaData, Text, UniqueConstraint
from sqlalchemy import text as sql
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel

# Every constraint has a name, so that a later migration can drop or change it.
NAMES = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(SQLModel, registry=registry(metadata=MetaData(naming_convention=NAMES))):
    """Own registry: editing this file while the portal runs does not define every table twice."""


def key(target: str, **options):
    """A foreign key whose row goes when its owner goes."""
    return Field(foreign_key=target, ondelete="CASCADE", **options)


def instant(**options):
    """Microseconds UTC."""
    return Field(sa_type=BigInteger, **options)


def many_key():
    """The key of a table whose rows come and go by the million; on SQLite every integer is large."""
    return Field(default=None, primary_key=True, sa_type=BigInteger().with_variant(Integer(), "sqlite"))


def _only_where(condition: str) -> dict:
    """An index of the few rows for which that holds."""
    return {"sqlite_where": sql(condition), "postgresql_where": sql(condition)}


def text(**options):
    return Field(sa_type=Text, **options)


def json(**options):
    return Field(sa_type=JSON(none_as_null=True), **options)


# Who and whose


class Organization(Base, table=True):
    id: int | None = Field(default=None, primary_key=True)
    name: str
    is_demo: bool = False
    created_at: int = instant()


class Person(Base, table=True):
    __table_args__ = (UniqueConstraint("provider", "subject"),)
    id: int | None = Field(default=None, primary_key=True)
    provider: str  # local | oidc issuer
    subject: str
    name: str
    email: str | None = None
    is_active: bool = True
    created_at: int = instant()
    signed_in_at: int | None = instant(default=None)  # the last time


class PersonRole(Base, table=True):
    """A role in the whole organization, given in Milepost: leader | coach | admin."""

    __tablename__ = "person_role"
    person_id: int = key("person.id", primary_key=True)
    organization_id: int = key("organization.id", primary_key=True)
    role: str = Field(primary_key=True)


class Team(Base, table=True):
    __table_args__ = (UniqueConstraint("organization_id", "name"),)
    id: int | None = Field(default=None, primary_key=True)
    organization_id: int = key("organization.id", index=True)
    name: str
    created_at: int = instant()


class Membership(Base, table=True):
    """A role in one team, given in Milepost: member | team_lead."""

    person_id: int = key("person.id", primary_key=True)
    team_id: int = key("team.id", primary_key=True)
    role: str


class ProvidedRole(Base, table=True):
    """A role that came with the groups of the last sign-in, replaced whole by the next one; besides those given in
    Milepost. Without a team it is one in the organization."""

    __tablename__ = "provided_role"
    id: int | None = Field(default=None, primary_key=True)
    person_id: int = key("person.id", index=True)
    organization_id: int = key("organization.id", index=True)
    team_id: int | None = key("team.id", default=None, index=True)
    role: str


class SignIn(Base, table=True):
    """Somebody who came in through the provider and has not left yet: a session. See `data.sessions`."""

    __tablename__ = "sign_in"
    digest: str = Field(primary_key=True)  # sha256 of what the cookie holds
    person_id: int = key("person.id", index=True)
    created_at: int = instant()
    ends_at: int = instant(index=True)


class Repository(Base, table=True):
    """A repository, or for services that only have imports a place where their facts live (`path` is null)."""

    __table_args__ = (UniqueConstraint("organization_id", "key"),)
    id: int | None = Field(default=None, primary_key=True)
    organization_id: int = key("organization.id", index=True)
    key: str = text()  # git:<canonical path> or import:<random>
    name: str
    path: str | None = text(default=None)
    web_url: str | None = text(default=None)  # https link without a trailing slash, for links to commits
    default_branch: str | None = None
    created_at: int = instant()
    github_id: int | None = instant(default=None)  # GitHub's number: it stays when a repository is renamed or moves
    full_name: str | None = text(default=None)  # owner/name at GitHub, as last seen


class Service(Base, table=True):
    """What is delivered: a repository (or paths in it) of a team.

    `settings` is `assessments.delivery.settings.Settings` as JSON, null until somebody has chosen what counts as a
    production deployment.
    """

    __table_args__ = (UniqueConstraint("team_id", "name"),)
    id: int | None = Field(default=None, primary_key=True)
    team_id: int = key("team.id", index=True)
    name: str
    repository_id: int = key("repository.id", index=True)
    settings: dict | None = json(default=None)
    created_at: int = instant()
    facts_version: int = 0  # raised whenever a fact, correction or setting changes
    dirty_since: int | None = instant(default=None)  # no fact before it has changed since; null: any may have
    derived_version: int = -1  # the facts_version that the derived rows were computed from
    rules_version: int = 0
    derived_with: dict | None = json(default=None)  # the settings that the derived rows were computed with
    existed_from: int | None = instant(default=None)
    collected_until: int | None = instant(default=None)
    environments: list | None = json(default=None)  # of the production deployments
    has_changes: bool = False  # any change is known of it, in its derived rows
    resumable: bool = False  # the next judgement may begin in the middle of the history, see data.tail
    unresolved: dict | None = json(default=None)  # names in incidents that mean no deployment yet -> earliest opening


class Source(Base, table=True):
    """One origin of facts. Removing it removes all that came from it."""

    id: int | None = Field(default=None, primary_key=True)
    organization_id: int = key("organization.id", index=True)
    kind: str  # git | files | demo | github
    name: str = text()
    repository_id: int = key("repository.id", index=True)
    service_id: int | None = key("service.id", default=None, index=True)  # null: for every service of the repository
    cursor: dict | None = json(default=None)  # where the next read goes on
    notes: list | None = json(default=None)  # sentences on what cannot be known (shallow clone ...)
    collected_until: int | None = instant(default=None)
    history_start: int | None = instant(default=None)  # facts are complete from here; null = from the first
    created_at: int = instant()
    created_by: int | None = Field(default=None, foreign_key="person.id", ondelete="SET NULL")
    connection_id: int | None = Field(default=None, foreign_key="connection.id", ondelete="SET NULL", index=True)
    synced_at: int | None = instant(default=None)  # the last sync that came to its end
    settings: dict | None = json(default=None)  # see data.sources.github.settings
    due_at: int | None = instant(default=None, index=True)  # when it is read again; null: as soon as nobody reads it
    paused_at: int | None = instant(default=None)  # somebody has stopped the reading
    heard_at: int | None = instant(default=None)  # when a webhook last spoke of it
    job_id: int | None = Field(default=None, foreign_key="job.id", ondelete="SET NULL", index=True)  # its newest sync


# Facts, as received


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
        Index("ix_change_reverting", "repository_id", **_only_where("reverts IS NOT NULL")),
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


# How facts are fetched from GitHub


class Connection(Base, table=True):
    """A right to read from GitHub. `secret` is a reference (env:NAME, file:/path) or sealed, never a token in clear."""

    id: int | None = Field(default=None, primary_key=True)
    organization_id: int = key("organization.id", index=True)
    kind: str  # github_token | github_app
    base_url: str = text()
    secret: str = text()
    app_id: str | None = None
    installation_id: str | None = None
    login: str | None = None  # whose token, or where the app is installed
    permissions: dict | None = json(default=None)  # see data.sources.github.permissions
    checked_at: int | None = instant(default=None)
    expires_at: int | None = instant(default=None)
    created_by: int | None = Field(default=None, foreign_key="person.id", ondelete="SET NULL")
    created_at: int = instant()
    problem: str | None = text(default=None)  # why GitHub does not let it in, one sentence
    wait_until: int | None = instant(default=None)  # nothing is asked with it before: a limit, or a problem
    quota: dict | None = json(default=None)  # what was left of each limit when it was last used
    listed_at: int | None = instant(default=None)  # when its list of repositories was last read whole


class ConnectionRepository(Base, table=True):
    """A repository that a connection may read, as its list said."""

    __tablename__ = "connection_repository"
    connection_id: int = key("connection.id", primary_key=True)
    github_id: int = instant(primary_key=True)
    full_name: str = text()
    web_url: str = text()
    is_private: bool
    is_archived: bool
    pushed_at: int | None = instant(default=None)


class Feed(Base, table=True):
    """How far one kind of facts of a source has been read; saved with the facts in one transaction."""

    source_id: int = key("source.id", primary_key=True)
    name: str = Field(primary_key=True)  # issues | pulls | commits | deployments | runs | jobs | releases | ...
    cursor: dict | None = json(default=None)
    etag: str | None = text(default=None)
    checked_at: int | None = instant(default=None)  # GitHub's clock when it last answered
    resume_at: int | None = instant(default=None)  # a limit was met: not before
    problem: str | None = text(default=None)  # why it cannot be read, one sentence


class Todo(Base, table=True):
    """Something that has changed at GitHub, and whose details have to be fetched."""

    source_id: int = key("source.id", primary_key=True)
    kind: str = Field(primary_key=True)  # pull | deployment | attempt | jobs
    key: str = Field(primary_key=True)
    version: int = instant()  # microseconds; details older than that do not answer it
    due_at: int | None = instant(default=None)  # null: at once


class Issue(Base, table=True):
    """An issue or a pull request as the feed gave it; changes and incidents are made from it."""

    source_id: int = key("source.id", primary_key=True)
    number: int = Field(primary_key=True)
    node_id: str
    is_pull: bool
    title: str = text()
    is_open: bool
    labels: str | None = text(default=None)  # lines
    deployment: str | None = text(default=None)  # what its text names, see Incident
    created_at: int = instant()
    closed_at: int | None = instant(default=None)
    merged_at: int | None = instant(default=None)
    url: str | None = text(default=None)
    version: int = instant()  # updated_at
    detail_version: int | None = instant(default=None)  # of the details that its change was made from
    span: int | None = None  # commits on trunk that it is, where it is several: after a rebase


class SourceCommit(Base, table=True):
    """A commit as GitHub gave it, from which the order of trunk is worked out."""

    __tablename__ = "source_commit"
    source_id: int = key("source.id", primary_key=True)
    sha: str = Field(primary_key=True)
    parents: str = text()  # shas, separated by spaces
    authored_at: int | None = instant(default=None)
    committed_at: int | None = instant(default=None)
    title: str = text()
    number: int | None = None  # of the pull request that its message names
    reverts: str | None = text(default=None)  # lines


class RepositorySettings(Base, table=True):
    """What GitHub says about how a repository is set up, as received, for the probes of practices."""

    __tablename__ = "repository_settings"
    source_id: int = key("source.id", primary_key=True)
    read_at: int = instant()
    data: dict = json()
    unknown: dict | None = json(default=None)  # what could not be read -> the sentence that says why


# Derived: thrown away and computed again


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


# Work and traces


class Job(Base, table=True):
    """Background work as people see it; the queue itself is Huey's."""

    id: int | None = Field(default=None, primary_key=True)
    kind: str
    args: dict = json(default_factory=dict)
    state: str = Field(default="queued", index=True)  # queued | running | done | failed | cancelled
    done: int = 0
    total: int | None = None  # null: not known yet
    rate: float | None = None  # done in a second, lately
    message: str = text(default="")
    attempts: int = 0  # how often it was begun; a job whose worker died is taken up again, three times at most
    turns: int = 0  # how often it was begun in all, by which a worker knows whether it is still its own
    lane: str | None = None  # only a few jobs of the same lane run at once
    due_at: int | None = instant(default=None)  # it waits until then
    organization_id: int = key("organization.id", index=True)
    service_id: int | None = key("service.id", default=None, index=True)
    created_by: int | None = Field(default=None, foreign_key="person.id", ondelete="SET NULL")
    created_at: int = instant()
    started_at: int | None = instant(default=None)
    heartbeat_at: int | None = instant(default=None)
    finished_at: int | None = instant(default=None)


class AuditEvent(Base, table=True):
    """Who changed what, when."""

    __tablename__ = "audit_event"
    id: int | None = Field(default=None, primary_key=True)
    at: int = instant(index=True)
    person_id: int | None = Field(default=None, foreign_key="person.id", ondelete="SET NULL")
    action: str
    subject: str  # team:3, service:7 ...
    detail: dict | None = json(default=None)
    organization_id: int | None = Field(default=None, foreign_key="organization.id", ondelete="SET NULL", index=True)


class DataVersion(Base, table=True):
    """One row, raised in every transaction that writes: what pages key their caches by."""

    __tablename__ = "data_version"
    id: int = Field(default=1, primary_key=True)
    version: int = 0


# The door for machines


class ApiToken(Base, table=True):
    """What a program shows to be let in, kept as its sha256 only. See `data.tokens`."""

    __tablename__ = "api_token"
    id: int | None = Field(default=None, primary_key=True)
    organization_id: int = key("organization.id", index=True)
    service_id: int | None = key("service.id", default=None, index=True)  # null: for every service of the organization
    name: str
    prefix: str = Field(index=True)  # the first characters, by which people and the look-up know it
    digest: str = Field(unique=True)  # sha256 of the whole secret, hexadecimal
    scopes: str  # separated by spaces
    created_by: int | None = Field(default=None, foreign_key="person.id", ondelete="SET NULL")
    created_at: int = instant()
    expires_at: int | None = instant(default=None)
    revoked_at: int | None = instant(default=None)
    last_used_at: int | None = instant(default=None)  # to the minute


class IdempotencyKey(Base, table=True):
    """What a request that may be sent again was answered, for a day. See `data.api.once`."""

    __tablename__ = "idempotency_key"
    token_id: int = key("api_token.id", primary_key=True)
    key: str = Field(primary_key=True)
    digest: str  # of method, path and body
    attempt: str  # whose it is while there is no answer yet
    answer: str | None = text(default=None)  # JSON; null: in progress
    created_at: int = instant(index=True)


class WebhookDelivery(Base, table=True):
    """What a webhook brought, whose signature was right, until it is processed. See `data.inbox`."""

    __tablename__ = "webhook_delivery"
    __table_args__ = (UniqueConstraint("kind", "delivery_id"), UniqueConstraint("kind", "digest"))
    id: int | None = many_key()
    kind: str  # github
    delivery_id: str
    event: str
    digest: str  # sha256 of event and body: the delivery id is not signed
    body: str | None = text(default=None)  # JSON, only until it is processed
    state: str = Field(default="waiting", index=True)  # waiting | done | ignored | failed
    attempts: int = 0
    problem: str | None = text(default=None)
    received_at: int = instant(index=True)


class IncidentHook(Base, table=True):
    """Where an incident tool sends its webhooks to, for one source. See `data.hooks`."""

    __tablename__ = "incident_hook"
    source_id: int = key("source.id", primary_key=True)
    key: str = Field(unique=True)  # in the URL; it alone lets nobody in
    secret: str = text()  # a reference or sealed, never in clear
    old_secret: str | None = text(default=None)  # during rotation
    created_by: int | None = Field(default=None, foreign_key="person.id", ondelete="SET NULL")
    created_at: int = instant()


class IncidentMark(Base, table=True):
    """The newest event that opened or closed an incident: older ones that come later do not undo it."""

    __tablename__ = "incident_mark"
    source_id: int = key("source.id", primary_key=True)
    incident_id: str = Field(primary_key=True)
    at: int = instant()
    event: str


class Badge(Base, table=True):
    """A service whose numbers anybody with the key may see as a picture. See `data.badges`."""

    service_id: int = key("service.id", primary_key=True)
    key: str = Field(unique=True)
    created_by: int | None = Field(default=None, foreign_key="person.id", ondelete="SET NULL")
    created_at: int = instant()
