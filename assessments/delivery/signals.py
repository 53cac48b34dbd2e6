"""What points at a failed deployment, each signal on its own: incidents, reverts, rollbacks, hotfixes.

Every function returns rows of `SIGNAL`: the deployment that failed, the evidence, when it began and ended, and the
deployment that repaired it where one did.
"""

import polars as pl

from assessments.delivery import globs
from assessments.delivery.facts import INSTANT
from assessments.delivery.production import ORDER

SIGNAL = pl.Schema(
    {
        "deployment_id": pl.String,
        "signal": pl.String,
        "confidence": pl.String,
        "state": pl.String,
        "evidence_id": pl.String,
        "evidence_title": pl.String,
        "evidence_url": pl.String,
        "began_at": INSTANT,
        "recovered_at": INSTANT,
        "why": pl.String,
        "repaired_by": pl.String,
    }
)
CANDIDATES = ("revert", "rollback", "hotfix")
SAID_FAILED = "The team says it failed."
_SHA = r"^[0-9a-fA-F]{7,40}$"


def shaped(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with exactly the columns of SIGNAL, absent ones null."""
    return frame.select(
        (pl.col(name) if name in frame.columns else pl.lit(None)).cast(kind).alias(name)
        for name, kind in SIGNAL.items()
    )


def from_incidents(
    incidents: pl.DataFrame, production: pl.DataFrame, changes: pl.DataFrame, links: pl.DataFrame, limit_hours: float
) -> pl.DataFrame:
    """One row per incident: what the team says (`links`: subject, kind, target, at), else the deployment it names, else
    the latest success that finished before it opened and within the limit, else unlinked."""
    ids = production.select(named="deployment_id", deployment_id="stands_for")
    rows = incidents.select("incident_id", "title", "opened_at", "resolved_at", "deployment", "url").join(
        links.select(incident_id="subject", word="kind", target="target", at="at"), on="incident_id", how="left"
    )
    rows = rows.join(ids.rename({"named": "target", "deployment_id": "said"}), on="target", how="left")
    rows = rows.join(_explicit(rows, production, changes), on="incident_id", how="left")
    rows = rows.join(_nearest(rows, production, limit_hours), on="incident_id", how="left")
    word, hours = pl.col("word"), f"{limit_hours:g}"
    linked, rejected = word.eq_missing(pl.lit("incident.link")), word.eq_missing(pl.lit("incident.not_a_change"))
    choices = [
        # condition, deployment, signal, confidence, state, why
        (rejected, None, "correction", "high", "rejected", "The team says that no change caused it."),
        (
            linked & pl.col("said").is_not_null(),
            "said",
            "correction",
            "high",
            "confirmed",
            "The team linked it to this deployment.",
        ),
        (
            linked,
            None,
            "correction",
            "high",
            "unlinked",
            "The team linked it to a deployment that does not count as production.",
        ),
        (
            pl.col("explicit").is_not_null(),
            "explicit",
            "explicit_link",
            "high",
            "confirmed",
            "The incident names this deployment.",
        ),
        (
            pl.col("nearest").is_not_null(),
            "nearest",
            "incident",
            "medium",
            "confirmed",
            f"The latest success before the incident opened, not more than {hours} h earlier.",
        ),
    ]
    default = (None, "incident", "medium", "unlinked", f"No success finished within {hours} h before it opened.")

    def chosen(item: int) -> pl.Expr:
        def literal(value: str | None) -> pl.Expr:
            return pl.col(value) if item == 0 and value else pl.lit(value, dtype=pl.String)

        expression = pl
        for condition, *values in choices:
            expression = expression.when(condition).then(literal(values[item]))
        return expression.otherwise(literal(default[item]))

    names = ("deployment_id", "signal", "confidence", "state", "why")
    rows = rows.with_columns(**{name: chosen(item) for item, name in enumerate(names)})
    return shaped(
        rows.with_columns(
            evidence_id="incident_id",
            evidence_title="title",
            evidence_url="url",
            began_at="opened_at",
            recovered_at=pl.coalesce(pl.when(linked).then("at"), "resolved_at"),
        )
    )


def _explicit(incidents: pl.DataFrame, production: pl.DataFrame, changes: pl.DataFrame) -> pl.DataFrame:
    """The deployment an incident names by id, ref, deployed sha or sha of a shipped change: incident_id, explicit.

    Of several, the nearest success or attempt that finished at or before the opening; else the nearest after it.
    """
    named = incidents.filter(pl.col("deployment").is_not_null()).select("incident_id", "opened_at", name="deployment")
    target = production.select("deployment_id", "ref", "sha", "finished_at", explicit="stands_for")
    keep = ["incident_id", "opened_at", "finished_at", "explicit"]
    shipped = changes.filter(pl.col("state") == "shipped").select(
        "finished_at", sha="merge_sha", explicit="deployment_id"
    )
    found = pl.concat(
        [
            named.join(target, left_on="name", right_on="deployment_id").select(*keep, strength=0),
            named.join(target, left_on="name", right_on="ref").select(*keep, strength=1),
            by_sha(named, "name", target, "sha").select(*keep, strength=2),
            by_sha(named, "name", shipped, "sha").select(*keep, strength=3),
        ]
    )
    distance = (pl.col("opened_at") - pl.col("finished_at")).dt.total_microseconds()
    return (
        found.with_columns(after=distance < 0, distance=distance.abs())
        .sort("incident_id", "strength", "after", "distance", "explicit")
        .unique("incident_id", keep="first", maintain_order=True)
        .select("incident_id", "explicit")
    )


def by_sha(left: pl.DataFrame, name: str, right: pl.DataFrame, sha: str) -> pl.DataFrame:
    """Join where the text in `name` is a sha of 7 characters or more that `sha` begins with, or the other way round."""
    left = left.filter(pl.col(name).str.contains(_SHA)).with_columns(pl.col(name).str.to_lowercase())
    left = left.with_columns(_seven=pl.col(name).str.slice(0, 7))
    right = right.with_columns(pl.col(sha).str.to_lowercase())
    pairs = left.join(right.with_columns(_seven=pl.col(sha).str.slice(0, 7)), on="_seven")
    return pairs.filter(pl.col(sha).str.starts_with(pl.col(name)) | pl.col(name).str.starts_with(pl.col(sha)))


def _nearest(incidents: pl.DataFrame, production: pl.DataFrame, limit_hours: float) -> pl.DataFrame:
    """The latest success that finished before the incident opened, within the limit: incident_id, nearest."""
    done = production.filter(pl.col("status") == "success").sort("finished_at", *ORDER)
    limit = pl.duration(microseconds=round(limit_hours * 3_600_000_000))
    return (
        incidents.filter(pl.col("opened_at").is_not_null())
        .sort("opened_at")
        .join_asof(
            done.select("finished_at", nearest="stands_for"),
            left_on="opened_at",
            right_on="finished_at",
            strategy="backward",
            allow_exact_matches=False,
            coalesce=False,
        )
        .filter(pl.col("opened_at") - pl.col("finished_at") <= limit)
        .select("incident_id", "nearest")
    )


def from_reverts(changes: pl.DataFrame, reverting: pl.DataFrame) -> pl.DataFrame:
    """The deployment that shipped a reverted change failed, and recovered when the revert shipped.

    A revert that shipped together with what it reverts never met a user. Reverting a revert brings a change back: that
    is no failure. `changes` are linked changes, `reverting` the change_id and reverts of each.
    """
    wanted = (
        reverting.filter(pl.col("reverts").list.len() > 0)
        .explode("reverts")
        .rename({"change_id": "by", "reverts": "what"})
        .filter(pl.col("what").is_not_null())
    )
    known = changes.join(
        reverting.select("change_id", is_revert=pl.col("reverts").list.len().fill_null(0) > 0),
        on="change_id",
        how="left",
    ).filter((pl.col("state") == "shipped") & ~pl.col("is_revert"))
    known = known.select(
        "merge_sha", "number", reverted="change_id", deployment_id="deployment_id", began_at="finished_at"
    )
    numbers = wanted.with_columns(number=pl.col("what").str.extract(r"^#(\d+)$", 1).cast(pl.Int64, strict=False))
    keep = ["by", "reverted", "deployment_id", "began_at"]
    pairs = pl.concat(
        [
            numbers.filter(pl.col("number").is_not_null()).join(known, on="number").select(keep),
            by_sha(wanted, "what", known, "merge_sha").select(keep),
        ]
    ).unique(maintain_order=False)
    repair = changes.select(
        by="change_id",
        evidence_title="title",
        evidence_url="url",
        repaired_by="deployment_id",
        recovered_at="finished_at",
    )
    return shaped(
        pairs.filter(pl.col("by") != pl.col("reverted"))
        .join(repair, on="by")
        .filter(pl.col("repaired_by").ne_missing(pl.col("deployment_id")))
        .sort("by", "reverted")
        .with_columns(
            signal=pl.lit("revert"),
            confidence=pl.lit("low"),
            state=pl.lit("candidate"),
            evidence_id="by",
            why=pl.format("It shipped {}, which {} reverts.", "reverted", "by"),
        )
    )


def from_rollbacks(deployments: pl.DataFrame) -> pl.DataFrame:
    """The deployment that a rollback takes back failed, and recovered when the rollback finished."""
    undone = deployments.select(undoes="deployment_id", failed_id="stands_for", began_at="finished_at")
    pairs = (
        deployments.filter("counts", pl.col("undoes").is_not_null())
        .rename({"deployment_id": "evidence_id"})
        .join(undone, on="undoes")
    )
    return _repairs(pairs, "rollback", "{} went back behind it.")


def from_hotfixes(deployments: pl.DataFrame, changes: pl.DataFrame, pattern: str, explained: pl.Series) -> pl.DataFrame:
    """The success before a hotfix failed, and recovered when the hotfix finished. A hotfix is known by its ref or by
    the title of a change it ships. Repairs that a stronger signal explains (`explained`: their ids) are left out."""
    expression = globs.names(pattern)
    if not expression:
        return SIGNAL.to_frame()
    titled = changes.filter((pl.col("state") == "shipped") & pl.col("title").fill_null("").str.contains(expression))[
        "deployment_id"
    ]
    before = deployments.select(previous_id="deployment_id", failed_id="stands_for", began_at="finished_at")
    is_hotfix = pl.col("ref").fill_null("").str.contains(expression) | pl.col("deployment_id").is_in(titled.implode())
    pairs = (
        deployments.filter("counts", pl.col("status") == "success", is_hotfix)
        .filter(~pl.col("deployment_id").is_in(explained.implode()))
        .rename({"deployment_id": "evidence_id"})
        .join(before, on="previous_id")
    )
    return _repairs(pairs, "hotfix", "{} right after it looks like a hotfix.")


def _repairs(pairs: pl.DataFrame, signal: str, why: str) -> pl.DataFrame:
    """Pairs of a deployment that repairs (evidence_id, its ref, url and finish) and the one that failed (failed_id)."""
    return shaped(
        pairs.with_columns(
            deployment_id="failed_id",
            signal=pl.lit(signal),
            confidence=pl.lit("low"),
            state=pl.lit("candidate"),
            evidence_title="ref",
            evidence_url="url",
            recovered_at="finished_at",
            repaired_by="evidence_id",
            why=pl.format(why, pl.coalesce("ref", "evidence_id")),
        ).filter(pl.col("deployment_id") != pl.col("evidence_id"))
    )
