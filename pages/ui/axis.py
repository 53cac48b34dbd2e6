"""The unit of an axis of times: a median of 150 days is not read in hours."""

import polars as pl

#: Unit of an axis, how many hours it has, and from which highest value (in hours) it is used.
UNITS = (("Days", 24, 96), ("Hours", 1, 3), ("Minutes", 1 / 60, 0))


CELLS = ("value", "rolling_value", "rolling_low", "rolling_high")


def in_unit(*frames: pl.DataFrame, columns: tuple[str, ...] = CELLS) -> tuple[str, list[pl.DataFrame]]:
    """Hours in the unit that a reader would choose for the highest of them: its name, and the frames in it."""
    highest = max((frame[name].max() or 0 for frame in frames for name in columns), default=0)
    unit, hours = next(((unit, hours) for unit, hours, least in UNITS if highest >= least), UNITS[-1][:2])
    return unit, [frame.with_columns(pl.col(name).cast(pl.Float64) / hours for name in columns) for frame in frames]
