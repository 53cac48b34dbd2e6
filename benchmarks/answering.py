"""A thousand people answer within ten minutes, 150 of them at a time: `python -m benchmarks.answering --minutes 10`.

Over HTTP, at a server of its own with a store of its own (SQLite; another when DATABASE_URL names an empty one), each
answer sent alone as the page sends it, every tenth person handing in twice. Ends with what came back and what is in the
store: nothing may be lost or doubled.
"""

import argparse
import http.client
import json
import os
import queue
import random
import re
import secrets
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import func, select

from data import people, store, teams
from data.asked import waves
from data.tables import AnswerSheet, Draft, Participation

ROOT = Path(__file__).resolve().parent.parent
PEOPLE, SESSIONS, OF_A_WAVE = 1_000, 150, 100
BLOCKS = ("ci-cd", "automation-testing", "fast-feedback", "deployment-process", "monitoring-alerting")  # as suggested
HEADERS = {"Content-Type": "application/json"}


class Crowd:
    """Everybody who is to answer, and what it took."""

    def __init__(self, port: int, links: list[str], minutes: float):
        self.port, self.waiting = port, queue.SimpleQueue()
        for number, secret in enumerate(links):
            self.waiting.put((number, secret))
        self.each = minutes * 60 / (len(links) / SESSIONS)  # seconds a person has
        self.took: dict[str, list[float]] = {"open": [], "save": [], "hand-in": []}
        self.seen: Counter = Counter()

    def session(self) -> None:
        """One place: person after person."""
        line, dice = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60), random.Random()
        time.sleep(dice.random() * self.each)  # they do not come together
        while True:
            try:
                number, secret = self.waiting.get_nowait()
            except queue.Empty:
                return
            self.person(line, number, {"invitation": secret, "draft": secrets.token_hex(16)}, dice)

    def person(self, line: http.client.HTTPConnection, number: int, keys: dict, dice: random.Random) -> None:
        status, shown = self.ask(line, "open", keys)
        items = [item for block in shown["blocks"] for item in block["items"]]
        pause = self.each / (len(items) + 1)
        for item in items:
            time.sleep(dice.uniform(0, 2 * pause))
            self.ask(line, "save", {**keys, "answers": {item["key"]: {"value": dice.randrange(5)}}})
        for again in range(2 if number % 10 == 0 else 1):
            status, _ = self.ask(line, "hand-in", {**keys, "answers": {}, "seconds": self.each})
            self.seen["twice" if again else "handed in", status] += 1

    def ask(self, line: http.client.HTTPConnection, what: str, body: dict) -> tuple[int, dict]:
        """Tries again when told that the store is busy, as the page does."""
        while True:
            began = time.perf_counter()
            line.request("POST", f"/answer/api/{what}", json.dumps(body).encode(), HEADERS)
            answer = line.getresponse()
            said = json.loads(answer.read())
            self.took[what].append(time.perf_counter() - began)
            line.close()  # the server hangs up after a few seconds anyway
            if answer.status != 503:
                if answer.status not in (200, 409):
                    raise RuntimeError(f"{what}: {said}")
                return answer.status, said
            self.seen["busy", what] += 1
            time.sleep(1)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--minutes", type=float, default=10.0, help="in which all of them answer (10)")
    minutes = options.parse_args().minutes
    with tempfile.TemporaryDirectory() as folder:
        os.environ["MILEPOST_HOME"] = folder
        store.migrate()
        links = _waves()
        command = [sys.executable, "milepost.py", "serve", "--port", "0"]
        server = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        try:
            crowd = Crowd(int(re.search(r":(\d+)$", server.stdout.readline().strip())[1]), links, minutes)
            began = time.perf_counter()
            threads = [threading.Thread(target=crowd.session) for _ in range(SESSIONS)]
            for each in threads:
                each.start()
            for each in threads:
                each.join()
            _report(crowd, time.perf_counter() - began)
        finally:
            server.terminate()
            server.wait(30)


def _waves() -> list[str]:
    """The secrets of everybody in all waves, shuffled."""
    who = people.local_person()
    team = teams.create_team(who, people.home_organization(who), "Everybody")
    ends, links = datetime.now(UTC) + timedelta(days=1), []
    for number in range(PEOPLE // OF_A_WAVE):
        names = [f"Person {each}" for each in range(OF_A_WAVE)]
        opened = waves.open_wave(who, team, waves.SURVEY, "capabilities", BLOCKS, f"Wave {number}", names, ends)
        links += [each.secret for each in opened.invitations]
    random.shuffle(links)
    return links


def _report(crowd: Crowd, seconds: float) -> None:
    with store.reading() as session:
        sheets, drafts = (
            session.execute(select(func.count()).select_from(one)).scalar_one() for one in (AnswerSheet, Draft)
        )
        answered = session.execute(select(func.count()).where(Participation.answered)).scalar_one()
        whole = sum(len(each) == 18 for each in session.execute(select(AnswerSheet.answers)).scalars())
    kind = "SQLite" if store.is_sqlite() else "PostgreSQL"
    print(f"{PEOPLE:,} people over {SESSIONS} sessions in {seconds / 60:.1f} minutes, {kind}")
    print(f"sheets {sheets:,}, of these whole {whole:,}; ledger {answered:,} answered; drafts left {drafts}")
    for (what, status), number in sorted(crowd.seen.items(), key=str):
        print(f"{what} -> {status}: {number:,}")
    for what, took in crowd.took.items():
        took.sort()
        half, most, all_ = (1_000 * took[int(len(took) * share)] for share in (0.5, 0.95, 0.9999))
        print(f"{what}: {len(took):,} calls, median {half:.0f} ms, 95 % within {most:.0f} ms, longest {all_:.0f} ms")
    if (sheets, whole, answered, drafts) != (PEOPLE, PEOPLE, PEOPLE, 0):
        raise SystemExit("something was lost or doubled")


if __name__ == "__main__":
    main()
