"""The metrics of one window of each service, with all that must stand beside each number."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl

from assessments import statistics
from assessments.delivery import parts as value_parts
from assessments.delivery.measures import (
    HOUR,
    MINIMUM_CLUSTERS,
    MINIMUM_DEPLOYMENTS,
    MINIMUM_P90_INTERVAL,
    MINIMUM_VALUES,
    STATES,
    Measure,
    Windows,
    measure,
    measure_stage,
    together,
    words,
)
from assessments.delivery.parts import CHANGE_STATES, NULL, SERIES, Part, Parts, Rows
from assessments.delivery.results import STAGES, Coverage, Delivery, Metric, Stage, State, Summary

UNITS = {"deployment_frequency": "per day", "change_fail_rate": "share", "rework_rate": "share"}
MEASURES = pl.Schema(
    {
        "service": pl.Int64,
        "metric": pl.String,
        "state": pl.String,
        **dict.fromkeys(("value", "low", "high"), pl.Float64),
        **dict.fromkeys(("n", "of"), pl.Int64),
        "p90": pl.Float64,
    }
)
_1970 = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)

Window = tuple[datetime, datetime]


def summarise(delivery: Delivery, start: datetime, end: datetime) -> Summary:
    """The metrics of [start, end). The window ends at the latest where the collection does, that moment included.

    Raises ValueError when the end does not lie after the start or one of them has no time zone.
    """
    return summarise_fleet(value_parts.of(value_parts.alone(delivery)), {0: (start, end)})[0]


def summarise_fleet(parts: Parts, windows: Mapping[int, Window]) -> dict[int, Summary]:
    """The same of many services: by service, in its own window.

    Raises ValueError like `summarise`, and KeyError when a service is not among those of the parts.
    """
    asked = _Asked(parts, windows)
    deployments, changes = asked.rows(parts.deployments, "finished_at"), asked.rows(parts.changes, "finished_at")
    shipped = np.bincount(changes.w, minlength=asked.windows.size).tolist()
    found = measure(deployments, changes, asked.windows)
    metrics = {key: _metrics(key, each, shipped) for key, each in found.items()}
    stages, coverage = _stages(changes, asked.windows.size), _coverage(asked, deployments, changes)
    return {
        service: Summary(
            start=windows[service][0],
            end=min(windows[service][1], asked.collected_until[w]),
            metrics={key: each[w] for key, each in metrics.items()},
            stages=stages[w],
            coverage=coverage[w],
            rules_version=parts.rules_version,
        )
        for w, service in enumerate(windows)
    }


def measure_fleet(parts: Parts, windows: Mapping[int, Window]) -> pl.DataFrame:
    """The numbers of those metrics: frame MEASURES, in the order of the windows and of display.

    Raises what `summarise_fleet` raises.
    """
    asked = _Asked(parts, windows)
    deployments, changes = asked.rows(parts.deployments, "finished_at"), asked.rows(parts.changes, "finished_at")
    found = measure(deployments, changes, asked.windows)
    frame = pl.DataFrame(
        {
            "service": np.repeat(np.array(list(windows), np.int64), len(found)),
            "metric": words(np.tile(np.arange(len(found)), len(windows)), list(found)),
            "state": words(together(found, "state"), STATES),
            **{name: together(found, name) for name in ("value", "low", "high")},
            "n": together(found, "counted"),
            "of": together(found, "counted_of"),
            "p90": together(found, "p90"),
        },
        schema=MEASURES,
    )
    return frame.with_columns(pl.col(pl.Float64).fill_nan(None), pl.col("of").replace(-1, None))


def stages_of(parts: Parts, windows: Mapping[int, Window], stage: str) -> dict[int, Metric]:
    """One stage of lead time in the window of each service, as a metric with its interval.

    Raises what `summarise_fleet` raises.
    """
    asked = _Asked(parts, windows)
    changes = asked.rows(parts.changes, "finished_at")
    shipped = np.bincount(changes.w, minlength=asked.windows.size).tolist()
    found = _metrics(stage, measure_stage(changes, stage, asked.windows), shipped)
    return dict(zip(windows, found, strict=True))


class _Asked:
    """The windows asked for, by number, and the records inside them."""

    def __init__(self, parts: Parts, windows: Mapping[int, Window]):
        places = {service: place for place, service in enumerate(parts.services["service"])}
        for service, (start, end) in windows.items():
            if start.tzinfo is None or end.tzinfo is None:
                raise ValueError("a window needs instants with a time zone")
            if end <= start:
                raise ValueError("a window must end after it starts")
            if service not in places:
                raise KeyError(f"service {service} is not among those whose parts were given")
        place = np.array([places[service] for service in windows], np.int64)
        starts, ends = (
            np.array([(window[side] - _1970) // _MICROSECOND for window in windows.values()], np.int64)
            for side in (0, 1)
        )
        self.parts = parts
        self.windows = Windows(parts.services, place, starts, ends)
        self.collected_until = parts.services["collected_until"].gather(place).to_list()
        self._window = np.full(len(places), -1)
        self._window[place] = np.arange(len(place))

    def rows(self, part: Part, at: str) -> Rows:
        """The records whose instant of that name is in the window of their service."""
        w, instants = self._window[part.service], part.records[at]
        starts, upto = (np.append(limit, 0) for limit in (self.windows.starts, self.windows.upto))
        chosen = np.flatnonzero((instants >= starts[w]) & (instants < upto[w]))  # nothing lies in window -1
        return Rows(part.records, chosen, w[chosen])


def _numbers(values: np.ndarray) -> list:
    """As plain numbers, None for NaN."""
    return [None if value != value else value for value in values.tolist()]


def _metrics(key: str, found: Measure, shipped: list[int]) -> list[Metric]:
    """The metric in every window; `shipped`: how many changes were shipped in each."""
    base = key.removesuffix("_inferred")
    unit, basis = UNITS.get(base, "hours"), "inferred" if key != base else "measured"
    more = {name: _numbers(each) if isinstance(each, np.ndarray) else each for name, each in found.more().items()}
    columns = (_numbers(each) for each in (found.value, found.low, found.high, found.counted, found.of, found.p90))
    highest = found.limits[1]
    out = []
    for w, (place, value, low, high, n, of, p90) in enumerate(zip(found.state.tolist(), *columns, strict=True)):
        state = STATES[place]
        if base in (*SERIES, *STAGES):
            details = _lead(key, state, n, p90, more, w, shipped[w])
        elif base == "recovery_time":
            details = _recovery(state, more, w)
        elif base == "deployment_frequency":
            details = {"extra": {name: each[w] for name, each in more.items()}}
            if state == State.NONE_HAPPENED:
                details["interval_note"] = f"at most {highest[w]:.2g} per day"
        else:
            details = _share(state, of)
        method = details.pop("method", found.method)
        shown = method if low is not None or high is not None else ""
        out.append(Metric(key, state, unit, value, low, high, n, method=shown, basis=basis, **details))
    return out


def _lead(key: str, state: State, n: int, p90: float | None, more: dict, w: int, shipped: int) -> dict:
    deployments = more["deployments"][w]
    out = {"extra": {"deployments": deployments}}
    if state == State.TOO_FEW:
        out["values"] = tuple(more["values"].of(w).tolist())
        out["interval_note"] = f"fewer than {MINIMUM_VALUES} changes"
    elif state == State.VALUE:
        out |= {"p90": p90, "p90_low": more["p90_low"][w], "p90_high": more["p90_high"][w]}
        if deployments < MINIMUM_CLUSTERS:
            out["interval_note"] = f"too few deployments for an interval ({deployments} of {MINIMUM_CLUSTERS})"
        elif n < MINIMUM_P90_INTERVAL:
            out["extra"]["p90_note"] = f"its interval needs {MINIMUM_P90_INTERVAL} changes"
    elif state == State.NO_DATA and shipped and key in SERIES:
        other = "is hidden by squash or rebase" if key == "lead_time" else "is known"
        out["interval_note"] = f"the first commit of every change shipped here {other}"
    return out


def _recovery(state: State, more: dict, w: int) -> dict:
    if state == State.NOT_COLLECTED:
        return {}
    out = {
        "censored": tuple(more["censored"].of(w).tolist()),
        "extra": {"open": more["open"][w], "at_least": more["at_least"][w]},
    }
    if state == State.VALUE:
        return out | {"method": "order statistics" if more["whole"][w] else "Kaplan-Meier, Brookmeyer and Crowley"}
    out["values"] = tuple(more["values"].of(w).tolist())
    if state == State.TOO_FEW:
        few = len(out["values"]) < MINIMUM_VALUES
        out["interval_note"] = (
            f"fewer than {MINIMUM_VALUES} recovered failures" if few else "half or more are still open"
        )
    return out


def _share(state: State, of: int) -> dict:
    if state == State.NOT_COLLECTED:
        return {}
    if state == State.TOO_FEW:
        return {"of": of, "interval_note": f"fewer than {MINIMUM_DEPLOYMENTS} deployments reached users"}
    return {"of": of, "interval_note": "no deployment reached users" if state == State.NONE_HAPPENED else ""}


def _stages(changes: Rows, size: int) -> list[tuple[Stage, ...]]:
    """Median, mean and share of each stage over the changes whose stage is known. The share is of their summed lead
    time, so that a stage known for few changes is not made small by the others."""
    rows = np.flatnonzero(changes["series"] == SERIES.index("lead_time"))
    w, lead = changes.w[rows], changes["lead_us"][rows]
    every = np.bincount(w, minlength=size)
    out = []
    for stage in STAGES:
        us = changes[f"{stage}_us"][rows]
        known = us != NULL
        hours = statistics.Grouped(w[known], us[known] / HOUR, size)
        whole, total = _sum(w[known], lead[known], size), _sum(w[known], us[known], size)
        with np.errstate(divide="ignore", invalid="ignore"):
            share = np.where(whole > 0, total / whole, np.nan)
            figures = (hours.count, every - hours.count, hours.quantile(), total / HOUR / hours.count, share)
        out.append([Stage(stage, *row) for row in zip(*map(_numbers, figures), strict=True)])
    return list(zip(*out, strict=True))


def _sum(w: np.ndarray, us: np.ndarray, size: int) -> np.ndarray:
    """Sums of whole numbers by window. Summed in two halves, each exact as a float, they depend on no order and run
    over at no date."""
    high, low = us >> 26, us & ((1 << 26) - 1)
    return np.bincount(w, high, size) * float(1 << 26) + np.bincount(w, low, size)


def _coverage(asked: _Asked, deployments: Rows, changes: Rows) -> list[Coverage]:
    merges = asked.rows(asked.parts.merges, "merged_at")
    incidents = asked.rows(asked.parts.incidents, "began_at")
    reports = np.unique(incidents["incident"], return_index=True)[1]  # one of each incident's
    done, state = deployments["success"] == 1, merges["state"]

    def count(w: np.ndarray) -> list[int]:
        return np.bincount(w, minlength=asked.windows.size).tolist()

    columns = {
        "changes_merged": count(merges.w),
        "changes_never_deployed": count(merges.w[state == CHANGE_STATES.index("waiting")]),
        "changes_before_history": count(merges.w[state == CHANGE_STATES.index("before_history")]),
        "changes_first_commit_hidden": count(changes.w[changes["series"] == SERIES.index("merge_to_production")]),
        "changes_clamped": count(changes.w[changes["clamped"] == 1]),
        "changes_paths_unknown": count(merges.w[merges["paths_unknown"] == 1]),
        "deployments_counted": count(deployments.w),
        "deployments_without_change": count(deployments.w[done & (deployments["ships"] == 0)]),
        "deployments_commit_unknown": count(deployments.w[done & (deployments["position_known"] == 0)]),
        "failed_attempts": count(deployments.w[deployments["reached_users"] == 0]),
        "incidents": count(incidents.w[reports]),
        "incidents_unlinked": count(incidents.w[incidents["unlinked"] == 1]),
    }
    return [Coverage(**dict(zip(columns, row, strict=True))) for row in zip(*columns.values(), strict=True)]
