"""The metrics of many windows at once. One implementation for a single window and for weekly cells.

Rows come with `w`, the number of their window 0..size-1 (a row may be in several windows, then it comes several times).
Every measure is a set of arrays of length `size`; NaN where there is no number.
"""

from dataclasses import dataclass, field

import numpy as np
import polars as pl

from assessments import statistics
from assessments.delivery.results import Delivery, State
from assessments.delivery.signals import CANDIDATES, SAID_FAILED

MINIMUM_VALUES = 6  # of a median
MINIMUM_P90, MINIMUM_P90_INTERVAL = 10, 36
MINIMUM_DEPLOYMENTS = 5  # of a share
MINIMUM_CLUSTERS = 8  # deployments, for an interval of lead times
HOUR = 3_600_000_000  # microseconds


@dataclass(frozen=True)
class Measure:
    """One metric over all windows. `raw` is the number even where there are too few to judge; `value` only where there
    are enough. `of` is -1 where there is no denominator."""

    state: np.ndarray
    raw: np.ndarray
    low: np.ndarray
    high: np.ndarray
    n: np.ndarray
    of: np.ndarray
    method: str
    more: dict[str, np.ndarray] = field(default_factory=dict)

    @property
    def value(self) -> np.ndarray:
        return np.where(self.state == State.VALUE, self.raw, np.nan)


@dataclass(frozen=True)
class Windows:
    """Of each window: whether the service existed in it, and for how many days; and what is known of it at all."""

    exists: np.ndarray
    days: np.ndarray
    deploys: bool  # at least one production deployment is known
    changes: bool  # at least one change is known
    incidents_collected: bool

    @property
    def size(self) -> int:
        return len(self.days)


def measure(deployments: pl.DataFrame, changes: pl.DataFrame, windows: Windows) -> dict[str, Measure]:
    """All metrics, by key, in display order. `deployments`: counted rows of JUDGED with w and what `prepare` adds;
    `changes`: shipped rows of SHIPPED with w."""
    reached = deployments.filter("reached_users")
    known = windows.incidents_collected
    out = {series: _lead(changes, series, windows) for series in ("lead_time", "merge_to_production")}
    stated = (_counts(reached.filter(pl.col("unplanned").is_null()), windows) == 0) & (_counts(reached, windows) > 0)
    out["deployment_frequency"] = _frequency(deployments, windows, known | stated)
    out["recovery_time"] = _recovery(reached.filter("failed"), "recovered_at", windows, known)
    out["change_fail_rate"] = _share(reached, pl.col("failed"), windows, known)
    out["rework_rate"] = _share(reached, pl.col("rework"), windows, known | stated)
    out["recovery_time_inferred"] = _recovery(reached.filter("inferred"), "candidate_recovered_at", windows, True)
    out["change_fail_rate_inferred"] = _share(reached, pl.col("inferred"), windows, True)
    out["rework_rate_inferred"] = _share(reached, pl.col("rework") | pl.col("rework_candidate"), windows, True)
    return out


def prepare(delivery: Delivery) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The counted deployments and the shipped changes. Deployments get `inferred` (a revert, rollback or hotfix
    points at it, or the team itself says it failed) and `age_us` (finish to the end of the collection)."""
    standing = delivery.failures.filter(
        pl.col("state").is_in(["candidate", "confirmed"]), pl.col("deployment_id").is_not_null()
    )
    by_team = (pl.col("signal") == "correction") & (pl.col("why") == SAID_FAILED)
    points = standing.filter(pl.col("signal").is_in(CANDIDATES) | by_team)["deployment_id"].unique()
    deployments = delivery.deployments.filter("counts").with_columns(
        inferred=pl.col("deployment_id").is_in(points.implode()),
        age_us=(pl.lit(delivery.collected_until) - pl.col("finished_at")).dt.total_microseconds(),
    )
    return deployments, delivery.changes.filter(pl.col("state") == "shipped")


def _counts(rows: pl.DataFrame, windows: Windows) -> np.ndarray:
    return np.bincount(rows["w"].to_numpy(), minlength=windows.size)


def _states(windows: Windows, n, enough, *, collected=True, anything: bool) -> np.ndarray:
    """State per window: `n` events of which there are `enough`; `anything` of the kind known at all."""
    choices = [
        (~np.broadcast_to(collected, n.shape), State.NOT_COLLECTED),
        (~windows.exists | (not anything), State.NO_DATA),
        (n == 0, State.NONE_HAPPENED),
        (~enough, State.TOO_FEW),
    ]
    return np.select([condition for condition, _ in choices], [str(state) for _, state in choices], str(State.VALUE))


def _lead(changes: pl.DataFrame, series: str, windows: Windows) -> Measure:
    shipped = changes.filter(pl.col("lead_us").is_not_null())
    rows = shipped.filter(pl.col("series") == series)
    groups, hours = rows["w"].to_numpy(), rows["lead_us"].to_numpy() / HOUR
    clusters = rows["deployment_id"].rank("dense").fill_null(0).cast(pl.Int64).to_numpy()
    size = windows.size
    n = _counts(rows, windows)
    pairs = rows.select("w", "deployment_id").unique()
    deployments = _counts(pairs, windows)
    state = _states(windows, n, n >= MINIMUM_VALUES, anything=windows.changes)
    # Only the other series has something in this window: that is not "none happened".
    other = (n == 0) & (_counts(shipped, windows) > 0)
    state = np.where(other & (state == State.NONE_HAPPENED), str(State.NO_DATA), state)
    spread = (deployments >= MINIMUM_CLUSTERS) & (n >= MINIMUM_VALUES)
    low, high = statistics.woodruff_by(groups, hours, clusters, size)
    low90, high90 = statistics.woodruff_by(groups, hours, clusters, size, 0.9)
    wide = spread & (n >= MINIMUM_P90_INTERVAL)
    return Measure(
        state,
        statistics.quantile_by(groups, hours, size),
        np.where(spread, low, np.nan),
        np.where(spread, high, np.nan),
        n,
        np.full(size, -1),
        "Woodruff, clustered by deployment",
        {
            "p90": np.where(n >= MINIMUM_P90, statistics.quantile_by(groups, hours, size, 0.9), np.nan),
            "p90_low": np.where(wide, low90, np.nan),
            "p90_high": np.where(wide, high90, np.nan),
            "deployments": deployments,
        },
    )


def _frequency(deployments: pl.DataFrame, windows: Windows, rework_known) -> Measure:
    done = deployments.filter(pl.col("status") == "success")
    n = _counts(done, windows)
    low, high = statistics.poisson(n)
    gaps = done.sort("w", "finished_at").with_columns(gap=pl.col("finished_at").diff().over("w")).drop_nulls("gap")
    between = gaps["gap"].dt.total_microseconds().to_numpy() / (24 * HOUR)
    with np.errstate(divide="ignore", invalid="ignore"):
        # Less than a day counts as one: an hour with two deployments is not 48 a day.
        days = np.where(windows.exists, np.maximum(windows.days, 1.0), np.nan)
        return Measure(
            _states(windows, n, n > 0, anything=windows.deploys),
            n / days,
            low / days,
            high / days,
            n,
            np.full(windows.size, -1),
            "exact Poisson",
            {
                "days": days,
                "per_working_day": n / days * 7 / 5,
                "median_days_between": statistics.quantile_by(gaps["w"].to_numpy(), between, windows.size),
                "without_rework": np.where(
                    rework_known, _counts(done.filter(~pl.col("rework")), windows) / days, np.nan
                ),
            },
        )


def _recovery(failed: pl.DataFrame, end: str, windows: Windows, collected) -> Measure:
    ended = failed[end].is_not_null()
    lasted = pl.when(pl.col(end).is_not_null()).then((pl.col(end) - pl.col("finished_at")).dt.total_microseconds())
    hours = failed.select(us=pl.coalesce(lasted, "age_us").clip(0))["us"].to_numpy() / HOUR
    groups, size = failed["w"].to_numpy(), windows.size
    events, n = _counts(failed, windows), _counts(failed.filter(ended), windows)
    survival = statistics.kaplan_meier_by(groups, hours, ended.to_numpy(), size)
    rank_low, rank_high = statistics.order_statistic_by(groups, hours, size)
    whole = events == n  # nothing open: the interval of an ordinary median
    reached_median = ~np.isnan(survival.median)
    return Measure(
        _states(windows, events, (n >= MINIMUM_VALUES) & reached_median, collected=collected, anything=windows.deploys),
        survival.median,
        np.where(whole, rank_low, survival.low),
        np.where(whole, rank_high, survival.high),
        n,
        np.full(size, -1),
        "",
        {"open": events - n, "at_least": np.where(reached_median, np.nan, survival.at_least), "whole": whole},
    )


def _share(reached: pl.DataFrame, condition: pl.Expr, windows: Windows, collected) -> Measure:
    k, of = _counts(reached.filter(condition), windows), _counts(reached, windows)
    low, high = statistics.wilson(k, of)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = k / of
    state = _states(windows, of, of >= MINIMUM_DEPLOYMENTS, collected=collected, anything=windows.deploys)
    return Measure(state, share, low, high, k, of, "Wilson")
