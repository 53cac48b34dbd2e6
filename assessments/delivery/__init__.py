"""Delivery performance of one service: from facts to judged rows, to the metrics of a window, to weekly cells."""

import polars as pl

from assessments.delivery import failures, production, shipping, stages
from assessments.delivery.facts import Facts
from assessments.delivery.metrics import summarise
from assessments.delivery.results import FAILURES, JUDGED, SHIPPED, Delivery
from assessments.delivery.settings import RULES_VERSION, Settings
from assessments.delivery.tidy import touching
from assessments.delivery.weeks import weekly

__all__ = ["judge", "summarise", "weekly"]

#: No repository is older than the first version control systems: an earlier date is a broken clock. Such facts are
#: judged like any other, but do not say since when a service exists.
_EARLIEST = pl.datetime(1980, 1, 1, time_unit="us", time_zone="UTC")


def judge(facts: Facts, settings: Settings) -> Delivery:
    """What counts, what each deployment shipped, which failed, which repaired; the order of rows changes nothing."""
    changes = touching(facts.changes, settings.path_globs)
    selected = shipping.roles(production.select(facts, settings))
    linked = shipping.link(changes, selected, facts.history_start)
    deployments = selected.with_columns(ships=shipping.count(selected, changes, facts.history_start))
    deployments, signals = failures.attribute(
        facts, settings, deployments, linked, changes.select("change_id", "reverts")
    )
    week = pl.col("finished_at").dt.truncate("1w").dt.date()
    shipped = stages.split(linked).with_columns(week=week)
    return Delivery(
        deployments=_shaped(deployments.with_columns(week=week), JUDGED),
        changes=_shaped(shipped, SHIPPED),
        failures=_shaped(signals, FAILURES),
        incidents_collected=settings.incidents_collected or facts.incidents.height > 0,
        existed_from=_existed_from(facts, changes, deployments),
        collected_until=facts.collected_until,
        rules_version=RULES_VERSION,
        attribution_hours=settings.attribution_hours,
    )


def _shaped(frame: pl.DataFrame, schema: pl.Schema) -> pl.DataFrame:
    return frame.select(pl.col(name).cast(kind) for name, kind in schema.items())


def _existed_from(facts: Facts, changes: pl.DataFrame, deployments: pl.DataFrame):
    """The first merge or counted deployment, no later than the end of the collection; None without one."""
    instants = pl.concat([changes["merged_at"], deployments.filter("counts")["finished_at"]]).to_frame("at")
    return instants.filter(pl.col("at") >= _EARLIEST, pl.col("at") <= facts.collected_until)["at"].min()
