"""The rows behind the numbers of a window, ready to be listed: what shipped, what was deployed, what failed."""

from datetime import datetime

import polars as pl

from assessments.delivery.results import STAGES, Delivery

HOUR = 3_600_000_000  # microseconds
#: Kinds whose ref is mostly a branch, the same for every deployment.
FROM_BRANCH = ("github_deployment", "workflow")


def _within(column: str, start: datetime, end: datetime) -> pl.Expr:
    return (pl.col(column) >= start) & (pl.col(column) <= end)  # the end is where the collection ends, that moment too


def _hours(column: str) -> pl.Expr:
    return (pl.col(column) / HOUR).alias(column.removesuffix("_us") + "_hours")


def shipped(delivery: Delivery, start: datetime, end: datetime, series: str) -> pl.DataFrame:
    """The changes whose deployment finished in the window, newest first: lead time and stages in hours.

    series: `lead_time`, or `merge_to_production` for changes whose first commit is hidden.
    """
    names = delivery.deployments.select("deployment_id", deployment=_name())
    return (
        delivery.changes.filter(
            (pl.col("state") == "shipped") & (pl.col("series") == series) & _within("finished_at", start, end)
        )
        .join(names.unique("deployment_id", keep="first"), on="deployment_id", how="left")
        .sort("finished_at", "position", descending=True, nulls_last=True)
        .select(
            pl.coalesce(pl.when(pl.col("number").is_not_null()).then(pl.format("#{}", "number")), _short("merge_sha"))
            .fill_null(pl.col("change_id"))
            .alias("change"),
            "title",
            "merged_at",
            pl.col("finished_at").alias("deployed_at"),
            "deployment",
            _hours("lead_us"),
            *(_hours(f"{stage}_us") for stage in STAGES),
            "clamped",
            "url",
        )
    )


def waiting(delivery: Delivery, start: datetime, end: datetime) -> pl.DataFrame:
    """The changes merged in the window that no production deployment has shipped, newest first."""
    return (
        delivery.changes.filter((pl.col("state") != "shipped") & _within("merged_at", start, end))
        .sort("merged_at", descending=True)
        .select(
            pl.coalesce(pl.when(pl.col("number").is_not_null()).then(pl.format("#{}", "number")), _short("merge_sha"))
            .fill_null(pl.col("change_id"))
            .alias("change"),
            "title",
            "merged_at",
            pl.col("state").replace_strict(WAITING, default=pl.col("state"), return_dtype=pl.String).alias("why"),
            "url",
        )
    )


WAITING = {
    "waiting": "no deployment has shipped it yet",
    "before_history": "before the history held",
    "not_on_trunk": "not on trunk",
}


def deployed(delivery: Delivery, start: datetime, end: datetime, counted: bool | None = True) -> pl.DataFrame:
    """The deployments of the window, newest first. counted: those that count as production, those that do not, or
    (None) all. One without a finish is placed by its start."""
    rows = delivery.deployments.with_columns(at=pl.coalesce("finished_at", "started_at"))
    kept = _within("at", start, end)
    if counted is not None:
        kept &= pl.col("counts") == counted
    return (
        rows.filter(kept)
        .sort("at", "position", descending=True, nulls_last=True)
        .select(
            _name().alias("deployment"),
            pl.col("at").alias("finished_at"),
            "environment",
            "status",
            pl.col("role").str.replace("_", "-"),
            "ships",
            "reached_users",
            "failed",
            "candidate",
            "rework",
            "rework_candidate",
            reason(),
            "url",
            "deployment_id",
        )
    )


def failed(delivery: Delivery, start: datetime, end: datetime) -> pl.DataFrame:
    """Every signal of a failure of the window, newest first, with its deployment: one row a signal (`FAILURES`, and
    `deployment`, `finished_at`, `url` of the deployment; `about`: the deployment, or the unlinked incident). Unlinked
    ones are placed by when they began."""
    deployments = delivery.deployments.select(
        "deployment_id",
        _name().alias("deployment"),
        "finished_at",
        "url",
    ).unique("deployment_id", keep="first")
    return (
        delivery.failures.join(deployments, on="deployment_id", how="left")
        .with_columns(at=pl.coalesce("finished_at", "began_at"), about=pl.coalesce("deployment_id", "evidence_id"))
        .filter(_within("at", start, end))
        .sort("at", "signal", "evidence_id", descending=[True, False, False], nulls_last=True)
    )


def deployments_to_link(delivery: Delivery) -> pl.DataFrame:
    """The production deployments an incident may be linked to, newest first: deployment_id, deployment, finished_at."""
    return (
        delivery.deployments.filter(pl.col("counts") & pl.col("finished_at").is_not_null())
        .sort("finished_at", descending=True)
        .select("deployment_id", _name().alias("deployment"), "finished_at")
    )


def _short(column: str) -> pl.Expr:
    return pl.col(column).str.slice(0, 10)


def _name() -> pl.Expr:
    """What people call a deployment: a release or tag by its name, what was deployed from a branch by its commit."""
    branch = pl.col("kind").is_in(FROM_BRANCH) & (pl.col("ref") != pl.col("sha"))
    return pl.coalesce(
        pl.when(branch).then(pl.format("{} ({})", _short("sha"), "ref")), "ref", _short("sha"), "deployment_id"
    )


#: A kind of deployment as reasons have it, and as people say it.
_SPOKEN = {
    "of kind github_deployment": "a GitHub deployment",
    "of kind release": "a release",
    "of kind tag": "a tag",
    "of kind workflow": "a workflow run",
    "of kind import": "imported",
    "of kind webhook": "sent by webhook",
}


def reason() -> pl.Expr:
    """Why a deployment counts or not, without the names that kinds have in the code."""
    return pl.col("reason").str.replace_many(list(_SPOKEN), list(_SPOKEN.values()))


def tried(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows of a dry run as they are listed: deployment, title (of the change or release, or the workflow), environment,
    kind, at, status, reason, url."""
    return rows.select(
        _name().alias("deployment"),
        pl.when(pl.col("kind") != "github_deployment").then("name").alias("title"),
        "environment",
        pl.col("kind").replace(ONE),
        pl.col("finished_at").alias("at"),
        "status",
        reason(),
        "url",
    )


#: One deployment of each kind, as people call it.
ONE = {
    "github_deployment": "GitHub deployment",
    "workflow": "workflow run",
    "import": "imported",
    "webhook": "sent by webhook",
}


def correctable(delivery: Delivery, limit: int = 500) -> pl.DataFrame:
    """The newest deployments, counted or not, of which the team may say something: deployment_id, deployment, at."""
    return (
        delivery.deployments.with_columns(at=pl.coalesce("finished_at", "started_at"))
        .filter(pl.col("at").is_not_null())
        .sort("at", descending=True)
        .head(limit)
        .select("deployment_id", _name().alias("deployment"), "at")
    )
