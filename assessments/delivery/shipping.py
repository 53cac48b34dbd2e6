"""Which deployment ships which change: trunk order decides, not the clock and not branch names.

The default branch's first-parent commits have positions. A deployment ships the changes above the highest position
deployed successfully before to its environment (the high-water mark), up to its own.
"""

from datetime import datetime

import numpy as np
import polars as pl

from assessments.delivery.production import ORDER


def roles(selected: pl.DataFrame) -> pl.DataFrame:
    """What each production deployment is: adds role, mark (positions up to it were shipped before; null = none),
    previous_id (the successful deployment before it) and undoes (the deployment that a rollback takes back).

    A failed attempt has the role `attempt`. A commit off trunk that was never deployed before, at no higher position
    than the one running, is a `side_release` (a patch of a release branch): it goes back to nothing, for its commit is
    no ancestor of what ran, and it is no redeployment, for it is another commit.
    """
    production = selected.filter(pl.col("stands_for").is_not_null()).sort(ORDER)
    before = production.with_columns(
        last_id=pl.col("deployment_id").shift(1).over("env"),
        last_status=pl.col("status").shift(1).over("env"),
        last_position=pl.col("position").shift(1).over("env"),
    )
    attempts = before.filter(pl.col("status") != "success").select("deployment_id", role=pl.lit("attempt"))
    position = pl.col("position")
    done = before.filter(pl.col("status") == "success").with_columns(
        mark=position.cum_max().forward_fill().shift(1).over("env"),
        running=position.forward_fill().shift(1).over("env"),
        running_id=pl.when(position.is_not_null()).then("deployment_id").forward_fill().shift(1).over("env"),
        previous_id=pl.col("deployment_id").shift(1).over("env"),
        new_commit=pl.col("sha").is_null() | (pl.int_range(pl.len()).over("env", "sha") == 0),
    )
    off_trunk = ~pl.col("on_trunk").fill_null(True)
    done = done.with_columns(
        role=pl.when(position.is_null())
        .then(pl.lit("unknown"))
        .when(pl.col("mark").is_null())
        .then(pl.lit("first"))
        .when(position > pl.col("mark"))
        .then(pl.lit("forward"))
        .when((position <= pl.col("running")) & off_trunk & pl.col("new_commit"))
        .then(pl.lit("side_release"))
        .when(position < pl.col("running"))
        .then(pl.lit("rollback"))
        .when(position == pl.col("running"))
        .then(pl.lit("redeployment"))
        .otherwise(pl.lit("roll_forward"))
    )
    # Putting the running version back right after a failed attempt of a newer one takes that attempt back.
    takes_back_attempt = (
        (pl.col("role") == "redeployment") & (pl.col("last_status") == "failure") & (pl.col("last_position") > position)
    )
    done = done.with_columns(
        undoes=pl.when(pl.col("role") == "rollback").then("running_id").when(takes_back_attempt).then("last_id")
    ).select("deployment_id", "role", "mark", "previous_id", "undoes")
    return selected.join(
        pl.concat([done, attempts], how="diagonal"), on="deployment_id", how="left", maintain_order="left"
    ).with_columns(role=pl.col("role").fill_null("unknown"))


def link(changes: pl.DataFrame, deployments: pl.DataFrame, history_start: datetime | None) -> pl.DataFrame:
    """Adds to each change: state, deployment_id, started_at and finished_at of the deployment that ships it.

    That is the first counted success at or above its position. What the first known deployment would ship but was
    merged before `history_start` is `before_history`: it may have been shipped before we looked.
    """
    done = deployments.filter(pl.col("counts"), pl.col("status") == "success", pl.col("position").is_not_null()).sort(
        ORDER
    )
    marks = done["position"].cum_max().to_numpy()
    on_trunk = changes["position"].is_not_null()
    index = np.searchsorted(marks, changes["position"].fill_null(0).to_numpy(), side="left")
    index = pl.Series("place", index).cast(pl.Int64)
    by = (
        done.select("deployment_id", "started_at", "finished_at", "role")
        .with_row_index("place")
        .cast({"place": pl.Int64})
    )
    early = _merged_before(history_start) & (pl.col("role") == "first")
    linked = (
        changes.with_columns(place=pl.when(on_trunk).then(index))
        .join(by, on="place", how="left", maintain_order="left")
        .with_columns(
            state=pl.when(pl.col("position").is_null())
            .then(pl.lit("not_on_trunk"))
            .when(pl.col("deployment_id").is_null())
            .then(pl.lit("waiting"))
            .when(early)
            .then(pl.lit("before_history"))
            .otherwise(pl.lit("shipped"))
        )
    )
    shipped = pl.col("state") == "shipped"
    return linked.with_columns(
        pl.when(shipped).then(column).alias(column) for column in ("deployment_id", "started_at", "finished_at")
    ).drop("place", "role")


def count(deployments: pl.DataFrame, changes: pl.DataFrame, history_start: datetime | None) -> pl.Series:
    """How many changes each counted deployment ships to its environment; null where it is not known or not counted."""
    places = changes.filter(pl.col("position").is_not_null())
    old = np.sort(places.filter(_merged_before(history_start))["position"].to_numpy())
    places = np.sort(places["position"].to_numpy())
    top = np.nan_to_num(deployments["position"].cast(pl.Float64).to_numpy(), nan=-1)
    mark = np.nan_to_num(deployments["mark"].cast(pl.Float64).to_numpy(), nan=-1)
    upto = np.searchsorted(places, top, side="right")
    first, above = upto - np.searchsorted(old, top, side="right"), upto - np.searchsorted(places, mark, side="right")
    role = pl.col("role")
    return deployments.select(
        ships=pl.when(~pl.col("counts") | (role == "unknown"))
        .then(None)
        .when(role == "first")
        .then(pl.Series(first, dtype=pl.Int64))
        .when(role == "forward")
        .then(pl.Series(above, dtype=pl.Int64))
        .otherwise(0)
    )["ships"]


def _merged_before(history_start: datetime | None) -> pl.Expr:
    return (pl.col("merged_at") < history_start).fill_null(False) if history_start else pl.lit(False)
