"""What happened in a window, added up: deployments, failures and how long users had them, hours spent waiting.

Totals add up over services where medians do not. Each is told for a year, with the interval of what such a year brings
on average (`statistics.weighted_poisson`): an event is a deployment, weighed by what it cost, so that a hundred changes
that waited for the same deployment count as one event and not as a hundred.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from assessments import statistics
from assessments.delivery.measures import DAY, HOUR
from assessments.delivery.parts import NULL, Parts, instants

YEAR = 365.25  # days
KINDS = ("deployments", "failures", "impaired", "deploying", "before", "after")
_STAGES = {"before": ("waiting_for_review", "waiting_to_merge"), "after": ("waiting_to_deploy",)}
#: One row a service. days: of the window in which it existed; changes: that were shipped; open: failures that are not
#: over; collected: whether failures are. Of each kind: events, their sum (hours; events of the first two), the sum of
#: their squares and the largest; timed: changes of which the wait is known, deployments of which the duration is.
OBSERVED = pl.Schema(
    {
        "service": pl.Int64,
        "days": pl.Float64,
        "changes": pl.Int64,
        "open": pl.Int64,
        "collected": pl.Boolean,
        **{
            f"{kind}_{part}": pl.Int64 if part == "events" else pl.Float64
            for kind in KINDS
            for part in ("events", "sum", "squares", "largest")
        },
    }
)


@dataclass(frozen=True)
class Yearly:
    """A total a year with its 95 % interval. events: that it rests on; services: in which it is known, of how many.
    value: None where it is known of none; low, high: None where it happened nowhere and nobody knows what one costs."""

    kind: str
    value: float | None
    low: float | None
    high: float | None
    events: int
    services: int
    of: int


def observe(parts: Parts, weeks: int) -> pl.DataFrame:
    """Frame OBSERVED of the services of these parts, of the last so many weeks up to where each was read."""
    services = parts.services
    until = instants(services["collected_until"])
    begun = until - weeks * 7 * DAY
    existed = instants(services["existed_from"])
    days = np.where(existed == NULL, 0.0, np.maximum(until - np.maximum(begun, existed), 0) / DAY)
    size = len(services)
    columns: dict[str, np.ndarray] = {
        "service": services["service"].to_numpy(),
        "days": np.where(days > 0, np.maximum(days, 1.0), 0.0),
        "collected": services["incidents_collected"].to_numpy(),
    }

    done, of = parts.deployments.records, parts.deployments.service
    inside = (done["finished_at"] >= begun[of]) & (done["finished_at"] <= until[of]) & (done["reached_users"] == 1)
    done, of = done[inside], of[inside]
    failed = done["failed"] == 1
    ended = np.where(done["recovered_at"] == NULL, until[of], done["recovered_at"])
    hours = np.maximum(ended - done["finished_at"], 0) / HOUR
    columns["open"] = np.bincount(of[failed & (done["recovered_at"] == NULL)], minlength=size)
    _put(columns, "deployments", of, np.ones(len(of)), size)
    _put(columns, "failures", of[failed], np.ones(int(failed.sum())), size)
    _put(columns, "impaired", of[failed], hours[failed], size)

    shipped, of = parts.changes.records, parts.changes.service
    inside = (shipped["finished_at"] >= begun[of]) & (shipped["finished_at"] <= until[of])
    shipped, of = shipped[inside], of[inside]
    columns["changes"] = np.bincount(of, minlength=size)
    # The number of a deployment is its own within its service and week, so with the week it is the service's own.
    deployment = np.stack([of, shipped["finished_at"], shipped["deployment"].astype(np.int64)])
    for kind, stages in _STAGES.items():
        known = np.zeros(len(of), bool)
        waited = np.zeros(len(of))
        for stage in stages:
            us = shipped[f"{stage}_us"]
            known |= us != NULL
            waited += np.where(us == NULL, 0, us) / HOUR
        _put(columns, kind, *_by_deployment(deployment[:, known], waited[known], np.add), size)
    us = shipped["deploying_us"]
    known = us != NULL
    _put(columns, "deploying", *_by_deployment(deployment[:, known], us[known] / HOUR, np.maximum), size)
    return pl.DataFrame({name: columns[name] for name in OBSERVED}).cast(dict(OBSERVED))


def yearly(observed: pl.DataFrame) -> dict[str, Yearly]:
    """The totals of these services a year, by kind. A service that existed for a part of the window counts at the rate
    of that part. What is not collected in a service is in no total, and is not none."""
    existed = observed.filter(pl.col("days") > 0)
    found = {}
    for kind in KINDS:
        known = existed
        if kind in ("failures", "impaired"):
            known = existed.filter("collected")
        elif kind != "deployments":  # of which none is timed: its source does not tell
            known = existed.filter((pl.col(f"{kind}_events") > 0) | (pl.col("changes") == 0))
        found[kind] = _yearly(kind, known, observed.height)
    return found


def _yearly(kind: str, known: pl.DataFrame, of: int) -> Yearly:
    if known.is_empty():
        return Yearly(kind, None, None, None, 0, 0, of)
    a_year = YEAR / known["days"].to_numpy()
    total, squares = (
        float((known[f"{kind}_{part}"].to_numpy() * a_year**power).sum())
        for part, power in (("sum", 1), ("squares", 2))
    )
    counted = kind in ("deployments", "failures")
    largest = float((known[f"{kind}_largest"].to_numpy() * a_year).max())
    events = int(known[f"{kind}_events"].sum())
    if counted and not events:
        largest = float(a_year.max()) if len(known) == 1 else float(1 / (1 / a_year).sum())
    if total == 0 and not counted:
        return Yearly(kind, 0.0, None, None, events, known.height, of)
    low, high = statistics.weighted_poisson(total, squares, largest)
    return Yearly(kind, total, float(low), float(high), events, known.height, of)


def _by_deployment(key: np.ndarray, hours: np.ndarray, put_together: np.ufunc) -> tuple[np.ndarray, np.ndarray]:
    """Service and hours of each deployment. key: service, finish and number of the deployment of each change."""
    if not key.shape[1]:
        return key[0], hours
    order = np.lexsort(key[::-1])
    key, hours = key[:, order], hours[order]
    starts = np.flatnonzero(np.concatenate([[True], (key[:, 1:] != key[:, :-1]).any(axis=0)]))
    return key[0, starts], put_together.reduceat(hours, starts)


def _put(columns: dict[str, np.ndarray], kind: str, of: np.ndarray, weights: np.ndarray, size: int) -> None:
    largest = np.zeros(size)
    np.maximum.at(largest, of, weights)
    columns[f"{kind}_events"] = np.bincount(of, minlength=size)
    columns[f"{kind}_sum"] = np.bincount(of, weights, minlength=size)
    columns[f"{kind}_squares"] = np.bincount(of, weights**2, minlength=size)
    columns[f"{kind}_largest"] = largest


def joined(frames: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """Several frames OBSERVED as one, in order of service."""
    return pl.concat([pl.DataFrame(schema=OBSERVED), *frames]).sort("service")
