"""The history of one invented service: the same story, seed and end give the same facts, to the last byte.

The simulation walks through time: changes are written, reviewed and merged; deployments pick up what is on trunk; some
fail, and are rolled back, reverted or repaired.
"""

import heapq
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha1
from itertools import count
from math import exp
from zlib import crc32

import numpy as np
import polars as pl

from assessments.delivery.facts import CHANGES, DEPLOYMENTS, INCIDENTS, INSTANT, frame
from data.demo.stories import Story

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)

WORK = (
    "Retry {thing} when the connection drops",
    "Show why {thing} was refused",
    "Move {thing} behind a feature flag",
    "Add an index for {thing}",
    "Cache {thing} for five minutes",
    "Remove the old path for {thing}",
    "Measure how long {thing} takes",
    "Validate {thing} before it is stored",
    "Document how {thing} is configured",
    "Split {thing} into two steps",
    "Test {thing} against the new schema",
    "Make {thing} idempotent",
)

#: See `data.tables.PipelineRun`.
RUNS = pl.Schema(
    {
        "run_id": pl.String,
        "attempt": pl.Int64,
        "workflow": pl.String,
        "event": pl.String,
        "branch": pl.String,
        "sha": pl.String,
        "queued_at": INSTANT,
        "started_at": INSTANT,
        "finished_at": INSTANT,
        "conclusion": pl.String,
    }
)
#: See `data.tables.Correction`.
SAID = pl.Schema({"kind": pl.String, "subject": pl.String, "reason": pl.String, "created_at": INSTANT})


@dataclass(frozen=True)
class Facts:
    """What one service leaves behind; the first three in the shapes of `assessments.delivery.facts`."""

    changes: pl.DataFrame
    deployments: pl.DataFrame
    incidents: pl.DataFrame
    runs: pl.DataFrame
    corrections: pl.DataFrame


class Simulation:
    """One service walking through time. Events are (time, order, what to do)."""

    def __init__(self, story: Story, seed: int, until: datetime):
        self.story, self.until = story, until
        self.start = until - timedelta(weeks=story.weeks)
        self.random = np.random.default_rng([seed, crc32(story.service.encode())])
        self.events: list = []
        self.order = count()
        self.trunk: list[dict] = []  # merged changes, oldest first
        self.deployments: list[dict] = []
        self.incidents: list[dict] = []
        self.runs: list[dict] = []
        self.failures: list[tuple[str, str, datetime]] = []  # deployment, incident, when it opened
        self.live = -1  # trunk position of what users have
        self.busy_until = self.start
        self.run_numbers = count(1 + crc32(story.service.encode()) % 10_000_000)

    def run(self) -> Facts:
        for merged_at, change in self.planned():
            self.at(merged_at, self.merge, change)
        for _ in range(self.random.poisson(self.story.outages * self.story.weeks)):
            self.at(self.until - (self.until - self.start) * self.random.random(), self.break_down)
        self.at(self.start + timedelta(hours=self.story.release(0.0) + 9), self.release_on_schedule)
        while self.events:
            moment, _, action, args = heapq.heappop(self.events)
            if moment < self.until:
                action(moment, *args)
        if self.story.still_open and self.incidents:
            self.incidents[-1]["resolved_at"] = None
        return Facts(
            frame(self.trunk, CHANGES),
            frame(self.known(self.deployments, "status", "in_progress"), DEPLOYMENTS),
            frame(self.incidents if self.story.incidents else [], INCIDENTS),
            frame(sorted(self.known(self.runs, "conclusion", None), key=lambda run: run["queued_at"]), RUNS),
            frame(self.said(), SAID),
        )

    def at(self, moment: datetime, action: Callable, *args) -> None:
        heapq.heappush(self.events, (moment, next(self.order), action, args))

    def progress(self, moment: datetime) -> float:
        return (moment - self.start) / (self.until - self.start)

    def hours(self, median: float, spread: float = 0.8) -> timedelta:
        """A skewed duration with that median, in whole seconds."""
        return timedelta(seconds=round(3600 * median * exp(self.random.normal(0, spread))))

    def chance(self, probability: float) -> bool:
        return bool(self.random.random() < probability)

    def one_of(self, things: tuple) -> object:
        return things[int(self.random.integers(len(things)))]

    def known(self, rows: list[dict], outcome: str, unknown: str | None) -> list[dict]:
        """What has begun by the end; what has not finished by then has no outcome yet."""
        begun = [row for row in rows if (row["started_at"] or row["finished_at"]) < self.until]
        return [
            {**row, outcome: unknown, "finished_at": None} if row["finished_at"] > self.until else row for row in begun
        ]

    def planned(self):
        """Changes with their moments up to the merge."""
        story = self.story
        days = story.weeks * 7
        for day in range(days):
            morning = self.start + timedelta(days=day)
            if morning.weekday() >= 5:
                continue
            progress = day / days
            for _ in range(self.random.poisson(story.changes_per_week(progress) / 5)):
                authored = morning + timedelta(seconds=int(self.random.integers(8 * 3600, 17 * 3600)))
                opened = authored + self.hours(story.coding(progress))
                ready = opened + (self.hours(3) if self.chance(story.drafts) else timedelta())
                reviewed = ready + self.hours(story.review_wait(progress))
                approved = reviewed + self.hours(story.review(progress))
                merged = approved + self.hours(story.merge_wait(progress))
                seen = not self.chance(story.unreviewed)
                times = {"authored_at": authored, "opened_at": opened, "ready_at": ready}
                times |= {"first_review_at": reviewed, "first_approval_at": approved} if seen else {}
                title = self.one_of(WORK).format(thing=self.one_of(story.things))
                yield merged, {"title": title, **({} if story.squash else times)}

    def merge(self, moment: datetime, change: dict, then: Callable | None = None) -> None:
        number = 100 + 3 * len(self.trunk) + int(self.random.integers(0, 3))
        sha = sha1(f"{self.story.service} {number} {moment}".encode(), usedforsecurity=False).hexdigest()
        folder = self.one_of(self.story.paths) if self.story.paths else ""
        self.trunk.append({
            **change, "change_id": f"#{number}", "number": number, "kind": "pull_request", "merge_sha": sha,
            "merged_at": moment, "position": len(self.trunk), "paths": [f"{folder}main.py"] if folder else None,
        })  # fmt: skip
        if self.story.pipeline:
            self.integrate(moment, self.trunk[-1])
        if self.story.staging:
            self.record(moment + 5 * MINUTE, sha, "success", None, "staging")
        if then:
            then(moment)
        elif self.story.release(self.progress(moment)) < 1:
            self.at(max(moment, self.busy_until) + 8 * MINUTE, self.deploy)

    def integrate(self, moment: datetime, change: dict) -> None:
        """The runs of continuous integration that a change causes: on its branch, then on trunk."""
        opened = change.get("opened_at") or moment - HOUR
        branch = re.sub(r"[^a-z0-9]+", "-", change["title"].lower()).strip("-")[:40]
        pushes = int(self.random.integers(1, 4))
        for push in range(pushes):
            at = opened + (moment - opened) * (push / pushes)
            good = push == pushes - 1 or not self.chance(0.35)
            sha = sha1(f"{change['merge_sha']} {push}".encode(), usedforsecurity=False).hexdigest()
            self.run_of("ci", "pull_request", branch, sha, at, self.hours(0.12, 0.4), good)
        self.run_of("ci", "push", "main", change["merge_sha"], moment, self.hours(0.12, 0.4), not self.chance(0.03))

    def run_of(self, workflow: str, event: str, branch: str, sha: str, at: datetime, took: timedelta, good: bool,
               again: dict | None = None) -> dict:  # fmt: skip
        """One attempt of a run; `again`: another attempt of that one."""
        started = at + timedelta(seconds=int(self.random.integers(3, 90)))
        self.runs.append({
            "run_id": again["run_id"] if again else str(next(self.run_numbers)),
            "attempt": again["attempt"] + 1 if again else 1,
            "workflow": workflow, "event": event, "branch": branch, "sha": sha, "queued_at": at, "started_at": started,
            "finished_at": started + took, "conclusion": "success" if good else "failure",
        })  # fmt: skip
        return self.runs[-1]

    def release_on_schedule(self, moment: datetime) -> None:
        pause = self.story.release(self.progress(moment))
        if pause >= 1:
            self.deploy(moment)
        following = moment + timedelta(hours=max(pause, 24))
        while following.weekday() >= 5:
            following += timedelta(days=1)
        self.at(following, self.release_on_schedule)

    def deploy(self, moment: datetime, position: int | None = None, unplanned: bool | None = None) -> None:
        """One attempt to put a trunk position (by default the newest) in front of users."""
        position = len(self.trunk) - 1 if position is None else position
        if position < 0 or (position == self.live and unplanned is None):
            return
        if self.progress(moment) > self.story.released_until:
            return
        sha, failed = self.trunk[position]["merge_sha"], None
        if self.chance(self.story.attempts_failing(self.progress(moment))):
            failed = self.record(moment, sha, "failure", unplanned)
            moment = max(moment + self.hours(0.6, 0.3), failed["finished_at"])
        finished = [
            self.record(moment + place * HOUR, sha, "success", unplanned, region, failed)
            for place, region in enumerate(self.story.regions)
        ]
        self.busy_until = finished[-1]["finished_at"]
        before, self.live = self.live, position
        if unplanned is None and self.chance(self.story.failing(self.progress(moment))):
            self.fail(finished[0], before, position)

    def record(self, moment: datetime, sha: str, status: str, unplanned: bool | None, environment: str | None = None,
               again: dict | None = None) -> dict:  # fmt: skip
        """Writes down one attempt as its source would tell it; `again`: after that one had failed."""
        story, number = self.story, len(self.deployments) + 1
        deployment = {
            "deployment_id": f"{story.service}-{number}", "kind": story.kind, "sha": sha, "status": status,
            "environment": environment or story.regions[0], "created_at": moment, "started_at": moment,
            "finished_at": moment + self.hours(story.deploying(self.progress(moment)), 0.3), "unplanned": unplanned,
        }  # fmt: skip
        if story.kind == "github_deployment":
            deployment["unplanned"] = None
        elif story.kind == "workflow":
            event = "workflow_dispatch" if unplanned else "push"
            took = deployment["finished_at"] - moment
            run = self.run_of("deploy", event, "main", sha, moment, took, status == "success", again and again["run"])
            return {"deployment_id": f"run:{run['run_id']}:{run['attempt']}", "finished_at": run["finished_at"],
                    "run": run}  # fmt: skip
        elif story.kind == "tag":
            # Tags carry no attempts, environments or durations: only the release itself is seen.
            name = f"v{1 + number // 12}.{number % 12}.0"
            deployment |= {"deployment_id": f"tag:{name}", "ref": name, "environment": None, "started_at": None,
                           "finished_at": moment, "unplanned": None}  # fmt: skip
        if story.kind != "merge" and (story.kind != "tag" or status == "success"):
            self.deployments.append(deployment)
        return deployment

    def fail(self, deployment: dict, before: int, position: int) -> None:
        """Users notice; the team repairs by rolling back, reverting or a hotfix."""
        opened = deployment["finished_at"] + timedelta(minutes=int(self.random.integers(4, 150)))
        if opened >= self.until:
            return
        resolved = opened + 30 * MINUTE + self.hours(self.story.recovery(self.progress(opened)), 0.5)
        if not self.chance(self.story.by_hand):
            self.mend(opened, resolved, before, self.trunk[position])
        link = deployment["deployment_id"] if self.chance(self.story.incident_links) else None
        title = f"Errors after a release of {self.story.service}"
        self.failures.append((deployment["deployment_id"], self.incident(title, opened, resolved, link), opened))

    def break_down(self, moment: datetime) -> None:
        """What no change led to."""
        self.incident("A disk of the database was full", moment, moment + self.hours(3), None)

    def incident(self, title: str, opened: datetime, resolved: datetime, deployment: str | None) -> str:
        self.incidents.append({
            "incident_id": f"INC-{1000 + len(self.incidents)}", "title": title, "opened_at": opened,
            "acknowledged_at": opened + 5 * MINUTE, "resolved_at": resolved if resolved < self.until else None,
            "deployment": deployment,
        })  # fmt: skip
        return self.incidents[-1]["incident_id"]

    def mend(self, opened: datetime, resolved: datetime, before: int, cause: dict) -> None:
        repair = self.random.choice(["rollback", "revert", "hotfix"], p=self.story.repair)
        if repair == "rollback" and before >= 0:
            self.at(resolved - 6 * MINUTE, self.deploy, before, True)
            return
        again = f"{cause['title'][0].lower()}{cause['title'][1:]}"
        change = {"title": f"Hotfix: {again}", "authored_at": opened + 5 * MINUTE, "opened_at": resolved - 22 * MINUTE}
        if repair == "revert":
            change |= {"title": f'Revert "{cause["title"]}"', "reverts": [cause["merge_sha"]]}
        self.repair(resolved, change)

    def repair(self, resolved: datetime, change: dict) -> None:
        if self.story.squash:
            change |= {"authored_at": None, "opened_at": None}

        def ship(moment: datetime) -> None:
            self.at(moment + 5 * MINUTE, self.deploy, None, True)

        self.at(resolved - 20 * MINUTE, self.merge, change, ship)

    def said(self) -> list[dict]:
        """What the team has said of its failures, a day after each."""
        found = [(said, *self.failures[-1 - said.back]) for said in self.story.said]
        return [
            {"kind": said.kind, "subject": deployment if said.kind.startswith("deployment") else incident,
             "reason": said.reason, "created_at": min(opened + 26 * HOUR, self.until)}
            for said, deployment, incident, opened in found
        ]  # fmt: skip


def simulate(story: Story, seed: int, until: datetime) -> Facts:
    """The facts of one service over the weeks of its story before `until` (UTC)."""
    return Simulation(story, seed, until.astimezone(UTC)).run()
