"""What `data.gather` asks the store for of whole services: every statement gives a first column `service`."""

import polars as pl
from sqlalchemy import (
    Select,
    Text,
    case,
    cast,
    exists,
    func,
    literal_column,
    or_,
    select,
    union,
)

from assessments.delivery import facts as shapes
from assessments.delivery import globs
from data.tables import (
    Change,
    Correction,
    Deployment,
    Incident,
    PipelineRun,
    Repository,
    Service,
    Source,
    TrunkCommit,
)

SHORTEST = 7  # characters of a sha that mean a commit
WHOLE = 40
EVENTS = ("push", "workflow_dispatch", "schedule", "release", "deployment")  # what deploys; not a pull request
Asked = tuple[Select, pl.Schema]


def visible(table: type, service_id: int):
    """The condition for rows that a service sees: of its repository as a whole, or of itself."""
    own = select(Service.repository_id).where(Service.id == service_id).scalar_subquery()
    return (table.repository_id == own) & or_(table.service_id.is_(None), table.service_id == service_id)


def seen(table: type):
    """The same, where services are joined."""
    mine = or_(table.service_id.is_(None), table.service_id == Service.id)
    return (table.repository_id == Service.repository_id) & mine


def unfinished() -> Select:
    """Sources whose first reading has not come to its end: a part of the facts would be wrong numbers."""
    return select(Source.id).where(Source.kind == "github", Source.synced_at.is_(None))


def services(ids: list[int]) -> Select:
    has_commits = exists().where(TrunkCommit.repository_id == Service.repository_id)
    has_incidents = exists().where(Incident.service_id == Service.id, Incident.source_id.not_in(unfinished()))
    is_begun = exists().where(Source.repository_id == Service.repository_id, Source.id.in_(unfinished()))
    columns = (
        Service.id.label("service"),
        Service.repository_id.label("repository"),
        Service.facts_version,
        Service.derived_version,
        Service.rules_version,
        Service.dirty_since,
        Service.resumable,
        Service.existed_from,
        Service.collected_until.label("derived_until"),
        Service.created_at,
        cast(Service.settings, Text).label("settings"),
        cast(Service.derived_with, Text).label("derived_with"),
        cast(Service.environments, Text).label("environments"),
        cast(Service.unresolved, Text).label("unresolved"),
        has_commits.label("has_commits"),
        has_incidents.label("has_incidents"),
        is_begun.label("is_begun"),
    )
    return select(*columns).where(Service.id.in_(ids)).order_by(Service.id)


def sources(ids: list[int]) -> Select:
    columns = (
        Service.id.label("service"),
        Source.id.label("_source"),
        Source.collected_until,
        Source.history_start,
        cast(Source.cursor, Text).label("cursor"),
        Source.id.in_(unfinished()).label("unfinished"),
    )
    return select(*columns).join(Source, seen(Source)).where(Service.id.in_(ids))


def changes(ids: list[int]) -> Asked:
    return _whole(Change, shapes.CHANGES, seen(Change), ids)


def deployments(ids: list[int]) -> Asked:
    return _whole(Deployment, shapes.DEPLOYMENTS, seen(Deployment), ids)


def incidents(ids: list[int]) -> Asked:
    return _whole(Incident, shapes.INCIDENTS, Incident.service_id == Service.id, ids)


def _whole(table: type, schema: pl.Schema, mine, ids: list[int]) -> Asked:
    columns = facts_of(table, schema)
    asked = select(Service.id.label("service"), *columns).join(table, mine).where(Service.id.in_(ids))
    return asked, shape(schema)


def facts_of(table: type, schema: pl.Schema) -> list:
    """The columns of a table of facts that the schema knows, and which source each row is from."""
    own = [getattr(table, name) for name in schema if hasattr(table, name)]
    return [*own, table.source_id.label("_source")]


def shape(schema: pl.Schema) -> pl.Schema:
    return pl.Schema({"service": pl.Int64, **schema, "_source": pl.Int64})


def corrections(ids: list[int]) -> Asked:
    columns = (
        Correction.service_id.label("service"),
        Correction.id.label("correction_id"),
        Correction.kind,
        Correction.subject,
        Correction.target,
        Correction.at,
    )
    asked = select(*columns).where(Correction.service_id.in_(ids), Correction.undone_at.is_(None))
    return asked, pl.Schema({"service": pl.Int64, **shapes.CORRECTIONS})


def workflows(ids: list[int]) -> Select:
    """The names of the workflows that have run in the repositories of these services.

    From one name to the next by the index, as there are few among many runs.
    """

    def least(*conditions):
        return select(func.min(PipelineRun.workflow)).where(*conditions)

    own = PipelineRun.repository_id == Service.repository_id
    first = least(own).correlate(Service).scalar_subquery().label("workflow")
    names = select(Service.id.label("service"), Service.repository_id.label("repository"), first)
    names = names.where(Service.id.in_(ids)).cte("names", recursive=True)
    higher = (PipelineRun.repository_id == names.c.repository, PipelineRun.workflow > names.c.workflow)
    following = least(*higher).correlate(names).scalar_subquery()
    more = select(names.c.service, names.c.repository, following).where(names.c.workflow.is_not(None))
    names = names.union_all(more)
    return select(names.c.service, names.c.workflow).where(names.c.workflow.is_not(None))


def named(names: pl.DataFrame, wanted: dict[int, str | None]) -> dict[str, list[int]]:
    """The services that want the runs of each workflow, by its name; wanted: the pattern of each, None = every one."""
    found: dict[str, list[int]] = {}
    for pattern in set(wanted.values()):
        those = [service for service, given in wanted.items() if given == pattern]
        rows = names.filter(pl.col("service").is_in(those))
        if pattern is not None:
            expression = globs.names(pattern)
            rows = rows.filter(pl.col("workflow").str.contains(expression)) if expression else rows
        for service, workflow in rows.iter_rows():
            found.setdefault(workflow, []).append(service)
    return found


def runs(wanted: dict[str, list[int]]) -> list[Asked]:
    """The runs of these workflows on the default branch, as deployments."""
    return [
        (runs_of(workflow).where(Service.id.in_(those)), shape(shapes.DEPLOYMENTS))
        for workflow, those in wanted.items()
    ]


def runs_of(workflow: str) -> Select:
    """Of every service of the repository."""
    run = PipelineRun
    failed = run.conclusion.in_(("timed_out", "startup_failure"))
    attempt = literal_column("':'", Text()).concat(cast(run.attempt, Text))
    known = {
        "deployment_id": literal_column("'run:'", Text()).concat(run.run_id).concat(attempt),
        "kind": literal_column("'workflow'", Text()),
        "ref": run.branch,
        "name": run.workflow,
        "sha": run.sha,
        "created_at": run.queued_at,
        "started_at": run.started_at,
        "finished_at": run.finished_at,
        "status": case((run.conclusion.is_(None), "in_progress"), (failed, "failure"), else_=run.conclusion),
        "url": run.url,
    }
    return (
        select(
            Service.id.label("service"),
            *(value.label(name) for name, value in known.items()),
            run.source_id.label("_source"),
        )
        .join(Repository, Repository.id == Service.repository_id)
        .join(run, (run.repository_id == Service.repository_id) & (run.workflow == workflow))
        .where(*deploying())
    )


def deploying() -> tuple:
    """What a run must be to deploy: on the default branch, and not of a pull request."""
    run, own = PipelineRun, Repository.default_branch
    on_trunk = or_(run.branch.is_(None), own.is_(None), run.branch == own)
    return on_trunk, or_(run.event.is_(None), run.event.in_(EVENTS))


def commits(ids: list[int]) -> Select:
    """Only the commits that a change or deployment speaks of; a clone may hold a million others."""
    service = Service.id.label("service")
    changed = select(service, func.lower(Change.merge_sha).label("sha")).join(Change, seen(Change))
    deployed = select(service, func.lower(Deployment.sha)).join(Deployment, seen(Deployment))
    ran = select(service, PipelineRun.sha).join(PipelineRun, PipelineRun.repository_id == Service.repository_id)
    by_workflow = Service.settings["rule"]["kind"].as_string() == "workflow"
    deploying = or_(PipelineRun.event.is_(None), PipelineRun.event.in_(EVENTS))
    asked = (changed.where(Change.position.is_(None)), deployed, ran.where(by_workflow, deploying))
    spoken = union(*(each.where(Service.id.in_(ids)) for each in asked)).subquery("spoken")
    length = func.length(spoken.c.sha)
    columns = (spoken.c.service, TrunkCommit.sha, TrunkCommit.position, TrunkCommit.on_trunk)
    named = select(*columns).join(Service, Service.id == spoken.c.service)
    own = TrunkCommit.repository_id == Service.repository_id
    exact = named.join(TrunkCommit, own & (TrunkCommit.sha == spoken.c.sha))
    short = named.join(TrunkCommit, own & begins(spoken.c.sha)).where(length >= SHORTEST, length < WHOLE)
    found = union(exact, short).subquery("found")
    return select(found.c.service, found.c.sha, found.c.position, found.c.on_trunk)


def begins(sha):
    """Whether a commit's sha begins with that one: shas are hexadecimal, so all that do sort before it with a "g"."""
    return (TrunkCommit.sha >= sha) & (TrunkCommit.sha < sha.concat(literal_column("'g'")))
