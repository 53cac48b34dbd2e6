"""Many people at once: `python -m benchmarks.load [--home FOLDER] [--factor F] [--sessions N ...] [--seconds S]
[--think S] [--report FILE]`.

Starts one portal on a large store (as `benchmarks.pages` makes it) and lets so many browsers click in it, each over a
websocket of its own with the messages of Streamlit's pages: look at a page, think (exponentially, 8 s on average),
click, wait for the end of the script. Six clicks in ten are on the same page, the others go to another one. Meanwhile
they ask for the parts of a page that look for something new by themselves, as often as the page says. Beside it, in the
same run, as many browsers click on a bare Streamlit page, one title and one button, with Streamlit's own
settings: what a click costs at least on this machine.

A portal that was started works out some of what leaders see; once it is through, browsers come one after another, and
nothing is counted before all are there. The browsers share one process, whose own delay (how late
it comes to what is due) is measured too: where that is large, the figures are the browsers' and not the server's.
"""

import argparse
import asyncio
import os
import platform
import random
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect

from benchmarks import pages, reference
from benchmarks.serving import Server, serving
from benchmarks.visitor import check, is_end, rerun

LIMIT = 300  # milliseconds within which 95 % of clicks are answered
SESSIONS = (10, 50, 100)
SECONDS, THINK, COMING = 60.0, 8.0, 0.15  # of clicking; between clicks; between two that come
STAYS = 0.6  # share of clicks on the page that one is on
SLOWEST = 60.0  # seconds until an answer is given up
BARE = 'import streamlit as st\n\nst.title("Hello")\nst.button("Again")\n'
#: What people look at, with how often.
WALKS = {
    "": 3,
    "overview": 3,
    "delivery": 4,
    "practices": 2,
    "plan": 2,
    "learn": 2,
    "module": 3,
    "surveys": 1,
    "map": 1,
}


@dataclass
class Crowd:
    """What happened to all of them: milliseconds of each click, and what went wrong."""

    times: list[float] = field(default_factory=list)
    looks: int = 0
    wrong: list[str] = field(default_factory=list)
    counting: bool = False
    over: bool = False


@dataclass(frozen=True)
class Figures:
    """cpu: share of one core; late: milliseconds within which 95 % of what the browsers' process had to do began."""

    what: str
    sessions: int
    clicks: int
    looks: int
    a_second: float
    median: float
    p95: float
    p99: float
    wrong: int
    cpu: float
    megabytes: float
    late: float
    first_wrong: str = ""


def within(values: Sequence[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(int(share * len(ordered)), len(ordered) - 1)] if ordered else float("nan")


class Browser:
    """One person. walks: page and query, with weights."""

    def __init__(
        self, crowd: Crowd, walks: Sequence[tuple[str, str]], weights: Sequence[int], seed: int, think: float = THINK
    ):
        self.crowd, self.walks, self.weights, self.think = crowd, walks, weights, think
        self.random = random.Random(seed)
        self.pages: dict[str, str] = {}
        self.known: dict[str, None] = {}
        self.looks: dict[str, float] = {}  # parts of the page that look by themselves: seconds between two looks

    async def live(self, address: str) -> None:
        """Comes, and clicks until all is over."""
        try:
            socket = address.replace("http:", "ws:") + "/_stcore/stream"
            async with connect(
                socket, origin=address, subprotocols=["streamlit"], max_size=None, open_timeout=SLOWEST
            ) as connection:
                await self._click(connection, "", "")
                at = self._next()
                while not self.crowd.over:
                    await self._think(connection, at)
                    at = at if self.random.random() < STAYS else self._next()
                    counted = self.crowd.counting
                    taken = await self._click(connection, *at)
                    if counted and not self.crowd.over:
                        self.crowd.times.append(taken)
        except Exception as error:
            self.crowd.wrong.append(f"{type(error).__name__}: {error}")

    def _next(self) -> tuple[str, str]:
        return self.random.choices(self.walks, self.weights)[0]

    async def _think(self, connection: ClientConnection, at: tuple[str, str]) -> None:
        """Until the next click; the page meanwhile asks for its parts that look by themselves."""
        until = time.perf_counter() + self.random.expovariate(1 / self.think)
        due = {part: time.perf_counter() + every for part, every in self.looks.items()}
        while due and (first := min(due, key=due.__getitem__)) and due[first] < until:
            await asyncio.sleep(max(due[first] - time.perf_counter(), 0))
            await self._click(connection, *at, part=first)
            due[first] = time.perf_counter() + self.looks.get(first, self.think)
            self.crowd.looks += self.crowd.counting
        await asyncio.sleep(max(until - time.perf_counter(), 0))

    async def _click(self, connection: ClientConnection, page: str, query: str, part: str = "") -> float:
        """Milliseconds until the script has ended. part: only that part of the page."""
        asked = rerun(self.pages.get(page, ""), query, list(self.known), part)
        asked.rerun_script.page_name = page
        looks = self.looks if part else {}
        begun = time.perf_counter()
        await connection.send(asked.SerializeToString())
        while True:
            heard = ForwardMsg.FromString(await asyncio.wait_for(connection.recv(), SLOWEST))
            if heard.hash and heard.metadata.cacheable:
                self.known[heard.hash] = None
            if heard.WhichOneof("type") == "navigation":
                self.pages = {one.url_pathname: one.page_script_hash for one in heard.navigation.app_pages}
            if heard.WhichOneof("type") == "auto_rerun":
                looks[heard.auto_rerun.fragment_id] = heard.auto_rerun.interval
            check(heard)
            if is_end(heard, part) or (part and is_end(heard)):  # what is new has the whole page drawn again
                self.looks = looks
                return (time.perf_counter() - begun) * 1000


async def _crowd(
    server: Server, what: str, walks: dict[tuple[str, str], int], sessions: int, seconds: float, think: float
) -> Figures:
    crowd, late = Crowd(), []

    async def watch() -> None:
        while not crowd.over:
            due = time.perf_counter() + 0.05
            await asyncio.sleep(0.05)
            if crowd.counting:
                late.append((time.perf_counter() - due) * 1000)

    tasks = [asyncio.create_task(watch())]
    for number in range(sessions):
        browser = Browser(crowd, list(walks), list(walks.values()), number, think)
        tasks.append(asyncio.create_task(browser.live(server.address)))
        await asyncio.sleep(COMING)
    await asyncio.sleep(think)
    begun, cpu, crowd.counting = time.perf_counter(), server.cpu(), True
    await asyncio.sleep(seconds)
    lasted, used, held = time.perf_counter() - begun, server.cpu() - cpu, server.megabytes()
    crowd.over = True
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    return Figures(
        what, sessions, len(crowd.times), crowd.looks, len(crowd.times) / lasted, within(crowd.times, 0.5),
        within(crowd.times, 0.95), within(crowd.times, 0.99), len(crowd.wrong), used / lasted / 1000, held,
        within(late, 0.95), crowd.wrong[0] if crowd.wrong else "",
    )  # fmt: skip


def portal_walks(home: Path) -> dict[tuple[str, str], int]:
    there = pages.places(home)
    found = {}
    for scene in pages.scenes(["home", *filter(None, WALKS)]):
        walk = (scene.page, scene.query.format(**there) if scene.page else "")
        if walk[0] not in {page for page, _ in found}:
            found[walk] = WALKS[scene.page]
    return found


HEAD = (
    "| | sessions | clicks | looks | a second | median (ms) | 95 % within | 99 % within | failed | of a core | "
    "memory (MB) | browsers late |\n|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|"
)


def line(one: Figures) -> str:
    late = f"**{one.p95:.0f}**" if one.p95 > LIMIT else f"{one.p95:.0f}"
    return (
        f"| {one.what} | {one.sessions} | {one.clicks:,} | {one.looks:,} | {one.a_second:.1f} | "
        f"{one.median:.0f} | {late} | {one.p99:.0f} | {one.wrong} | "
        f"{one.cpu:.0%} | {one.megabytes:.0f} | {one.late:.0f} |"
    )


def report(home: Path, found: list[Figures], options: argparse.Namespace, beside: list[float]) -> str:
    most = max((one for one in found if one.what == "Milepost"), key=lambda one: one.sessions)
    counts = pages.counts(home)
    return "\n".join(
        [
            "# Many people at once\n",
            "Made by `python -m benchmarks.load --factor 1 --report benchmarks/report_load.md`: browsers without a",
            "browser, each with a websocket of its own, in one process of the portal, on a store with",
            f"{counts['services']:,} services, {counts['teams']} teams and {counts['pipeline runs']:,} pipeline runs.",
            f"Each clicks, waits for the end of the script and thinks for {options.think:g} s on average; {STAYS:.0%}",
            f"of clicks stay on the page. {options.seconds:g} s are counted, after all have come. *Bare page*: one",
            "title and one button, with Streamlit's own settings, in a process of its own, one after the other.",
            "*Looks*: open pages ask by themselves whether something is new, as often as they say; not in the times.\n",
            f"Machine: processor cores {os.cpu_count()}, {platform.system()} {platform.machine()}, Python",
            f"{platform.python_version()}; the browsers run on the same machine. A fixed piece of work",
            f"(`benchmarks/reference.py`) took {min(beside):.3f} s to {max(beside):.3f} s before and after.\n",
            f"Target: 95 % of clicks of {most.sessions} sessions within {LIMIT} ms: {most.p95:.0f} ms, "
            f"{'met' if most.p95 <= LIMIT else 'not met'}.\n",
            HEAD,
            *map(line, found),
            "",
            "*Of a core*: processor time of the server. *Browsers late*: milliseconds within which 95 % of what the",
            "browsers' process had to do began; it is part of the times.",
        ]
    ) + "\n"  # fmt: skip


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--home", type=Path, help="folder of the store, kept for the next run")
    parser.add_argument("--factor", type=float, default=pages.FACTOR, help=f"share of the full size ({pages.FACTOR:g})")
    parser.add_argument("--sessions", type=int, nargs="+", default=SESSIONS, help="how many people at once (10 50 100)")
    parser.add_argument("--seconds", type=float, default=SECONDS, help="how long clicks are counted (60)")
    parser.add_argument("--think", type=float, default=THINK, help="seconds between clicks, on average (8)")
    parser.add_argument("--report", type=Path, help="file to write")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        home = options.home or Path(folder) / "home"
        home.mkdir(parents=True, exist_ok=True)
        pages.prepare(home, options.factor)
        bare = Path(folder) / "bare"
        bare.mkdir()
        (bare / "page.py").write_text(BARE)
        beside, found = [reference.seconds()], []
        print(HEAD, flush=True)
        for sessions in options.sessions:
            with serving(bare, script="page.py", folder=bare, ready="/_stcore/health") as server:
                found.append(
                    asyncio.run(_crowd(server, "Bare page", {("", ""): 1}, sessions, options.seconds, options.think))
                )
            print(line(found[-1]), flush=True)
            with serving(home) as server:
                server.settle()
                walks = portal_walks(home)
                found.append(asyncio.run(_crowd(server, "Milepost", walks, sessions, options.seconds, options.think)))
            print(line(found[-1]), flush=True)
        beside.append(reference.seconds())
        for one in found:
            if one.wrong:
                print(f"{one.what}, {one.sessions} sessions: {one.first_wrong}", file=sys.stderr)
        if options.report:
            options.report.write_text(report(home, found, options, beside), encoding="utf-8")
    return 1 if any(one.wrong for one in found) or found[-1].p95 > LIMIT else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
