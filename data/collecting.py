"""Syncs as jobs: one turn of one source, what it leaves behind, and when the next is due.

The store decides who reads: a source has one live job at most, and of the jobs of one repository one runs at a time.
Sources that were read before and first readings stand in two lanes of their connection, so that neither keeps the other
waiting, and GitHub is never asked by many at once.
"""

import logging
import random

from sqlalchemy import Select, or_, select
from sqlmodel import Session

from data import access, asking_github, jobs, loading, store, work
from data.people import Who
from data.practices import due
from data.sources.github import errors, repository
from data.sources.github.settings import Settings
from data.sources.github.sync import sync
from data.sources.github.values import HOUR, MINUTE, SECOND
from data.tables import Connection, Feed, Job, Service, Source
from data.work import TURN, JobError, Later, Work, handler, has_come, is_ahead

SLICE = 120  # seconds of one turn; whoever needs more stands behind the others again
POLL, WITH_WEBHOOKS, ARCHIVED = 15 * MINUTE, 60 * MINUTE, 24 * HOUR  # from the end of a sync to the next
SPREAD = 0.1  # by how much of it they differ, so that those begun together do not stay together
GAP = 30 * SECOND  # from the end of a sync to the next, however much webhooks have to tell: each costs requests
STOPPED = 6 * HOUR  # until a source that somebody has to see to is tried again by itself
HEARD = 7 * 24 * HOUR  # for so long a webhook counts as working
BATCH = 50  # jobs made at once: nobody else writes meanwhile, and few of them can begin before the next turn
_SOMEBODYS = {"NotFound", "MissingPermission", "BadToken", "Expired", "NotAllowed", "SourceGone", "BadAnswer"}

log = logging.getLogger("milepost.github")


# Who reads


def begin(session: Session, source: Source, who: Who | None) -> int:
    """The job that reads a source: the one that is there already, which waits no longer, or a new one. Call
    `work.start` with it after the transaction."""
    job = session.get(Job, source.job_id, populate_existing=True) if source.job_id else None
    if job is not None and job.state in jobs.LIVE:
        job.due_at = None
        return job.id
    args = {"source_id": source.id, "lock": f"repository:{source.repository_id}"}
    lane = f"github:{source.connection_id}{'' if source.synced_at else ' first'}"
    first = select(Service.id).where(Service.repository_id == source.repository_id).order_by(Service.id).limit(1)
    service_id = source.service_id or session.execute(first).scalar_one_or_none()
    if job is not None and job.created_by is None:  # the schedule would leave thousands
        jobs.renew(job, args, who, service_id, lane)
    else:
        source.job_id = jobs.make(session, "github", args, who, source.organization_id, service_id, lane)
    source.due_at = store.now_us() + period(source)
    session.flush()
    return source.job_id


def schedule() -> list[int]:
    """Begins to read what is due; called every few seconds by each worker, of which the store lets one do it. Returns
    the jobs."""
    due = _due().limit(BATCH)
    with store.reading() as session:
        if not session.execute(due).first():
            return []
    with store.writing(quietly=True) as session:
        made = [begin(session, source, None) for source in session.execute(due).scalars().all()]
    work.start(*made)
    return made


def _due() -> Select:
    """Those that nobody reads and nobody has stopped, longest due first."""
    now = store.now_us()
    return (
        select(Source)
        .join(Connection, Connection.id == Source.connection_id)
        .outerjoin(Job, Job.id == Source.job_id)
        .where(
            Source.kind == "github",
            Source.paused_at.is_(None),
            or_(Source.due_at.is_(None), has_come(Source.due_at, now)),
            or_(Source.due_at.is_not(None), Source.synced_at.is_(None), ~Source.synced_at.between(now - GAP, now)),
            or_(Connection.wait_until.is_(None), has_come(Connection.wait_until, now)),
            or_(Job.id.is_(None), Job.state.not_in(jobs.LIVE)),
        )
        .order_by(Source.due_at, Source.id)
    )


def period(source: Source) -> int:
    """Microseconds from the end of one sync of a source to the next."""
    if chosen := Settings(**(source.settings or {})).poll_minutes:
        return chosen * MINUTE
    heard = source.heard_at is not None and source.heard_at > store.now_us() - HEARD
    return WITH_WEBHOOKS if heard else POLL


# One turn


def _ended(args: dict) -> None:
    """When the source is due again. Of many that were begun together, each a little earlier or later."""
    with store.writing(quietly=True) as session:
        source = session.get(Source, args["source_id"])
        if source is None or source.due_at is None:  # a webhook has said meanwhile that there is more
            return
        job = session.get(Job, source.job_id) if source.job_id else None
        feed = session.get(Feed, (source.id, repository.FEED))
        wait = period(source)
        if feed is not None and (feed.cursor or {}).get("archived"):
            wait = max(wait, ARCHIVED)
        if job is not None and job.state == "failed" and job.args.get("report", {}).get("stopped") in _SOMEBODYS:
            wait = STOPPED
        source.due_at = store.now_us() + round(wait * random.uniform(1 - SPREAD, 1 + SPREAD))  # noqa: S311


@handler("github", says=(errors.GitHubError, access.NotFound), ended=_ended, keeps="what was read stays")
def read(work: Work) -> str:
    """Reads what is new of a source for one turn, and works out the metrics once all is read. Raises Later where it has
    to go on another time; what was read until then is saved."""
    connection = _connection(work)
    api, before = asking_github.signed_in(connection), work.args.get("report", {})
    try:
        report = sync(
            work.args["source_id"],
            api,
            progress=work.progress,
            until=api.clock.now() + SLICE,
            sweep=bool(work.args.get("sweep")),
            claim=work.hold,
        )
    except errors.Paused as error:
        asking_github.refused(connection.id, error)
        waits = isinstance(error, errors.Limited | errors.Unavailable)
        raise (Later(str(error), error.resume_at) if waits else Later(TURN, store.now_us() / SECOND)) from None
    except errors.GitHubError as error:
        asking_github.refused(connection.id, error)
        work.report(stopped=type(error).__name__)
        raise
    finally:
        api.close()
        asking_github.used(connection.id, api)
        calls = {name: before.get(name, 0) + getattr(api, name) for name in ("calls", "counted")}
        work.report(**calls)
    asking_github.let_in(connection.id)
    work.report(new=report.new, problems=report.problems, stopped=None)
    with store.reading() as session:
        source = session.get(Source, work.args["source_id"])
        mine = select(Service.id).where(Service.repository_id == source.repository_id) if source else None
        services = list(session.execute(mine.order_by(Service.id)).scalars()) if source else []
    due.moved_at_github(work.args["source_id"])
    loading.refresh(services, work)
    return report.sentence


def _connection(work: Work) -> Connection:
    """By which to read now. Raises JobError, Later, and what kept the connection out the last time."""
    with store.reading() as session:
        source = session.get(Source, work.args["source_id"])
        if source is None:
            raise JobError("This source was removed meanwhile.")
        if source.paused_at is not None:
            raise JobError("The reading of this repository was stopped; what was read stays.")
        connection = session.get(Connection, source.connection_id) if source.connection_id else None
    if connection is None:
        raise JobError("This source has no connection any more: add its repository again with another one.")
    if is_ahead(connection.wait_until, store.now_us()):
        if connection.problem:
            work.report(stopped="BadToken")
            raise JobError(connection.problem)
        raise Later("GitHub's limit is used up.", connection.wait_until / SECOND)
    return connection
