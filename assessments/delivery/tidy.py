"""First steps on facts as received: each object once, each correction answered once, only what touches the service."""

from collections.abc import Mapping
from datetime import timedelta
from functools import cache

import polars as pl

from assessments.delivery import globs
from assessments.delivery.facts import CORRECTION_KINDS
from assessments.delivery.settings import Settings

#: How much a status tells; the last word on a deployment goes over an earlier one.
_KNOWLEDGE = {"success": 2, "failure": 1, "cancelled": 1, "skipped": 1}

#: What a team has chosen, as columns. An expression (of Polars) is null where there is nothing to match.
CHOSEN = pl.Schema(
    {
        "rule": pl.String,  # its kind
        "include": pl.String,  # as typed
        "exclude": pl.String,
        "environment_glob": pl.String,
        "include_expression": pl.String,
        "exclude_expression": pl.String,
        "environment_expression": pl.String,
        "path_expression": pl.String,
        "hotfix_expression": pl.String,
        "leading_environment": pl.String,  # as typed
        "leading": pl.String,  # in small letters; null = none
        "same_release": pl.Duration("us"),
        "attribution": pl.Duration("us"),
        "attribution_hours": pl.Float64,
        "attribution_text": pl.String,
        "incidents_collected": pl.Boolean,
    }
)


def chosen(read: pl.DataFrame, settings: Mapping[int, Settings]) -> pl.DataFrame:
    """What was read of each service (frame READ) and what its team has chosen (CHOSEN), in order of service."""
    read = read.sort("service")
    return read.hstack(choices([settings[service] for service in read["service"]]))


def choices(settings: list[Settings]) -> pl.DataFrame:
    """One row each, frame CHOSEN."""
    names, paths = cache(globs.names), cache(globs.paths)

    def row(each: Settings) -> tuple:
        rule, leading = each.rule, each.leading_environment
        typed = (rule.include, rule.exclude, rule.environment)
        return (
            *(rule.kind, *typed, *(names(patterns) or None for patterns in typed)),
            *(paths(each.path_globs) or None, names(each.hotfix_pattern) or None),
            *(leading, (leading or "").strip().lower() or None),
            *(_span(each.same_release_hours), _span(each.attribution_hours)),
            *(each.attribution_hours, f"{each.attribution_hours:g} h", each.incidents_collected),
        )

    return pl.DataFrame([row(each) for each in settings], CHOSEN, orient="row")


def _span(hours: float) -> timedelta:
    return timedelta(microseconds=round(hours * 3_600_000_000))


def distinct(frame: pl.DataFrame, *key: str) -> pl.DataFrame:
    """One row per key, in its order, whatever the order of the rows. Of several versions the one that knows more wins:
    a success, then any other end, then the later, non-null values."""
    rows = frame.sort(key)
    again = pl.all_horizontal(pl.col(name).eq_missing(pl.col(name).shift()) for name in key)
    if not rows.select(again.any()).item():
        return rows
    plain = [name for name, kind in frame.schema.items() if kind != pl.List(pl.String) and name not in key]
    known = [pl.col("status").replace_strict(_KNOWLEDGE, default=0, return_dtype=pl.Int64)] if "status" in plain else []
    lists = [pl.col(name).list.join("\n") for name, kind in frame.schema.items() if kind == pl.List(pl.String)]
    order = [*key, *known, *plain, *lists]
    several = pl.struct(key).is_duplicated()
    latest = rows.filter(several).sort(order, nulls_last=False).unique(key, keep="last", maintain_order=True)
    return pl.concat([rows.filter(~several), latest]).sort(key)


def answers(corrections: pl.DataFrame) -> pl.DataFrame:
    """The latest standing correction per service, question and subject: columns service, question, subject, kind,
    target, at."""
    return (
        corrections.with_columns(
            question=pl.col("kind").replace_strict(CORRECTION_KINDS, default=None, return_dtype=pl.String)
        )
        .filter(pl.col("question").is_not_null())
        .sort("correction_id")
        .unique(["service", "question", "subject"], keep="last", maintain_order=True)
        .select("service", "question", "subject", "kind", "target", "at")
    )


def touching(changes: pl.DataFrame, services: pl.DataFrame) -> pl.DataFrame:
    """The changes that touch their service, each once, with `paths_unknown`: counted although nobody knows its files.

    `services` comes from `chosen`.
    """
    changes = distinct(changes, "service", "change_id")
    scopes = services.filter(pl.col("path_expression").is_not_null()).select("service", "path_expression")
    if scopes.is_empty():
        return changes.with_columns(paths_unknown=False)
    changes = changes.with_row_index("row").join(scopes, on="service", how="left", maintain_order="left")
    scoped, unknown = pl.col("path_expression").is_not_null(), pl.col("paths").is_null()
    touches = (
        changes.filter(scoped, ~unknown)
        .select("row", "path_expression", path="paths")
        .explode("path")
        .filter(pl.col("path").str.contains(pl.col("path_expression")))
        .select(pl.col("row").unique(), touches=True)
    )
    return (
        changes.join(touches, on="row", how="left", maintain_order="left")
        .with_columns(paths_unknown=scoped & unknown)
        .filter(~scoped | unknown | pl.col("touches"))
        .drop("row", "path_expression", "touches")
    )
