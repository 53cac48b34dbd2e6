"""Delivery performance of services: from facts to judged rows, to the metrics of a window, to weekly cells."""

from collections.abc import Mapping

import polars as pl

from assessments.delivery import failures, production, shipping, stages
from assessments.delivery.facts import Facts, FleetFacts
from assessments.delivery.metrics import measure_fleet, summarise, summarise_fleet
from assessments.delivery.results import FLEET, JUDGED, SHIPPED, Delivery, Fleet
from assessments.delivery.settings import RULES_VERSION, Settings
from assessments.delivery.tidy import answers, chosen, touching
from assessments.delivery.weeks import weekly, weekly_fleet

__all__ = [
    "judge",
    "judge_fleet",
    "measure_fleet",
    "summarise",
    "summarise_fleet",
    "weekly",
    "weekly_fleet",
]

#: No repository is older than the first version control systems: an earlier date is a broken clock. Such facts are
#: judged like any other, but do not say since when a service exists.
_EARLIEST = pl.datetime(1980, 1, 1, time_unit="us", time_zone="UTC")


def judge(facts: Facts, settings: Settings) -> Delivery:
    """What counts, what each deployment shipped, which failed, which repaired; the order of rows changes nothing."""
    return judge_fleet(FleetFacts.of({0: facts}), {0: settings}).of(0)


def judge_fleet(facts: FleetFacts, settings: Mapping[int, Settings]) -> Fleet:
    """Many services judged in one pass, each exactly as if it were alone.

    Raises KeyError when a service has no settings.
    """
    services, said = chosen(facts.services, settings), answers(facts.corrections)
    changes = touching(facts.changes, services)
    selected = shipping.roles(production.select(facts, services, changes, said))
    linked = shipping.link(changes, selected, services)
    deployments = selected.with_columns(ships=shipping.count(selected, linked, services))
    deployments, signals = failures.attribute(facts.incidents, services, deployments, linked, said)
    week = pl.col("finished_at").dt.truncate("1w").dt.date()
    shipped = stages.split(linked).with_columns(week=week)
    return Fleet(
        services=_known(services, facts.incidents, changes, deployments),
        deployments=_shaped(deployments.with_columns(week=week), JUDGED),
        changes=_shaped(shipped, SHIPPED),
        failures=signals,
        rules_version=RULES_VERSION,
    )


def _shaped(frame: pl.DataFrame, schema: pl.Schema) -> pl.DataFrame:
    return frame.select("service", *(pl.col(name).cast(kind) for name, kind in schema.items()))


def _known(
    services: pl.DataFrame, incidents: pl.DataFrame, changes: pl.DataFrame, deployments: pl.DataFrame
) -> pl.DataFrame:
    """What is known of each service as a whole, frame FLEET. It exists from its first merge or counted deployment, no
    later than the end of the collection."""
    merges = changes.select("service", at="merged_at", change=True)
    attempts = deployments.filter("counts").select("service", at="finished_at", deploys=True)
    told = incidents.select("service", told=True)
    at = pl.col("at")
    seen = (
        pl.concat([merges, attempts, told], how="diagonal")
        .join(services.select("service", "collected_until"), on="service")
        .group_by("service")
        .agg(
            existed_from=at.filter(at >= _EARLIEST, at <= pl.col("collected_until")).min(),
            deploys=pl.col("deploys").any(),
            has_changes=pl.col("change").any(),
            told=pl.col("told").any(),
        )
    )
    rows = services.join(seen, on="service", how="left", maintain_order="left")
    rows = rows.with_columns(pl.col("deploys", "has_changes", "told").fill_null(False))
    return rows.with_columns(incidents_collected=pl.col("incidents_collected") | pl.col("told")).select(
        pl.col(name).cast(kind) for name, kind in FLEET.items()
    )
