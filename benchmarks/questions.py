"""What is asked of every way alike, and the shape of an answer."""

from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl

WEEK_US = 7 * 24 * 3_600_000_000
MONDAY_US = 3 * 24 * 3_600_000_000  # from Monday 29 December 1969 to the epoch
HOUR_US = 3_600_000_000

#: One row for each service (and week) in which something was deployed; week is the Monday, null for a whole window.
ANSWER = pl.Schema(
    {
        "service": pl.Int64,
        "week": pl.Date,
        "lead_hours": pl.Float64,  # median from first commit to the finish of the shipping deployment
        "deployments": pl.Int64,  # successes
        "fail_share": pl.Float64,
        "recovery_hours": pl.Float64,  # median
    }
)
NUMBERS = ("lead_hours", "deployments", "fail_share", "recovery_hours")


@dataclass(frozen=True)
class Question:
    """start, end: microseconds since 1970 UTC, [start, end). services: None = all. weekly: a row per ISO week, else one
    for the whole window."""

    key: str
    title: str
    start: int
    end: int
    services: tuple[int, ...] | None
    weekly: bool


def week_number(instant: int) -> int:
    """Weeks since the Monday before 1970: what boards group by."""
    return (instant + MONDAY_US) // WEEK_US


def monday(number: int | None) -> date | None:
    return None if number is None else date(1969, 12, 29) + timedelta(weeks=number)


def answer(rows: list[tuple]) -> pl.DataFrame:
    """Rows of (service, number of the week or None, and the four numbers) as a frame ANSWER, in order."""
    plain = pl.Schema({**ANSWER, "week": pl.Int64})
    frame = pl.DataFrame(rows, schema=plain, orient="row")
    first = pl.lit(date(1969, 12, 29))
    return frame.with_columns(week=first + pl.duration(weeks=pl.col("week"))).cast(ANSWER).sort("service", "week")


def agreement(ours: pl.DataFrame, theirs: pl.DataFrame) -> dict[str, float]:
    """The share of rows of two answers that are equal, for each number and for all four; 1.0 when there is none.

    A row that one of them lacks has no deployments there. Hours and shares may differ by rounding (1e-9 of the value).
    Where `ours` says in a column NUMBER_withheld that it gives none because there are too few values, nothing is
    compared.
    """
    both = ours.join(theirs, on=["service", "week"], how="full", coalesce=True, nulls_equal=True, suffix="_b")
    both = both.with_columns(pl.col("deployments", "deployments_b").fill_null(0))
    equal = both.select(_same(both, name).alias(name) for name in NUMBERS)
    whole = equal.with_columns(all=pl.all_horizontal(NUMBERS))
    shares = whole.select(pl.col(*NUMBERS, "all").mean().fill_null(1.0))
    return shares.row(0, named=True)


def _same(both: pl.DataFrame, name: str) -> pl.Expr:
    """True, False, or null where nothing is compared."""
    one, other = pl.col(name), pl.col(f"{name}_b")
    near = (one - other).abs() <= 1e-9 * pl.max_horizontal(one.abs(), other.abs(), pl.lit(1e-9))
    same = near.fill_null(False) | (one.is_null() & other.is_null())
    withheld = f"{name}_withheld"
    return pl.when(~pl.col(withheld).fill_null(False)).then(same) if withheld in both.columns else same
