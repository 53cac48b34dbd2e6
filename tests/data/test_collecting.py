"""When sources of GitHub are due, who reads them, and what that costs with many. Without a worker process."""

import time
from datetime import UTC, datetime, timedelta

import pytest

from data import collecting, jobs, store, syncing
from data.sources.github.repository import FEED
from data.tables import Connection, Feed, Job, Repository, Service, Source
from tests.data.hub import added, change_row, connected_to, connection, count, turn, view

MINUTE = 60_000_000


@pytest.fixture(autouse=True)
def no_worker(monkeypatch):
    monkeypatch.setenv("MILEPOST_JOBS", "queued")


@pytest.fixture
def hub(monkeypatch):
    with connected_to(monkeypatch) as hub:
        hub.fill("acme/shop", seed=1, pulls=10, issues=2, deployments=2, runs=5, releases=1, days=20)
        yield hub


@pytest.fixture
def shop(who, hub) -> syncing.Added:
    return added(who, connection(who, hub))[0]


def test_what_is_due_is_read_by_itself_once(both, who, hub, shop):
    turn(shop.job_id)
    assert collecting.schedule() == []
    change_row(Source, shop.source_id, due_at=store.now_us() - 1)
    (job_id,) = collecting.schedule()
    assert collecting.schedule() == []  # nor by a second worker
    assert (jobs.progress(job_id).state, view(who, shop.source_id).state) == ("queued", "reading")
    assert turn(job_id).state == "done"
    assert view(who, shop.source_id).next_at > datetime.now(UTC) + timedelta(minutes=10)


def test_a_clock_that_went_wrong_and_came_back_leaves_nothing_unread(home, who, hub, shop):
    turn(shop.job_id)
    far = store.now_us() + 3_000 * 24 * 60 * MINUTE
    change_row(Source, shop.source_id, due_at=far)
    change_row(Connection, view(who, shop.source_id).connection_id, wait_until=far)
    (job_id,) = collecting.schedule()
    assert turn(job_id).state == "done"


def test_what_a_webhook_says_while_it_is_read_makes_it_due_at_once(home, who, hub, shop, monkeypatch):
    real = collecting.sync

    def sync(source_id, *arguments, **options):
        report = real(source_id, *arguments, **options)
        change_row(Source, source_id, due_at=None)
        return report

    monkeypatch.setattr(collecting, "sync", sync)
    turn(shop.job_id)
    assert len(collecting.schedule()) == 1


def test_the_schedule_leaves_one_job_of_a_source(home, who, hub, shop):
    turn(shop.job_id)
    for _ in range(3):
        change_row(Source, shop.source_id, due_at=store.now_us() - 1)
        turn(collecting.schedule()[0])
    assert count(Job, Job.kind == "github") == 2  # the first, which a person asked for, and the newest


def test_what_a_dead_worker_never_began_is_begun(home, who, hub, shop):
    with store.writing() as session:
        session.delete(session.get(Job, shop.job_id))
    change_row(Source, shop.source_id, due_at=None)
    assert len(collecting.schedule()) == 1


@pytest.mark.parametrize(
    ("settings", "values", "minutes"),
    [({}, {}, 15), ({"poll_minutes": 120}, {}, 120), ({}, {"heard_at": "now"}, 60), ({}, {"heard_at": "old"}, 15),
     ({"poll_minutes": 5}, {"heard_at": "now"}, 5)],
)  # fmt: skip
def test_how_often_a_source_is_read(settings, values, minutes):
    heard = {"now": store.now_us(), "old": store.now_us() - 8 * 86_400_000_000}.get(values.get("heard_at"))
    assert collecting.period(Source(settings=settings or None, heard_at=heard)) == minutes * MINUTE


def test_sources_that_were_begun_together_do_not_stay_together(home, who, hub):
    names = [f"acme/tool-{number}" for number in range(8)]
    for name in names:
        hub.repository(name)
    made = added(who, connection(who, hub), *names)
    for each in made:
        turn(each.job_id)
    seen = [view(who, each.source_id) for each in made]
    waits = [(each.next_at - each.finished_at).total_seconds() for each in seen]
    assert max(waits) - min(waits) > 20


def test_hundreds_that_wait_do_not_fill_the_queue(home, who, hub):
    names = [f"acme/tool-{number:03}" for number in range(30)]
    for name in names:
        hub.repository(name)
    added(who, connection(who, hub), *names)
    assert jobs.queue().pending_count() == 2
    assert count(Job, Job.state == "queued") == 30


# Many


def test_how_two_thousand_sources_stand_is_told_in_milliseconds(home, who, hub, shop):
    many(2_000, shop)
    syncing.status(who)
    began = time.process_time()
    found = syncing.status(who)
    whole = time.process_time() - began
    began = time.process_time()
    syncing.status(who, list(found)[:50])
    some = time.process_time() - began
    assert len(found) == 2_001
    assert whole < 0.5
    assert some < 0.05


def many(number: int, like: syncing.Added) -> None:
    """Sources as that one, read already."""
    now = store.now_us()
    with store.writing() as session:
        one = session.get(Source, like.source_id)
        team = session.get(Service, like.service_id).team_id
        for place in range(number):
            repository = Repository(
                organization_id=one.organization_id, key=f"github:{10_000 + place}", name=f"acme/m-{place}",
                full_name=f"acme/m-{place}", github_id=10_000 + place, created_at=now,
            )  # fmt: skip
            session.add(repository)
            session.flush()
            session.add(Service(team_id=team, name=f"m-{place}", repository_id=repository.id, created_at=now))
            job = Job(kind="github", state="done", organization_id=one.organization_id, created_at=now, message="Read.")
            session.add(job)
            session.flush()
            source = Source(
                organization_id=one.organization_id, kind="github", name=f"acme/m-{place}", repository_id=repository.id,
                connection_id=one.connection_id, synced_at=now, due_at=now + MINUTE, job_id=job.id, created_at=now,
            )  # fmt: skip
            session.add(source)
            session.flush()
            for name in (FEED, "jobs", "issues", "runs"):
                session.add(Feed(source_id=source.id, name=name, cursor={"archived": False, "rate": 0.5}))


def test_the_schedule_of_two_thousand_costs_little(home, who, hub, shop):
    many(2_000, shop)
    began = time.process_time()
    assert collecting.schedule() == []
    assert time.process_time() - began < 0.05
