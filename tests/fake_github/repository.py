"""A repository of the test GitHub, as a test holds it: everything in it is made and changed through this."""

from pathlib import Path
from typing import TYPE_CHECKING

from tests.fake_github import gitseed
from tests.fake_github.issues import Issue, Pull, open_issue, open_pull
from tests.fake_github.records import Row, Table, sha_of
from tests.fake_github.runs import Run, start_run
from tests.fake_github.settings import Settings
from tests.fake_github.shipping import Deployment, Release, deploy, publish
from tests.repos import Time, seconds

if TYPE_CHECKING:
    from tests.fake_github.world import World


class Repository:
    """Rows by table (issues with pulls, deployments, runs, releases, refs), commits by sha, and settings."""

    def __init__(self, world: "World", identity: int):
        self.world, self.id = world, identity
        lag = world.lag
        self.issues, self.deployments, self.runs = Table(lag), Table(lag), Table(lag)
        self.releases, self.refs, self.comments = Table(lag), Table(lag), Table(lag)
        self.artifacts = Table(lag)
        self.commits: dict[str, Row] = {}
        self.labels: dict[str, int] = {}
        self.workflows: dict[str, Row] = {}
        self.history: dict[str, list[Row]] = {}
        self.gone: set[int] = set()
        #: Environment -> deployments whose last status is success.
        self.live: dict[str, set[int]] = {}
        self.moved: dict[int, tuple[str, int]] = {}
        self.settings = Settings(self)
        self._last_number = 0

    # What it is called, and how that changes.

    @property
    def row(self) -> Row | None:
        """As it is now; None once deleted."""
        return self.world.repositories.newest(self.id)

    @property
    def name(self) -> str:
        assert self.row, "the repository is deleted"
        return self.row["full_name"]

    @property
    def branch(self) -> str:
        assert self.row, "the repository is deleted"
        return self.row["default_branch"]

    def change(self, **fields) -> None:
        """Any field of the repository: private=False, archived=True, description="..."."""
        with self.world.lock:
            self.world.repositories.change(self.id, **{"updated_at": self.world.now(), **fields})

    def rename(self, full_name: str) -> None:
        """Its old name answers 301 from now on, until somebody else takes it."""
        with self.world.lock:
            self.world.name(self.id, full_name)
            self.change(full_name=full_name)

    transfer = rename

    def archive(self) -> None:
        self.change(archived=True)

    def delete(self) -> None:
        with self.world.lock:
            self.world.forget(self.id)
            self.world.repositories.remove(self.id)

    def empty(self) -> None:
        """All branches, tags and commits go, as when a repository is made anew under the same id."""
        with self.world.lock:
            for ref in [row["name"] for row in self.refs.truth()]:
                self.refs.remove(ref)
            self.change(size=0)

    # What is in it.

    def number(self, wanted: int | None = None) -> int:
        number = self._last_number + 1 if wanted is None else wanted
        self._last_number = max(self._last_number, number)
        return number

    def pull(self, title: str = "Change", **options) -> Pull:
        with self.world.lock:
            return open_pull(self, title, **options)

    def issue(self, title: str = "Broken", **options) -> Issue:
        with self.world.lock:
            return open_issue(self, title, **options)

    def deploy(self, environment: str = "production", **options) -> Deployment:
        with self.world.lock:
            return deploy(self, environment, **options)

    def run(self, workflow: str = "CI", **options) -> Run:
        with self.world.lock:
            return start_run(self, workflow, **options)

    def release(self, tag: str, **options) -> Release:
        with self.world.lock:
            return publish(self, tag, **options)

    def comment(self, number: int, body: str, *, by: str = "mona", at: Time | None = None) -> Row:
        """A comment on the issue or pull request of that number; its row."""
        with self.world.lock:
            moment = self.world.now() if at is None else seconds(at)
            identity = self.world.ids("comment")
            row = {"id": identity, "number": number, "author": by, "body": body}
            self.item(number).comment(at)
            return self.comments.put(identity, {**row, "created_at": moment, "updated_at": moment})

    def item(self, number: int) -> "Issue | Pull":
        """The issue or pull request of that number."""
        row = self.issues.newest(number)
        assert row, f"no issue {number}"
        return (Pull if row["pull_id"] else Issue)(self, number)

    def seed(self, path: Path, pulls: bool = True) -> None:
        """Takes commits, branches, tags and files over from a git repository; merged pull requests too, if wanted."""
        with self.world.lock:
            gitseed.take(self, path, pulls)

    def label_id(self, name: str) -> int:
        """The number of a label, made when it is first used."""
        if name not in self.labels:
            self.labels[name] = self.world.ids("label")
        return self.labels[name]

    # Commits and refs.

    def head(self, branch: str | None = None) -> str | None:
        row = self.refs.newest(f"refs/heads/{branch or self.branch}")
        return row["sha"] if row else None

    def commit(
        self, message: str = "Work", at: Time | None = None, *, authored: Time | None = None, author: str = "mona",
        on: str | None = None, parents: list[str] | None = None, loose: bool = False,
        files: dict[str, str | None] | None = None,
    ) -> str:  # fmt: skip
        """A commit without git behind it; moves the branch unless `loose`. files: put on that branch (the default one),
        None takes one away."""
        with self.world.lock:
            at = self.world.now() if at is None else seconds(at)
            head = self.head(on)
            parents = ([head] if head else []) if parents is None else parents
            sha = sha_of(self.id, message, at, len(self.commits), *parents)
            written = at if authored is None else seconds(authored)
            mail = f"{author}@example.org"
            self.commits[sha] = {
                "sha": sha, "tree": sha_of("tree", sha), "parents": parents, "message": message,
                "author": {"name": author, "email": mail, "date": written, "login": author},
                "committer": {"name": author, "email": mail, "date": at, "login": author},
                "paths": sorted(files or ()),
            }  # fmt: skip
            if not loose:
                self.point(f"refs/heads/{on or self.branch}", sha, at)
            if files:
                self._write(on or self.branch, files)
            return sha

    def _write(self, branch: str, files: dict[str, str | None]) -> None:
        here = self.settings.files
        if branch != self.branch:
            here = self.settings.branches.setdefault(branch, dict(here))
        here.update({path: content for path, content in files.items() if content is not None})
        for path in [path for path, content in files.items() if content is None]:
            here.pop(path, None)

    def point(self, ref: str, sha: str, at: int | None = None) -> None:
        """Makes or moves a branch (refs/heads/...) or tag (refs/tags/...)."""
        with self.world.lock:
            self.refs.put(ref, {"name": ref, "sha": sha})
            self.change(pushed_at=self.world.now() if at is None else at, size=max(1, len(self.commits)))

    def tag(self, name: str, sha: str | None = None) -> str:
        self.point(f"refs/tags/{name}", sha or self.head() or "")
        return name

    def log(self, sha: str) -> list[Row]:
        """The commits that can be reached from one, newest committer date first, as `git log` lists them."""
        if sha not in self.history:
            found, waiting = {}, [sha]
            while waiting:
                each = waiting.pop()
                if each in self.commits and each not in found:
                    found[each] = self.commits[each]
                    waiting.extend(self.commits[each]["parents"])
            if len(self.history) > 20:
                self.history.clear()
            self.history[sha] = sorted(found.values(), key=lambda row: -row["committer"]["date"])
        return self.history[sha]
