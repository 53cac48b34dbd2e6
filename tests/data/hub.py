"""The test GitHub as people connect to it: its address in the environment, a token pasted, repositories chosen."""

from contextlib import contextmanager

from sqlalchemy import func, select, update

from data import asking_github, connections, jobs, store, syncing, work
from data.tables import Job
from tests.data.sources.hub.arrange import HubClock
from tests.fake_github import GitHub


@contextmanager
def connected_to(monkeypatch, *, own_clock: bool = False, **options):
    """A test GitHub that Milepost asks for GitHub. own_clock: Milepost has its clock, which moves on as it sleeps."""
    with GitHub(**options) as hub:
        monkeypatch.setenv(asking_github.ADDRESS, hub.url)
        monkeypatch.setitem(asking_github.OPTIONS, "gap", 0)
        if own_clock:
            monkeypatch.setitem(asking_github.OPTIONS, "clock", HubClock(hub))
        yield hub


def connection(who, hub, **token) -> int:
    return connections.add_token(who, hub.token(**token))


def added(who, connection_id: int, *names: str, team: str = "Payments", **options) -> tuple[syncing.Added, ...]:
    return syncing.add(who, connection_id, names or ("acme/shop",), team, **options)


def view(who, source_id: int) -> syncing.SyncView:
    return syncing.status(who, [source_id])[source_id]


def turn(job_id: int) -> jobs.JobView:
    """One turn of a job, here and now, whatever it waits for."""
    with store.writing(quietly=True) as session:
        job = session.get(Job, job_id)
        if job is not None:
            job.due_at = None
    work.run(job_id)
    return jobs.progress(job_id)


def count(table: type, *where) -> int:
    with store.reading() as session:
        return session.execute(select(func.count()).select_from(table).where(*where)).scalar_one()


def change_row(table: type, row_id: int, **values) -> None:
    with store.writing() as session:
        session.execute(update(table).where(table.id == row_id).values(**values))
