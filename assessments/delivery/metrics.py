"""The metrics of one window, with all that must stand beside each number."""

from datetime import datetime

import numpy as np
import polars as pl

from assessments.delivery.measures import (
    HOUR,
    MINIMUM_CLUSTERS,
    MINIMUM_DEPLOYMENTS,
    MINIMUM_P90_INTERVAL,
    MINIMUM_VALUES,
    Measure,
    Windows,
    measure,
    prepare,
)
from assessments.delivery.results import STAGES, Coverage, Delivery, Metric, Stage, State, Summary

UNITS = {"deployment_frequency": "per day", "change_fail_rate": "share", "rework_rate": "share"}
DAY_US = 24 * HOUR


def summarise(delivery: Delivery, start: datetime, end: datetime) -> Summary:
    """The metrics of [start, end). The window ends at the latest where the collection does, that moment included.

    Raises ValueError when the end does not lie after the start or one of them has no time zone.
    """
    if start.tzinfo is None or end.tzinfo is None:
        raise ValueError("a window needs instants with a time zone")
    if end <= start:
        raise ValueError("a window must end after it starts")
    whole = end >= delivery.collected_until
    end = min(end, delivery.collected_until)

    def inside(column: str) -> pl.Expr:
        at = pl.col(column)
        return (at >= start) & (at <= end if whole else at < end)

    deployments, changes = prepare(delivery)
    deployments = deployments.filter(inside("finished_at")).with_columns(w=pl.lit(0, pl.Int64))
    changes = changes.filter(inside("finished_at")).with_columns(w=pl.lit(0, pl.Int64))
    measures = measure(deployments, changes, _window(delivery, start, end))
    metrics = {key: _metric(key, found, deployments, changes) for key, found in measures.items()}
    return Summary(
        start=start,
        end=end,
        metrics=metrics,
        stages=_stages(changes.filter(pl.col("series") == "lead_time")),
        coverage=_coverage(delivery, deployments, changes, inside),
        rules_version=delivery.rules_version,
    )


def _window(delivery: Delivery, start: datetime, end: datetime) -> Windows:
    since = delivery.existed_from
    days = 0.0 if since is None else max(0.0, (end - max(start, since)).total_seconds() / 86400)
    exists = since is not None and since <= end and start <= delivery.collected_until
    return windows(delivery, np.array([exists]), np.array([days]))


def windows(delivery: Delivery, exists: np.ndarray, days: np.ndarray) -> Windows:
    """Windows of that service; `exists` and `days` as in Windows."""
    return Windows(
        exists=exists,
        days=days,
        deploys=bool(delivery.deployments["counts"].any()),
        changes=delivery.changes.height > 0,
        incidents_collected=delivery.incidents_collected,
    )


def _number(value) -> float | None:
    return None if np.isnan(value) else float(value)


def _metric(key: str, found: Measure, deployments: pl.DataFrame, changes: pl.DataFrame) -> Metric:
    base = key.removesuffix("_inferred")
    state = State(str(found.state[0]))
    judged = state == State.VALUE
    more = {name: values[0] for name, values in found.more.items()}
    metric = {
        "key": key,
        "state": state,
        "unit": UNITS.get(base, "hours"),
        "value": _number(found.value[0]),
        "low": _number(found.low[0]) if judged else None,
        "high": _number(found.high[0]) if judged else None,
        "n": 0 if state == State.NOT_COLLECTED else int(found.n[0]),
        "method": found.method,
        "basis": "inferred" if key != base else "measured",
    }
    if base in ("lead_time", "merge_to_production"):
        metric |= _lead(key, state, more, changes)
    elif base == "recovery_time":
        metric |= _recovery(key, state, more, deployments)
    elif base == "deployment_frequency":
        metric["extra"] = {name: _number(value) for name, value in more.items()}
        if state == State.NONE_HAPPENED:
            metric["interval_note"] = f"at most {found.high[0]:.2g} per day"
    elif state != State.NOT_COLLECTED:
        metric["of"] = int(found.of[0])
        if state == State.TOO_FEW:
            metric["interval_note"] = f"fewer than {MINIMUM_DEPLOYMENTS} deployments reached users"
        elif state == State.NONE_HAPPENED:
            metric["interval_note"] = "no deployment reached users"
    if metric["low"] is None and metric["high"] is None:
        metric["method"] = ""
    return Metric(**metric)


def _lead(key: str, state: State, more: dict, changes: pl.DataFrame) -> dict:
    rows = changes.filter(pl.col("series") == key, pl.col("lead_us").is_not_null())
    out = {"extra": {"deployments": int(more["deployments"])}}
    if state == State.TOO_FEW:
        out["values"] = tuple((rows["lead_us"] / HOUR).sort().to_list())
        out["interval_note"] = f"fewer than {MINIMUM_VALUES} changes"
    elif state == State.VALUE:
        out |= {name: _number(more[name]) for name in ("p90", "p90_low", "p90_high")}
        if more["deployments"] < MINIMUM_CLUSTERS:
            out["interval_note"] = f"too few deployments for an interval ({more['deployments']} of {MINIMUM_CLUSTERS})"
        elif rows.height < MINIMUM_P90_INTERVAL:
            out["extra"]["p90_note"] = f"its interval needs {MINIMUM_P90_INTERVAL} changes"
    elif state == State.NO_DATA and changes.height:
        other = "is hidden by squash or rebase" if key == "lead_time" else "is known"
        out["interval_note"] = f"the first commit of every change shipped here {other}"
    return out


def _recovery(key: str, state: State, more: dict, deployments: pl.DataFrame) -> dict:
    if state == State.NOT_COLLECTED:
        return {}
    inferred = key.endswith("_inferred")
    end = "candidate_recovered_at" if inferred else "recovered_at"
    failed = deployments.filter("reached_users", "inferred" if inferred else "failed")
    lasted = (pl.col(end) - pl.col("finished_at")).dt.total_microseconds().clip(0) / HOUR
    out = {
        "censored": tuple(
            failed.filter(pl.col(end).is_null()).select(pl.col("age_us").clip(0) / HOUR).to_series().sort()
        ),
        "extra": {"open": int(more["open"]), "at_least": _number(more["at_least"])},
    }
    if state == State.VALUE:
        order = "order statistics" if more["whole"] else "Kaplan-Meier, Brookmeyer and Crowley"
        return out | {"method": order}
    out["values"] = tuple(failed.filter(pl.col(end).is_not_null()).select(lasted).to_series().sort())
    if state == State.TOO_FEW:
        few = len(out["values"]) < MINIMUM_VALUES
        out["interval_note"] = (
            f"fewer than {MINIMUM_VALUES} recovered failures" if few else "half or more are still open"
        )
    return out


def _stages(changes: pl.DataFrame) -> tuple[Stage, ...]:
    """Median, mean and share of each stage over the changes whose stage is known. The share is of their summed lead
    time, so that a stage known for few changes is not made small by the others."""
    out = []
    for stage in STAGES:
        known = changes.filter(pl.col(f"{stage}_us").is_not_null())
        hours, lead = known[f"{stage}_us"] / HOUR, known["lead_us"].sum() / HOUR
        share = hours.sum() / lead if lead else None
        out.append(Stage(stage, known.height, changes.height - known.height, hours.median(), hours.mean(), share))
    return tuple(out)


def _coverage(delivery: Delivery, deployments: pl.DataFrame, changes: pl.DataFrame, inside) -> Coverage:
    merged = delivery.changes.filter(inside("merged_at"))
    states = dict(merged.group_by("state").len().iter_rows())
    signal, subject = pl.col("signal"), pl.col("deployment_id")
    of_incident = signal.is_in(["explicit_link", "incident"]) | (
        (signal == "correction") & subject.ne_missing(pl.col("evidence_id"))
    )
    incidents = delivery.failures.filter(of_incident, inside("began_at"))
    done = deployments.filter(pl.col("status") == "success")
    return Coverage(
        changes_merged=merged.height,
        changes_never_deployed=states.get("waiting", 0),
        changes_before_history=states.get("before_history", 0),
        changes_first_commit_hidden=changes.filter(pl.col("series") == "merge_to_production").height,
        changes_clamped=int(changes["clamped"].sum()),
        changes_paths_unknown=int(merged["paths_unknown"].sum()),
        deployments_counted=deployments.height,
        deployments_without_change=done.filter(pl.col("ships") == 0).height,
        deployments_commit_unknown=done.filter(pl.col("position").is_null()).height,
        failed_attempts=deployments.filter(~pl.col("reached_users")).height,
        incidents=incidents["evidence_id"].n_unique(),
        incidents_unlinked=incidents.filter(pl.col("state") == "unlinked").height,
    )
