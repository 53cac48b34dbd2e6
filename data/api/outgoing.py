"""What is answered: the shapes of services, metrics and cells as JSON. Units: hours, per day, share (0 to 1)."""

from datetime import date, datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from assessments.delivery.results import State

StateName = Literal[tuple(each.value for each in State)]
_STATES = "value, or why there is none; none of the others means zero."


class Outgoing(BaseModel):
    model_config = ConfigDict(json_schema_serialization_defaults_required=True, allow_inf_nan=True)


class TeamName(Outgoing):
    id: int
    name: str


class ServiceOut(Outgoing):
    """A service. rule: what counts as a production deployment, null until somebody has chosen it."""

    id: int
    name: str
    team: TeamName
    rule: str | None
    judged: bool = Field(description="There are numbers.")
    up_to_date: bool = Field(description="They are those of the newest facts.")
    collected_until: datetime | None
    incidents_collected: bool
    environments: list[str]


class ServicesOut(Outgoing):
    services: list[ServiceOut]
    next: str | None = Field(description="The cursor of the next page; null on the last.")


class MetricOut(Outgoing):
    """One number and all that must stand beside it. low, high: the 95 % interval; null where it has no such end."""

    state: StateName = Field(description=_STATES)
    unit: str
    value: float | None
    low: float | None
    high: float | None
    n: int
    of: int | None = Field(description="The denominator of a share.")
    method: str
    interval_note: str
    p90: float | None
    p90_low: float | None
    p90_high: float | None
    values: list[float] = Field(description="The values themselves where they are too few.")
    censored: list[float] = Field(description="Open failures as ages so far, in hours.")
    basis: str = Field(description="measured, or inferred from reverts, rollbacks and hotfixes: low confidence.")
    extra: dict[str, float | int | str | None]
    says: str = Field(description="The same in words, as the pages have it.")


class StageOut(Outgoing):
    key: str
    n: int
    unknown: int
    median_hours: float | None
    mean_hours: float | None
    share: float | None


class CoverageOut(Outgoing):
    """What the numbers do not cover, as counts."""

    changes_merged: int
    changes_never_deployed: int
    changes_before_history: int
    changes_first_commit_hidden: int
    changes_clamped: int
    changes_paths_unknown: int
    deployments_counted: int
    deployments_without_change: int
    deployments_commit_unknown: int
    failed_attempts: int
    incidents: int
    incidents_unlinked: int


class MetricsOut(Outgoing):
    """The metrics of a window [start, end), which ends where the sources were read, not now."""

    service: int
    judged: bool = Field(description="There are numbers; without them `why` says what is missing.")
    why: str
    up_to_date: bool
    start: datetime | None
    end: datetime | None
    metrics: dict[str, MetricOut]
    stages: list[StageOut]
    coverage: CoverageOut | None
    rules_version: int


class CellOut(Outgoing):
    """One metric in one ISO week, and over the four weeks that end with it (`rolling_`)."""

    week: date = Field(description="Its Monday.")
    metric: str
    state: StateName = Field(description=_STATES)
    value: float | None
    n: int
    of: int | None
    rolling_state: StateName
    rolling_value: float | None
    rolling_low: float | None
    rolling_high: float | None
    rolling_n: int
    provisional: bool = Field(description="It can still change: a late incident may belong to it.")


class CellsOut(Outgoing):
    service: int
    cells: list[CellOut]
    next: str | None = Field(description="The cursor of the next page; null on the last.")


class SavedOut(Outgoing):
    """The facts are saved; the numbers follow within seconds."""

    saved: int
    services: list[int]


class ErrorOut(Outgoing):
    path: str = Field(description="JSON pointer to the place in the body that was sent.")
    detail: str


class ProblemOut(Outgoing):
    """What is wrong, as RFC 9457 has it."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[ErrorOut] = Field(default=[], description="Up to 100 places of the body, each with a sentence.")
    errors_total: int = Field(default=0, description="How many there are.")
