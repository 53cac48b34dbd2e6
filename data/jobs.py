"""Work in the background as people see it and ask for it. How it is carried out: `data.work`.

The table `job` is the truth; the queue is Huey's and only says which job is next.
"""

import logging
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING

import redis
from huey import Huey, RedisHuey, SqliteHuey
from sqlalchemy import false, or_, select
from sqlmodel import Session

from data import access, environment, store
from data.queued import PlainSerializer
from data.tables import Job, Service, Team

if TYPE_CHECKING:
    from data.people import Who

LIVE = ("queued", "running")
REDIS = "MILEPOST_REDIS_URL"
_SCHEMES = ("redis://", "rediss://", "unix://")
_REDIS_SECONDS = 5  # until a Redis that does not answer is given up

log = logging.getLogger("milepost.jobs")


@dataclass(frozen=True)
class JobView:
    """A job as people see it. `total` is None until it is known. `rate`: done in a second, lately. `due_at`: until then
    it waits, and goes on by itself. `report` is what the job leaves to be read: lists and
    plain values."""

    id: int
    kind: str
    state: str  # queued | running | done | failed | cancelled
    done: int
    total: int | None
    rate: float | None
    message: str
    organization_id: int
    service_id: int | None
    source_id: int | None
    attempts: int
    created_at: datetime
    started_at: datetime | None
    heartbeat_at: datetime | None
    finished_at: datetime | None
    due_at: datetime | None
    report: dict

    @property
    def is_live(self) -> bool:
        return self.state in LIVE


# What people see and ask for


def add(
    session: Session, kind: str, args: dict, who: "Who | None", organization_id: int, service_id: int | None
) -> int:
    """A new job in the transaction of its reason; call `push` after it. Returns its id, or that of one that waits with
    the same arguments.

    `args` are plain values; of those with the same `lock` only one runs at a time; `source_id` names its source.
    """
    waiting = select(Job).where(Job.kind == kind, Job.state == "queued", Job.organization_id == organization_id)
    for job in session.execute(waiting).scalars():
        if job.args == args:
            return job.id
    return make(session, kind, args, who, organization_id, service_id)


def make(
    session: Session,
    kind: str,
    args: dict,
    who: "Who | None",
    organization_id: int,
    service_id: int | None,
    lane: str | None = None,
) -> int:
    """As `add`, for a caller who knows that none waits. lane: of the jobs in the same one only a few run at a time, and
    `work.dispatch` takes the place of `push`."""
    job = Job(
        kind=kind,
        args=args,
        organization_id=organization_id,
        service_id=service_id,
        lane=lane,
        created_by=who.id if who else None,
        created_at=store.now_us(),
    )
    session.add(job)
    session.flush()
    return job.id


def renew(job: Job, args: dict, who: "Who | None", service_id: int | None, lane: str | None) -> None:
    """Lets a job that has ended wait once more, as `add` makes a new one. Its turns go on counting, so that a worker
    that was taken for dead does not take it for its own."""
    job.args, job.service_id, job.lane, job.created_by = args, service_id, lane, who.id if who else None
    job.state, job.done, job.total, job.rate, job.message, job.attempts = "queued", 0, None, None, "", 0
    job.created_at, job.started_at, job.heartbeat_at, job.finished_at, job.due_at = (
        store.now_us(),
        None,
        None,
        None,
        None,
    )


def push(job_id: int, delay: float = 0) -> int:
    """Puts a saved job into the queue, after `delay` seconds. Returns its id. While the queue's Redis is away the job
    waits in the store, where workers look for what was lost (`work.recover`)."""
    task = _queue(*_place())[1]
    try:
        if delay:
            task.schedule(args=(job_id,), delay=delay)
        else:
            task(job_id)
    except redis.RedisError as error:
        log.warning("the Redis of the queue does not answer (%s): job %s waits", type(error).__name__, job_id)
    return job_id


def enqueue(kind: str, args: dict, who: "Who | None", organization_id: int, service_id: int | None = None) -> int:
    """Saves a new job and puts it into the queue; its id. Not inside a transaction: the worker must see the row."""
    with store.writing(quietly=True) as session:
        job_id = add(session, kind, args, who, organization_id, service_id)
    return push(job_id)


def progress(job_id: int) -> JobView | None:
    """The job as it stands, None when there is none."""
    with store.reading() as session:
        job = session.get(Job, job_id)
        return view(job) if job else None


def active(organization_id: int) -> list[JobView]:
    """What waits or runs, oldest first."""
    return _select(Job.organization_id == organization_id, Job.state.in_(LIVE), order=Job.id.asc())


def asked_for(who: "Who") -> list[JobView]:
    """What waits or runs because somebody asked for it, oldest first, as far as the person may see it; not what goes on
    by itself, and neither syncs with GitHub nor looks at repositories or checks of proofs of concept, of which
    `syncing.status`, `looks.status` and `checking.running` tell."""
    mine = (Job.state.in_(LIVE), Job.created_by.is_not(None), Job.kind.not_in(("github", "evidence", "proof")))
    return _select(_seen_by(who), *mine, order=Job.id.asc())


def recent(who: "Who", limit: int = 50) -> list[JobView]:
    """The newest jobs that the person may see, whatever became of them, newest first."""
    return _select(_seen_by(who), order=Job.id.desc(), limit=limit)


def _seen_by(who: "Who"):
    """The condition for jobs that a person may see, as they name repositories and say what is in them: an administrator
    all of the organization, others those of services that they see, and those that they began. Those who only lead do
    not see checks of proofs of concept."""
    if not who.is_active:
        return false()
    services = select(Service.id).join(Team, Team.id == Service.team_id)
    seen = [Job.created_by == who.id]
    for organization in sorted(who.organizations):
        whole = access.Subject(organization)
        if access.may(who, access.Action.ADMINISTER, whole):
            seen.append(Job.organization_id == organization)
            continue
        teams = [team for each, team, _ in who.team_roles if each == organization]
        seen.append(Job.service_id.in_(services.where(Team.id.in_(teams))))
        if access.may(who, access.Action.VIEW_ROWS, whole):
            of_all = Job.service_id.in_(services.where(Team.organization_id == organization))
            proofs = access.may(who, access.Action.VIEW_PROOFS, whole)
            seen.append(of_all if proofs else of_all & (Job.kind != "proof"))
    return or_(*seen)


def latest(source_id: int) -> JobView | None:
    """The newest job of a source."""
    return next(iter(_select(Job.args["source_id"].as_integer() == source_id, order=Job.id.desc(), limit=1)), None)


def cancel(who: "Who", job_id: int) -> None:
    """Stops a job that waits, or runs: then at its next progress, and nothing of it is saved. One that has saved its
    facts already runs to its end.

    Raises Forbidden, NotFound.
    """
    with store.reading() as session:
        job = session.get(Job, job_id)
        if job is None:
            raise access.NotFound(f"There is no job {job_id}.")
        of = access.of_service(job.service_id) if job.service_id else access.of_organization(job.organization_id)
        _check(who, job, of)
    stop(job_id)


def stop(job_id: int) -> None:
    """The same, for a caller who has asked who may. Raises NotFound."""
    from data import work

    with store.writing(quietly=True) as session:
        job = session.get(Job, job_id)
        if job is None:
            raise access.NotFound(f"There is no job {job_id}.")
        handler = work.handler_of(job.kind)
        waited = job.state == "queued" and not job.args.get("saved")
        if job.state in LIVE and not job.args.get("saved"):
            close(job, "cancelled", f"Cancelled; {handler.keeps}.")
    if waited:
        handler.ended(job.args)


def _check(who: "Who", job: Job, of: access.Subject) -> None:
    """Work on no service is its organization's; who began it themselves may also lead any of its teams."""
    own = [access.Subject(*team[:2]) for team in who.team_roles if team[0] == job.organization_id]
    begun = of.team_id is None and job.created_by == who.id
    for subject in own if begun else ():
        if access.may(who, access.Action.ADD_SOURCE, subject):
            of = subject
    access.check(who, access.Action.ADD_SOURCE, of)


def _select(*where, order, limit: int | None = None) -> list[JobView]:
    with store.reading() as session:
        return [view(job) for job in session.execute(select(Job).where(*where).order_by(order).limit(limit)).scalars()]


def view(job: Job) -> JobView:
    """A row as people see it."""
    moments = ("created_at", "started_at", "heartbeat_at", "finished_at", "due_at")
    same = ("id", "kind", "state", "done", "total", "rate", "message", "organization_id", "service_id", "attempts")
    return JobView(
        **{name: getattr(job, name) for name in same},
        **{name: store.from_us(getattr(job, name)) for name in moments},
        source_id=job.args.get("source_id"),
        report=job.args.get("report", {}),
    )


def close(job: Job, state: str, message: str) -> None:
    """Ends a job, in the transaction of its session."""
    job.state, job.message, job.finished_at, job.due_at, job.rate = state, message, store.now_us(), None, None


# The queue and the worker


def queue() -> Huey:
    """The queue: in the home, or in the Redis that MILEPOST_REDIS_URL names. MILEPOST_JOBS=immediate does each job at
    once, in the caller. Raises Unusable for a MILEPOST_REDIS_URL that is none."""
    return _queue(*_place())[0]


def shared() -> bool:
    """Whether the queue is in a Redis, which any number of workers may share."""
    return bool(environment.given(REDIS))


def check_place() -> None:
    """Raises Unusable for a MILEPOST_REDIS_URL that is none."""
    place, _ = _place()
    if place.startswith(_SCHEMES):
        _pool(place)


def check_answers() -> None:
    """Raises Unusable where the Redis of the queue does not answer, or lets nobody in."""
    try:
        with redis.Redis(connection_pool=_pool(_place()[0])) as asked:
            asked.ping()
    except redis.AuthenticationError:
        raise store.Unusable(f"The Redis of the queue refuses the password in {REDIS}: mend it.") from None
    except redis.RedisError:
        raise store.Unusable(f"The Redis of the queue does not answer: start it, or mend {REDIS}.") from None


def _place() -> tuple[str, bool]:
    immediate = environment.value("MILEPOST_JOBS") == "immediate"
    if not shared():
        return str(store.home() / "queue.db"), immediate
    address = environment.value(REDIS)
    if not address.startswith(_SCHEMES):
        raise store.Unusable(f"{REDIS} must begin with redis://, rediss:// or unix://: mend it, or unset it.")
    return address, immediate


@cache
def _queue(place: str, immediate: bool):
    from data import work

    options = {"immediate": immediate, "results": False, "serializer": PlainSerializer()}
    if place.startswith(_SCHEMES):
        made = RedisHuey("milepost", connection_pool=_pool(place), **options)
    else:
        made = SqliteHuey("milepost", filename=place, timeout=store.WAIT_SECONDS, **options)
    return made, made.task(name="run")(work.run)


def _pool(address: str) -> redis.ConnectionPool:
    """Connections that give up in time. Raises Unusable without repeating the address: it may hold a password."""
    try:
        return redis.ConnectionPool.from_url(
            address, socket_connect_timeout=_REDIS_SECONDS, socket_timeout=_REDIS_SECONDS, health_check_interval=30
        )
    except (ValueError, TypeError):
        raise store.Unusable(f"{REDIS} cannot be read as an address of a Redis: mend it, or unset it.") from None


def run_worker() -> int:
    """The worker process of this home, until it is told to stop; its exit code. See `data.worker`."""
    from data import worker

    return worker.run()


def start_worker():
    """A worker in a process of its own, started again when it dies; `stop()` ends it. See `data.worker`."""
    from data import worker

    return worker.Supervisor()
