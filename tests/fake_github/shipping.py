"""Deployments with their statuses, and releases."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Self

from tests.fake_github.records import Row
from tests.repos import Time, seconds

if TYPE_CHECKING:
    from tests.fake_github.repository import Repository


class Deployment:
    """One deployment; `status` says how it goes on."""

    def __init__(self, repository: "Repository", identity: int):
        self.repository, self.id = repository, identity

    @property
    def row(self) -> Row:
        row = self.repository.deployments.newest(self.id)
        assert row, f"{self.id} is deleted"
        return row

    def status(self, state: str, at: Time | None = None, by: str = "hubot", description: str = "") -> Self:
        """State: error, failure, inactive, pending, success, queued, in_progress.

        A success makes the earlier successful deployments to that environment inactive, as GitHub does.
        """
        world, here = self.repository.world, self.repository
        with world.lock:
            world.user(by)
            when = world.now() if at is None else seconds(at)
            status = {
                "id": world.ids("status"),
                "state": state,
                "creator": by,
                "created_at": when,
                "description": description,
            }
            row = self.row
            changed = {"statuses": [*row["statuses"], status], "updated_at": max(when, row["updated_at"])}
            here.deployments.change(self.id, **changed)
            live = here.live.setdefault(row["environment"], set())
            if state == "success" and not row["transient"]:
                for other in [each for each in sorted(live) if each < self.id]:
                    Deployment(here, other).status("inactive", when, by)
                live.add(self.id)
            else:
                live.discard(self.id)
            return self

    def delete(self) -> None:
        with self.repository.world.lock:
            self.repository.live.get(self.row["environment"], set()).discard(self.id)
            self.repository.deployments.remove(self.id)


class Release:
    """One release."""

    def __init__(self, repository: "Repository", identity: int):
        self.repository, self.id = repository, identity

    @property
    def row(self) -> Row:
        row = self.repository.releases.newest(self.id)
        assert row, f"{self.id} is deleted"
        return row

    def change(self, **fields) -> Self:
        """name, body, draft, prerelease, tag."""
        with self.repository.world.lock:
            self.repository.releases.change(self.id, **{"updated_at": self.repository.world.now(), **fields})
            return self

    def publish(self, at: Time | None = None) -> Self:
        when = self.repository.world.now() if at is None else seconds(at)
        return self.change(draft=False, published_at=when)

    def delete(self) -> None:
        with self.repository.world.lock:
            self.repository.releases.remove(self.id)


def deploy(
    repository: "Repository", environment: str, *, sha: str | None = None, ref: str | None = None,
    created: Time | None = None,
    statuses: Iterable[tuple[str, Time]] = (), creator: str = "hubot", task: str = "deploy", transient: bool = False,
    production: bool | None = None, payload: object = None, description: str | None = None, run: int | None = None,
) -> Deployment:  # fmt: skip
    """A deployment of a commit (the head of the default branch). statuses: (state, at). run: id of the one that did
    it."""
    world = repository.world
    world.user(creator)
    when = world.now() if created is None else seconds(created)
    repository.settings.environment(environment)
    row = {
        "id": world.ids("deployment"), "sha": sha or repository.head() or repository.commit(at=when),
        "ref": ref or repository.branch, "environment": environment, "creator": creator, "task": task,
        "transient": transient,
        "production": environment == "production" if production is None else production, "payload": payload or {},
        "description": description, "created_at": when, "updated_at": when, "statuses": [], "run": run,
        "repository": repository.id,
    }  # fmt: skip
    repository.deployments.put(row["id"], row)
    world.places["deployment", str(row["id"])] = (repository.id, row["id"])
    deployment = Deployment(repository, row["id"])
    for state, at in statuses:
        deployment.status(state, at)
    return deployment


def publish(
    repository: "Repository", tag: str, *, name: str | None = None, published: Time | None = None,
    sha: str | None = None,
    author: str = "mona", draft: bool = False, prerelease: bool = False, body: str | None = None,
    assets: tuple[str, ...] = (),
) -> Release:  # fmt: skip
    """A release; assets are names of files. The tag is made if it is not there. `created_at` is
    the commit's time, as on GitHub."""
    world = repository.world
    world.user(author)
    when = world.now() if published is None else seconds(published)
    if not draft and not repository.refs.newest(f"refs/tags/{tag}"):
        repository.tag(tag, sha or repository.head() or repository.commit(at=when))
    pointed = repository.refs.newest(f"refs/tags/{tag}")
    commit = repository.commits.get(pointed["sha"]) if pointed else None
    row = {
        "id": world.ids("release"), "tag": tag, "name": name or tag, "author": author, "draft": draft, "body": body,
        "assets": list(assets),
        "prerelease": prerelease, "created_at": commit["committer"]["date"] if commit else when, "updated_at": when,
        "published_at": None if draft else when, "target": repository.branch, "repository": repository.id,
    }  # fmt: skip
    repository.releases.put(row["id"], row)
    world.places["release", str(row["id"])] = (repository.id, row["id"])
    return Release(repository, row["id"])
