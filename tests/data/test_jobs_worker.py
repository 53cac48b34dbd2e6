"""The worker as a real process: killed, stopped, orphaned, doubled. What it loads is real git history."""

import os
import random
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import func, select

from assessments.delivery.settings import ProductionRule, Settings
from data import derive, intake, jobs, store, teams
from data.tables import Change, Deployment, Source, TrunkCommit
from data.worker import TAKEN, Supervisor
from tests import nursery
from tests.repos import RepoBuilder

ROOT = Path(__file__).parents[2]
WORKER = "import sys; from data import jobs; sys.exit(jobs.run_worker())"
#: A worker that stands still where it is told to, leaves a mark there, and waits to be killed.
HANGING = """
import pathlib, sys, time
from data import derive, jobs, loading, store
point, mark = sys.argv[1:]

def hang(*_, **__):
    pathlib.Path(mark).touch()
    time.sleep(600)

def hang_after_changes(session, table, frame, **constants):
    saved = insert(session, table, frame, **constants)
    if table.__tablename__ == "change":
        hang()
    return saved

insert = store.insert_frame
if point == "reading": loading.git.read = hang
if point == "saving": store.insert_frame = hang_after_changes
if point == "saved": loading.refresh = hang
if point == "deriving": derive.refresh = hang
sys.exit(jobs.run_worker())
"""
#: A job that goes on until it is told not to.
ENDLESS = """
import pathlib, sys, time
from data import jobs, loading
mark = sys.argv[1]

def read(path, cursor, *, paths, progress, cancelled):
    pathlib.Path(mark).touch()
    while True:
        time.sleep(0.02)
        progress(1, 2, "Going on")

loading.git.read = read
sys.exit(jobs.run_worker())
"""


@pytest.fixture(autouse=True)
def roots(tmp_path, monkeypatch, home):
    monkeypatch.setenv("MILEPOST_ROOTS", str(tmp_path / "code"))
    monkeypatch.delenv("MILEPOST_JOBS", raising=False)


@pytest.fixture
def repo(tmp_path) -> RepoBuilder:
    made = RepoBuilder(tmp_path / "code" / "shop")
    made.many(400, "2025-01-01 09:00", tag_every=20)
    return made


@contextmanager
def worker(code: str = WORKER, *arguments: str, **options):
    """A worker process, killed at the end if it still lives."""
    process = nursery.start([sys.executable, "-c", code, *arguments], cwd=ROOT, stdin=subprocess.PIPE, **options)
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        process.stdin.close()


def wait_until(true, seconds: float = 120) -> None:
    give_up = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < give_up, "it did not happen in time"
        time.sleep(0.05)


def ended(job_id: int) -> bool:
    return not jobs.progress(job_id).is_live


def counts() -> tuple[int, ...]:
    with store.reading() as session:
        tables = (Change, Deployment, TrunkCommit)
        return tuple(session.execute(select(func.count()).select_from(table)).scalar_one() for table in tables)


def cursor(source_id: int):
    with store.reading() as session:
        return session.get(Source, source_id).cursor


def complete(repo) -> tuple[int, ...]:
    trunk = int(repo.git("rev-list", "--count", "--first-parent", "main"))
    return trunk, len(repo.git("tag").split()), int(repo.git("rev-list", "--count", "--all"))


def test_a_worker_does_what_waits(who, repo):
    job_id = intake.add_clone(who, repo.path, "Payments", "shop")
    with worker():
        wait_until(lambda: ended(job_id))
    assert (jobs.progress(job_id).state, counts()) == ("done", complete(repo))


@pytest.mark.parametrize(
    ("point", "saved"), [("reading", False), ("saving", False), ("saved", True), ("deriving", True)]
)
def test_a_worker_killed_in_the_middle_leaves_nothing_half_and_the_next_one_completes_it(
    who, repo, tmp_path, point, saved
):
    job_id = intake.add_clone(who, repo.path, "Payments", "shop")
    mark = tmp_path / "mark"
    with worker(HANGING, point, str(mark)) as process:
        wait_until(mark.exists)
        process.send_signal(signal.SIGKILL)
        process.wait()
    source_id = jobs.progress(job_id).source_id
    assert jobs.progress(job_id).state == "running"
    assert counts() == (complete(repo) if saved else (0, 0, 0))
    assert (cursor(source_id) is not None) == saved
    with worker():
        wait_until(lambda: ended(job_id))
    view = jobs.progress(job_id)
    assert (view.state, view.attempts, counts()) == ("done", 2, complete(repo))
    assert derive.stale() == []


def test_killed_at_any_moment_the_numbers_are_the_same(who, repo):
    first = intake.add_clone(who, repo.path, "Payments", "shop")
    with worker():
        wait_until(lambda: ended(first))
    view = jobs.progress(first)
    teams.save_settings(who, view.service_id, Settings(rule=ProductionRule(kind="tag", include="v*")))
    undisturbed = derive.load(view.service_id).changes.sort("change_id")
    intake.remove_source(who, view.source_id)
    again = intake.add_clone(who, repo.path, "Payments", "shop")
    seeded = random.Random(11)
    for _ in range(2):
        with worker() as process:
            wait_until(lambda: jobs.progress(again).state != "queued")
            time.sleep(seeded.uniform(0, 0.4))
            process.send_signal(signal.SIGKILL)
    with worker():
        wait_until(lambda: ended(again) and not derive.stale())
    assert (jobs.progress(again).state, counts()) == ("done", complete(repo))
    assert derive.load(view.service_id).changes.sort("change_id").equals(undisturbed)


def test_a_worker_told_to_stop_puts_its_job_back_and_the_next_one_does_it(who, repo, tmp_path):
    job_id, mark = intake.add_clone(who, repo.path, "Payments", "shop"), tmp_path / "mark"
    with worker(ENDLESS, str(mark)) as process:
        wait_until(mark.exists)
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0
    assert (jobs.progress(job_id).state, jobs.progress(job_id).attempts) == ("queued", 0)
    with worker():
        wait_until(lambda: ended(job_id))
    assert jobs.progress(job_id).state == "done"


def test_a_running_job_is_cancelled_from_another_process_and_nothing_is_saved(who, repo, tmp_path):
    job_id, mark = intake.add_clone(who, repo.path, "Payments", "shop"), tmp_path / "mark"
    with worker(ENDLESS, str(mark)):
        wait_until(mark.exists)
        jobs.cancel(who, job_id)
        second = intake.resync(who, jobs.progress(job_id).source_id)
        wait_until(lambda: jobs.progress(second).state == "running")  # the thread is free again
    assert (jobs.progress(job_id).state, counts()) == ("cancelled", (0, 0, 0))


def test_a_worker_goes_when_the_process_that_started_it_is_killed(tmp_path):
    pid_file = tmp_path / "pid"
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, str(pid_file), WORKER], cwd=ROOT, stderr=subprocess.PIPE, text=True
    )
    for line in parent.stderr:
        if "is ready" in line:
            break
    pid = int(pid_file.read_text())
    parent.kill()
    parent.wait()
    wait_until(lambda: not alive(pid), 60)
    parent.stderr.close()


PARENT = """
import pathlib, subprocess, sys
child = subprocess.Popen([sys.executable, "-c", sys.argv[2]], stdin=subprocess.PIPE)
pathlib.Path(sys.argv[1]).write_text(str(child.pid))
child.wait()
"""


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    state = Path(f"/proc/{pid}/stat")
    return not state.exists() or state.read_text().rsplit(")", 1)[1].split()[0] != "Z"


def test_there_is_one_worker_for_a_home(home):
    with worker(stderr=subprocess.PIPE, text=True) as first:
        for line in first.stderr:
            if "is ready" in line:
                break
        with worker() as second:
            assert second.wait(60) == TAKEN


def test_a_worker_that_dies_is_started_again_until_it_is_stopped(home):
    supervisor = Supervisor([sys.executable, "-c", WORKER], first_delay=0.1)
    first = supervisor.pid
    os.kill(first, signal.SIGKILL)
    wait_until(lambda: supervisor.pid != first)
    supervisor.stop()
    last = supervisor.pid
    time.sleep(0.5)
    assert (supervisor.pid, alive(last)) == (last, False)
