"""What a repository's settings pages say, and the files that say how it works."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from tests.fake_github.records import blob_sha

if TYPE_CHECKING:
    from tests.fake_github.repository import Repository


class Settings:
    """Protection rules, rulesets, environments, CODEOWNERS errors, files by path."""

    def __init__(self, repository: "Repository"):
        self.repository = repository
        self.protections: list[dict[str, Any]] = []
        self.rulesets: list[dict[str, Any]] = []
        self.environments: dict[str, dict[str, Any]] = {}
        self.owners_errors: list[dict[str, Any]] = []
        #: Merge buttons and such, as GraphQL names them: {"deleteBranchOnMerge": True}.
        self.switches: dict[str, Any] = {}
        self.files: dict[str, str | bytes] = {}
        #: Files of branches that have others than the default one.
        self.branches: dict[str, dict[str, str | bytes]] = {}
        #: Of files that are no plain ones: "100755", or "120000" for a symbolic link, whose content is where it leads.
        self.modes: dict[str, str] = {}
        #: Path -> commit.
        self.submodules: dict[str, str] = {}
        #: Names of blobs that the tree has and GitHub does not give.
        self.vanished: set[str] = set()
        #: Entries after which a tree is cut, None for never.
        self.tree_limit: int | None = None
        #: What stands under `security_and_analysis`, for who may administer: {"secret_scanning": "enabled"}.
        self.security: dict[str, str] = {}

    def protect(self, pattern: str = "main", **fields) -> None:
        """A branch protection rule; fields as GraphQL names them: requiresApprovingReviews=True, isAdminEnforced=..."""
        self.protections.append({"id": self.repository.world.ids("rule"), "pattern": pattern, **fields})

    def ruleset(self, name: str = "main", enforcement: str = "ACTIVE", rules: tuple[str, ...] = (), **fields) -> None:
        """A ruleset of rule types: PULL_REQUEST, REQUIRED_STATUS_CHECKS, DELETION, NON_FAST_FORWARD..."""
        row = {"id": self.repository.world.ids("rule"), "name": name, "enforcement": enforcement, "target": "BRANCH"}
        self.rulesets.append({**row, "rules": list(rules), **fields})

    def environment(
        self, name: str, reviewers: tuple[str, ...] = (), wait_minutes: int = 0, some_branches: bool = False
    ) -> None:
        """An environment with the people who must approve, the minutes to wait, and whether only some branches may
        deploy to it; the same again changes nothing."""
        if name not in self.environments or reviewers or wait_minutes or some_branches:
            identity = self.environments.get(name, {}).get("id") or self.repository.world.ids("environment")
            row = {
                "id": identity, "name": name, "reviewers": list(reviewers), "wait_minutes": wait_minutes,
                "some_branches": some_branches,
            }  # fmt: skip
            self.environments[name] = row

    def on(self, branch: str) -> dict[str, str | bytes]:
        """The files of a branch."""
        return self.branches.get(branch, self.files)

    def every(self) -> Iterator[str | bytes]:
        """What all files of all branches hold."""
        for files in (self.files, *self.branches.values()):
            yield from files.values()

    def link(self, path: str, target: str) -> None:
        """A symbolic link."""
        self.files[path], self.modes[path] = target, "120000"

    def submodule(self, path: str, commit: str = "0" * 40) -> None:
        self.submodules[path] = commit

    def vanish(self, path: str) -> None:
        """The tree goes on naming that file, and its blob is not given any more."""
        self.vanished.add(blob_sha(self.files[path]))

    def codeowners_error(self, line: int, kind: str = "Unknown owner", path: str = ".github/CODEOWNERS") -> None:
        self.owners_errors.append({"line": line, "kind": kind, "path": path})
