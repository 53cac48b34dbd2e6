"""What a repository's settings pages say, and the files that say how it works."""

from typing import TYPE_CHECKING, Any

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

    def protect(self, pattern: str = "main", **fields) -> None:
        """A branch protection rule; fields as GraphQL names them: requiresApprovingReviews=True, isAdminEnforced=..."""
        self.protections.append({"id": self.repository.world.ids("rule"), "pattern": pattern, **fields})

    def ruleset(self, name: str = "main", enforcement: str = "ACTIVE", rules: tuple[str, ...] = (), **fields) -> None:
        """A ruleset of rule types: PULL_REQUEST, REQUIRED_STATUS_CHECKS, DELETION, NON_FAST_FORWARD..."""
        row = {"id": self.repository.world.ids("rule"), "name": name, "enforcement": enforcement, "target": "BRANCH"}
        self.rulesets.append({**row, "rules": list(rules), **fields})

    def environment(self, name: str, reviewers: tuple[str, ...] = (), wait_minutes: int = 0) -> None:
        """An environment with the people who must approve and the minutes to wait; the same again changes nothing."""
        if name not in self.environments or reviewers or wait_minutes:
            identity = self.environments.get(name, {}).get("id") or self.repository.world.ids("environment")
            row = {"id": identity, "name": name, "reviewers": list(reviewers), "wait_minutes": wait_minutes}
            self.environments[name] = row

    def codeowners_error(self, line: int, kind: str = "Unknown owner", path: str = ".github/CODEOWNERS") -> None:
        self.owners_errors.append({"line": line, "kind": kind, "path": path})
