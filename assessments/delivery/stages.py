"""The stages of lead time. Integer microseconds: for every change the stages add up to the whole exactly.

Boundaries in order: authored, opened, ready, first review, first approval, merged, deployment started, finished. Each
is clamped to what lies before it and to the finish, so that no stage is negative.
"""

import polars as pl

from assessments.delivery.facts import INSTANT


def split(linked: pl.DataFrame) -> pl.DataFrame:
    """Adds series, lead_us, a column per stage (null where its boundaries are not known), clamped and reviewed.

    `linked` comes from `shipping.link`. Without an opening, authored to merged is all coding; without a review, ready
    to merged is all waiting for review; without an approval, first review to merged is all review; without a start of
    the deployment, merged to finished is all waiting to deploy.
    """
    finish = pl.col("finished_at")
    shipped = pl.col("state") == "shipped"
    hidden = pl.col("authored_at").is_null()
    known = pl.coalesce("opened_at", "ready_at", "first_review_at", "first_approval_at")
    rows = linked.with_columns(
        series=pl.when(hidden).then(pl.lit("merge_to_production")).otherwise(pl.lit("lead_time")),
        _merged=pl.min_horizontal(pl.coalesce("merged_at", "started_at", finish), finish),
        _seen=known.is_not_null(),
        _looked=pl.coalesce("first_review_at", "first_approval_at").is_not_null(),
    )
    # An approval is a review. min_horizontal and max_horizontal skip nulls, so absent events fall onto the merge.
    rows = rows.with_columns(_opened=pl.min_horizontal(known, "_merged"))
    rows = rows.with_columns(
        _authored=pl.min_horizontal("authored_at", "_opened"),
        _ready=_between(pl.coalesce("ready_at", "_opened"), "_opened", "_merged"),
    )
    rows = rows.with_columns(
        _review=_between(pl.coalesce("first_review_at", "first_approval_at", "_merged"), "_ready", "_merged")
    )
    rows = rows.with_columns(
        _approval=_between(pl.coalesce("first_approval_at", "_merged"), "_review", "_merged"),
        _start=_between(pl.coalesce("started_at", finish), "_merged", "finished_at"),
    )
    whole = shipped & ~hidden
    both = shipped & pl.col("merged_at").is_not_null()
    seen, looked = whole & pl.col("_seen"), whole & pl.col("_seen") & pl.col("_looked")
    approved = looked & pl.col("first_approval_at").is_not_null()
    stages = {
        "coding": (whole, "_authored", "_opened"),
        "draft": (seen, "_opened", "_ready"),
        "waiting_for_review": (seen, "_ready", "_review"),
        "review": (looked, "_review", "_approval"),
        "waiting_to_merge": (approved, "_approval", "_merged"),
        "waiting_to_deploy": (both, "_merged", "_start"),
        "deploying": (shipped & pl.col("started_at").is_not_null(), "_start", "finished_at"),
    }
    lead = pl.when(whole).then(_span("_authored", "finished_at")).when(both).then(_span("_merged", "finished_at"))
    pairs = {
        "authored_at": "_authored",
        "opened_at": "_opened",
        "ready_at": "_ready",
        "first_review_at": "_review",
        "first_approval_at": "_approval",
        "merged_at": "_merged",
        "started_at": "_start",
    }
    late = {"merged_at", "started_at"}  # the only boundaries that the other series has
    moved = [
        (pl.col(fact) != pl.col(used)).fill_null(False) & (pl.lit(True) if fact in late else ~hidden)
        for fact, used in pairs.items()
    ]
    return rows.with_columns(
        lead_us=lead,
        clamped=shipped & pl.any_horizontal(moved),
        reviewed=pl.when(pl.col("_looked")).then(True).when(pl.col("opened_at").is_not_null()).then(False),
        **{f"{stage}_us": pl.when(where).then(_span(start, end)) for stage, (where, start, end) in stages.items()},
    )


def _between(value: pl.Expr, low: str, high: str) -> pl.Expr:
    return pl.min_horizontal(pl.max_horizontal(value, low), high).cast(INSTANT)


def _span(start: str, end: str) -> pl.Expr:
    return (pl.col(end) - pl.col(start)).dt.total_microseconds()
