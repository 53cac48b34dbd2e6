"""A store that goes away and comes back: PostgreSQL stopped and started, an SQLite file that somebody else locks."""

import socket
import sqlite3
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import polars as pl
import psycopg
import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from data import derive, intake, jobs, people, store, trouble, work, worker
from data.tables import Job, Organization
from tests import nursery
from tests.browser.portal import answered, running
from tests.browser.test_security import received
from tests.data.test_jobs_worker import complete, counts, ended, wait_until
from tests.repos import RepoBuilder
from tests.servers import Server, database

ROOT = Path(__file__).parents[2]
GONE = "The database that DATABASE_URL names does not answer: start it, or mend DATABASE_URL."


@pytest.fixture
def server(bare_home, own_server, monkeypatch) -> Server:
    """A PostgreSQL of our own with a migrated store that is in use; it runs again afterwards."""
    with database(own_server.url) as address:
        monkeypatch.setenv("DATABASE_URL", address)
        store.migrate()
        yield own_server
        own_server.start()


@pytest.fixture
def impatient(home, monkeypatch) -> Path:
    """An SQLite store whose writers wait for each other for a tenth of a second only; its file."""
    monkeypatch.setattr(store, "WAIT_SECONDS", 0.1)
    store.dispose()
    return home / "milepost.db"


@contextmanager
def locked(file: Path, against: str = "writers"):
    """Somebody else holds the database."""
    other = sqlite3.connect(file, isolation_level=None)
    if against == "readers":
        other.execute("PRAGMA locking_mode = EXCLUSIVE")
    other.execute("BEGIN IMMEDIATE")
    other.execute("UPDATE data_version SET version = version + 1")
    yield
    other.execute("ROLLBACK")
    other.close()


def write(name: str = "A") -> None:
    with store.writing() as session:
        session.add(Organization(name=name, created_at=1))


def said(action) -> str:
    """What people read when the store is away in the middle of that."""
    with pytest.raises((OperationalError, psycopg.OperationalError)) as met:
        action()
    assert trouble.passes(met.value)
    return trouble.sentence(met.value)


def test_a_stopped_server_is_told_in_a_sentence_and_found_again(server):
    write()
    server.stop()
    assert (said(store.version), said(write)) == (GONE, GONE)
    server.start()
    write("B")
    assert store.read_frame(select(Organization.name).order_by(Organization.id))["name"].to_list() == ["A", "B"]


def test_a_server_that_never_answers_is_given_up(bare_home, monkeypatch):
    """It takes connections and says nothing: without a limit, every page and every health check would wait for it."""
    monkeypatch.setattr(store, "CONNECT_SECONDS", 2)  # the least that libpq knows
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        monkeypatch.setenv("DATABASE_URL", f"postgresql://u:secret@127.0.0.1:{silent.getsockname()[1]}/d")
        began = time.monotonic()
        assert said(store.version) == GONE
    assert time.monotonic() - began < 8


def test_a_server_that_stops_under_a_reader_is_told_in_a_sentence(server):
    def read():
        with store.reading() as session:
            session.execute(select(Organization)).all()
            server.stop()
            session.execute(select(Organization)).all()

    assert said(read) == GONE


def test_a_server_that_stops_under_a_writer_has_kept_nothing(server):
    frame = pl.DataFrame({"name": [f"{number}" for number in range(5)], "is_demo": False, "created_at": 1})

    def insert():
        with store.writing() as session:
            store.insert_frame(session, Organization, frame)
            server.stop()
            store.insert_frame(session, Organization, frame)

    assert said(insert) == GONE
    server.start()
    assert store.read_frame(select(Organization.id)).is_empty()


def test_a_server_that_is_starting_says_so(server):
    """Until it has read its log after a crash, it lets nobody in."""
    state = psycopg.errors.CannotConnectNow("the database system is starting up")
    assert trouble.sentence(state) == (
        "The database that DATABASE_URL names is starting or stopping: try again in a minute."
    )
    assert trouble.passes(state)


def test_a_locked_file_is_told_in_a_sentence_and_written_to_afterwards(impatient):
    with locked(impatient):
        assert "keeps the database in" in said(write)
        assert store.version() == 0  # readers do not wait
    write()
    assert store.version() == 1


def test_a_file_locked_against_readers_is_told_in_a_sentence_and_read_afterwards(impatient):
    with locked(impatient, against="readers"):
        assert "busy: wait until it has ended" in said(store.version)
    assert store.version() == 0


# Jobs

#: A worker that stands still where it is told to, leaves a mark there, and goes on when the mark is gone.
PAUSING = """
import pathlib, sys, time
from data import derive, jobs, loading, store, work
point, mark = sys.argv[1], pathlib.Path(sys.argv[2])
store.WAIT_SECONDS, work.STORE_RETRY, work.STALE = 0.1, 0.3, 500_000

def pausing(do):
    def paused(*arguments, **options):
        if not mark.with_suffix(".seen").exists():
            mark.with_suffix(".seen").touch()
            mark.touch()
            while mark.exists():
                time.sleep(0.02)
        return do(*arguments, **options)
    return paused

if point == "reading": loading.git.read = pausing(loading.git.read)
if point == "saving": store.insert_frame = pausing(store.insert_frame)
if point == "deriving": derive.refresh = pausing(derive.refresh)
if point == "ending":
    refresh = loading.refresh
    loading.refresh = lambda *arguments: (refresh(*arguments), pausing(lambda: None)())
sys.exit(jobs.run_worker())
"""


@pytest.fixture
def repo(tmp_path, monkeypatch) -> RepoBuilder:
    monkeypatch.setenv("MILEPOST_ROOTS", str(tmp_path / "code"))
    monkeypatch.delenv("MILEPOST_JOBS", raising=False)
    made = RepoBuilder(tmp_path / "code" / "shop")
    made.many(60, "2025-01-01 09:00", tag_every=20)
    return made


@contextmanager
def working(point: str, mark: Path):
    """A worker that stands still at that point."""
    process = nursery.start([sys.executable, "-c", PAUSING, point, str(mark)], cwd=ROOT, stdin=subprocess.PIPE)
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        process.stdin.close()


@contextmanager
def paused(point: str, mark: Path):
    """A worker that has begun its job and stands still at that point, until it is told to go on; it lives."""
    with working(point, mark) as process:
        wait_until(mark.exists)
        yield mark.unlink
        assert process.poll() is None


@pytest.mark.parametrize("point", ["saving", "deriving", "ending"])
def test_a_job_outlives_its_server_and_is_whole(server, repo, tmp_path, point):
    job_id = intake.add_clone(people.local_person(), repo.path, "Payments", "shop")
    with paused(point, tmp_path / "mark") as go_on:
        server.stop()
        go_on()
        time.sleep(1)  # so that it meets nobody, several times
        server.start()
        wait_until(lambda: ended(job_id))
        view = jobs.progress(job_id)
        assert (view.state, counts(), derive.stale()) == ("done", complete(repo), [])
        assert view.attempts == (1 if point == "ending" else 2)
        if point == "saving":  # and the worker goes on working
            again = intake.resync(people.local_person(), view.source_id)
            wait_until(lambda: ended(again))
            assert jobs.progress(again).state == "done"


def test_a_job_outlives_a_lock_and_is_whole(impatient, repo, tmp_path):
    job_id = intake.add_clone(people.local_person(), repo.path, "Payments", "shop")
    with paused("reading", tmp_path / "mark") as go_on:
        with locked(impatient):
            go_on()
            time.sleep(1)
        wait_until(lambda: ended(job_id))
    view = jobs.progress(job_id)
    assert (view.state, view.attempts, counts()) == ("done", 2, complete(repo))


def test_a_worker_that_dies_while_its_server_lives_leaves_nothing_half(on_postgresql, repo, tmp_path):
    job_id = intake.add_clone(people.local_person(), repo.path, "Payments", "shop")
    with working("saving", tmp_path / "mark"):
        wait_until((tmp_path / "mark").exists)
    assert (jobs.progress(job_id).state, counts()) == ("running", (0, 0, 0))
    with working("nowhere", tmp_path / "mark"):
        wait_until(lambda: ended(job_id))
    view = jobs.progress(job_id)
    assert (view.state, view.attempts, counts()) == ("done", 2, complete(repo))


def test_a_portal_says_what_to_do_while_its_server_is_away_and_recovers_by_itself(server, bare_home):
    with running(bare_home, worker=False) as address:
        assert b"Teams and services" in received(address, "teams")
        server.stop()
        assert answered(address, "/healthz")[0] == 200
        assert answered(address, "/readyz")[0] == 503
        away = received(address, "teams")
        assert GONE.encode() in away and b"Traceback" not in away and b"OperationalError" not in away
        server.start()
        assert answered(address, "/readyz")[0] == 200
        back = received(address, "teams")
        assert GONE.encode() not in back and b"Teams and services" in back


def test_a_job_that_another_worker_has_taken_over_is_left_to_it(home, who, monkeypatch):
    def taken_over(job):
        with store.writing() as session:  # as `recover` and the other worker do
            row = session.get(Job, job.id)
            row.attempts, row.turns, row.message = 2, 2, "The other one is at it"
        with store.writing() as session, pytest.raises(work.Cancelled):
            job.claim(session)
        return "Done twice."

    monkeypatch.setenv("MILEPOST_JOBS", "immediate")
    monkeypatch.setitem(work._HANDLERS, "test", work.Handler(taken_over, (), lambda args: None))
    view = jobs.progress(jobs.enqueue("test", {}, who, people.home_organization(who)))
    assert (view.state, view.attempts, view.message) == ("running", 2, "The other one is at it")


def test_the_heartbeat_outlives_every_error(monkeypatch):
    beats = []

    def beat():
        beats.append(1)
        raise (OperationalError("update", {}, sqlite3.OperationalError("database is locked")), ValueError)[
            len(beats) % 2
        ]

    class Stop:
        def wait(self, seconds: float) -> bool:
            return len(beats) == 4

    monkeypatch.setattr(work, "beat", beat)
    worker._housekeeping(Stop(), lambda: None)
    assert len(beats) == 4
