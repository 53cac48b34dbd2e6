"""Which deployments failed, since when and until when, and which ones repaired something.

Strongest first: the team's corrections, incidents that name a deployment, incidents soon after one, then what reverts,
rollbacks and hotfixes suggest. The last three are candidates until the team or an incident confirms them.
"""

import polars as pl

from assessments.delivery.production import ID
from assessments.delivery.results import FAILURES
from assessments.delivery.signals import (
    CANDIDATES,
    SAID_FAILED,
    from_hotfixes,
    from_incidents,
    from_reverts,
    from_rollbacks,
    shaped,
)
from assessments.delivery.tidy import distinct


def attribute(
    incidents: pl.DataFrame,
    services: pl.DataFrame,
    deployments: pl.DataFrame,
    changes: pl.DataFrame,
    said: pl.DataFrame,
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Adds to the deployments: reached_users, failed, candidate, recovered_at, candidate_recovered_at, rework,
    rework_candidate. Returns them and the frame FAILURES with a first column `service`.

    `services` comes from `tidy.chosen`, `deployments` from `shipping.roles`, `changes` from `shipping.link`, `said`
    from `tidy.answers`.
    """
    production = deployments.filter(pl.col("stands_for").is_not_null())
    links = said.filter(pl.col("question") == "link")
    incidents = distinct(incidents, "service", "incident_id")
    known = from_incidents(incidents, production, changes, links, services)
    reverts, rollbacks = from_reverts(changes), from_rollbacks(deployments)
    explained = pl.concat([reverts, rollbacks]).select("service", deployment_id="repaired_by")
    hotfixes = from_hotfixes(deployments, changes, services, explained)
    verdicts = _verdicts(said, production)
    signals = _states(pl.concat([known, reverts, rollbacks, hotfixes]), verdicts)
    judged = _flags(deployments, signals, verdicts, said)
    listed = pl.concat([verdicts, signals]).sort("service", maintain_order=True)
    return judged, listed.select("service", *FAILURES)


def _verdicts(said: pl.DataFrame, production: pl.DataFrame) -> pl.DataFrame:
    """What the team says of whole deployments, as signals: confirmed or rejected; `at` is when service was restored."""
    failed = pl.col("kind") == "deployment.failed"
    ids = production.select("service", "finished_at", "url", "ref", subject="deployment_id", deployment_id="stands_for")
    return shaped(
        said.filter(pl.col("question") == "failed")
        .join(ids, on=["service", "subject"])
        .sort("service", "subject")
        .with_columns(
            signal=pl.lit("correction"),
            confidence=pl.lit("high"),
            state=pl.when(failed).then(pl.lit("confirmed")).otherwise(pl.lit("rejected")),
            evidence_id="subject",
            evidence_title="ref",
            evidence_url="url",
            began_at="finished_at",
            recovered_at=pl.when(failed).then("at"),
            why=pl.when(failed).then(pl.lit(SAID_FAILED)).otherwise(pl.lit("The team says it did not fail.")),
        )
    )


def _states(signals: pl.DataFrame, verdicts: pl.DataFrame) -> pl.DataFrame:
    """The team's word on a deployment goes over every signal; a confirmed failure confirms its candidates."""
    confirmed = pl.col("state") == "confirmed"
    words = pl.concat([verdicts.with_columns(said=True), signals.with_columns(said=False)])
    words = words.group_by(ID).agg(
        said_failed=(pl.col("said") & confirmed).any(),
        said_fine=(pl.col("said") & ~confirmed).any(),
        sure=confirmed.any(),
    )
    return (
        signals.join(words, on=ID, how="left", maintain_order="left")
        .with_columns(
            state=pl.when(pl.col("said_fine") & ~pl.col("said_failed"))
            .then(pl.lit("rejected"))
            .when((pl.col("state") == "candidate") & pl.col("sure"))
            .then(pl.lit("confirmed"))
            .otherwise("state")
        )
        .drop("said_failed", "said_fine", "sure")
    )


def _ends(signals: pl.DataFrame, verdicts: pl.DataFrame) -> list[pl.DataFrame]:
    """Per failing deployment: said_failed, by_incident, by_candidate, and when each account of it ended.

    A deployment with several incidents has recovered when the last one is resolved. Reverts, rollbacks and hotfixes are
    each a whole account of the repair: within one kind the last counts, between kinds the earliest.
    """
    last = pl.when(pl.col("recovered_at").is_null().any()).then(None).otherwise(pl.col("recovered_at").max())
    inferred = pl.col("signal").is_in(CANDIDATES)
    kinds = signals.filter(inferred).group_by(*ID, "signal").agg(end=last)
    said = verdicts.filter(pl.col("state") == "confirmed")
    return [
        said.group_by(ID).agg(said_failed=pl.lit(True), said_end=pl.col("recovered_at").max()),
        signals.filter(~inferred).group_by(ID).agg(by_incident=pl.lit(True), incident_end=last),
        kinds.group_by(ID).agg(by_candidate=pl.lit(True), candidate_end=pl.col("end").min()),
    ]


def _flags(
    deployments: pl.DataFrame, signals: pl.DataFrame, verdicts: pl.DataFrame, said: pl.DataFrame
) -> pl.DataFrame:
    standing = signals.filter(pl.col("deployment_id").is_not_null(), pl.col("state").is_in(["confirmed", "candidate"]))
    repairs = standing.filter(pl.col("repaired_by").is_not_null(), pl.col("signal").is_in(CANDIDATES))
    sure = pl.col("state") == "confirmed"
    repairs = repairs.select("service", deployment_id="repaired_by", repairs=True, repairs_sure=sure)
    known = [*_ends(standing, verdicts), repairs]
    for question, yes in (("reached", "deployment.reached_users"), ("rework", "deployment.unplanned")):
        words = said.filter(pl.col("question") == question)
        known.append(words.select("service", deployment_id="subject", **{f"said_{question}": pl.col("kind") == yes}))
    # At most one row of each kind says something of a deployment, but for its repairs, of which one is enough.
    together = pl.concat(known, how="diagonal").group_by(ID).agg(pl.all().max())
    rows = deployments.join(together, on=ID, how="left", maintain_order="left").with_columns(
        pl.col("said_failed", "by_incident", "by_candidate", "repairs", "repairs_sure").fill_null(False)
    )
    named = pl.col("said_failed") | pl.col("by_incident")
    # A failed attempt that somebody had to take back, or that broke something, did reach users.
    reached = pl.coalesce("said_reached", (pl.col("status") == "success") | named | pl.col("by_candidate"))
    counted = pl.col("counts")
    rows = rows.with_columns(
        reached_users=counted & reached,
        failed=counted & reached & named,
        candidate=counted & reached & pl.col("by_candidate") & ~named,
        unplanned=pl.coalesce("said_rework", "unplanned"),
    )
    by_team = pl.col("said_end")
    end = pl.coalesce(by_team, pl.when("by_incident").then("incident_end").otherwise("candidate_end"))
    inferred_end = pl.coalesce(by_team, pl.when("by_candidate").then("candidate_end").otherwise(end))
    # What the source or the team states, planned or not, goes over what a repair looks like.
    stated = pl.col("unplanned")
    rework = pl.col("reached_users") & pl.coalesce(stated, "repairs_sure")
    return rows.with_columns(
        recovered_at=pl.when("failed").then(end),
        candidate_recovered_at=pl.when("reached_users").then(inferred_end),
        rework=rework,
        rework_candidate=pl.col("reached_users") & stated.is_null() & pl.col("repairs") & ~rework,
    )
