"""What it costs to read GitHub: `python -m benchmarks.github [--pulls 100000]`.

The test GitHub runs in a process of its own, and each reading and each part in another: memory is that of the reader
alone, and no part pays for what an earlier one has left behind.
Beside the calls stand those of a naive collector over PyGithub's objects, made at a hundredth of the size and counted.
Writes benchmarks/report_github.md; ends with exit code 1 when a target is missed.
"""

import argparse
import json
import multiprocessing
import os
import platform
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import github
from sqlalchemy import func, select

from data import store
from data.sources.github import issues, repository, runs, saving
from data.sources.github.api import PAGE, Api
from data.sources.github.sync import sync
from data.tables import Issue, PipelineRun, Source
from tests.data.sources.hub.arrange import place
from tests.fake_github import GitHub
from tests.fake_github.remote import Remote

ROOT = Path(__file__).parent.parent
REPORT = ROOT / "benchmarks" / "report_github.md"
SIZES = {"pulls": 4_800, "issues": 500, "deployments": 700, "runs": 2_000, "releases": 50, "days": 720}
INGESTED = 40_000  # runs, and as many issues
ROUNDS = 5  # of saving them; the fastest counts, since what others do on the machine only ever slows one down
UNLIMITED = 10**9  # requests an hour, and points
SMALL = 100  # times smaller, for the naive way
CALLS, IDLE, CHANGED, PER_SECOND, MEGABYTES = 200, 0, 10, 20_000, 300


@dataclass
class Line:
    what: str
    target: str
    found: str
    kept: bool


def reading(home: Path, hub: Remote, source: int | None = None) -> dict:
    command = [sys.executable, "-m", "benchmarks.github_reader", hub.url, hub.token]
    command += [str(source)] if source else []
    environment = {**os.environ, "MILEPOST_HOME": str(home), "DATABASE_URL": ""}
    ended = subprocess.run(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(ended.stdout.splitlines()[-1])


# What is measured


def calls(folder: Path) -> list[Line]:
    sizes = [part for name, size in SIZES.items() for part in (f"--{name}", str(size))]
    with Remote.start("--seed", "1", *sizes) as hub:
        first = reading(folder / "calls", hub)
        for _ in range(3):  # until nothing is young enough to be looked at again
            hub.call("clock.advance", 400)
            settled = reading(folder / "calls", hub, first["source"])
        idle = reading(folder / "calls", hub, first["source"])
        merged = next(row for row in reversed(hub.truth()["pulls"]) if row["merged_at"])
        now = int(hub.call("clock.now"))
        hub.on("acme/shop", "issues.change", merged["number"], title="Better", updated_at=now)
        changed = reading(folder / "calls", hub, first["source"])
    assert first["problems"] == settled["problems"] == {}
    return [
        Line(f"backfill of {SIZES['pulls']:,} pull requests, {SIZES['issues']} issues, {SIZES['deployments']} "
             f"deployments, {SIZES['runs']:,} runs (jobs apart): calls", f"<= {CALLS}",
             f"{first['calls']} ({first['seconds']:.0f} s, {first['counted']} of them count for the REST quota)",
             first["calls"] <= CALLS),
        Line("poll while nothing happens: counted REST requests", f"{IDLE}",
             f"{idle['counted']} ({idle['calls']} calls)", idle["counted"] <= IDLE),
        Line("poll after one pull request has changed: calls", f"<= {CHANGED}", f"{changed['calls']}",
             changed["calls"] <= CHANGED and changed["new"].get("change") == 1),
    ]  # fmt: skip


def memory(folder: Path, pulls: int) -> list[Line]:
    """With a quota that is never spent: waiting for the next hour would take hours, and no memory."""
    with Remote.start("--seed", "1", "--pulls", str(pulls), "--issues", "0", "--days", "2000") as hub:
        hub.token = hub.call("token", limit=UNLIMITED)
        found = reading(folder / "memory", hub)
    assert found["problems"] == {} and found["new"]["change"] == pulls, found
    took = f"{found['calls']:,} calls, {found['seconds']:.0f} s, {found['rows']:,} rows"
    return [
        Line(
            f"first reading of {pulls:,} pull requests: peak memory of the reader",
            f"< {MEGABYTES} MB",
            f"{found['megabytes']:.0f} MB, {found['before']:.0f} of them before it began ({took})",
            found["megabytes"] < MEGABYTES,
        )
    ]


def ingest(folder: Path) -> list[Line]:
    """Rows as GitHub sends them, a hundred in a transaction, with the cursor, as they are saved while reading; one page
    is in memory at a time."""
    os.environ["MILEPOST_HOME"] = str(folder / "ingest")
    os.environ.pop("DATABASE_URL", None)
    store.migrate()
    with GitHub() as hub:
        hub.fill("acme/shop", runs=100, pulls=0, issues=100, deployments=0, releases=0)
        shop = place(hub)
        api = Api(shop.api().token, hub.url, gap=0, allow_local=True)
        sync(shop.source_id, api)
        base = f"/repositories/{hub.repository('acme/shop').id}"
        found = api.get(f"{base}/actions/runs", {"per_page": 100}).json["workflow_runs"]
        listed = api.get(f"{base}/issues", {"state": "all", "per_page": 100}).json
        with store.reading() as session:
            reader = repository.known(session, session.get_one(Source, shop.source_id))
            reader.api = api
        part, taken = INGESTED // ROUNDS, []
        for turn in range(ROUNDS):
            seconds = worked = 0.0
            for save, key, first, listing in ((runs.save, "id", 10**9, found), (issues.save, "number", 10**6, listed)):
                for start in range(first + turn * part, first + (turn + 1) * part, PAGE):
                    rows = [{**row, key: start + each} for each, row in enumerate(listing)]
                    begun, before = time.perf_counter(), time.process_time()
                    with saving.page(reader) as page:
                        save(page, rows)
                        page.feed("ingest", cursor={"at": start})
                    seconds, worked = seconds + time.perf_counter() - begun, worked + time.process_time() - before
            taken.append((seconds, worked))
        with store.reading() as session:
            held = [
                session.execute(select(func.count()).select_from(each)).scalar_one() for each in (PipelineRun, Issue)
            ]
        api.close()
        store.dispose()
    assert sum(held) == 2 * INGESTED + 200, held
    rates = sorted(2 * part / seconds for seconds, _ in taken)
    rate = rates[-1]
    return [
        Line(
            "facts saved in a second into SQLite (runs and issues, a hundred in a transaction)",
            f">= {PER_SECOND:,}",
            f"{rate:,.0f} in the fastest of {ROUNDS} rounds, {rates[0]:,.0f} in the slowest "
            f"({max(2 * part / worked for _, worked in taken):,.0f} a second of processor time)",
            rate >= PER_SECOND,
        )
    ]


def naive() -> tuple[int, dict[str, int]]:
    """Calls of a collector over PyGithub's objects, at a hundredth of the size."""
    sizes = {name: max(1, size // SMALL) for name, size in SIZES.items() if name != "days"}
    with GitHub() as hub:
        hub.fill("acme/shop", **sizes, days=100)
        account = github.Github(
            auth=github.Auth.Token(hub.token()), base_url=hub.url, per_page=100, seconds_between_requests=0
        )
        repo = account.get_repo("acme/shop")
        for pull in repo.get_pulls(state="all"):
            _ = pull.additions, list(pull.get_commits()), list(pull.get_reviews())
        for issue in repo.get_issues(state="all"):
            _ = issue.labels
        for deployment in repo.get_deployments():
            list(deployment.get_statuses())
        for each in repo.get_workflow_runs():
            _ = each.conclusion
        for release in repo.get_releases():
            _ = release.published_at
        asked = len(hub.requests)
        hub.problems.clear()
        return asked, sizes


def render(lines: list[Line], asked: int, sizes: dict[str, int], first: str) -> str:
    rows = "\n".join(f"| {each.what} | {each.target} | {each.found} | {'yes' if each.kept else '**no**'} |"
                     for each in lines)  # fmt: skip
    what = ", ".join(f"{size} {name}" for name, size in sizes.items())
    return f"""# What it costs to read GitHub

Made by `python -m benchmarks.github` with Python {platform.python_version()} on {os.cpu_count()} cores, against the
test GitHub of `tests/fake_github` in a process of its own; nothing of this was measured against the real one.

| what | target | found | kept |
|---|---|---|---|
{rows}

A naive collector over PyGithub's objects (additions, commits and reviews of each pull request, statuses of each
deployment) sent {asked:,} requests for a hundredth of the first line ({what}), counted at that size. Almost all are so
many for each thing, so that the whole would take about {asked * SMALL:,}, computed: {asked * SMALL / 5000:.0f} hours of
GitHub's quota of 5,000 an hour, and again each time. Milepost took {first}.
"""


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.github", description=__doc__)
    parser.add_argument("--pulls", type=int, default=100_000, help="of the reading whose memory is measured")
    parser.add_argument("--only", choices=["calls", "ingest", "memory"], help="one part, and no report")
    given = parser.parse_args()
    parts = {"calls": calls, "ingest": ingest, "memory": partial(memory, pulls=given.pulls)}
    with tempfile.TemporaryDirectory() as place_of_all:
        folder = Path(place_of_all)
        lines = []
        for name in [given.only] if given.only else parts:
            with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as alone:
                found = alone.submit(parts[name], folder).result()
            for each in found:
                lines.append(each)
                kept = "kept  " if each.kept else "MISSED"
                print(f"{kept} {each.what}: {each.found} (target {each.target})", flush=True)
    if not given.only:
        REPORT.write_text(render(lines, *naive(), lines[0].found))
    return 0 if all(each.kept for each in lines) else 1


if __name__ == "__main__":
    sys.exit(main())
