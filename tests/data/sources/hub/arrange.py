"""A source of kind "github" that reads from the test GitHub, and what it holds beside what is true there."""

from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import select

from data import people, store, teams
from data.sources.github.api import Api, Clock
from data.sources.github.sync import Report, sync
from data.tables import (
    Change,
    Deployment,
    Feed,
    Incident,
    Issue,
    PipelineRun,
    Repository,
    Service,
    Source,
    Todo,
    TrunkCommit,
)
from tests.fake_github import GitHub

US = 1_000_000


class HubClock(Clock):
    """That of the test GitHub, which moves on when somebody sleeps."""

    def __init__(self, hub: GitHub):
        self.hub = hub

    def now(self) -> float:
        return self.hub.clock.now()

    def sleep(self, seconds: float) -> None:
        self.hub.clock.advance(seconds)


@dataclass
class Place:
    """A service whose repository is one of the test GitHub."""

    hub: GitHub
    token: str
    source_id: int
    service_id: int
    repository_id: int

    def api(self, **options) -> Api:
        clock = HubClock(self.hub)
        return Api(lambda: self.token, self.hub.url, clock=clock, gap=0, allow_local=True, **options)

    def sync(self, **options) -> Report:
        api = self.api()
        try:
            return sync(self.source_id, api, **options)
        finally:
            api.close()

    def settle(self) -> None:
        """Syncs until nothing is left to be looked at again."""
        self.sync(sweep=True)
        self.hub.clock.advance(400)
        self.sync(sweep=True)
        self.hub.clock.advance(400)
        self.sync()

    def rows(self, table: type, *columns: str, **where) -> list[tuple]:
        chosen = [getattr(table, name) for name in columns]
        mine = [getattr(table, name) == value for name, value in where.items()]
        with store.reading() as session:
            return sorted(map(tuple, session.execute(select(*chosen).where(table.source_id == self.source_id, *mine))))

    def feed(self, name: str) -> Feed | None:
        with store.reading() as session:
            return session.get(Feed, (self.source_id, name), populate_existing=True)

    def todos(self) -> list[tuple]:
        return self.rows(Todo, "kind", "key")

    def held(self) -> dict:
        """All that was read, in the shape of `truth`."""
        return {
            "issues": self.rows(Issue, "number", "is_pull", "title", "is_open", "labels", "version", "merged_at"),
            "changes": self.rows(
                Change, "number", "title", "merge_sha", "authored_at", "opened_at", "ready_at", "first_review_at",
                "first_approval_at", "merged_at", kind="pull_request",
            ),
            "deployments": self.rows(
                Deployment, "deployment_id", "environment", "sha", "created_at", "started_at", "finished_at", "status",
                kind="github_deployment",
            ),
            "releases": self.rows(Deployment, "deployment_id", "ref", "finished_at", "name", kind="release"),
            "tags": self.rows(Deployment, "ref", "sha", kind="tag"),
            "runs": self.rows(
                PipelineRun, "run_id", "attempt", "workflow", "queued_at", "started_at", "finished_at", "conclusion"
            ),
            "incidents": self.rows(Incident, "incident_id", "opened_at", "resolved_at"),
            "trunk": self.rows(TrunkCommit, "position", "sha", on_trunk=True),
        }  # fmt: skip


def place(
    hub: GitHub, name: str = "acme/shop", settings: dict | None = None, alone: object = "", **permissions
) -> Place:
    """`alone` keeps several sources of the same repository apart."""
    who = people.local_person()
    organization = people.home_organization(who)
    team = teams.create_team(who, organization, f"Team of {name} {alone}".strip())
    service = teams.create_service(who, team, name.partition("/")[2])
    with store.writing() as session:
        repository = session.get(Repository, session.get_one(Service, service).repository_id)
        repository.full_name, repository.key = name, f"github:{name}{alone}"
        source = Source(organization_id=organization, kind="github", name=name, repository_id=repository.id,
                        settings=settings, created_at=1)  # fmt: skip
        session.add(source)
        session.flush()
        return Place(hub, hub.token(**permissions), source.id, service, repository.id)


def truth(hub: GitHub, name: str = "acme/shop") -> dict:
    """What `Place.held` should hold, worked out from what is true at the test GitHub."""
    here = hub.repository(name)
    found = {table: [row for row in rows if row.get("repository") == here.id] for table, rows in hub.truth().items()}
    pulls, issues = found["pulls"], found["issues"]
    return {
        "issues": sorted(
            (row["number"], bool(row["pull_id"]), row["title"], row["state"] == "open", _lines(row["labels"]),
             row["updated_at"] * US, _us(row["merged_at"]))
            for row in [*pulls, *issues]
        ),
        "changes": sorted(_change(row) for row in pulls if row["merged_at"] is not None and row["base"] == here.branch),
        "deployments": sorted(_deployment(row, hub.clock.now()) for row in found["deployments"]),
        "releases": sorted(
            (f"release:{row['id']}", row["tag"], _us(row["published_at"]), row["name"])
            for row in found["releases"] if not row["draft"]
        ),
        "tags": sorted((row["name"], row["sha"]) for row in found["tags"]),
        "runs": sorted(_attempts(found)),
        "incidents": sorted(
            (f"issue:{row['number']}", row["created_at"] * US, _us(row["closed_at"]))
            for row in issues if "incident" in row["labels"]
        ),
        "trunk": list(enumerate(reversed(_first_parents(here)))),
    }  # fmt: skip


def _us(at: int | None) -> int | None:
    return None if at is None else at * US


def _lines(labels: list[str]) -> str | None:
    return "\n".join(labels) or None


def _change(row: dict) -> tuple:
    others = [each for each in row["reviews"] if each["author"] != row["author"] and "[bot]" not in each["author"]]
    times = [each["submitted_at"] for each in others]
    approved = [each["submitted_at"] for each in others if each["state"] == "APPROVED"]
    ready = [event["created_at"] for event in row["timeline"] if event["kind"] == "ReadyForReviewEvent"]
    return (
        row["number"], row["title"], row["merge_sha"], min(each["author"]["date"] for each in row["commits"]) * US,
        row["created_at"] * US, _us(min(ready, default=None)), _us(min(times, default=None)),
        _us(min(approved, default=None)), _us(row["merged_at"]),
    )  # fmt: skip


def _deployment(row: dict, now: float) -> tuple:
    """One that nobody has heard of for half an hour is abandoned; replaced without an end it is over too."""
    ends = [each for each in row["statuses"] if each["state"] in ("success", "failure", "error")]
    begun = [each["created_at"] for each in row["statuses"] if each["state"] == "in_progress"]
    last = row["statuses"][-1]["state"] if row["statuses"] else "pending"
    over = last == "inactive" or (last == "pending" and now - row["updated_at"] > 1800)
    status = "cancelled" if over else "in_progress"
    if ends:
        status = "success" if ends[-1]["state"] == "success" else "failure"
    return (
        f"deployment:{row['id']}", row["environment"], row["sha"], row["created_at"] * US,
        min(begun, default=row["created_at"]) * US, _us(ends[-1]["created_at"] if ends else None), status,
    )  # fmt: skip


def _attempts(found: dict):
    created = {row["id"]: (row["name"], row["created_at"]) for row in found["runs"]}
    for row in found["attempts"]:
        name, at = created[row["run"]]
        over = row["status"] == "completed"
        yield (
            str(row["run"]), row["attempt"], name, (at if row["attempt"] == 1 else row["started_at"]) * US,
            None if row["status"] == "queued" else row["started_at"] * US, row["updated_at"] * US if over else None,
            row["conclusion"] if over else None,
        )  # fmt: skip


def _first_parents(here) -> list[str]:
    line, sha = [], here.head()
    while sha in here.commits:
        line.append(sha)
        sha = next(iter(here.commits[sha]["parents"]), None)
    return line


@contextmanager
def hub_with(seed: int = 1, **sizes):
    """A test GitHub with a random history of acme/shop, its clock standing still."""
    with GitHub(now="2026-06-01 12:00") as hub:
        hub.clock.freeze()
        hub.fill("acme/shop", seed=seed, **sizes)
        yield hub
