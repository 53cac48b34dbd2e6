"""How long the server works for those who lead: `python -m benchmarks.leading [--home FOLDER] [--runs N] [--factor F]`.

Makes an organisation of 50 teams with 2,000 services (with --home in that folder, where it is found again), of which
every repository has been looked at, every team has answered a survey and drawn a map; starts a portal on it, opens
every picture of the page Progress as a browser does, over the websocket, and asks for it again N times. Prints a
Markdown table in milliseconds of server CPU (from the kernel, all threads): the first view of a visitor, the first
after one service got new numbers, and later ones, the best and the mean; with them the time until the script has ended.
Beside them stands a fixed piece of work, timed in the same run. Ends with exit code 1 when a figure is above its limit.
"""

import argparse
import os
import sys
import tempfile
import time
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import select, update

from assessments.evidence import registry
from benchmarks import reference
from benchmarks.pages import Visitor
from content import catalog
from data import people, store
from data.demo import scale
from data.practices.evaluations import PROBES
from data.tables import Evaluation, MapVersion, Service, Team, Wave, WorkflowMap
from tests.browser.portal import running
from tests.data import practised

TEAMS, RUNS_OF_PIPELINES = 50, 20_000  # pipeline runs are in no figure of this page
FIRST, LATER = 500, 100  # milliseconds of server CPU
VIEWS = ("change", "spread", "capabilities", "waiting", "learning")
OUTCOMES = ("met", "not met", "partly", "not applicable", "unknown", "met")
_TICK = 1000 / os.sysconf("SC_CLK_TCK")


def prepare(home: Path, factor: float) -> int:
    """The organization, made where it is not there yet; its id."""
    os.environ["MILEPOST_HOME"] = str(home)
    os.environ.pop("DATABASE_URL", None)
    store.migrate()
    people.local_person()
    size = scale.Size(teams=TEAMS, runs=RUNS_OF_PIPELINES)
    size = replace(size.times(factor), teams=max(1, round(TEAMS * factor)))
    organization_id = scale.fill(size, datetime(2026, 11, 29, 9, tzinfo=UTC))
    scale.judge(organization_id)
    _look(organization_id)
    _ask_and_draw(organization_id)
    store.dispose()
    return organization_id


def _look(organization_id: int) -> None:
    wanted = select(Service.repository_id).join(Team, Team.id == Service.team_id)
    with store.reading() as session:
        repositories = session.execute(wanted.where(Team.organization_id == organization_id)).scalars().all()
        seen = set(session.execute(select(Evaluation.repository_id).where(Evaluation.origin == PROBES)).scalars())
    for number, repository in enumerate(repositories):
        if repository not in seen:
            found = {key: OUTCOMES[(number % 7 + at * at) % len(OUTCOMES)] for at, key in enumerate(registry())}
            practised.looked(repository, found)


def _ask_and_draw(organization_id: int) -> None:
    plain = next(iter(catalog.maps().values()))["today"]
    with store.reading() as session:
        teams = session.execute(select(Team.id).where(Team.organization_id == organization_id)).scalars().all()
        asked = set(session.execute(select(Wave.team_id)).scalars())
    for number, team_id in enumerate(each for each in teams if each not in asked):
        practised.said(team_id, number % 4)
        steps = [{**step, "role": f"Role {number}"} for step in plain["steps"]]
        with store.writing() as session:
            made = WorkflowMap(team_id=team_id, title="Ours", created_at=store.now_us())
            session.add(made)
            session.flush()
            drawn = {**plain, "title": "Ours", "steps": steps}
            session.add(MapVersion(map_id=made.id, kind="today", version=1, plain=drawn, saved_at=store.now_us()))
            session.execute(update(Wave).where(Wave.team_id == team_id).values(released_at=store.now_us()))


def cpu(process: int) -> float:
    """Milliseconds that a process has worked."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) * _TICK


@contextmanager
def portal(home: Path):
    """Its address and the number of its process."""
    with running(home, worker=False, fresh=True) as address:
        port = address.rpartition(":")[2]
        for found in Path("/proc").glob("[0-9]*/cmdline"):
            if f"--server.port={port}".encode() in found.read_bytes():
                yield address, int(found.parent.name)
                return
        raise RuntimeError("the portal is not there")


def _idle(process: int) -> None:
    """Waits until it has worked out what it does by itself: nothing for two seconds."""
    before = -1.0
    while cpu(process) - before > _TICK:
        before = cpu(process)
        time.sleep(2)


def asked(visitor: Visitor, process: int, query: str) -> tuple[float, float]:
    """Milliseconds of CPU, and until the script has ended."""
    before = cpu(process)
    took = visitor.ask("progress", query)
    return cpu(process) - before, took


def touch(organization_id: int) -> None:
    """One service gets other derived rows, as after a sync."""
    wanted = select(Service.id).join(Team, Team.id == Service.team_id)
    with store.writing() as session:
        first = session.execute(wanted.where(Team.organization_id == organization_id).limit(1)).scalar_one()
        row = session.get_one(Service, first)
        row.facts_version, row.derived_version = row.facts_version + 1, row.derived_version + 1


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--home", type=Path, help="a folder to keep what was made in")
    parser.add_argument("--runs", type=int, default=20, help="how often each picture is asked for again")
    parser.add_argument("--factor", type=float, default=1.0, help="share of the full size (1)")
    options = parser.parse_args(arguments)
    slow = 0
    with tempfile.TemporaryDirectory() as folder:
        home = options.home or Path(folder)
        organization_id = prepare(home, options.factor)
        print(f"Reference loop: {reference.seconds():.2f} s before", end="")
        with portal(home) as (address, process):
            _idle(process)
            rows = [_row(address, process, organization_id, view, options.runs) for view in VIEWS]
        print(f", {reference.seconds():.2f} s after.\n")
        print("| picture | first view | after a refresh | again, best | again, mean | until it stands |")
        print("|---|---:|---:|---:|---:|---:|")
        for view, first, refreshed, best, mean, stands in rows:
            slow += first > FIRST or best > LATER
            print(f"| {view} | {first:.0f} | {refreshed:.0f} | {best:.0f} | {mean:.0f} | {stands:.0f} |")
    return 1 if slow else 0


def _row(address: str, process: int, organization_id: int, view: str, runs: int) -> tuple:
    query = f"organization={organization_id}&view={view}"
    visitor = Visitor(address)
    first, _ = asked(visitor, process, query)
    touch(organization_id)
    refreshed, _ = asked(visitor, process, query)
    before, times = cpu(process), []
    best = float("inf")
    for _ in range(runs):
        spent, took = asked(visitor, process, query)
        best = min(best, spent)
        times.append(took)
    mean = (cpu(process) - before) / runs
    return view, first, refreshed, best, mean, min(times)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
