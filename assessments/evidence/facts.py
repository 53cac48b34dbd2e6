"""What only the forge knows about a repository. Each part is None until it was collected."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Protection:
    """What rules and protection of the default branch add up to. approvals: reviews a change needs, 0 when it needs
    none. pull_request: whether changes must come as pull requests. checks: names of checks that must pass. strict:
    a branch must be up to date. bypass: roles or people for whom the rules do not hold, as the forge words them."""

    pull_request: bool
    approvals: int = 0
    stale_dismissed: bool = False
    owners_asked: bool = False
    checks: tuple[str, ...] = ()
    strict: bool = False
    force_push: bool = False
    deletion: bool = False
    admins_bound: bool = False
    bypass: tuple[str, ...] = ()


@dataclass(frozen=True)
class Environment:
    """A target of deployments. reviewers: people or teams who must agree; wait: minutes; branches: whether only some
    branches may deploy to it."""

    name: str
    reviewers: int = 0
    wait: int = 0
    branches: bool = False


@dataclass(frozen=True)
class Merged:
    """One merged pull request. lines: added and removed; None when not collected. hours: from the first commit or the
    opening of the branch to the merge. reviewed: by a human other than its authors; None when not collected.
    automatic: opened by a program."""

    number: int
    lines: int | None = None
    hours: float | None = None
    reviewed: bool | None = None
    automatic: bool = False


@dataclass(frozen=True)
class Release:
    """A published release; assets: names of the files that come with it."""

    tag: str
    notes: bool
    assets: tuple[str, ...] = ()


@dataclass(frozen=True)
class Scanning:
    """Which scans the forge itself runs; None where it does not say."""

    secrets: bool | None = None
    push_protection: bool | None = None
    code: bool | None = None
    dependencies: bool | None = None


@dataclass(frozen=True)
class Branch:
    """A branch beside the default one. days: since its newest commit. ahead: commits that the default one lacks."""

    name: str
    days: float
    ahead: int | None = None


@dataclass(frozen=True)
class Facts:
    """Everything of the forge. `merged`: the pull requests of the last 90 days, newest first. `inherited`: kinds of
    files that the owner's `.github` repository supplies: "contributing", "issue forms", "pull request template",
    "security policy". `why`: by name of a part that is None, one sentence on why it was not collected and what to
    do."""

    protection: Protection | None = None
    environments: tuple[Environment, ...] | None = None
    merged: tuple[Merged, ...] | None = None
    releases: tuple[Release, ...] | None = None
    scanning: Scanning | None = None
    branches: tuple[Branch, ...] | None = None
    inherited: frozenset[str] | None = None
    why: Mapping[str, str] = field(default_factory=dict)

    @property
    def by_people(self) -> list[Merged] | None:
        """The merged pull requests that people wrote; None when not collected."""
        return None if self.merged is None else [each for each in self.merged if not each.automatic]
