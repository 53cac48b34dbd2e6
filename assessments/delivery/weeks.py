"""Weekly cells: every metric in every ISO week (UTC), and over the four weeks that end with it."""

from collections.abc import Mapping
from datetime import date

import numpy as np
import polars as pl

from assessments.delivery import parts
from assessments.delivery.measures import HOUR, STATES, TOO_FEW, VALUE, Windows, measure, together
from assessments.delivery.parts import NULL, SERIES, Part, Rows, instants, mondays, week_of, week_of_day, week_start
from assessments.delivery.results import Delivery, Fleet

ROLLING = 4
#: In the order in which they stand in every week.
METRICS = (
    *SERIES,
    *("deployment_frequency", "recovery_time", "change_fail_rate", "rework_rate"),
    *("recovery_time_inferred", "change_fail_rate_inferred", "rework_rate_inferred"),
)
METRIC, STATE = pl.Enum(METRICS), pl.Enum([each.value for each in STATES])
CELLS = pl.Schema(
    {
        "week": pl.Date,  # Monday
        "metric": METRIC,
        "state": STATE,
        "value": pl.Float64,  # a point; also where there are too few to judge, then `state` says so
        "n": pl.Int64,
        "of": pl.Int64,
        "rolling_state": STATE,
        "rolling_value": pl.Float64,  # only where there are enough
        "rolling_low": pl.Float64,
        "rolling_high": pl.Float64,
        "rolling_n": pl.Int64,
        "provisional": pl.Boolean,  # the week is not over, or a late incident can still change it
    }
)


def weekly(delivery: Delivery) -> pl.DataFrame:
    """One row per week and metric, frame CELLS, from the service's first week to the one the collection ends in,
    without holes. Empty when nothing is known of the service."""
    return weekly_fleet(parts.alone(delivery)).drop("service")


def weekly_fleet(fleet: Fleet, since: Mapping[int, date] | None = None) -> pl.DataFrame:
    """The same of every service: a column `service` and those of CELLS, in order of service and week.

    since: of a service in it only the week of that date and later ones are given. Its deployments and changes then need
    not reach back further than to the start of the third week before: ROLLING weeks end with the first one.
    """
    services = fleet.services.sort("service")
    return _weekly(services, parts.part(fleet, "deployments"), parts.part(fleet, "changes"), since or {})


def _weekly(services: pl.DataFrame, deployments: Part, changes: Part, since: Mapping[int, date]) -> pl.DataFrame:
    weeks, changes = _Weeks(services, since), _by_lead(changes)
    starts = week_start(weeks.week)
    ends = week_start(weeks.week + 1)
    windows = Windows(services, weeks.service, starts, ends)
    single = measure(weeks.rows(deployments), weeks.rows(changes), windows)
    rolled = Windows(services, weeks.service, week_start(weeks.week - (ROLLING - 1)), ends)
    rolling = measure(weeks.rows(deployments, ROLLING), weeks.rows(changes, ROLLING), rolled)
    late = services["attribution_hours"].to_numpy()[weeks.service] * HOUR
    return _cells(weeks, single, rolling, provisional=ends + late > windows.collected_until)


def _by_lead(changes: Part) -> Part:
    """What measures ask of changes, in order of lead time: quick to sort again within many windows."""
    order = np.argsort(changes.records["lead_us"], kind="stable")
    kind = changes.records.dtype
    wanted = ("finished_at", "lead_us", "deployment", "series")
    records = np.empty(len(order), [(name, kind[name]) for name in wanted])
    for name in wanted:
        records[name] = np.ascontiguousarray(changes.records[name])[order]
    return Part(records, changes.service[order])


class _Weeks:
    """The weeks that get cells: of each its number and the place of its service."""

    def __init__(self, services: pl.DataFrame, since: Mapping[int, date]):
        existed = instants(services["existed_from"])
        known = existed != NULL
        self._first, last = week_of(np.where(known, existed, 0)), week_of(instants(services["collected_until"]))
        wanted = np.array([week_of_day(since.get(service, date.min)) for service in services["service"]], np.int64)
        self._given = np.maximum(self._first, wanted)
        self._count = np.where(known, np.maximum(last - self._given + 1, 0), 0)
        self._offset = np.cumsum(self._count) - self._count
        self.names = services["service"]
        self.service = np.repeat(np.arange(len(known)), self._count)
        self.week = np.arange(len(self.service)) - self._offset[self.service] + self._given[self.service]

    def rows(self, part: Part, rolling: int = 1) -> Rows:
        """Each record once for every window of so many weeks that it is in. Records outside a service's weeks have
        broken clocks and are in no cell."""
        service, week = part.service, week_of(part.records["finished_at"])
        inside = np.flatnonzero(week >= self._first[service])
        place, service = (week - self._given[part.service])[inside], service[inside]
        chosen, w, copies = [], [], []
        for copy in range(rolling):
            within = np.flatnonzero((place + copy >= 0) & (place + copy < self._count[service]))
            chosen.append(inside[within])
            w.append((self._offset[service] + place)[within] + copy)
            copies.append(np.full(len(within), copy))
        return Rows(part.records, *(np.concatenate(each) for each in (chosen, w, copies)), rolling)


def _cells(weeks: _Weeks, single: dict, rolling: dict, provisional: np.ndarray) -> pl.DataFrame:
    metrics = len(single)
    state = together(single, "state")
    frame = pl.DataFrame(
        {
            "service": weeks.names.gather(np.repeat(weeks.service, metrics)),
            "week": mondays(np.repeat(weeks.week, metrics)),
            "metric": _words(np.tile(np.arange(metrics), len(weeks.week)), METRIC),
            "state": _words(state, STATE),
            "value": np.where((state == VALUE) | (state == TOO_FEW), together(single, "raw"), np.nan),
            "n": together(single, "counted"),
            "of": together(single, "counted_of"),
            "rolling_state": _words(together(rolling, "state"), STATE),
            "rolling_value": together(rolling, "value"),
            "rolling_low": together(rolling, "low"),
            "rolling_high": together(rolling, "high"),
            "rolling_n": together(rolling, "counted"),
            "provisional": np.repeat(provisional, metrics),
        },
        schema={"service": pl.Int64, **CELLS},
    )
    return frame.with_columns(pl.col(pl.Float64).fill_nan(None), pl.col("of").replace(-1, None))


def _words(places: np.ndarray, words: pl.Enum) -> pl.Series:
    return pl.Series(places.astype(np.uint8)).cat.to(words)
