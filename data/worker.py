"""The worker: the process that does the jobs, and the supervisor that keeps it alive. With the queue in the home there
is one for each home; with the queue in a Redis there are as many as one likes."""

import contextlib
import fcntl
import functools
import logging
import os
import signal
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from data import jobs, store, trouble, work

THREADS = 4  # reading leaves the processor idle while git works or GitHub answers
BEAT, SWEEP, HEALTH = 5, 30, 10  # seconds between heartbeats, looks for lost jobs, looks at the threads
SELDOM = 60  # seconds between looks for what nobody waits for
GRACE = 20  # seconds that running jobs get to come to a point where they can be left
TAKEN = 75  # exit code: another worker serves this home
ROOT = Path(__file__).resolve().parent.parent

log = logging.getLogger("milepost.worker")


def run() -> int:
    """Does jobs until SIGTERM or SIGINT, or until the process that started it is gone. Then jobs in the middle go back
    to the queue. Returns 0, or TAKEN at once when another worker serves this home, and the queue is in it.
    """
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    for noisy in ("huey", "alembic"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    with _only_one() as first:
        if not first:
            log.info("another worker serves %s", store.home())
            return TAKEN
        stop = threading.Event()
        for signum in (signal.SIGTERM, signal.SIGINT):
            signal.signal(signum, lambda *_: stop.set())
        _watch_parent(stop)
        _serve(stop)
    return 0


def _serve(stop: threading.Event) -> None:
    from data import collecting, intake, loading
    from data.asked import closing
    from data.keeping import retention, shelf
    from data.learning import checking
    from data.practices import assessments, evaluating
    from data.reporting import sending

    store.migrate()
    intake.tidy()
    shelf.tidy(time.time())
    if taken_up := work.recover(alone=store.is_sqlite() and not jobs.shared()):
        log.info("taken up: jobs %s", ", ".join(map(str, taken_up)))
    loading.catch_up()
    evaluating.catch_up()
    consumer = jobs.queue().create_consumer(
        workers=THREADS, periodic=False, initial_delay=0.1, max_delay=0.5, shutdown_timeout=GRACE
    )
    consumer.start()
    for signum in (signal.SIGTERM, signal.SIGINT):  # Huey has set its own, which give jobs no time
        signal.signal(signum, lambda *_: stop.set())
    schedules = (
        collecting.schedule,
        functools.partial(closing.close_due, most=1),
        evaluating.schedule,
        seldom(assessments.take_due),
        checking.schedule,
        seldom(retention.schedule),
        seldom(sending.schedule),
    )
    threading.Thread(target=_housekeeping, args=(stop, *schedules), name="housekeeping", daemon=True).start()
    log.info("worker of %s is ready", store.home())
    while not stop.wait(HEALTH):
        consumer.check_worker_health()
    work.stopping.set()
    consumer.stop(graceful=True)
    log.info("worker has stopped")


def seldom(schedule: Callable[[], object]) -> Callable[[], None]:
    """The same, done at the first call and then once in SELDOM seconds."""
    last = [-float(SELDOM)]

    def look() -> None:
        if time.monotonic() - last[0] >= SELDOM:
            last[0] = time.monotonic()
            schedule()

    return look


def _housekeeping(stop: threading.Event, *schedules: Callable[[], object]) -> None:
    swept = time.monotonic()
    while not stop.wait(BEAT):
        try:
            work.beat()
            for schedule in schedules:
                schedule()
            if time.monotonic() - swept > SWEEP:
                swept = time.monotonic()
                work.recover(alone=False)
            else:
                work.dispatch()
        except Exception as error:  # whatever it is: without heartbeats every job here would count as dead
            log.warning("looking again later: the store is busy or away", exc_info=not trouble.passes(error))


@contextlib.contextmanager
def _only_one() -> Iterator[bool]:
    """Whether this process holds the home; the system gives it back however the process ends. Where the queue is
    elsewhere, any number may."""
    if jobs.shared():
        yield True
        return
    with (store.home() / "worker.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True


def _watch_parent(stop: threading.Event) -> None:
    """A pipe on standard input is held by whoever started us: its end is theirs. Anything else says nothing."""
    try:
        piped = stat.S_ISFIFO(os.fstat(0).st_mode)
    except OSError:
        piped = False

    def wait() -> None:
        with contextlib.suppress(OSError):
            while os.read(0, 4096):
                pass
        stop.set()

    if piped:
        threading.Thread(target=wait, name="parent", daemon=True).start()


class Supervisor:
    """Starts the worker as a child, and again when it dies: after 1 s, 2 s, 4 s ... 60 s, from 1 s again once it lived
    for a minute. Where another process serves this home, it stands by."""

    def __init__(self, command: Sequence[str] = (), first_delay: float = 1.0):
        self.command = list(command) or [sys.executable, str(ROOT / "milepost.py"), "worker"]
        self.process: subprocess.Popen | None = None
        self._first_delay = first_delay
        self._ending = threading.Event()
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._keep, name="worker supervisor", daemon=True)
        self._start()
        self._thread.start()

    @property
    def pid(self) -> int:
        """Of the worker that runs now, or ran last."""
        return self.process.pid

    def stop(self, timeout: float = GRACE + 5) -> None:
        """Ends the worker: it gets `timeout` seconds to put its jobs back."""
        self._ending.set()
        with self._lock:
            process = self.process
        process.terminate()
        try:
            process.wait(timeout)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        with contextlib.suppress(OSError):
            process.stdin.close()
        self._thread.join(timeout)

    def _start(self) -> None:
        with self._lock:
            if not self._ending.is_set():
                self.process = subprocess.Popen(self.command, stdin=subprocess.PIPE, cwd=ROOT)

    def _keep(self) -> None:
        delay = self._first_delay
        while not self._ending.is_set():
            began = time.monotonic()
            code = self.process.wait()
            if self._ending.is_set():
                return
            with contextlib.suppress(OSError):
                self.process.stdin.close()
            delay = self._first_delay if time.monotonic() - began > 60 else delay
            if code != TAKEN:
                log.warning("the worker ended with code %s; starting it again in %s s", code, delay)
            self._ending.wait(15 if code == TAKEN else delay)
            delay = min(delay * 2, 60)
            self._start()
