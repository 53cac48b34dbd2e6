"""The delivery metrics by the rules of Apache DevLake, for comparison only, each with its differences from ours.

Rules as its documentation gives them (Lead time for changes, Deployment frequency, Change failure rate, Failed
deployment recovery time): https://devlake.apache.org/docs/DORA. Where it differs, its own rule is followed here.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

import polars as pl

from assessments.delivery import judge
from assessments.delivery.facts import Facts
from assessments.delivery.settings import Settings
from assessments.delivery.tidy import distinct


@dataclass(frozen=True)
class Compared:
    """One metric by the other rules. value: in `unit`, None where those rules give none; n: what it rests on;
    differences: one sentence each, against the metric `key` of ours."""

    key: str
    value: float | None
    unit: str
    n: int
    differences: tuple[str, ...]


DIFFERENCES = {
    "lead_time": (
        "It takes pull requests only; we also take commits pushed straight to trunk.",
        "Minutes are rounded up; we keep microseconds.",
        "Spans below zero are dropped; we move the boundary and count the change as clamped.",
        "The lower median of an even number is taken; we take the middle of the two.",
        "It has no interval and no minimum number of values.",
    ),
    "deployment_frequency": (
        "It gives the median number of days with a deployment per week; we give deployments per day as a rate.",
        "Several deployments on one day count once.",
    ),
    "change_fail_rate": (
        "An incident goes to the last successful deployment before it, however long before; we stop at a limit.",
        "Links and corrections by people are not used.",
        "Only successful deployments are the denominator; we add failed ones that reached users.",
        "Without incidents it reads 0 %; we say that it is not known. Here it is left empty.",
    ),
    "recovery_time": (
        "Incidents that are still open are left out, so leaving them open looks fast; we count them as censored.",
        "It gives one time per incident; we give one per failed deployment.",
        "The lower median of an even number is taken.",
    ),
}


def summarise(facts: Facts, settings: Settings, start: datetime, end: datetime) -> dict[str, Compared]:
    """lead_time (hours), deployment_frequency (days per week), change_fail_rate (share) and recovery_time (hours) of
    [start, end). Raises ValueError when the end does not lie after the start."""
    if end <= start:
        raise ValueError("a window must end after it starts")
    judged = judge(facts, settings)
    done = judged.deployments.filter("counts", pl.col("status") == "success").sort("finished_at", maintain_order=True)
    authored = distinct(facts.changes, "change_id").select("change_id", "authored_at")
    linked = judged.changes.join(authored, on="change_id", maintain_order="left")
    inside = pl.col("finished_at").is_between(start, end, closed="left")
    incidents = _incidents(facts, done)
    values = {
        "lead_time": _lead_time(linked.filter(inside)),
        "deployment_frequency": _frequency(done.filter(inside), start, end),
        "change_fail_rate": _fail_rate(done.filter(inside), incidents, settings),
        "recovery_time": _recovery(incidents.filter(inside)),
    }
    units = {"deployment_frequency": "days per week", "change_fail_rate": "share"}
    return {
        key: Compared(key, value, units.get(key, "hours"), n, DIFFERENCES[key]) for key, (value, n) in values.items()
    }


def _lower_median(values: pl.Series) -> float | None:
    """The largest value whose percent rank is at most one half."""
    return values.sort()[(len(values) - 1) // 2] if len(values) else None


def _minutes(span: pl.Expr) -> pl.Expr:
    """Whole minutes, rounded up."""
    return (span.dt.total_microseconds() / 60_000_000).ceil()


def _lead_time(linked: pl.DataFrame) -> tuple[float | None, int]:
    requests = linked.filter(
        pl.col("kind") == "pull_request", pl.col("state") == "shipped", pl.col("authored_at").is_not_null()
    )
    minutes = requests.select(m=_minutes(pl.col("finished_at") - pl.col("authored_at"))).filter(pl.col("m") >= 0)["m"]
    middle = _lower_median(minutes)
    return None if middle is None else middle / 60, len(minutes)


def _frequency(done: pl.DataFrame, start: datetime, end: datetime) -> tuple[float | None, int]:
    """Lower median over all calendar weeks of the window, those without a deployment too."""
    monday = start.date() - timedelta(days=start.weekday())
    weeks = pl.date_range(monday, (end - timedelta(microseconds=1)).date(), "1w", eager=True).alias("week").to_frame()
    days = done.select(day=pl.col("finished_at").dt.date()).unique()
    counts = days.group_by(week=pl.col("day").dt.truncate("1w")).len("days")
    per_week = weeks.join(counts, on="week", how="left")["days"].fill_null(0)
    return (float(_lower_median(per_week)) if days.height else None), days.height


def _incidents(facts: Facts, done: pl.DataFrame) -> pl.DataFrame:
    """Each incident with the last success before it, without limit; incidents before the first one are left out."""
    incidents = distinct(facts.incidents, "incident_id").filter(pl.col("opened_at").is_not_null()).sort("opened_at")
    last = done.select("finished_at", failed_id="deployment_id")
    paired = incidents.join_asof(last, left_on="opened_at", right_on="finished_at", strategy="backward", coalesce=False)
    return paired.filter(pl.col("failed_id").is_not_null())


def _fail_rate(done: pl.DataFrame, incidents: pl.DataFrame, settings: Settings) -> tuple[float | None, int]:
    if not done.height or not (settings.incidents_collected or incidents.height):
        return None, done.height
    return done.select(pl.col("deployment_id").is_in(incidents["failed_id"].implode()).mean()).item(), done.height


def _recovery(incidents: pl.DataFrame) -> tuple[float | None, int]:
    spans = incidents.filter(pl.col("resolved_at").is_not_null())
    minutes = spans.select(m=_minutes(pl.col("resolved_at") - pl.col("finished_at"))).filter(pl.col("m") >= 0)["m"]
    middle = _lower_median(minutes)
    return None if middle is None else middle / 60, len(minutes)
