"""The value parts of many services: everything their metrics are computed from, exact, as plain numbers.

Packed, they are kept per service and ISO week; unpacked, they give any window of any number of services, without a
mean of medians and without a look at the rows that pages list.
"""

from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from assessments.delivery.results import FLEET, STAGES, Delivery, Fleet
from assessments.delivery.settings import RULES_VERSION
from assessments.delivery.signals import CANDIDATES, SAID_FAILED

NULL = np.iinfo(np.int64).min  # a time or a number that is not known; of a flag it is -1
SERIES = ("lead_time", "merge_to_production")
CHANGE_STATES = ("shipped", "waiting", "before_history", "not_on_trunk")
_DAY = 86_400_000_000
_FIRST = date(1969, 12, 29)  # the Monday on which week 0 began
_WEEK = 7 * _DAY

#: One record each; instants are microseconds since 1970, flags are 1, 0 or -1. A change of these is one of what is
#: stored: raise RULES_VERSION, so that it is packed anew.
RECORDS = {
    "deployments": np.dtype(
        [
            *((name, "<i8") for name in ("finished_at", "recovered_at", "candidate_recovered_at", "ships")),
            *((name, "i1") for name in ("success", "reached_users", "failed", "inferred")),
            *((name, "i1") for name in ("rework", "rework_candidate", "unplanned", "position_known")),
        ]
    ),
    "changes": np.dtype(
        [
            *((name, "<i8") for name in ("finished_at", "lead_us", *(f"{stage}_us" for stage in STAGES))),
            ("deployment", "<u4"),  # that shipped it: its number among those of the service and week
            ("series", "i1"),  # place in SERIES
            ("clamped", "i1"),
        ]
    ),
    "merges": np.dtype([("merged_at", "<i8"), ("state", "i1"), ("paths_unknown", "i1")]),  # place in CHANGE_STATES
    "incidents": np.dtype([("began_at", "<i8"), ("incident", "<u4"), ("unlinked", "i1")]),
}
#: The instant that puts a record into a week, and the column that numbers what several records share.
_AT = {"deployments": "finished_at", "changes": "finished_at", "merges": "merged_at", "incidents": "began_at"}
_NUMBER = {"changes": "deployment", "incidents": "incident"}
PACKED = pl.Schema({"service": pl.Int64, "week": pl.Date, **dict.fromkeys(RECORDS, pl.Binary)})


@dataclass(frozen=True)
class Part:
    """Records of one kind, each with the place of its service in `Parts.services`. What the records number
    (deployments, incidents) has a number of its own here in every service and week."""

    records: np.ndarray
    service: np.ndarray


@dataclass(frozen=True)
class Parts:
    """The value parts of these services (frame FLEET, in order of service)."""

    services: pl.DataFrame
    deployments: Part
    changes: Part
    merges: Part
    incidents: Part
    rules_version: int = RULES_VERSION


class Rows:
    """Columns of chosen records, each with `w`, the number of its window 0..size-1. A record in several windows is
    chosen several times; `copy` tells them apart."""

    def __init__(self, records: np.ndarray, chosen: np.ndarray, w: np.ndarray, copy=0, copies: int = 1):
        self.w = w
        self._records, self._chosen, self._copy, self._copies = records, chosen, copy, copies

    def __getitem__(self, name: str) -> np.ndarray:
        return self._records[name][self._chosen]

    def distinct(self, name: str) -> np.ndarray:
        """The numbers of that column, made different in different windows."""
        return self[name].astype(np.int64) * self._copies + self._copy


def instants(column: pl.Series) -> np.ndarray:
    """Microseconds since 1970, NULL where there is none."""
    return column.to_physical().fill_null(NULL).to_numpy()


def week_of(at: np.ndarray) -> np.ndarray:
    """The number of the ISO week of each instant; week 0 began on Monday, 1969-12-29."""
    return (at + 3 * _DAY) // _WEEK


def week_start(weeks: np.ndarray) -> np.ndarray:
    """The instants at which weeks of these numbers begin."""
    return weeks * _WEEK - 3 * _DAY


def week_of_day(day: date) -> int:
    """The number of the week that holds that day."""
    return (day.toordinal() - _FIRST.toordinal()) // 7


def mondays(weeks: np.ndarray) -> pl.Series:
    """The dates on which weeks of these numbers begin."""
    return pl.Series("week", (weeks * 7 - 3).astype(np.int32)).cast(pl.Date)


def alone(delivery: Delivery) -> Fleet:
    """A fleet of that one service, as number 0."""
    known = {name: getattr(delivery, name) for name in FLEET if name != "service"}
    frames = (
        frame.select(pl.lit(0, pl.Int64).alias("service"), pl.all())
        for frame in (delivery.deployments, delivery.changes, delivery.failures)
    )
    return Fleet(pl.DataFrame([{"service": 0, **known}], schema=FLEET), *frames, delivery.rules_version)


def of(fleet: Fleet) -> Parts:
    """The value parts of judged rows."""
    made = {name: part(fleet, name) for name in RECORDS}
    return Parts(fleet.services.sort("service"), **made, rules_version=fleet.rules_version)


def part(fleet: Fleet, name: str) -> Part:
    """One of them: deployments, changes, merges or incidents."""
    frame = _FRAMES[name](fleet)
    return Part(_records(frame, RECORDS[name]), _places(fleet.services.sort("service"), frame["service"]))


def pack(fleet: Fleet) -> pl.DataFrame:
    """Frame PACKED, one row per service and ISO week in which something happened: the records of that week as bytes.

    The bytes are the same on every machine, and depend on the rows of that service and week alone: the deployments and
    changes that finished in it, the changes merged in it, and the failures that began in it or are of its deployments.
    """
    parts = of(fleet)
    packed = pl.DataFrame(schema={"service": pl.Int64, "week": pl.Date})
    for name, kind in RECORDS.items():
        kept: Part = getattr(parts, name)
        records, service = kept.records, kept.service
        weeks = week_of(records[_AT[name]])
        starts = np.flatnonzero(changes_at(service) | changes_at(weeks))
        ends = np.append(starts, len(records))[1:]
        if name in _NUMBER:
            records[_NUMBER[name]] -= np.repeat(records[_NUMBER[name]][starts], ends - starts)
        data = records.tobytes()
        cuts = zip((starts * kind.itemsize).tolist(), (ends * kind.itemsize).tolist(), strict=True)
        frame = pl.DataFrame(
            {
                "service": parts.services["service"].gather(service[starts]),
                "week": mondays(weeks[starts]),
                name: pl.Series([data[start:end] for start, end in cuts], dtype=pl.Binary),
            }
        )
        packed = packed.join(frame, on=["service", "week"], how="full", coalesce=True)
    return packed.with_columns(pl.col(*RECORDS).fill_null(b"")).sort("service", "week").select(*PACKED)


def unpack(rows: pl.DataFrame, services: pl.DataFrame) -> Parts:
    """What `pack` packed, of these services (frame FLEET); `rows` (frame PACKED) in any order.

    Raises ValueError when the bytes of a week are no whole number of records, or a row is of none of the services.
    """
    services = services.sort("service")
    places = _places(services, rows["service"])
    made = {}
    for name, kind in RECORDS.items():
        sizes = rows[name].bin.size().fill_null(-1).to_numpy().astype(np.int64)
        bad = np.flatnonzero((sizes % kind.itemsize != 0) | (sizes < 0))
        if len(bad):
            service, week = rows.select("service", "week").row(int(bad[0]))
            raise ValueError(
                f"the {name} of service {service} in the week of {week} are damaged: "
                f"no whole number of records of {kind.itemsize} bytes; compute this service anew"
            )
        counts = sizes // kind.itemsize
        records = np.frombuffer(bytearray().join(rows[name].to_list()), kind)
        if name in _NUMBER and len(records):
            number = records[_NUMBER[name]]
            new = changes_at(number)
            new[(np.cumsum(counts) - counts)[counts > 0]] = True
            number[:] = np.cumsum(new) - 1
        made[name] = Part(records, np.repeat(places, counts))
    return Parts(services, **made)


def _deployments(fleet: Fleet) -> pl.DataFrame:
    """The counted ones. `inferred`: a revert, rollback or hotfix points at it, or the team itself says it failed."""
    key = ["service", "deployment_id"]
    standing = fleet.failures.filter(
        pl.col("state").is_in(["candidate", "confirmed"]), pl.col("deployment_id").is_not_null()
    )
    by_team = (pl.col("signal") == "correction") & (pl.col("why") == SAID_FAILED)
    points = standing.filter(pl.col("signal").is_in(CANDIDATES) | by_team).select(key).unique()
    copied = ("recovered_at", "candidate_recovered_at", "ships", "reached_users", "failed")
    return (
        fleet.deployments.filter("counts")
        .select(
            *(*key, "finished_at", *copied, "rework", "rework_candidate", "unplanned"),
            success=pl.col("status") == "success",
            position_known=pl.col("position").is_not_null(),
        )
        .join(points.with_columns(inferred=pl.lit(True)), on=key, how="left")
        .with_columns(pl.col("inferred").fill_null(False))
        .sort("service", "finished_at", "deployment_id")
    )


def _changes(fleet: Fleet) -> pl.DataFrame:
    """The shipped ones, those of one deployment together."""
    return (
        fleet.changes.filter(pl.col("state") == "shipped")
        .select(
            *("service", "finished_at", "deployment_id", "change_id", "lead_us", "clamped"),
            *(f"{stage}_us" for stage in STAGES),
            series=_code("series", SERIES),
        )
        .sort("service", "finished_at", "deployment_id", "change_id")
        .with_columns(deployment=_numbered("service", "deployment_id"))
    )


def _merges(fleet: Fleet) -> pl.DataFrame:
    columns = ("service", "merged_at", "state", "paths_unknown")
    known = fleet.changes.filter(pl.col("merged_at").is_not_null()).select(columns)
    return known.with_columns(state=_code("state", CHANGE_STATES)).sort(columns)


def _incidents(fleet: Fleet) -> pl.DataFrame:
    """What the failures say of incidents, one or several rows for each."""
    signal, subject = pl.col("signal"), pl.col("deployment_id")
    of_incident = signal.is_in(["explicit_link", "incident"]) | (
        (signal == "correction") & subject.ne_missing(pl.col("evidence_id"))
    )
    return (
        fleet.failures.filter(of_incident, pl.col("began_at").is_not_null())
        .select(
            *("service", "began_at", "evidence_id"),
            week=pl.col("began_at").dt.truncate("1w"),
            unlinked=pl.col("state") == "unlinked",
        )
        .sort("service", "week", "evidence_id", "began_at", "unlinked")
        .with_columns(incident=_numbered("service", "week", "evidence_id"))
    )


_FRAMES = {"deployments": _deployments, "changes": _changes, "merges": _merges, "incidents": _incidents}


def _code(column: str, words: tuple[str, ...]) -> pl.Expr:
    return pl.col(column).replace_strict({word: place for place, word in enumerate(words)}, return_dtype=pl.Int8)


def _numbered(*columns: str) -> pl.Expr:
    """A number that rises by one wherever one of the columns changes."""
    changes = (pl.col(column).ne_missing(pl.col(column).shift()) for column in columns)
    return pl.any_horizontal(changes).cum_sum().cast(pl.UInt32)


def _records(frame: pl.DataFrame, kind: np.dtype) -> np.ndarray:
    records = np.empty(frame.height, kind)
    nulls = {name: NULL if kind[name].itemsize == 8 else -1 for name in kind.names}
    numbers = frame.select(pl.col(name).to_physical().cast(pl.Int64).fill_null(null) for name, null in nulls.items())
    for name in kind.names:
        records[name] = numbers[name].to_numpy()
    return records


def changes_at(values: np.ndarray) -> np.ndarray:
    """Where a value is another one than that before it; the first is."""
    return np.concatenate([np.ones(min(len(values), 1), bool), values[1:] != values[:-1]])


def _places(services: pl.DataFrame, column: pl.Series) -> np.ndarray:
    numbers, wanted = services["service"].to_numpy(), column.to_numpy()
    places = np.searchsorted(numbers, wanted)
    strange = np.flatnonzero(np.append(numbers, NULL)[places] != wanted)
    if len(strange):
        raise ValueError(f"service {wanted[strange[0]]} has rows, but is not among the services asked for")
    return places
