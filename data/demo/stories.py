"""Ten invented services, simulated from a seed: the same seed and end give the same facts, to the last byte.

Each service tells one story worth looking at. The simulation walks through time: changes are written, reviewed and
merged; deployments pick up what is on trunk; some fail, and are rolled back, reverted or repaired.
"""

import heapq
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha1
from itertools import count
from zlib import crc32

import numpy as np
import polars as pl

from assessments.delivery.facts import CHANGES, DEPLOYMENTS, INCIDENTS, frame

WEEKS = 40
HOUR = timedelta(hours=1)

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


def steady(value: float) -> Callable[[float], float]:
    return lambda progress: value


def between(first: float, last: float) -> Callable[[float], float]:
    """From the first value to the last, most of the move in the middle of the story (logistic curve)."""
    return lambda progress: first + (last - first) / (1 + np.exp(-12 * (progress - 0.5)))


@dataclass(frozen=True)
class Story:
    """How one service works. Functions take the progress of the story from 0 to 1; times are median hours."""

    team: str
    service: str
    moral: str
    things: tuple[str, ...]
    changes_per_week: float = 10
    coding: Callable[[float], float] = steady(10)
    review_wait: Callable[[float], float] = steady(4)
    review: Callable[[float], float] = steady(2)
    merge_wait: Callable[[float], float] = steady(1)
    drafts: float = 0.2
    unreviewed: float = 0.05
    squash: bool = False
    release: Callable[[float], float] = steady(0)  # hours between releases; below 1: every merge is deployed
    deploying: float = 0.2
    attempts_failing: float = 0.03
    failing: Callable[[float], float] = steady(0.05)
    repair: tuple[float, float, float] = (0.4, 0.3, 0.3)  # rollback, revert, hotfix
    recovery: float = 1.5
    incidents: bool = True
    incident_links: float = 0.3  # share of incidents that name their deployment
    still_open: bool = False
    regions: tuple[str, ...] = ("production",)
    tags: bool = False
    paths: tuple[str, ...] = ()
    repository: str = ""


STORIES = (
    Story(
        "Checkout", "payments-api", "Halved its lead time by moving from a weekly release to one per merge",
        ("the card authorisation", "the refund", "the receipt", "the currency table"),
        changes_per_week=14, release=lambda p: 120 if p < 0.74 else 48 if p < 0.86 else 0,
        review_wait=lambda p: 14 if p < 0.8 else 4,
    ),
    Story(
        "Checkout", "storefront", "Deploys many times a day and seldom breaks",
        ("the basket", "the product list", "the price badge", "the search box"),
        changes_per_week=26, coding=steady(5), review_wait=steady(1.5), failing=steady(0.03), recovery=0.5,
    ),
    Story(
        "Checkout", "invoices", "Ships fast and rolls back often",
        ("the tax line", "the PDF", "the dunning letter", "the numbering"),
        changes_per_week=9, failing=between(0.2, 0.26), repair=(0.8, 0.1, 0.1), recovery=2.5, attempts_failing=0.1,
    ),
    Story(
        "Checkout", "fraud-check", "Collects no incidents: its change fail rate is not known",
        ("the risk score", "the block list", "the device check"),
        changes_per_week=7, failing=steady(0.08), incidents=False, repair=(0.3, 0.5, 0.2),
    ),
    Story(
        "Platform", "build-runners", "Most of its lead time is waiting for a review",
        ("the runner image", "the queue", "the cache", "the disk cleaner"),
        changes_per_week=8, review_wait=between(40, 52), coding=steady(6), release=steady(24), failing=steady(0.06),
    ),
    Story(
        "Platform", "identity", "Rolls out region by region; one release counts once",
        ("the session", "the login form", "the token exchange", "the audit trail"),
        changes_per_week=8, regions=("production-eu", "production-us"), release=steady(48), failing=steady(0.04),
        recovery=1.0,
    ),
    Story(
        "Platform", "config-store", "Changes too seldom for most numbers to mean anything",
        ("the schema", "the watch stream", "the snapshot"),
        changes_per_week=0.5, coding=steady(30), release=steady(600), failing=steady(0.0),
    ),
    Story(
        "Mobile", "app-backend", "Squash merges hide the first commit: only merge to production is known",
        ("the feed", "the profile page", "the attachment upload"),
        changes_per_week=12, squash=True, release=steady(20), failing=steady(0.05),
        repository="mobile-monorepo", paths=("backend/", "shared/"),
    ),
    Story(
        "Mobile", "push-gateway", "Recovers slowly, and one failure is still open",
        ("the device token", "the quiet hours", "the retry queue"),
        changes_per_week=7, squash=True, failing=steady(0.14), recovery=30, still_open=True, repair=(0.1, 0.2, 0.7),
        repository="mobile-monorepo", paths=("push/", "shared/"), release=steady(30),
    ),
    Story(
        "Mobile", "release-train", "Waits for a monthly release, found by its tags",
        ("the settings page", "the onboarding", "the offline mode", "the crash report"),
        changes_per_week=11, release=steady(24 * 28), tags=True, failing=steady(0.3), repair=(0.0, 0.2, 0.8),
        recovery=20,
    ),
)  # fmt: skip


@dataclass(frozen=True)
class Facts:
    """What one service leaves behind, in the shapes of `assessments.delivery.facts`."""

    changes: pl.DataFrame
    deployments: pl.DataFrame
    incidents: pl.DataFrame


class Simulation:
    """One service walking through time. Events are (time, order, what to do)."""

    def __init__(self, story: Story, seed: int, until: datetime):
        self.story, self.until = story, until
        self.start = until - timedelta(weeks=WEEKS)
        self.random = np.random.default_rng([seed, crc32(story.service.encode())])
        self.events: list = []
        self.order = count()
        self.trunk: list[dict] = []  # merged changes, oldest first
        self.deployments: list[dict] = []
        self.incidents: list[dict] = []
        self.live = -1  # trunk position of what users have
        self.busy_until = self.start
        self.scheduled = False

    def run(self) -> Facts:
        for merged_at, change in self.planned():
            self.at(merged_at, self.merge, change)
        self.at(self.start + timedelta(hours=self.story.release(0.0) + 9), self.release_on_schedule)
        while self.events:
            moment, _, action, args = heapq.heappop(self.events)
            if moment < self.until:
                action(moment, *args)
        if self.story.still_open and self.incidents:
            self.incidents[-1]["resolved_at"] = None
        incidents = self.incidents if self.story.incidents else []
        return Facts(frame(self.trunk, CHANGES), frame(self.deployments, DEPLOYMENTS), frame(incidents, INCIDENTS))

    def at(self, moment: datetime, action: Callable, *args) -> None:
        heapq.heappush(self.events, (moment, next(self.order), action, args))

    def progress(self, moment: datetime) -> float:
        return (moment - self.start) / (self.until - self.start)

    def hours(self, median: float, spread: float = 0.8) -> timedelta:
        """A skewed duration with that median, in whole seconds."""
        return timedelta(seconds=round(3600 * median * float(np.exp(self.random.normal(0, spread)))))

    def chance(self, probability: float) -> bool:
        return bool(self.random.random() < probability)

    def planned(self):
        """Changes with their moments up to the merge."""
        story = self.story
        for day in range(WEEKS * 7):
            morning = self.start + timedelta(days=day)
            if morning.weekday() >= 5:
                continue
            for _ in range(self.random.poisson(story.changes_per_week / 5)):
                progress = day / (WEEKS * 7)
                authored = morning + timedelta(seconds=int(self.random.integers(8 * 3600, 17 * 3600)))
                opened = authored + self.hours(story.coding(progress))
                ready = opened + (self.hours(3) if self.chance(story.drafts) else timedelta())
                reviewed = ready + self.hours(story.review_wait(progress))
                approved = reviewed + self.hours(story.review(progress))
                merged = approved + self.hours(story.merge_wait(progress))
                seen = not self.chance(story.unreviewed)
                title = str(self.random.choice(WORK)).format(thing=self.random.choice(story.things))
                yield (
                    merged,
                    {
                        "title": title,
                        "authored_at": None if story.squash else authored,
                        "opened_at": None if story.squash else opened,
                        "ready_at": None if story.squash else ready,
                        "first_review_at": reviewed if seen and not story.squash else None,
                        "first_approval_at": approved if seen and not story.squash else None,
                    },
                )

    def merge(self, moment: datetime, change: dict, then: Callable | None = None) -> dict:
        number = 100 + 3 * len(self.trunk) + int(self.random.integers(0, 3))
        sha = sha1(f"{self.story.service} {number} {moment}".encode(), usedforsecurity=False).hexdigest()
        folder = str(self.random.choice(self.story.paths)) if self.story.paths else ""
        merged = {
            **change, "change_id": f"#{number}", "number": number, "kind": "pull_request", "merge_sha": sha,
            "merged_at": moment, "position": len(self.trunk), "paths": [f"{folder}main.py"] if folder else None,
        }  # fmt: skip
        self.trunk.append(merged)
        if then:
            then(moment)
        elif self.story.release(self.progress(moment)) < 1:
            self.at(max(moment, self.busy_until) + timedelta(minutes=8), self.deploy)
        return merged

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
        sha = self.trunk[position]["merge_sha"]
        if self.chance(self.story.attempts_failing):
            self.record(moment, sha, "failure", unplanned)
            moment += self.hours(0.6, 0.3)
        finished = [self.record(moment + i * HOUR, sha, "success", unplanned, r) for i, r in enumerate(self.regions())]
        self.busy_until = finished[-1]["finished_at"]
        before, self.live = self.live, position
        if unplanned is None and self.chance(self.story.failing(self.progress(moment))):
            self.fail(finished[0], before, position)

    def regions(self) -> tuple[str, ...]:
        return self.story.regions

    def record(self, moment, sha, status, unplanned, environment=None) -> dict:
        number = len(self.deployments) + 1
        # Tags carry no attempts, environments or durations: only the release itself is seen.
        took = timedelta() if self.story.tags else self.hours(self.story.deploying, 0.3)
        deployment = {
            "deployment_id": f"{self.story.service}-{number}", "kind": "import", "sha": sha, "status": status,
            "environment": environment or self.regions()[0], "created_at": moment, "started_at": moment,
            "finished_at": moment + took, "unplanned": unplanned,
        }  # fmt: skip
        if self.story.tags:
            name = f"v{1 + number // 12}.{number % 12}.0"
            deployment |= {"deployment_id": f"tag:{name}", "kind": "tag", "ref": name, "environment": None,
                           "started_at": None, "unplanned": None}  # fmt: skip
            if status != "success":
                return deployment
        self.deployments.append(deployment)
        return deployment

    def fail(self, deployment: dict, before: int, position: int) -> None:
        """Users notice; the team repairs by rolling back, reverting or a hotfix."""
        opened = deployment["finished_at"] + timedelta(minutes=int(self.random.integers(4, 150)))
        if opened >= self.until:
            return
        resolved = opened + self.hours(self.story.recovery, 0.5)
        repair = self.random.choice(["rollback", "revert", "hotfix"], p=self.story.repair)
        cause = self.trunk[position]
        if repair == "rollback" and before >= 0:
            self.at(resolved - timedelta(minutes=6), self.deploy, before, True)
        elif repair == "revert":
            change = {"title": f'Revert "{cause["title"]}"', "authored_at": resolved - HOUR / 2,
                      "opened_at": resolved - HOUR / 2, "reverts": [cause["merge_sha"]]}  # fmt: skip
            self.repair(resolved, change)
        else:
            self.repair(resolved, {"title": f"Hotfix: {cause['title'][0].lower()}{cause['title'][1:]}",
                                   "authored_at": resolved - HOUR, "opened_at": resolved - HOUR / 2})  # fmt: skip
        self.incidents.append({
            "incident_id": f"INC-{1000 + len(self.incidents)}",
            "title": f"Errors after a release of {self.story.service}",
            "opened_at": opened, "acknowledged_at": opened + timedelta(minutes=5),
            "resolved_at": resolved if resolved < self.until else None,
            "deployment": deployment["deployment_id"] if self.chance(self.story.incident_links) else None,
        })  # fmt: skip

    def repair(self, resolved: datetime, change: dict) -> None:
        if self.story.squash:
            change |= {"authored_at": None, "opened_at": None}

        def ship(moment: datetime) -> None:
            self.at(moment + timedelta(minutes=5), self.deploy, None, True)

        self.at(resolved - timedelta(minutes=20), self.merge, change, ship)


def simulate(story: Story, seed: int, until: datetime) -> Facts:
    """The facts of one service over the forty weeks before `until` (UTC)."""
    return Simulation(story, seed, until.astimezone(UTC)).run()
