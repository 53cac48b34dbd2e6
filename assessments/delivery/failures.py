"""Which deployments failed, since when and until when, and which ones repaired something.

Strongest first: the team's corrections, incidents that name a deployment, incidents soon after one, then what reverts,
rollbacks and hotfixes suggest. The last three are candidates until the team or an incident confirms them.
"""

import polars as pl

from assessments.delivery.facts import Facts
from assessments.delivery.results import FAILURES
from assessments.delivery.settings import Settings
from assessments.delivery.signals import (
    CANDIDATES,
    SAID_FAILED,
    from_hotfixes,
    from_incidents,
    from_reverts,
    from_rollbacks,
    shaped,
)
from assessments.delivery.tidy import answers, distinct


def attribute(
    facts: Facts, settings: Settings, deployments: pl.DataFrame, changes: pl.DataFrame, reverting: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Adds to the deployments: reached_users, failed, candidate, recovered_at, candidate_recovered_at, rework,
    rework_candidate. Returns them and the frame FAILURES.

    `deployments` come from `shipping.roles`, `changes` from `shipping.link`, `reverting` has change_id and reverts.
    """
    said = answers(facts.corrections)
    production = deployments.filter(pl.col("stands_for").is_not_null())
    links = said.filter(pl.col("question") == "link")
    incidents = from_incidents(
        distinct(facts.incidents, "incident_id"), production, changes, links, settings.attribution_hours
    )
    reverts, rollbacks = from_reverts(changes, reverting), from_rollbacks(deployments)
    explained = pl.concat([reverts["repaired_by"], rollbacks["repaired_by"]])
    hotfixes = from_hotfixes(deployments, changes, settings.hotfix_pattern, explained)
    verdicts = _verdicts(said, production)
    signals = _states(pl.concat([incidents, reverts, rollbacks, hotfixes]), verdicts)
    judged = _flags(deployments, signals, verdicts, said)
    return judged, pl.concat([verdicts, signals]).select(FAILURES.names())


def _verdicts(said: pl.DataFrame, production: pl.DataFrame) -> pl.DataFrame:
    """What the team says of whole deployments, as signals: confirmed or rejected; `at` is when service was restored."""
    failed = pl.col("kind") == "deployment.failed"
    ids = production.select("finished_at", "url", "ref", subject="deployment_id", deployment_id="stands_for")
    return shaped(
        said.filter(pl.col("question") == "failed")
        .join(ids, on="subject")
        .sort("subject")
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
    said_failed = verdicts.filter(pl.col("state") == "confirmed")["deployment_id"]
    said_fine = verdicts.filter(pl.col("state") == "rejected")["deployment_id"]
    confirmed = pl.concat([said_failed, signals.filter(pl.col("state") == "confirmed")["deployment_id"]])
    subject = pl.col("deployment_id")
    return signals.with_columns(
        state=pl.when(subject.is_in(said_fine.implode()) & ~subject.is_in(said_failed.implode()))
        .then(pl.lit("rejected"))
        .when((pl.col("state") == "candidate") & subject.is_in(confirmed.implode()))
        .then(pl.lit("confirmed"))
        .otherwise("state")
    )


def _ends(signals: pl.DataFrame, verdicts: pl.DataFrame) -> pl.DataFrame:
    """Per failing deployment: said_failed, by_incident, by_candidate, and when each account of it ended.

    A deployment with several incidents has recovered when the last one is resolved. Reverts, rollbacks and hotfixes are
    each a whole account of the repair: within one kind the last counts, between kinds the earliest.
    """
    last = pl.when(pl.col("recovered_at").is_null().any()).then(None).otherwise(pl.col("recovered_at").max())
    kinds = signals.group_by("deployment_id", "signal").agg(end=last)
    inferred = pl.col("signal").is_in(CANDIDATES)
    said = (
        verdicts.filter(pl.col("state") == "confirmed")
        .group_by("deployment_id")
        .agg(said_end=pl.col("recovered_at").max())
    )
    by_incident = signals.filter(~inferred).group_by("deployment_id").agg(incident_end=last)
    by_candidate = kinds.filter(inferred).group_by("deployment_id").agg(candidate_end=pl.col("end").min())
    frames = {"said_failed": said, "by_incident": by_incident, "by_candidate": by_candidate}
    ends = pl.concat([frame.select("deployment_id") for frame in frames.values()]).unique()
    for name, frame in frames.items():
        ends = ends.join(frame.with_columns(pl.lit(True).alias(name)), on="deployment_id", how="left")
    return ends.with_columns(pl.col(*frames).fill_null(False))


def _flags(
    deployments: pl.DataFrame, signals: pl.DataFrame, verdicts: pl.DataFrame, said: pl.DataFrame
) -> pl.DataFrame:
    standing = signals.filter(pl.col("deployment_id").is_not_null(), pl.col("state").is_in(["confirmed", "candidate"]))
    rows = deployments.join(_ends(standing, verdicts), on="deployment_id", how="left", maintain_order="left")
    rows = rows.with_columns(pl.col("said_failed", "by_incident", "by_candidate").fill_null(False))
    for question, yes in (("reached", "deployment.reached_users"), ("rework", "deployment.unplanned")):
        words = said.filter(pl.col("question") == question)
        words = words.select(deployment_id="subject", **{f"said_{question}": pl.col("kind") == yes})
        rows = rows.join(words, on="deployment_id", how="left", maintain_order="left")
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
    repairs = standing.filter(pl.col("repaired_by").is_not_null(), pl.col("signal").is_in(CANDIDATES))
    sure = repairs.filter(pl.col("state") == "confirmed")["repaired_by"]
    repairs_sure = pl.col("deployment_id").is_in(sure.implode())
    repairs_any = pl.col("deployment_id").is_in(repairs["repaired_by"].implode())
    # What the source or the team states, planned or not, goes over what a repair looks like.
    stated = pl.col("unplanned")
    rework = pl.col("reached_users") & pl.coalesce(stated, repairs_sure)
    return rows.with_columns(
        recovered_at=pl.when("failed").then(end),
        candidate_recovered_at=pl.when("reached_users").then(inferred_end),
        rework=rework,
        rework_candidate=pl.col("reached_users") & stated.is_null() & repairs_any & ~rework,
    )
