"""Weekly cells, packed: 52 weeks of a service in one piece of bytes, column after column.

So many cells are read in one go that the whole organisation is a matter of joining a few thousand pieces.
"""

from datetime import date

import numpy as np
import polars as pl

from assessments.delivery.parts import changes_at, mondays, week_of_day
from assessments.delivery.weeks import CELLS, METRIC, METRICS, STATE

WEEKS = 52
BLOCKS = pl.Schema(
    {
        "service": pl.Int64,
        "block": pl.Int64,  # the weeks since Monday, 1969-12-29, by 52
        "week": pl.Date,  # Monday of the first week in it; the others follow without holes
        "cells": pl.Binary,
    }
)
#: How each column of CELLS is kept, in the order of the bytes; what is null is NaN, or -1. A change of these is one of
#: what is stored: raise RULES_VERSION, so that it is packed anew.
_KEPT = {
    name: np.dtype({pl.Float64: "<f8", pl.Int64: "<i4"}.get(kind, "u1"))
    for name, kind in CELLS.items()
    if name not in ("week", "metric")
}
_MANY = len(METRICS)
_ROLLED = ("rolling_value", "rolling_low", "rolling_high")  # one after the other
_WEEK_BYTES = _MANY * sum(kind.itemsize for kind in _KEPT.values())


def block_of(week: date) -> int:
    """The number of the block that holds the week of that Monday."""
    return week_of_day(week) // WEEKS


def pack(cells: pl.DataFrame) -> pl.DataFrame:
    """Frame BLOCKS of weekly cells (`service` and those of CELLS) as `weekly_fleet` gives them.

    Raises ValueError when a metric is missing, or a week between others.
    """
    service = cells["service"].to_numpy()
    week = (cells["week"].to_physical().to_numpy().astype(np.int64) + 3) // 7
    of_block = changes_at(service) | changes_at(week // WEEKS)
    _expect_whole(cells, service, week, of_block)
    starts = np.flatnonzero(of_block)
    ends = np.append(starts, len(service))[1:]
    columns = [(_plain(cells[name], kind).tobytes(), kind.itemsize) for name, kind in _KEPT.items()]
    packed = [
        b"".join(data[start * size : end * size] for data, size in columns)
        for start, end in zip(starts.tolist(), ends.tolist(), strict=True)
    ]
    return pl.DataFrame(
        {"service": service[starts], "block": week[starts] // WEEKS, "week": mondays(week[starts]), "cells": packed},
        schema=BLOCKS,
    )


def unpack(blocks: pl.DataFrame) -> pl.DataFrame:
    """The cells that were packed, those of one block after the other.

    Raises ValueError when the bytes of a block are no whole number of weeks.
    """
    pieces = blocks["cells"].to_list()
    weeks = _whole(blocks, pieces) // _WEEK_BYTES
    total, week = int(weeks.sum()), _numbers(blocks, weeks)
    columns = {
        "service": np.repeat(blocks["service"].to_numpy(), weeks * _MANY),
        "week": mondays(np.repeat(week, _MANY)),
        "metric": pl.Series(np.tile(np.arange(_MANY, dtype=np.uint8), total)).cat.to(METRIC),
    }
    before = 0
    for name, kind in _KEPT.items():
        bounds = [(before * count, (before + kind.itemsize) * count) for count in (weeks * _MANY).tolist()]
        data = b"".join([piece[start:end] for piece, (start, end) in zip(pieces, bounds, strict=True)])
        columns[name] = _known(np.frombuffer(data, kind), name)
        before += kind.itemsize
    return pl.DataFrame(columns).select("service", *CELLS)


def rolled(blocks: pl.DataFrame) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Of frame BLOCKS only the figures of the four weeks that end with each week: service, number of the week (since
    Monday, 1969-12-29) and an array weeks x METRICS x (value, low, high), NaN where there is none. A tenth of the work
    of `unpack`, for many services at once.

    Raises ValueError like `unpack`.
    """
    pieces = blocks["cells"].to_list()
    sizes = _whole(blocks, pieces)
    weeks = sizes // _WEEK_BYTES
    names = list(_KEPT)
    before = sum(_KEPT[name].itemsize for name in names[: names.index(_ROLLED[0])]) * _MANY  # bytes a week
    figures = np.empty((int(weeks.sum()), _MANY, len(_ROLLED)))
    place = 0
    for piece, count in zip(pieces, weeks.tolist(), strict=True):
        columns = np.frombuffer(piece, "<f8", len(_ROLLED) * count * _MANY, before * count)
        figures[place : place + count] = np.moveaxis(columns.reshape(len(_ROLLED), count, _MANY), 0, -1)
        place += count
    return np.repeat(blocks["service"].to_numpy(), weeks), _numbers(blocks, weeks), figures


def _whole(blocks: pl.DataFrame, pieces: list[bytes]) -> np.ndarray:
    """The bytes of each block. Raises ValueError when one is no whole number of weeks."""
    sizes = np.fromiter(map(len, pieces), np.int64, len(pieces))
    bad = np.flatnonzero((sizes % _WEEK_BYTES != 0) | (sizes == 0))
    if len(bad):
        service, week = blocks.select("service", "week").row(int(bad[0]))
        raise ValueError(
            f"the cells of service {service} from the week of {week} on are damaged: "
            f"no whole number of weeks of {_WEEK_BYTES} bytes; compute this service anew"
        )
    return sizes


def _numbers(blocks: pl.DataFrame, weeks: np.ndarray) -> np.ndarray:
    """The number of each week of the blocks, one after the other."""
    first = (blocks["week"].to_physical().to_numpy().astype(np.int64) + 3) // 7
    return np.arange(int(weeks.sum())) + np.repeat(first - (np.cumsum(weeks) - weeks), weeks)


def _expect_whole(cells: pl.DataFrame, service: np.ndarray, week: np.ndarray, of_block: np.ndarray) -> None:
    metric, of_week = cells["metric"].to_physical().to_numpy(), changes_at(week) | of_block
    follows = np.zeros(len(week), np.int64)
    follows[1:] = np.where(of_block[1:], 0, np.diff(week))
    if not (
        np.array_equal(metric, np.arange(len(metric)) % _MANY)
        and np.array_equal(np.flatnonzero(of_week), np.arange(0, len(week), _MANY))
        and np.array_equal(follows == 1, of_week & ~of_block)
    ):
        raise ValueError("weekly cells are packed with all metrics of every week, without holes and in order")


def _plain(column: pl.Series, kind: np.dtype) -> np.ndarray:
    null = np.nan if kind.kind == "f" else -1
    return (column.fill_null(null) if column.null_count() else column).to_physical().to_numpy().astype(kind)


def _known(numbers: np.ndarray, name: str) -> pl.Series:
    """The column of CELLS from the numbers that it is kept as."""
    series, kind = pl.Series(name, numbers), CELLS[name]
    if kind == STATE:
        return series.cat.to(STATE)
    if kind == pl.Float64:
        return series.fill_nan(None)
    if name == "of":
        return series.set(series < 0, None).cast(kind)
    return series.cast(kind)
