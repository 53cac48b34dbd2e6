"""Weekly cells: every metric in every ISO week (UTC), and over the four weeks that end with it."""

from datetime import timedelta

import numpy as np
import polars as pl

from assessments.delivery.measures import Measure, measure, prepare
from assessments.delivery.metrics import windows
from assessments.delivery.results import Delivery

ROLLING = 4
CELLS = pl.Schema(
    {
        "week": pl.Date,  # Monday
        "metric": pl.String,
        "state": pl.String,
        "value": pl.Float64,  # a point; also where there are too few to judge, then `state` says so
        "n": pl.Int64,
        "of": pl.Int64,
        "rolling_state": pl.String,
        "rolling_value": pl.Float64,  # only where there are enough
        "rolling_low": pl.Float64,
        "rolling_high": pl.Float64,
        "rolling_n": pl.Int64,
        "provisional": pl.Boolean,  # the week is not over, or a late incident can still change it
    }
)
_WEEK_US = 7 * 24 * 3_600_000_000


def weekly(delivery: Delivery) -> pl.DataFrame:
    """One row per week and metric, frame CELLS, from the service's first week to the one the collection ends in,
    without holes. Empty when nothing is known of the service."""
    if delivery.existed_from is None:
        return CELLS.to_frame()
    first, last = (_monday(at) for at in (delivery.existed_from, delivery.collected_until))
    weeks = pl.date_range(first, last, "1w", eager=True).alias("week")
    deployments, changes = (_numbered(rows, first, len(weeks)) for rows in prepare(delivery))
    starts = weeks.cast(pl.Datetime("us", "UTC")).to_physical().to_numpy()
    ends = starts + _WEEK_US
    single = measure(deployments, changes, _windows(delivery, starts, ends))
    rolling = measure(
        _rolled(deployments, len(weeks)),
        _rolled(changes, len(weeks)),
        _windows(delivery, starts - (ROLLING - 1) * _WEEK_US, ends),
    )
    settled = ends + delivery.attribution_hours * 3_600_000_000
    provisional = pl.Series("provisional", settled > _us(delivery.collected_until))
    frames = [_cells(weeks, key, single[key], rolling[key], provisional) for key in single]
    return pl.concat(frames).sort("week", maintain_order=True)


def _monday(at):
    day = at.date()
    return day - timedelta(days=day.weekday())


def _us(at) -> int:
    return pl.Series([at], dtype=pl.Datetime("us", "UTC")).to_physical().item()


def _windows(delivery: Delivery, starts: np.ndarray, ends: np.ndarray):
    until, since = _us(delivery.collected_until), _us(delivery.existed_from)
    days = (np.minimum(ends, until) - np.maximum(starts, since)) / (_WEEK_US / 7)
    return windows(delivery, (ends > since) & (starts <= until), np.maximum(days, 0.0))


def _numbered(rows: pl.DataFrame, first, size: int) -> pl.DataFrame:
    """Adds w, the number of the row's week; rows outside the weeks have broken clocks and are in no cell."""
    w = (pl.col("week") - pl.lit(first)).dt.total_days() // 7
    return rows.with_columns(w=w).filter(pl.col("w").is_between(0, size - 1))


def _rolled(rows: pl.DataFrame, size: int) -> pl.DataFrame:
    """Each row once for every window of four weeks that it is in."""
    later = [rows.with_columns(pl.col("w") + shift) for shift in range(ROLLING)]
    return pl.concat(later).filter(pl.col("w") < size)


def _cells(weeks: pl.Series, key: str, single: Measure, rolling: Measure, provisional: pl.Series) -> pl.DataFrame:
    judged = rolling.state == "value"
    frame = pl.DataFrame(
        {
            "week": weeks,
            "metric": pl.repeat(key, len(weeks), eager=True),
            "state": single.state,
            "value": np.where(np.isin(single.state, ["value", "too_few"]), single.raw, np.nan),
            "n": np.where(single.state == "not_collected", 0, single.n),
            "of": pl.Series(single.of).replace(-1, None),
            "rolling_state": rolling.state,
            "rolling_value": rolling.value,
            "rolling_low": np.where(judged, rolling.low, np.nan),
            "rolling_high": np.where(judged, rolling.high, np.nan),
            "rolling_n": np.where(rolling.state == "not_collected", 0, rolling.n),
            "provisional": provisional,
        }
    )
    frame = frame.with_columns(of=pl.when(pl.col("state") != "not_collected").then("of"))
    return frame.cast(dict(CELLS)).with_columns(pl.col(pl.Float64).fill_nan(None))
