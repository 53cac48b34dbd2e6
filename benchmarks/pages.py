"""How long the server works on each page: `python -m benchmarks.pages [--home FOLDER] [--factor F] [--runs N]
[--only PAGES] [--report FILE]`.

Takes every page of the registry, on a store with 50 teams, 2,000 services, 11.5 million facts (factor 1) and all that
belongs to such an organisation beside facts (`benchmarks/company.py`). A store in --home is made when it is not there,
and kept. Opens pages as a browser does, over the websocket, and counts the processor time of the server until the page
has come: so that a busy machine does not count.

    first view      everything the server keeps for pages is thrown away before, N times
    shown again     the same page asked for again, N times
    after a write   something was saved meanwhile, so lists are read again

Prints a Markdown table of the best, and with --report writes it as a report. Ends with exit code 1 when the best of a
page is above a limit.
"""

import argparse
import os
import platform
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from benchmarks import company, large, reference
from benchmarks.serving import Server, serving
from benchmarks.visitor import Failed, Visitor
from data import demo, people, store
from pages.ui.registry import PAGES

FIRST, AGAIN = 500, 100  # milliseconds of processor time, the best of all runs
TEAMS = 50
FACTOR = 0.02


@dataclass(frozen=True)
class Scene:
    """A page as somebody opens it. query: with {names} of `places`."""

    title: str
    page: str
    query: str = "team={team}&service={service}"


#: What is to be measured beyond opening each page for a team and a service of it.
MORE = {
    "delivery": (("", "service={service}&weeks=13"), ("52 weeks", "service={service}&weeks=52")),
    "session": (("", "wave={consensus}"),),
    "survey": (("", "team={team}&wave={wave}"),),
    "practices": (("", "team={team}"), ("one capability", "team={team}&capability=continuous-integration")),
    "track": (("", "team={team}&track=jenkins-to-actions"),),
    "module": (("", "team={team}&track=jenkins-to-actions&module={module}"),),
    "proof": (("", "attempt={attempt}"),),
    "sources": (("", ""), ("of one service", "service={service}")),
}


@dataclass(frozen=True)
class Timed:
    """Milliseconds: of processor time, and (`wall`) until the answer had come."""

    cpu: float
    wall: float


@dataclass(frozen=True)
class Row:
    """A scene and its times. cold: the very first view since the server was started."""

    scene: Scene
    cold: Timed
    first: list[Timed]
    again: list[Timed]
    written: list[Timed]
    kilobytes: float

    @property
    def is_slow(self) -> bool:
        return best(self.first) > FIRST or best(self.again) > AGAIN


def best(times: Iterable[Timed]) -> float:
    return min(each.cpu for each in times)


def scenes(only: Iterable[str] = ()) -> list[Scene]:
    """Every page of the registry, or those with these paths ("home" is the first one)."""
    found = []
    for spec in PAGES:
        if only and (spec.path or "home") not in only:
            continue
        for about, query in MORE.get(spec.path, (("", Scene.query),)):
            found.append(Scene(f"{spec.title}, {about}" if about else spec.title, spec.path, query))
    return found


def prepare(home: Path, factor: float) -> None:
    """The store in `home`, made when it is not whole."""
    os.environ["MILEPOST_HOME"] = str(home)
    os.environ.pop("DATABASE_URL", None)
    until = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    store.migrate()
    who = people.local_person()
    with sqlite3.connect(home / "milepost.db") as connection:
        (there,) = connection.execute("select count(*) from service").fetchone()
    if not there:
        arguments = ["--factor", str(factor), "--teams", str(TEAMS), "--until", until.isoformat(), "--judge"]
        large.main(arguments)
    demo.create(who, people.home_organization(who), until)
    company.fill(who, lambda about: print(about, file=sys.stderr))
    store.dispose()


def places(home: Path) -> Mapping[str, str]:
    """What the queries name: the largest service, its team, and what this has."""
    with sqlite3.connect(home / "milepost.db") as connection:

        def one(statement: str, *values) -> str:
            found = connection.execute(statement, values).fetchone()
            return "" if found is None else str(found[0])

        service = one(
            "select s.id from service s join team t on t.id = s.team_id join organization o on o.id = t.organization_id"
            " where not o.is_demo order by (select count(*) from change c where c.repository_id = s.repository_id) desc"
        )
        team = one("select team_id from service where id = ?", service)
        return {
            "service": service,
            "team": team,
            "wave": one("select max(id) from wave where team_id = ? and kind = 'survey' and state = 'closed'", team),
            "consensus": one("select max(id) from wave where kind = 'consensus'"),
            "attempt": one("select max(id) from proof_attempt where team_id = ?", team),
            "module": _first_module(),
        }


def _first_module() -> str:
    from content import catalog

    return next(iter(catalog.modules("jenkins-to-actions")))


def counts(home: Path) -> dict[str, int]:
    tables = {
        "teams": "team", "services": "service", "changes": "change", "commits": "trunk_commit",
        "deployments": "deployment", "pipeline runs": "pipeline_run", "incidents": "incident", "people": "person",
        "findings of probes": "finding", "surveys": "wave", "assessments": "assessment", "goals": "goal",
        "interventions": "intervention", "proofs of concept": "proof_attempt", "jobs": "job", "traces": "audit_event",
    }  # fmt: skip
    with sqlite3.connect(home / "milepost.db") as connection:
        return {
            name: connection.execute(f"select count(*) from {table}").fetchone()[0]  # noqa: S608
            for name, table in tables.items()
        }


# Measuring


def timed(server: Server, visitor: Visitor, page: str, query: str) -> Timed:
    begun = server.cpu()
    wall = visitor.ask(page, query)
    time.sleep(0.005)  # what the script's thread does after its last message belongs to it
    return Timed(server.cpu() - begun, wall)


def measure(server: Server, home: Path, scene: Scene, query: str, cold: Timed, runs: int) -> Row:
    with Visitor(server.address) as visitor:
        server.settle()
        first = []
        for _ in range(runs):
            server.forget()
            first.append(timed(server, visitor, scene.page, query))
        again = [timed(server, visitor, scene.page, query) for _ in range(runs)]
        kilobytes, written = visitor.received / 1000, []
        for _ in range(max(runs // 4, 1)):
            with sqlite3.connect(home / "milepost.db", timeout=30) as connection:
                connection.execute("update data_version set version = version + 1")
            server.settle()
            written.append(timed(server, visitor, scene.page, query))
    return Row(scene, cold, first, again, written, kilobytes)


def run(home: Path, wanted: list[Scene], runs: int, tell=lambda line: None) -> tuple[list[Row], list[str]]:
    """The times of each scene, and what could not be shown."""
    there, rows, failed = places(home), [], []
    with serving(home) as server:
        cold = {}
        for scene in wanted:
            try:
                with Visitor(server.address) as visitor:
                    server.settle()
                    cold[scene] = timed(server, visitor, scene.page, scene.query.format(**there))
            except Failed as error:
                failed.append(f"{scene.title}: {error}")
        for scene in wanted:
            if scene in cold:
                rows.append(measure(server, home, scene, scene.query.format(**there), cold[scene], runs))
                tell(line(rows[-1]))
    return rows, failed


HEAD = (
    "| page | first view (ms) | shown again (ms) | median | 95 % within | after a write | since start | answer (kB) |\n"
    "|---|---:|---:|---:|---:|---:|---:|---:|"
)


def line(row: Row) -> str:
    again = sorted(each.cpu for each in row.again)
    late = again[int(0.95 * (len(again) - 1))]
    marks = [
        f"**{value:.0f}**" if value > limit else f"{value:.0f}"
        for value, limit in ((best(row.first), FIRST), (best(row.again), AGAIN))
    ]
    figures = [*marks, *(f"{each:.0f}" for each in (statistics.median(again), late, best(row.written), row.cold.cpu))]
    return f"| {row.scene.title} | {' | '.join(figures)} | {row.kilobytes:.0f} |"


def report(home: Path, rows: list[Row], failed: list[str], runs: int, beside: list[float]) -> str:
    first, again = max(rows, key=lambda row: best(row.first)), max(rows, key=lambda row: best(row.again))
    slow = [row.scene.title for row in rows if row.is_slow]
    said = [
        "# Pages of a large organisation\n",
        "Made by `python -m benchmarks.pages --factor 1 --report benchmarks/report_pages.md`: every page of the",
        "registry, as the administrator of the organisation, in one process on SQLite.\n",
        "| what there is | |\n|---|---:|",
        *(f"| {name} | {number:,} |" for name, number in counts(home).items()),
        "",
        f"Machine: processor cores {os.cpu_count()}, {platform.system()} {platform.machine()}, Python",
        f"{platform.python_version()}, SQLite {sqlite3.sqlite_version}. A fixed piece of work in Python and numpy",
        f"(`benchmarks/reference.py`), timed before and after, took {min(beside):.3f} s to {max(beside):.3f} s.\n",
        f"Figures are milliseconds of processor time of the server, all its threads, the best of {runs}; beside them",
        "the median and the 95th percentile of showing a page again. *First view*: nothing is kept in the process for",
        "pages. *After a write*: something was saved meanwhile. *Since start*: the first view of the process.\n",
        "| target | slowest page | ms | met |\n|---|---|---:|---|",
        *(
            f"| {what} <= {limit} ms | {row.scene.title} | {best(times):.0f} | "
            f"{'met' if best(times) <= limit else 'not met'} |"
            for what, limit, row, times in (
                ("First view", FIRST, first, first.first),
                ("Shown again", AGAIN, again, again.again),
            )
        ),
        "",
        f"Above a limit: {', '.join(slow) or 'none'}.\n",
        HEAD,
        *map(line, rows),
    ]
    if failed:
        said += ["\nNot shown:\n", *(f"- {each}" for each in failed)]
    return "\n".join(said) + "\n"


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--home", type=Path, help="folder of the store, kept for the next run")
    parser.add_argument("--factor", type=float, default=FACTOR, help=f"share of the full size ({FACTOR:g})")
    parser.add_argument("--runs", type=int, default=20, help="how often each page is asked for (20)")
    parser.add_argument("--only", default="", help="paths of pages, separated by commas; home is the first")
    parser.add_argument("--report", type=Path, help="file to write")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        home = options.home or Path(folder)
        prepare(home, options.factor)
        beside = [reference.seconds()]
        print(HEAD, flush=True)
        wanted = scenes([each for each in options.only.split(",") if each])
        rows, failed = run(home, wanted, options.runs, lambda text: print(text, flush=True))
        beside.append(reference.seconds())
        for each in failed:
            print(f"not shown: {each}", file=sys.stderr)
        if options.report:
            options.report.write_text(report(home, rows, failed, options.runs, beside), encoding="utf-8")
    return 1 if failed or any(row.is_slow for row in rows) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
