"""First steps on facts as received: each object once, each correction answered once, only what touches the service."""

import polars as pl

from assessments.delivery import globs
from assessments.delivery.facts import CORRECTION_KINDS

#: How much a status tells; the last word on a deployment goes over an earlier one.
_KNOWLEDGE = {"success": 2, "failure": 1, "cancelled": 1, "skipped": 1}


def distinct(frame: pl.DataFrame, key: str) -> pl.DataFrame:
    """One row per key, whatever the order of the rows. Of several versions the one that knows more wins: a success,
    then any other end, then the later, non-null values."""
    if frame.height == frame[key].n_unique():
        return frame.sort(key)
    plain = [name for name, kind in frame.schema.items() if kind != pl.List(pl.String) and name != key]
    known = [pl.col("status").replace_strict(_KNOWLEDGE, default=0, return_dtype=pl.Int64)] if "status" in plain else []
    lists = [pl.col(name).list.join("\n") for name, kind in frame.schema.items() if kind == pl.List(pl.String)]
    order = [pl.col(key), *known, *(pl.col(name) for name in plain), *lists]
    return frame.sort(order, nulls_last=False).unique(key, keep="last", maintain_order=True)


def answers(corrections: pl.DataFrame) -> pl.DataFrame:
    """The latest standing correction per question and subject: columns question, subject, kind, target, at."""
    return (
        corrections.with_columns(
            question=pl.col("kind").replace_strict(CORRECTION_KINDS, default=None, return_dtype=pl.String)
        )
        .filter(pl.col("question").is_not_null())
        .sort("correction_id")
        .unique(["question", "subject"], keep="last", maintain_order=True)
        .select("question", "subject", "kind", "target", "at")
    )


def touching(changes: pl.DataFrame, path_globs: tuple[str, ...]) -> pl.DataFrame:
    """The changes that touch the service, each once, with `paths_unknown`: counted although nobody knows its files."""
    changes = distinct(changes, "change_id")
    expression = globs.paths(path_globs)
    if not expression:
        return changes.with_columns(paths_unknown=False)
    # Each path is looked at once, however many changes touch it.
    files = changes.select("change_id", path="paths").explode("path")
    wanted = files.select(pl.col("path").unique()).filter(pl.col("path").str.contains(expression))
    touching = files.join(wanted, on="path", how="semi").select("change_id").unique()
    unknown = pl.col("paths").is_null()
    touches = pl.col("change_id").is_in(touching["change_id"].implode())
    return changes.with_columns(paths_unknown=unknown).filter(unknown | touches)
