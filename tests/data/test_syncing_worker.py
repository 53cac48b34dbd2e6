"""Syncs in real worker processes, with the queue in the home and in a Redis: a limit that ends by itself, killed in the
middle, two workers."""

import signal
import time
from collections import Counter
from contextlib import ExitStack
from pathlib import Path

import pytest
from sqlalchemy import func, select

from data import asking_github, connections, jobs, store, syncing, work
from data.tables import Change, Job, PipelineRun, Source
from tests.data.hub import added, view
from tests.data.test_jobs_worker import WORKER, wait_until, worker
from tests.fake_github.remote import Remote

SIZES = ("--pulls", "60", "--issues", "10", "--deployments", "8", "--runs", "30")
#: Looks around more often than it would, and does not pace itself.
QUICK = f"""
from data import asking_github, worker
worker.BEAT = 0.2
asking_github.OPTIONS["gap"] = 0
{WORKER}
"""


@pytest.fixture(autouse=True)
def with_workers(home, monkeypatch):
    monkeypatch.delenv("MILEPOST_JOBS", raising=False)


@pytest.fixture(params=["in the home", "in a redis"])
def queue(request, home) -> str:
    if request.param == "in a redis":
        request.getfixturevalue("on_redis")
    yield request.param
    jobs._queue.cache_clear()


@pytest.fixture
def hub(monkeypatch):
    """A test GitHub in a process of its own, as the workers are."""
    with Remote.start("--seed", "3", *SIZES) as hub:
        monkeypatch.setenv(asking_github.ADDRESS, hub.url)
        monkeypatch.setitem(asking_github.OPTIONS, "gap", 0)
        yield hub


@pytest.fixture
def connection_id(who, hub) -> int:
    return connections.add_token(who, hub.token)


def held() -> tuple[int, int]:
    with store.reading() as session:
        changes = select(func.count()).select_from(Change).where(Change.kind == "pull_request")
        runs = select(func.count(func.distinct(PipelineRun.run_id)))
        return session.execute(changes).scalar_one(), session.execute(runs).scalar_one()


def true(hub) -> tuple[int, int]:
    rows = hub.truth()
    return sum(row["merged_at"] is not None for row in rows["pulls"]), len(rows["runs"])


def names(hub) -> list[str]:
    return [row["full_name"] for row in hub.truth()["repositories"]]


def ends(who, source_id: int) -> bool:
    return view(who, source_id).state not in ("reading", "waiting_for_limit")


def test_a_worker_reads_what_was_added_and_what_is_due(who, hub, queue, connection_id):
    (shop,) = added(who, connection_id, names(hub)[0])
    with worker(QUICK):
        wait_until(lambda: ends(who, shop.source_id))
        assert (view(who, shop.source_id).state, held()) == ("up_to_date", true(hub))
        first = view(who, shop.source_id).finished_at
        hub.on(names(hub)[0], "pull", "Later", merged=int(time.time()))
        with store.writing() as session:
            session.get(Source, shop.source_id).due_at = 1
        wait_until(lambda: (view(who, shop.source_id).finished_at or first) > first)
        assert held() == true(hub)


def test_a_limit_in_the_middle_ends_by_itself(who, hub, connection_id):
    (shop,) = added(who, connection_id, names(hub)[0])
    hub.call("fault", "403-primary", match="/issues", seconds=3)
    with worker(QUICK):
        wait_until(lambda: view(who, shop.source_id).state == "waiting_for_limit")
        seen = view(who, shop.source_id)
        assert seen.resume_at is not None and "limit is used up" in seen.text
        wait_until(lambda: ends(who, shop.source_id))
    assert (view(who, shop.source_id).state, held()) == ("up_to_date", true(hub))


def test_a_limit_outlives_the_worker_that_met_it(who, hub, on_redis, connection_id):
    (shop,) = added(who, connection_id, names(hub)[0])
    hub.call("fault", "403-primary", match="/issues", seconds=3)
    with worker(QUICK) as first:
        wait_until(lambda: view(who, shop.source_id).state == "waiting_for_limit")
        first.send_signal(signal.SIGKILL)
    with worker(QUICK):
        wait_until(lambda: ends(who, shop.source_id))
    assert (view(who, shop.source_id).state, held()) == ("up_to_date", true(hub))


#: Stands still when it is about to save what the third page brought.
HANGING = f"""
import pathlib, sys, time
from data.sources.github import saving
mark, passed, real = sys.argv[1], [], saving.Page.feed

def feed(page, name, **values):
    passed.append(name)
    if len(passed) == 5:
        pathlib.Path(mark).touch()
        time.sleep(600)
    return real(page, name, **values)

saving.Page.feed = feed
{QUICK}
"""
#: A worker whose predecessor counts as dead at once.
IMPATIENT = f"from data import work, worker\nwork.STALE, worker.SWEEP = 1_000_000, 0.5\n{QUICK}"


def test_a_worker_killed_in_the_middle_of_a_sync_is_taken_up_and_nothing_is_lost(
    who, hub, queue, connection_id, tmp_path
):
    (shop,) = added(who, connection_id, names(hub)[0])
    mark = tmp_path / "mark"
    with worker(HANGING, str(mark)) as process:
        wait_until(mark.exists)
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert jobs.progress(shop.job_id).state == "running"
    with worker(IMPATIENT):
        wait_until(lambda: ends(who, shop.source_id))
    assert (jobs.progress(shop.job_id).state, held()) == ("done", true(hub))


#: Stands still in the middle, until it is told to go on.
WAITING = HANGING.replace("time.sleep(600)", 'while not pathlib.Path(mark + ".go").exists(): time.sleep(0.05)')


def test_a_worker_told_to_stop_gives_its_sync_back(who, hub, connection_id, tmp_path):
    (shop,) = added(who, connection_id, names(hub)[0])
    mark = tmp_path / "mark"
    with worker(WAITING, str(mark)) as process:
        wait_until(mark.exists)
        process.send_signal(signal.SIGTERM)
        time.sleep(0.5)
        Path(f"{mark}.go").touch()
        assert process.wait(60) == 0
    assert (jobs.progress(shop.job_id).state, jobs.progress(shop.job_id).attempts) == ("queued", 0)
    with worker(QUICK):
        wait_until(lambda: ends(who, shop.source_id))
    assert held() == true(hub)


def test_stopped_from_another_process_and_gone_on_with(who, hub, connection_id, tmp_path):
    (shop,) = added(who, connection_id, names(hub)[0])
    mark = tmp_path / "mark"
    with worker(WAITING, str(mark)):
        wait_until(mark.exists)
        Path(f"{mark}.go").touch()
        syncing.pause(who, shop.source_id)
        wait_until(lambda: view(who, shop.source_id).state == "paused")
        syncing.resume(who, shop.source_id)
        wait_until(lambda: ends(who, shop.source_id))
    assert (view(who, shop.source_id).state, held()) == ("up_to_date", true(hub))


def test_several_workers_share_a_redis_and_read_each_repository_once(who, hub, home, on_redis, connection_id):
    for number in range(12):
        hub.call("repository", f"acme/tool-{number}")
        hub.on(f"acme/tool-{number}", "pull", "One", merged=int(time.time()))
    made = added(who, connection_id, *names(hub))
    with ExitStack() as running:
        processes = [running.enter_context(worker(QUICK)) for _ in range(3)]
        wait_until(lambda: all(ends(who, each.source_id) for each in made))
        assert [process.poll() for process in processes] == [None] * 3
        with store.writing() as session:
            for source in session.execute(select(Source)).scalars():
                source.due_at = 1
        began = store.now_us()
        wait_until(lambda: all((row.due_at or 0) > began for row in sources()) and not live())
    with store.reading() as session:
        done = [job.args["source_id"] for job in session.execute(select(Job).where(Job.kind == "github")).scalars()]
    assert set(Counter(done).values()) == {2}  # what a person asked for, and what was due: once, by whichever worker
    assert {view.state for view in syncing.status(who).values()} == {"up_to_date"}
    assert held() == true(hub)
    jobs._queue.cache_clear()


def sources() -> list[Source]:
    with store.reading() as session:
        return list(session.execute(select(Source)).scalars())


def live() -> bool:
    with store.reading() as session:
        return bool(session.execute(select(Job.id).where(Job.state.in_(jobs.LIVE)).limit(1)).first())


def test_while_the_redis_is_away_jobs_wait_in_the_store(who, monkeypatch):
    monkeypatch.setenv("MILEPOST_REDIS_URL", "unix:///nowhere/redis.sock")
    job_id = jobs.enqueue("derive", {"services": []}, who, 1)
    assert jobs.progress(job_id).state == "queued"
    jobs._queue.cache_clear()


@pytest.mark.parametrize("address", ["http://127.0.0.1", "redis://:s3cret@host:port/0", "s3cret"])
def test_an_address_of_a_redis_that_is_none_says_so_without_repeating_it(home, monkeypatch, address):
    monkeypatch.setenv("MILEPOST_REDIS_URL", address)
    with pytest.raises(store.Unusable, match="MILEPOST_REDIS_URL") as raised:
        jobs.queue()
    assert "s3cret" not in str(raised.value)


def test_a_task_stands_in_the_queue_as_plain_text(who, queue):
    jobs.enqueue("derive", {"services": []}, who, 1)
    jobs.push(7, delay=60)
    held = [*jobs.queue().storage.enqueued_items(), *jobs.queue().storage.scheduled_items()]
    assert [bytes(each)[:9] for each in held] == [b'{"task": '] * 2
    assert [task.args for task in (*jobs.queue().pending(), *jobs.queue().scheduled())] == [(1,), (7,)]


def test_what_is_no_task_is_not_run(home):
    import pickle

    from data.queued import PlainSerializer

    for hostile in (pickle.dumps(print), b"[]", b"{}", b'{"task": {}}', b"\xff" * 10, b"[" * 100_000):
        with pytest.raises(ValueError):
            PlainSerializer().deserialize(hostile)
    assert work.dispatch() == []
