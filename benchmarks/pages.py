"""How long the server works on each page: `python -m benchmarks.pages [--runs N] [--services N]`.

Starts a portal on a store of its own with the demo organisation (and, with --services, so many more), opens every page
as a browser does, over the websocket, and asks for it again N times. Prints a Markdown table: the first visit (caches
empty) and the median and 95th percentile of the later ones, in milliseconds from asking to the end of the script.
Ends with exit code 1 when a median is above the limit.
"""

import argparse
import os
import sqlite3
import statistics
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import select
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import connect

from assessments.evidence import registry
from data import demo, people, store, teams
from data.practices import assessments
from data.tables import Service
from tests.browser.portal import running
from tests.data import practised
from tests.data.arrange import Place
from tests.many import fill

LIMIT = 100  # milliseconds
REPOSITORIES = 50  # of the team whose practices are shown


class Visitor:
    """One browser tab without a browser."""

    def __init__(self, address: str):
        socket = address.replace("http:", "ws:") + "/_stcore/stream"
        self.connection = connect(socket, origin=address, subprotocols=["streamlit"], max_size=None)
        self.pages: dict[str, str] = {}  # address of a page -> what the server calls it
        self.known: list[str] = []  # messages that need not be sent again, as a browser tells
        self.looks: list[str] = []  # the parts of the page that look for something new by themselves
        self.ask("", "")  # the first answer holds the navigation

    def ask(self, page: str, query: str, part: str = "") -> float:
        """Milliseconds until the script has ended. part: only that part of the page. Raises RuntimeError when it has
        failed."""
        asked = BackMsg()
        asked.rerun_script.fragment_id = part
        asked.rerun_script.is_auto_rerun = bool(part)
        self.looks = self.looks if part else []
        asked.rerun_script.query_string = query
        asked.rerun_script.page_name = page
        asked.rerun_script.page_script_hash = self.pages.get(page, "")
        asked.rerun_script.cached_message_hashes.extend(self.known)
        begun = time.perf_counter()
        self.connection.send(asked.SerializeToString())
        while True:
            heard = ForwardMsg()
            heard.ParseFromString(self.connection.recv(timeout=60))
            if heard.hash and heard.metadata.cacheable and heard.hash not in self.known:
                self.known.append(heard.hash)
            kind = heard.WhichOneof("type")
            if kind == "navigation":
                self.pages = {one.url_pathname: one.page_script_hash for one in heard.navigation.app_pages}
            if kind == "auto_rerun":
                self.looks.append(heard.auto_rerun.fragment_id)
            if kind == "delta" and heard.delta.new_element.WhichOneof("type") == "exception":
                raise RuntimeError(heard.delta.new_element.exception.message)
            if kind == "script_finished":
                if heard.script_finished == (
                    ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY if part else ForwardMsg.FINISHED_SUCCESSFULLY
                ):
                    return (time.perf_counter() - begun) * 1000
                if heard.script_finished == ForwardMsg.FINISHED_WITH_COMPILE_ERROR:
                    raise RuntimeError(f"page {page!r} does not compile")


def prepare(home: Path, services: int) -> None:
    """A store with the demo organisation, and so many services more."""
    os.environ["MILEPOST_HOME"] = str(home)
    os.environ.pop("DATABASE_URL", None)
    store.migrate()
    who = people.local_person()
    demo.create(who, people.home_organization(who), datetime.now(UTC))
    if services:
        fill(services=services)
    practise(who)
    store.dispose()


def practise(who: people.Who) -> None:
    """A team with many repositories that were looked at, two surveys and two assessments."""
    place = Place(who, "Platform")
    for number in range(REPOSITORIES - 1):
        teams.create_service(who, place.team_id, f"service-{number:02}")
    with store.reading() as session:
        own = select(Service.repository_id).where(Service.team_id == place.team_id)
        repositories = session.execute(own).scalars().all()
    outcomes = ("met", "not met", "partly", "not applicable", "unknown", "met")
    for number, repository in enumerate(repositories):
        found = {key: outcomes[(number + at * at) % len(outcomes)] for at, key in enumerate(registry())}
        practised.looked(repository, found)
    for option in (1, 2):
        practised.said(place.team_id, option)
        assessments.take(who, place.team_id)


def addresses(home: Path) -> dict[str, tuple[str, str]]:
    """What is measured: title -> page and query."""
    with sqlite3.connect(home / "milepost.db") as connection:
        service, team = connection.execute("select id, team_id from service where name = 'payments-api'").fetchone()
        (many,) = connection.execute("select id from team where name = 'Team of Platform'").fetchone()
    return {
        "Home": ("", ""),
        "Team overview": ("overview", f"team={team}&weeks=13"),
        "Delivery": ("delivery", f"service={service}&weeks=13"),
        "Delivery, 52 weeks": ("delivery", f"service={service}&weeks=52"),
        f"Practices, {REPOSITORIES} repositories": ("practices", f"team={many}"),
        "Practices, one capability": ("practices", f"team={many}&capability=container-images"),
        "Then and now": ("assessments", f"team={many}"),
        "Production rule": ("rule", f"service={service}"),
        "Teams and services": ("teams", ""),
        "Sources": ("sources", ""),
    }


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=40, help="how often each page is asked for again")
    parser.add_argument("--services", type=int, default=0, help="so many services beside the demo")
    options = parser.parse_args(arguments)
    slow = 0
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        prepare(home, options.services)
        print("| page | first visit (ms) | median (ms) | 95 % within (ms) |\n|---|---:|---:|---:|")
        with running(home, worker=False) as address:
            for title, (page, query) in addresses(home).items():
                visitor = Visitor(address)
                first = visitor.ask(page, query)
                times = sorted(visitor.ask(page, query) for _ in range(options.runs))
                median, late = statistics.median(times), times[int(0.95 * (len(times) - 1))]
                slow += median > LIMIT
                print(f"| {title} | {first:.0f} | {median:.0f} | {late:.0f} |", flush=True)
                if visitor.looks:
                    first = visitor.ask(page, query, visitor.looks[-1])
                    times = sorted(visitor.ask(page, query, visitor.looks[-1]) for _ in range(options.runs))
                    median, late = statistics.median(times), times[int(0.95 * (len(times) - 1))]
                    print(f"| {title}: a look | {first:.1f} | {median:.1f} | {late:.1f} |", flush=True)
    return 1 if slow else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
