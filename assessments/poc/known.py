"""What is known beside the files: facts of the forge, measured series, and what people attested.

Every part is None until it was collected, `Refused` where the token may not read it. Names of people are logins in
lower case. Instants are microseconds since 1970, UTC. Nothing here was fetched by this room.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from assessments.poc.model import Level


class Source(StrEnum):
    """Where the files came from. A clone says nothing of the forge, and shows E1 at most."""

    CLONE = "clone"
    FORGE = "forge"


@dataclass(frozen=True)
class Refused:
    """The token may not read this. permission: what it needs, as the forge words it, such as `actions: read`."""

    permission: str


@dataclass(frozen=True)
class Referenced:
    """A reusable workflow that a run called. path: `owner/name/.github/workflows/file.yml`, without `@`. sha: the
    commit of it that ran."""

    path: str
    sha: str


@dataclass(frozen=True)
class Job:
    """name: as the forge shows it; that of a reusable workflow is `caller / job`."""

    name: str
    conclusion: str


@dataclass(frozen=True)
class Run:
    """One run of a workflow, its last attempt. workflow: path of its file. conclusion: empty while it runs. seconds:
    None when not known. jobs: None when not collected."""

    id: int
    sha: str
    workflow: str
    event: str
    conclusion: str
    branch: str = ""
    instant: int = 0
    seconds: float | None = None
    referenced: tuple[Referenced, ...] = ()
    jobs: "tuple[Job, ...] | Refused | None" = None


@dataclass(frozen=True)
class Review:
    """state: approved, changes_requested, commented or dismissed. comments: remarks on lines. current: whether it was
    given for what is judged, and not for what it was before."""

    author: str
    state: str
    instant: int = 0
    comments: int = 0
    current: bool = True
    automatic: bool = False


@dataclass(frozen=True)
class Deployment:
    """states: (state, instant) in their order. workflow: path of the file whose run deployed; empty when not known."""

    environment: str
    states: tuple[tuple[str, int], ...]
    workflow: str = ""


@dataclass(frozen=True)
class Settings:
    """What the forge is set to. required_checks: of the default branch. reviewers: number by environment. Each part is
    None or Refused by itself, since each needs a permission of its own."""

    required_checks: tuple[str, ...] | Refused | None = None
    reviewers: Mapping[str, int] | Refused | None = None
    approvals: int | Refused | None = None
    releases: tuple[tuple[str, int], ...] | Refused | None = None  # (tag, number of assets)


@dataclass(frozen=True)
class Artifact:
    """A value read from one JSON file of an artifact. problem: why it could not be read, one sentence; empty when it
    was. run: the id of the run that made it."""

    value: Any
    run: int
    problem: str = ""


@dataclass(frozen=True)
class Series:
    """A measured metric over the window that was asked for. value: None when there is too little to tell. low, high:
    its interval. baseline: the same before the start. unit: as shown."""

    value: float | None
    n: int
    days: int
    low: float | None = None
    high: float | None = None
    baseline: float | None = None
    baseline_n: int = 0
    unit: str = ""


@dataclass(frozen=True)
class Attestation:
    """A person's yes or no to a check, with the rubric before them. role: in which they were asked."""

    check: str
    by: str
    accepted: bool
    role: str = ""
    commit: str = ""
    criteria: tuple[str, ...] = ()


@dataclass(frozen=True)
class Spread:
    """Another team that took a proof of concept from this one. level: the least evidence of what it passed; None until
    it passed."""

    team: str
    poc: str
    level: Level | None


@dataclass(frozen=True)
class Known:
    """source, and what is known. authors: of the work, co-authors too. groups: people by the role or team they are in.
    allowed: the organisation's reusable workflows, each with the commits that are allow-listed. runs_from: of the runs
    on the default branch those before were not read. added, removed: when a path came to the default branch and when it
    left it. begun: when the proof of concept was begun."""

    source: Source = Source.CLONE
    default_branch: str = ""
    authors: frozenset[str] | None = None
    groups: Mapping[str, frozenset[str]] | Refused | None = None
    allowed: Mapping[str, frozenset[str]] = field(default_factory=dict)
    runs: tuple[Run, ...] | Refused | None = None
    runs_from: int = 0
    reviews: tuple[Review, ...] | Refused | None = None
    deployments: tuple[Deployment, ...] | Refused | None = None
    settings: Settings = Settings()
    artifacts: Mapping[str, Artifact] | Refused | None = None
    metrics: Mapping[str, Series] | None = None
    attestations: tuple[Attestation, ...] | None = None
    spread: tuple[Spread, ...] | None = None
    added: Mapping[str, int] | None = None
    removed: Mapping[str, int] | None = None
    begun: int | None = None
