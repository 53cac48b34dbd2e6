"""What points at a failed deployment, each signal on its own: incidents, reverts, rollbacks, hotfixes.

Every function returns rows of `SIGNAL`: the deployment that failed, the evidence, when it began and ended, and the
deployment that repaired it where one did.
"""

import polars as pl

from assessments.delivery.facts import INSTANT
from assessments.delivery.production import ID

SIGNAL = pl.Schema(
    {
        "service": pl.Int64,
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
INCIDENT = ("service", "incident_id")
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
    incidents: pl.DataFrame,
    production: pl.DataFrame,
    changes: pl.DataFrame,
    links: pl.DataFrame,
    services: pl.DataFrame,
) -> pl.DataFrame:
    """One row per incident: what the team says (`links`: service, subject, kind, target, at), else the deployment it
    names, else the latest success that finished before it opened and within the limit, else unlinked."""
    if incidents.is_empty():
        return SIGNAL.to_frame()
    rows = incidents.select(*INCIDENT, "title", "opened_at", "resolved_at", "deployment", "url")
    rows = rows.join(services.select("service", "attribution", "attribution_text"), on="service", maintain_order="left")
    links = links.select("service", "at", "target", incident_id="subject", word="kind")
    targets = production.select("service", target="deployment_id", said="stands_for")
    said = links.join(targets, on=["service", "target"]).select(*INCIDENT, "said")
    links = links.drop("target")
    for found in (links, said, _explicit(rows, production, changes), _nearest(rows, production)):
        rows = rows.join(found, on=INCIDENT, how="left", maintain_order="left")
    word, within = pl.col("word"), pl.col("attribution_text")
    linked, rejected = word.eq_missing(pl.lit("incident.link")), word.eq_missing(pl.lit("incident.not_a_change"))
    choices = [
        # condition, deployment, signal, confidence, state, why
        (rejected, None, "correction", "high", "rejected", "The team says that no change caused it."),
        (
            linked & pl.col("said").is_not_null(),
            pl.col("said"),
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
            pl.col("explicit"),
            "explicit_link",
            "high",
            "confirmed",
            "The incident names this deployment.",
        ),
        (
            pl.col("nearest").is_not_null(),
            pl.col("nearest"),
            "incident",
            "medium",
            "confirmed",
            pl.format("The latest success before the incident opened, not more than {} earlier.", within),
        ),
    ]
    why = pl.format("No success finished within {} before it opened.", within)
    default = (None, "incident", "medium", "unlinked", why)

    def chosen(item: int) -> pl.Expr:
        def literal(value: str | pl.Expr | None) -> pl.Expr:
            return value if isinstance(value, pl.Expr) else pl.lit(value, dtype=pl.String)

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
    """The deployment an incident names by id, ref, deployed sha or sha of a shipped change: service, incident_id,
    explicit.

    Of several, the nearest success or attempt that finished at or before the opening, so that no later deployment
    changes the link; else the nearest after it.
    """
    named = incidents.filter(pl.col("deployment").is_not_null()).select(*INCIDENT, "opened_at", name="deployment")
    target = production.select(*ID, "ref", "sha", "finished_at", explicit="stands_for")
    keep = [*INCIDENT, "opened_at", "finished_at", "explicit"]
    shipped = changes.select("service", "state", "finished_at", sha="merge_sha", explicit="deployment_id")
    shipped = shipped.filter(pl.col("state") == "shipped")
    by_id = named.join(target, left_on=["service", "name"], right_on=ID)
    by_ref = named.join(target, left_on=["service", "name"], right_on=["service", "ref"])
    found = pl.concat(
        [
            by_id.select(*keep, strength=0),
            by_ref.select(*keep, strength=1),
            by_sha(named, "name", target, "sha").select(*keep, strength=2),
            by_sha(named, "name", shipped, "sha").select(*keep, strength=3),
        ]
    )
    distance = (pl.col("opened_at") - pl.col("finished_at")).dt.total_microseconds()
    return (
        found.with_columns(after=distance < 0, distance=distance.abs())
        .sort(*INCIDENT, "after", "strength", "distance", "explicit")
        .unique(INCIDENT, keep="first", maintain_order=True)
        .select(*INCIDENT, "explicit")
    )


def by_sha(left: pl.DataFrame, name: str, right: pl.DataFrame, sha: str) -> pl.DataFrame:
    """Join where the text in `name` is a sha of 7 characters or more that `sha` begins with, or the other way round,
    in the same service."""
    left = left.filter(pl.col(name).str.contains(_SHA)).with_columns(pl.col(name).str.to_lowercase())
    left = left.with_columns(_seven=pl.col(name).str.slice(0, 7))
    if left.is_empty():
        right = right.clear()
    right = right.with_columns(pl.col(sha).str.to_lowercase())
    pairs = left.join(right.with_columns(_seven=pl.col(sha).str.slice(0, 7)), on=["service", "_seven"])
    return pairs.filter(pl.col(sha).str.starts_with(pl.col(name)) | pl.col(name).str.starts_with(pl.col(sha)))


def _nearest(incidents: pl.DataFrame, production: pl.DataFrame) -> pl.DataFrame:
    """The latest success that finished before the incident opened, within the limit: service, incident_id, nearest."""
    done = production.select("service", "finished_at", "status", nearest="stands_for")
    done = done.filter(pl.col("status") == "success").sort("finished_at", maintain_order=True)
    return (
        incidents.filter(pl.col("opened_at").is_not_null())
        .sort("opened_at")
        .join_asof(
            done,
            left_on="opened_at",
            right_on="finished_at",
            by="service",
            strategy="backward",
            allow_exact_matches=False,
            coalesce=False,
            check_sortedness=False,  # both are sorted; it cannot be seen service by service
        )
        .filter(pl.col("opened_at") - pl.col("finished_at") <= pl.col("attribution"))
        .select(*INCIDENT, "nearest")
    )


def from_reverts(changes: pl.DataFrame) -> pl.DataFrame:
    """The deployment that shipped a reverted change failed, and recovered when the revert shipped.

    A revert that shipped together with what it reverts never met a user. Reverting a revert brings a change back: that
    is no failure. Nothing reverts what lies above it on trunk. `changes` are linked changes.
    """
    known = ("number", "merge_sha", "title", "url", "state", "deployment_id", "finished_at", "position")
    is_revert = pl.col("reverts").list.len().fill_null(0) > 0
    rows = changes.select("service", "change_id", *known, "reverts", is_revert=is_revert)
    wanted = rows.filter("is_revert").explode("reverts").filter(pl.col("reverts").is_not_null())
    if wanted.is_empty():
        return SIGNAL.to_frame()
    wanted = wanted.select(
        "service",
        what="reverts",
        evidence_id="change_id",
        evidence_title="title",
        evidence_url="url",
        repaired_by="deployment_id",
        recovered_at="finished_at",
        below="position",
        number=pl.col("reverts").str.extract(r"^#(\d+)$", 1).cast(pl.Int64, strict=False),
    )
    reverted = rows.filter(~pl.col("is_revert"), pl.col("state") == "shipped").select(
        "service", "number", "merge_sha", "deployment_id", "position", reverted="change_id", began_at="finished_at"
    )
    by_number = wanted.join(reverted, on=["service", "number"])
    pairs = pl.concat([by_number, by_sha(wanted, "what", reverted, "merge_sha")], how="diagonal")
    return shaped(
        pairs.filter(
            pl.col("evidence_id") != pl.col("reverted"),
            pl.col("repaired_by").ne_missing(pl.col("deployment_id")),
            (pl.col("position") < pl.col("below")).fill_null(True),
        )
        .unique(["service", "evidence_id", "reverted"])
        .sort("service", "evidence_id", "reverted")
        .with_columns(
            signal=pl.lit("revert"),
            confidence=pl.lit("low"),
            state=pl.lit("candidate"),
            why=pl.format("It shipped {}, which {} reverts.", "reverted", "evidence_id"),
        )
    )


def from_rollbacks(deployments: pl.DataFrame) -> pl.DataFrame:
    """The deployment that a rollback takes back failed, and recovered when the rollback finished."""
    repairing = deployments.filter("counts", pl.col("undoes").is_not_null())
    return _repairs(repairing, deployments, "undoes", "rollback", "{} went back behind it.")


def from_hotfixes(
    deployments: pl.DataFrame, changes: pl.DataFrame, services: pl.DataFrame, explained: pl.DataFrame
) -> pl.DataFrame:
    """The success before a hotfix failed, and recovered when the hotfix finished. A hotfix is known by its ref or by
    the title of a change it ships. Repairs that a stronger signal explains (`explained`: their service and id) are left
    out."""
    patterns = services.filter(pl.col("hotfix_expression").is_not_null()).select("service", "hotfix_expression")

    def looks_so(rows: pl.DataFrame, text: str) -> pl.DataFrame:
        matches = pl.col(text).fill_null("").str.contains(pl.col("hotfix_expression"))
        return rows.select(*ID, text).join(patterns, on="service").filter(matches).select(ID)

    repairing = deployments.filter("counts", pl.col("status") == "success", pl.col("previous").is_not_null())
    shipped = changes.select(*ID, "title", "state").filter(pl.col("state") == "shipped")
    hotfixes = pl.concat([looks_so(repairing, "ref"), looks_so(shipped, "title")])
    repairing = repairing.join(hotfixes, on=ID, how="semi", maintain_order="left")
    repairing = repairing.join(explained, on=ID, how="anti", maintain_order="left")
    return _repairs(repairing, deployments, "previous", "hotfix", "{} right after it looks like a hotfix.")


def _repairs(repairing: pl.DataFrame, deployments: pl.DataFrame, failed: str, signal: str, why: str) -> pl.DataFrame:
    """Deployments that repair, each with the one that failed: its row number stands in column `failed`."""
    broken = deployments.select(pl.col("row").alias(failed), failed_id="stands_for", began_at="finished_at")
    return shaped(
        repairing.join(broken, on=failed, maintain_order="left")
        .with_columns(
            evidence_id="deployment_id",
            deployment_id="failed_id",
            signal=pl.lit(signal),
            confidence=pl.lit("low"),
            state=pl.lit("candidate"),
            evidence_title="ref",
            evidence_url="url",
            recovered_at="finished_at",
            repaired_by="deployment_id",
            why=pl.format(why, pl.coalesce("ref", "deployment_id")),
        )
        .filter(pl.col("deployment_id") != pl.col("evidence_id"))
    )
