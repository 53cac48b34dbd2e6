"""Which deployment ships which change: trunk order decides, not the clock and not branch names.

The default branch's first-parent commits have positions. A deployment ships the changes above the highest position
deployed successfully before to its environment (the high-water mark), up to its own.
"""

import numpy as np
import polars as pl

#: More than twice any position: the places of one service lie apart from those of the next.
_ROOM = 1 << 41


def roles(selected: pl.DataFrame) -> pl.DataFrame:
    """What each production deployment is: adds row (its number in the fleet), role, mark (positions up to it were
    shipped before; null = none), previous and previous_id (the successful deployment before it, number and id) and
    undoes (number of the deployment that a rollback takes back). `selected` comes from `production.select`.

    A failed attempt has the role `attempt`. A commit off trunk that was never deployed before, at no higher position
    than the one running, is a `side_release` (a patch of a release branch): it goes back to nothing, for its commit is
    no ancestor of what ran, and it is no redeployment, for it is another commit.
    """
    produces, succeeded = pl.col("stands_for").is_not_null(), pl.col("status").eq_missing(pl.lit("success"))
    position, lane = pl.col("position"), ["service", "lane"]
    rows = selected.with_row_index("row").with_columns(
        lane=pl.when(produces).then("env"),
        done=produces & succeeded,
        known=pl.when(produces & succeeded).then(position),
    )
    rows = rows.with_columns(
        mark=pl.col("known").cum_max().forward_fill().shift(1).over(lane),
        running=pl.col("known").forward_fill().shift(1).over(lane),
        running_row=pl.when(pl.col("known").is_not_null()).then("row").forward_fill().shift(1).over(lane),
        previous=pl.when("done").then("row").forward_fill().shift(1).over(lane),
        last_row=pl.col("row").shift(1).over(lane),
        last_status=pl.col("status").shift(1).over(lane),
        last_position=position.shift(1).over(lane),
        new_commit=pl.col("sha").is_null() | pl.struct(*lane, "done", "sha").is_first_distinct(),
    )
    off_trunk = ~pl.col("on_trunk").fill_null(True)
    rows = rows.with_columns(
        role=pl.when(produces & (pl.col("status") != "success"))
        .then(pl.lit("attempt"))
        .when(~pl.col("done") | position.is_null())
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
    return rows.with_columns(
        undoes=pl.when(pl.col("role") == "rollback").then("running_row").when(takes_back_attempt).then("last_row"),
        previous_id=pl.when("done").then(pl.col("deployment_id").gather(pl.col("previous"))),
    ).drop("lane", "done", "known", "running", "running_row", "last_row", "last_status", "last_position", "new_commit")


def link(changes: pl.DataFrame, deployments: pl.DataFrame, services: pl.DataFrame) -> pl.DataFrame:
    """Adds to each change: old (merged before the history of its service starts), state, deployment_id, started_at and
    finished_at of the deployment that ships it.

    That is the first counted success at or above its position. What the first known deployment would ship but is old
    is `before_history`: it may have been shipped before we looked. `services` comes from `tidy.chosen`.
    """
    done = deployments.select(
        "service", "counts", "status", "position", "deployment_id", "started_at", "finished_at", "role"
    )
    done = done.filter("counts", pl.col("status") == "success", pl.col("position").is_not_null())
    marks = _places(done.select("service", pl.col("position").cum_max().over("service")), services)
    place = np.searchsorted(marks, _places(changes, services), side="left")
    by = done.select("deployment_id", "started_at", "finished_at", "role", by="service")
    rows = changes.join(services.select("service", "history_start"), on="service", how="left", maintain_order="left")
    rows = rows.hstack(by.select(pl.all().gather(place, null_on_oob=True))).with_columns(
        old=(pl.col("merged_at") < pl.col("history_start")).fill_null(False)
    )
    rows = rows.with_columns(
        state=pl.when(pl.col("position").is_null())
        .then(pl.lit("not_on_trunk"))
        .when(pl.col("by").ne_missing(pl.col("service")))  # above the last deployment of its service lies the next one
        .then(pl.lit("waiting"))
        .when(pl.col("old") & (pl.col("role") == "first"))
        .then(pl.lit("before_history"))
        .otherwise(pl.lit("shipped"))
    )
    shipped = pl.col("state") == "shipped"
    return rows.with_columns(
        pl.when(shipped).then(column).alias(column) for column in ("deployment_id", "started_at", "finished_at")
    ).drop("by", "role", "history_start")


def count(deployments: pl.DataFrame, changes: pl.DataFrame, services: pl.DataFrame) -> pl.Series:
    """How many changes each counted deployment ships to its environment; null where it is not known or not counted.

    `changes` comes from `link`.
    """
    top = _places(deployments, services)
    mark = _places(deployments.with_columns(position="mark"), services)

    def between(rows: pl.DataFrame) -> pl.Series:
        places = np.sort(_places(rows, services))
        inside = np.searchsorted(places, top, side="right") - np.searchsorted(places, mark, side="right")
        return pl.Series(inside, dtype=pl.Int64)

    on_trunk = changes.select("service", "position", "old").filter(pl.col("position").is_not_null())
    role = pl.col("role")
    return deployments.select(
        ships=pl.when(~pl.col("counts") | (role == "unknown"))
        .then(None)
        .when(role == "first")
        .then(between(on_trunk.filter(~pl.col("old"))))
        .when(role == "forward")
        .then(between(on_trunk))
        .otherwise(0)
    )["ships"]


def _places(rows: pl.DataFrame, services: pl.DataFrame) -> np.ndarray:
    """One number per row that orders by service, then by position; a position that is not known lies below all."""
    nth = np.searchsorted(services["service"].to_numpy(), rows["service"].to_numpy())
    return nth * _ROOM + rows["position"].fill_null(-_ROOM // 2).to_numpy()
