"""One reading of a repository, for `benchmarks.github`: in a process that has nothing else in its memory."""

import json
import sys
import time
from pathlib import Path

from sqlalchemy import func, select

from data import people, store, teams
from data.sources.github.api import Api
from data.sources.github.sync import sync
from data.tables import Change, Deployment, Issue, PipelineRun, Repository, Service, Source


def place() -> int:
    """A source that was never read."""
    store.migrate()
    who = people.local_person()
    home = people.home_organization(who)
    service = teams.create_service(who, teams.create_team(who, home, "Shop"), "shop")
    with store.writing() as session:
        here = session.get_one(Repository, session.get_one(Service, service).repository_id)
        here.full_name = "acme/shop"
        source = Source(organization_id=home, kind="github", name="acme/shop", repository_id=here.id, created_at=1)
        session.add(source)
        session.flush()
        return source.id


def peak() -> float:
    """The most memory that was ever in use, in MB. Not as getrusage has it, which begins with what the process held
    that started this one."""
    lines = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    return int(lines["VmHWM"].split()[0]) / 1024


def main(url: str, token: str, source: int | None = None) -> None:
    """Prints what a sync took, as JSON."""
    source = place() if source is None else int(source)
    api, begun = Api(lambda: token, url, gap=0, allow_local=True), time.perf_counter()
    before = peak()
    report = sync(source, api)
    seconds = time.perf_counter() - begun
    with store.reading() as session:
        rows = sum(
            session.execute(select(func.count()).select_from(table)).scalar_one()
            for table in (Change, Deployment, Issue, PipelineRun)
        )
    said = {"source": source, "calls": report.calls, "counted": report.counted, "seconds": seconds, "rows": rows,
            "new": report.new, "megabytes": peak(), "before": before, "problems": report.problems}  # fmt: skip
    print(json.dumps(said))


if __name__ == "__main__":
    main(*sys.argv[1:])
