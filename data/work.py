"""How jobs are carried out. A job may stand in the queue twice, or be lost from it, and is still done once: `run`
begins only what waits, and `recover` puts back what nobody works on.

A job may stand in a lane, of which only a few run at once; it is put into the queue when its turn has come, so that
hundreds that wait keep nobody else waiting.
"""

import importlib
import logging
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

import redis
from sqlalchemy import and_, func, or_, select, update
from sqlmodel import Session

from data import jobs, store, trouble
from data.tables import Job

ATTEMPTS = 3  # how often a job whose worker died is begun
WRITE_EVERY = 0.25  # seconds between two writes of progress
BUSY_RETRY = 1.0  # seconds until a job looks again whether its repository is free
IN_A_LANE = 2  # jobs of one lane that run at once
#: Lanes of which one runs at a time: looks at repositories are work for the processor, not waiting for an answer.
BY_ITSELF, ON_REQUEST = "evidence", "evidence asked for"
LANES_HERE = 3  # jobs of all lanes that run at once in one process: other work always finds a free thread
STORE_RETRY = 5.0  # seconds until a job that found the store busy or away is begun again, or says how it ended
#: Microseconds from now: nothing waits for so long, so the clock was ahead when that was written.
FAR = 48 * 3_600_000_000
STALE = 60_000_000  # microseconds without a heartbeat after which a worker counts as dead, where it may be elsewhere

log = logging.getLogger("milepost.jobs")
stopping = threading.Event()  # set while this worker shuts down: its jobs go back to the queue


class JobError(Exception):
    """The job cannot be done; the text is one sentence for people."""


class Cancelled(Exception):
    """Somebody cancelled the job, or its row is gone."""


class Stopped(Exception):
    """The worker shuts down; another will begin the job again."""


class Later(Exception):
    """The job's turn is over, and it goes on by itself. at: seconds since 1970 before which it does not; the text is
    one sentence for people on why it waits."""

    def __init__(self, sentence: str, at: float):
        super().__init__(sentence)
        self.at = at


@dataclass(frozen=True)
class Handler:
    """How a kind of job is done. `do` gets a `Work` and returns the closing sentence; exceptions in `says` have texts
    for people; `ended` is called with the arguments once the job is over, however it ended. keeps: what a job that
    was broken off before it saved has left behind, as the end of a sentence."""

    do: Callable[["Work"], str]
    says: tuple[type[Exception], ...]
    ended: Callable[[dict], None]
    keeps: str = "nothing was saved"


_HANDLERS: dict[str, Handler] = {}
#: Modules that register theirs when they are imported.
WITH_HANDLERS = (
    "data.loading",
    "data.demo",
    "data.inbox",
    "data.listing",
    "data.collecting",
    "data.planning",
    "data.proposing",
    "data.practices.looking",
    "data.learning.checking",
    "data.reporting.sending",
    "data.keeping.shelf",
    "data.keeping.retention",
)


def handler(
    kind: str,
    says: tuple[type[Exception], ...] = (),
    ended: Callable[[dict], None] = lambda args: None,
    keeps: str = Handler.keeps,
):
    """Decorator: this function does jobs of that kind. It must be safe to begin again after it was broken off."""

    def register(do: Callable[["Work"], str]):
        _HANDLERS[kind] = Handler(do, (JobError, *says), ended, keeps)
        return do

    return register


class Work:
    """A running job in the hands of its handler."""

    def __init__(self, job: Job):
        self.id, self.kind, self.args = job.id, job.kind, dict(job.args)
        self.lane = job.lane
        self.person_id, self.organization_id, self.service_id = job.created_by, job.organization_id, job.service_id
        self.attempt, self._turn = job.attempts, job.turns
        self._written = 0.0
        self._cancelled = False
        self._pace: tuple[str, float, int] = ("", 0.0, 0)  # since when it does the same, and what was done then

    def progress(self, done: int, total: int | None, message: str) -> None:
        """Tells people how far it is; at most four times a second it is written. Call it often, outside transactions.

        Raises Cancelled, Stopped.
        """
        if message != self._pace[0] or done < self._pace[2]:
            self._pace = message, time.monotonic(), done
        if time.monotonic() - self._written >= WRITE_EVERY:
            passed = time.monotonic() - self._pace[1]
            rate = (done - self._pace[2]) / passed if passed >= 1 else None
            self._write(done=done, total=total, message=message, rate=rate)
        self._raise()

    def cancelled(self) -> bool:
        """Whether to give up, for code that asks instead of reporting."""
        if time.monotonic() - self._written >= WRITE_EVERY:
            self._write()
        return self._cancelled or stopping.is_set()

    def claim(self, session: Session) -> None:
        """First thing in the transaction that saves the result: a cancelled job saves nothing, and one that has saved
        cannot be cancelled any more. Raises Cancelled, Stopped."""
        job = self.hold(session)
        job.args = {**job.args, "saved": True}

    def hold(self, session: Session) -> Job:
        """As `claim`, for a part of the result: the job can still be cancelled, and what was saved before stays."""
        job = session.get(Job, self.id, populate_existing=True)
        self._cancelled = not self.is_mine(job)
        self._raise()
        return job

    def is_mine(self, job: Job | None) -> bool:
        """Whether the job is still being done, and here: not by another worker since, that took this one for dead."""
        return job is not None and job.state == "running" and job.turns == self._turn

    def report(self, **values) -> None:
        """Leaves something to be read with the job, as plain values."""
        with store.writing(quietly=True) as session:
            job = session.get(Job, self.id)
            if job:
                job.args = {**job.args, "report": {**job.args.get("report", {}), **values}}

    def _write(self, **values) -> None:
        self._written = time.monotonic()
        mine = update(Job).where(Job.id == self.id, Job.state == "running", Job.turns == self._turn)
        try:
            with store.writing(quietly=True) as session:
                found = session.execute(mine.values(heartbeat_at=store.now_us(), **values)).rowcount
        except Exception as error:
            if not trouble.passes(error):
                raise
            return  # the next progress will do
        self._cancelled = found == 0

    def _raise(self) -> None:
        if self._cancelled:
            raise Cancelled
        if stopping.is_set():
            raise Stopped


_running: set[int] = set()  # ids of the jobs in this process
_in_lanes: set[int] = set()  # those of them that are in a lane


def run(job_id: int) -> None:
    """Does one job, if it waits; what Huey calls. Whatever goes wrong ends in the row of the job."""
    try:
        work = _begin(job_id)
    except Exception as error:
        _in_lanes.discard(job_id)
        if not trouble.passes(error) or jobs.queue().immediate:
            raise
        jobs.push(job_id, delay=STORE_RETRY)
        return
    if work is None:
        return
    _running.add(job_id)
    try:
        _carry_out(work, handler_of(work.kind))
    finally:
        _running.discard(job_id)
        _in_lanes.discard(job_id)
    if work.lane and not stopping.is_set() and not jobs.queue().immediate:
        dispatch(work.lane)


def _begin(job_id: int) -> Work | None:
    with store.writing(quietly=True) as session:
        job, now = session.get(Job, job_id), store.now_us()
        if job is None or job.state != "queued" or is_ahead(job.due_at, now):
            return None
        lock = job.args.get("lock")
        running = list(session.execute(select(Job).where(Job.state == "running")).scalars())
        if lock and any(other.args.get("lock") == lock for other in running):
            job.message = "Waits for another job on the same repository."
        elif job.lane and _is_full(job.lane, running):
            job.message = TURN
            return None  # the one that ends gives way, see `dispatch`
        else:
            job.state, job.message, job.rate, job.due_at = "running", "Begins", None, None
            job.attempts, job.turns = job.attempts + 1, job.turns + 1
            job.started_at = job.heartbeat_at = now
            if job.lane:
                _in_lanes.add(job_id)
            return Work(job)
    if not jobs.queue().immediate:
        jobs.push(job_id, delay=BUSY_RETRY)
    return None


def start(*job_ids: int) -> None:
    """Lets jobs that were made in a lane run, as their turn comes; after the transaction that made them."""
    if jobs.queue().immediate:
        for job_id in job_ids:
            jobs.push(job_id)
    elif job_ids:
        dispatch()


def is_ahead(at: int | None, now: int) -> bool:
    """Whether a moment that was written down is still to come."""
    return at is not None and now < at <= now + FAR


def has_come(column, now: int):
    """The condition that it is not."""
    return or_(column <= now, column > now + FAR)


def _is_full(lane: str, running: list[Job]) -> bool:
    return len(_in_lanes) >= LANES_HERE or sum(other.lane == lane for other in running) >= _width(lane)


def _width(lane: str) -> int:
    return 1 if lane in (BY_ITSELF, ON_REQUEST) else IN_A_LANE


def dispatch(lane: str | None = None) -> list[int]:
    """Puts into the queue what may run now of a lane, or of all lanes: those first that have waited longest. Also what
    stands in none and whose time has come. Returns the ids."""
    now = store.now_us()
    waits = select(Job.id, Job.lane).where(Job.state == "queued").order_by(func.coalesce(Job.due_at, Job.created_at))
    waits = waits.where(or_(has_come(Job.due_at, now), and_(Job.due_at.is_(None), Job.lane.is_not(None))))
    running = select(Job.lane, func.count()).where(Job.state == "running", Job.lane.is_not(None)).group_by(Job.lane)
    with store.reading() as session:
        free = Counter({each: _width(each) - number for each, number in session.execute(running)})
        waiting = session.execute(waits.where(Job.lane == lane) if lane else waits).all()
    chosen = []
    for job_id, own in waiting:
        if own is None or free.setdefault(own, _width(own)) > 0:
            chosen.append(job_id)
            free[own] -= 1
    queued = _in_queue() if chosen else ()
    return [jobs.push(job_id) for job_id in chosen if job_id not in queued]


def _in_queue() -> set[int]:
    try:
        return {task.args[0] for task in (*jobs.queue().pending(), *jobs.queue().scheduled())}
    except redis.RedisError:
        return set()  # as it is away, nothing can be put into it either, see `jobs.push`


def _carry_out(work: Work, handler: Handler) -> None:
    try:
        ending = handler.do(work)
    except Exception as error:
        ending = error
    while True:
        try:
            state = _end(work, handler, ending)
            break
        except Exception as error:  # the job has come to its end: that only has to be written
            if not trouble.passes(error) or jobs.queue().immediate or stopping.wait(STORE_RETRY):
                raise
            log.warning("the store is busy or away; how job %s ended is written later", work.id)
    if state not in jobs.LIVE:
        handler.ended(work.args)
    elif state == "queued" and not isinstance(ending, Later) and not stopping.is_set() and not jobs.queue().immediate:
        jobs.push(work.id, delay=STORE_RETRY)


def _end(work: Work, handler: Handler, ending: str | Exception) -> str:
    """Writes how the job ended, unless it is another's by now. Returns its state afterwards."""
    state, message = ("done", ending) if isinstance(ending, str) else _outcome(work, handler, ending)
    with store.writing(quietly=True) as session:
        job = session.get(Job, work.id)
        if not work.is_mine(job):
            return job.state if job is not None else "cancelled"
        if state == "queued":
            job.state, job.message, job.rate = state, message, None
            job.attempts -= message == _LATER
            if isinstance(ending, Later):
                job.attempts, job.due_at = 0, round(ending.at * 1_000_000)
        else:
            jobs.close(job, state, message)
            if state == "done" and job.total is not None:
                job.done = job.total
        return state


TURN = "Waits for its turn."
_LATER = "Waits: the worker was stopped, the next one goes on."


def _outcome(work: Work, handler: Handler, error: Exception) -> tuple[str, str]:
    """State and sentence after an exception. What the code raised because it was asked to give up is not its fault."""
    if work._cancelled or isinstance(error, Cancelled):
        return "cancelled", f"Cancelled; {_kept(work.id)}."
    if stopping.is_set():
        return "queued", _LATER
    if isinstance(error, Later):
        return "queued", str(error)
    if isinstance(error, handler.says):
        return "failed", str(error)
    if trouble.passes(error) and work.attempt < ATTEMPTS:
        return "queued", "The store was busy or away; this is tried again."
    log.exception("job %s (%s) failed", work.id, work.kind, exc_info=error)
    if wrong := trouble.sentence(error):
        return "failed", f"{wrong} So far {_kept(work.id)}."
    return "failed", f"An error in Milepost stopped this; {_kept(work.id)}. The log says more under job {work.id}."


def _kept(job_id: int) -> str:
    with store.reading() as session:
        job = session.get(Job, job_id)
    saved = job is not None and job.args.get("saved")
    keeps = handler_of(job.kind).keeps if job is not None else Handler.keeps
    return "its facts are saved, the metrics are not up to date" if saved else keeps


def recover(alone: bool) -> list[int]:
    """Puts back into the queue what waits outside it, and what a dead worker left running. A job that died too often
    has failed. Returns the ids put back.

    alone: this is the only worker of the store, so that nothing can be running; else the heartbeat decides.
    """
    now, ended = store.now_us(), []
    with store.writing(quietly=True) as session:
        for job in session.execute(select(Job).where(Job.state == "running")).scalars():
            if job.id in _running or not (alone or _is_dead(job, now)):
                continue
            if job.attempts >= ATTEMPTS:
                died = f"This was begun {job.attempts} times and each time the worker died; {_kept(job.id)}."
                jobs.close(job, "failed", died)
                ended.append((job.kind, dict(job.args)))
            else:
                job.state, job.message = "queued", "The worker stopped in the middle; this is taken up again."
        session.flush()
        at_once = select(Job.id).where(Job.state == "queued", Job.lane.is_(None), Job.due_at.is_(None))
        waiting = list(session.execute(at_once.order_by(Job.id)).scalars())
    for kind, args in ended:
        handler_of(kind).ended(args)
    queued = _in_queue() if waiting else ()
    return [*(jobs.push(job_id) for job_id in waiting if job_id not in queued), *dispatch()]


def _is_dead(job: Job, now: int) -> bool:
    """Whether its worker has not been heard of for long; from a clock that was ahead, nothing was heard."""
    return not now - STALE <= (job.heartbeat_at or 0) <= now + FAR


def beat() -> None:
    """Says that the jobs of this process are alive, also while they do not report."""
    if _running:
        with store.writing(quietly=True) as session:
            session.execute(update(Job).where(Job.id.in_(_running)).values(heartbeat_at=store.now_us()))


def handler_of(kind: str) -> Handler:
    """How jobs of that kind are done; one that no part of this version knows fails with a sentence."""
    if kind not in _HANDLERS:
        for module in WITH_HANDLERS:
            importlib.import_module(module)
    return _HANDLERS.get(kind) or Handler(_unknown, (JobError,), lambda args: None)


def _unknown(work: Work) -> str:
    raise JobError(f"This version of Milepost does not know work of the kind {work.kind}: begin it again.")
