"""Tokens, what they may read, and how much: the primary limit by token and resource, the secondary by the minute."""

import secrets
from collections import deque
from dataclasses import dataclass, field

from tests.fake_github.clock import Clock
from tests.fake_github.records import Row

#: What a careful fine-grained token for Milepost has.
READ = {
    name: "read"
    for name in (
        "metadata", "contents", "pull_requests", "issues", "actions", "deployments", "environments", "checks",
        "statuses",
        "administration",
    )
}  # fmt: skip
PREFIXES = {"fine_grained": "github_pat_11", "classic": "ghp_", "app": "ghs_", "oauth": "gho_"}
LIMITS = {"core": 5000, "graphql": 5000, "search": 30, "code_search": 10, "integration_manifest": 5000}
LEVELS = {"read": 1, "write": 2, "admin": 3}


@dataclass
class Bucket:
    """One resource's limit: `used` of `limit` until `reset`; the window begins with the first request in it."""

    limit: int
    used: int = 0
    reset: int = 0

    @property
    def remaining(self) -> int:
        return max(0, self.limit - self.used)


@dataclass
class Token:
    """Who asks and what for.

    `permissions` is None where scopes rule, and the other way round. `repositories` is None for all, else ids;
    `account` whose they must be.
    """

    value: str
    kind: str
    login: str
    permissions: dict[str, str] | None = None
    scopes: tuple[str, ...] | None = None
    repositories: set[int] | None = None
    account: str | None = None
    expires_at: int | None = None
    installation: int | None = None
    limits: dict[str, int] = field(default_factory=dict)
    buckets: dict[str, Bucket] = field(default_factory=dict)
    revoked: bool = False
    recent: dict[str, deque[tuple[float, int]]] = field(default_factory=dict)

    def bucket(self, resource: str, clock: Clock) -> Bucket:
        """The bucket now; a window that is over begins anew."""
        bucket = self.buckets.get(resource)
        if bucket is None:
            limit = self.limits.get(resource, LIMITS[resource])
            bucket = self.buckets[resource] = Bucket(limit, 0, clock.second() + _window(resource))
        elif clock.now() >= bucket.reset:
            bucket.used, bucket.reset = 0, clock.second() + _window(resource)
        return bucket

    def may(self, permission: str, level: str = "read") -> bool:
        """Whether it has a permission; classic tokens have all that their scopes give."""
        if permission == "metadata":
            return True
        if self.permissions is None:
            return self.scopes is None or bool({"repo", "public_repo"} & set(self.scopes))
        return LEVELS.get(self.permissions.get(permission, ""), 0) >= LEVELS[level]

    def sees(self, repository: Row) -> bool:
        if not repository["private"]:
            return True
        if self.kind == "anonymous" or (self.scopes is not None and "repo" not in self.scopes):
            return False
        if self.account is not None and repository["full_name"].split("/")[0].lower() != self.account.lower():
            return False
        return self.repositories is None or repository["id"] in self.repositories

    def spent_points(self, resource: str, now: float) -> int:
        """What was spent within the last minute, for the secondary limit."""
        recent = self.recent.setdefault(resource, deque())
        while recent and recent[0][0] <= now - 60:
            recent.popleft()
        return sum(points for _, points in recent)


def _window(resource: str) -> int:
    return 60 if resource in ("search", "code_search") else 3600


def new_token(kind: str, login: str, **fields) -> Token:
    token = Token(PREFIXES.get(kind, "") + secrets.token_hex(20), kind, login, **fields)
    if kind == "app" and "core" not in token.limits:
        token.limits = {"core": 5000, "graphql": 5000, **token.limits}
    return token


def anonymous() -> Token:
    return Token("", "anonymous", "", permissions={"metadata": "read"}, limits={"core": 60, "graphql": 0, "search": 10})
