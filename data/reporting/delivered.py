"""How a team's services delivered in a quarter, beside the one before: readings, a table, pictures, and what is not
known."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import polars as pl

from assessments.delivery import present
from assessments.delivery.results import Metric, State, Summary
from assessments.goals import BETTER, WORSE
from assessments.reporting import METRICS, Quarter, Reading
from data import derived
from data.queries import ServiceView
from data.reporting.document import Block, Number, Picture, Section, Table, Text
from data.reporting.pictures import Course, courses

DRAWN = 8  # services with pictures; the table has all
_WIDTHS = (0.16, 0.19, 0.13, 0.13, 0.22, 0.17)
_YEAR = timedelta(weeks=52)
#: Short, for the cell of a table; the list of what is not known says more.
_SHORT = {State.NOT_COLLECTED: "not collected", State.NO_DATA: "no data", State.NONE_HAPPENED: "none happened"}
#: Of the weekly cells, in the order of the panels of a service.
_PANELS = (("lead_time", "Lead time"), ("deployment_frequency", "Deployments a week"),
           ("change_fail_rate", "Change fail rate"))  # fmt: skip


@dataclass(frozen=True)
class Delivered:
    """readings: every metric of every service with numbers. section: what the report shows. unknown: sentences."""

    readings: tuple[Reading, ...]
    section: Section
    unknown: tuple[str, ...]
    numbers: tuple[Number, ...]


def of(services: Sequence[ServiceView], quarter: Quarter) -> Delivered:
    """Of services that the reader may see."""
    now, before = (_summaries(services, each) for each in (quarter, quarter.before))
    readings = tuple(
        Reading(one.name, key, now[one.id].metrics[key], before[one.id].metrics[key] if one.id in before else None)
        for one in services
        if one.id in now
        for key in _keys(now[one.id], before.get(one.id))
    )
    shown = [one for one in services if one.id in now]
    blocks: list[Block] = [_table(readings, quarter)] if readings else [Text(_nothing(services, quarter))]
    blocks += _pictures(shown[:DRAWN], now, quarter)
    if len(shown) > DRAWN:
        blocks.append(Text(f"Pictures are of the first {DRAWN} services by name; the table has all.", quiet=True))
    unknown = [sentence for one in services for sentence in _unknown(one, now.get(one.id), quarter)]
    numbers = [
        _number(one.service, one.key, each, when)
        for one in readings
        for each, when in ((one.before, quarter.before), (one.now, quarter))
        if each is not None
    ]
    return Delivered(readings, Section("Delivery", tuple(blocks)), tuple(unknown), tuple(numbers))


def windows(services: Sequence[ServiceView], quarter: Quarter) -> dict[int, tuple[datetime, datetime]]:
    """The quarter of each service, up to where its sources were read; those not read in it are left out."""
    return {
        one.id: (quarter.start, min(quarter.end, one.collected_until))
        for one in services
        if one.judged and one.collected_until is not None and one.collected_until > quarter.start
    }


def _summaries(services: Sequence[ServiceView], quarter: Quarter) -> dict[int, Summary]:
    found = windows(services, quarter)
    return derived.summaries(found) if found else {}


def _keys(now: Summary, before: Summary | None) -> list[str]:
    """Merge to production stands for lead time where first commits are hidden, and is left out elsewhere."""
    known = {
        key
        for summary in (now, before)
        if summary
        for key in ("lead_time", "merge_to_production")
        if summary.metrics[key].state in (State.VALUE, State.TOO_FEW) and summary.metrics[key].n
    }
    hidden = "merge_to_production" in known and "lead_time" not in known
    return [key for key in METRICS if key != ("lead_time" if hidden else "merge_to_production")]


def _nothing(services: Sequence[ServiceView], quarter: Quarter) -> str:
    if not services:
        return "This team has no service, so nothing is measured."
    return f"No service of this team has numbers for {quarter.name}: below it says of each what is missing."


# The table


def _table(readings: Sequence[Reading], quarter: Quarter) -> Table:
    rows, strong, last = [], set(), ""
    for place, one in enumerate(readings):
        name = one.service if one.service != last else ""
        last, says = one.service, one.says
        if one.change in (BETTER, WORSE):
            says += f", {one.change}"
            strong |= {(place, 3), (place, 5)}
        rows.append((name, one.words.name, _cell(one.before), _cell(one.now), _rests(one.now), says))
    head = ("Service", "Metric", quarter.before.name, quarter.name, "Interval, rests on", "Against before")
    note = (
        "Medians, rates and shares of the whole quarter; the interval is that of the newer one, at 95 %. A change is "
        "only called one when the interval of the difference leaves out zero."
    )
    return Table(
        f"Each service against its own {quarter.before.name}", head, tuple(rows), _WIDTHS, frozenset(strong), note
    )


def _cell(metric: Metric | None) -> str:
    if metric is None:
        return "not known"
    if metric.state in _SHORT:
        return _SHORT[metric.state]
    return present.headline(metric).split(" (")[0]


def _rests(metric: Metric) -> str:
    if metric.state is State.TOO_FEW:
        return _counted(metric)
    if metric.state is not State.VALUE:
        return ""
    words = present.interval(metric)
    interval = words.removeprefix("95 % interval ") if words.startswith("95 %") else "no interval"
    return f"{interval}; {_counted(metric)}"


def _counted(metric: Metric) -> str:
    """Short, and never broken in the middle."""
    return present.counted(metric).removesuffix(" deployments").replace(" ", "\N{NO-BREAK SPACE}")


# Pictures


def _pictures(services: Sequence[ServiceView], now: Mapping[int, Summary], quarter: Quarter) -> list[Picture]:
    if not services:
        return []
    cells = derived.weekly(quarter.end - _YEAR, quarter.end - timedelta(days=1), [one.id for one in services])
    drawn = [
        courses(
            one.name,
            [_course(cells.filter(service=one.id), now[one.id].metrics, *panel) for panel in _PANELS],
            quarter,
        )
        for one in services
    ]
    return [*(replace(picture, caption="") for picture in drawn[:-1]), drawn[-1]]


def _course(cells: pl.DataFrame, metrics: Mapping[str, Metric], key: str, name: str) -> Course:
    hidden = key == "lead_time" and metrics[key].state is not State.VALUE
    if hidden and metrics["merge_to_production"].state is State.VALUE:
        key, name = "merge_to_production", "Merge to production"
    rows = cells.filter(pl.col("metric").cast(pl.String) == key).sort("week")
    times = 7 if key == "deployment_frequency" else 1
    unit = "a week" if key == "deployment_frequency" else metrics[key].unit
    columns = [
        [None if each is None else each * times for each in rows[f"rolling_{column}"]]
        for column in ("value", "low", "high")
    ]
    metric = metrics[key]
    says = present.headline(metric) if metric.state is State.VALUE else _cell(metric)
    if metric.state is State.VALUE and times > 1:
        says = present.weekly(metric.value * times)
    return Course(name, unit, rows["week"].to_list(), *columns, says)


# What is not known


def _unknown(one: ServiceView, now: Summary | None, quarter: Quarter) -> list[str]:
    if one.settings is None:
        return [f"{one.name}: nobody has said yet what counts as a production deployment."]
    if one.collected_until is None:
        return [f"{one.name}: no source is connected."]
    if now is None:
        read = f"{one.collected_until:%d %B %Y}".lstrip("0")
        return [f"{one.name}: its sources were read until {read}, so nothing is known of {quarter.name}."]
    told = []
    if quarter.end > one.collected_until and not one.is_demo:
        read = f"{one.collected_until:%d %B %Y}".lstrip("0")
        told.append(f"{one.name}: its sources were read until {read}; what came later is in no number.")
    if not one.incidents_collected:
        told.append(
            f"{one.name}: no incidents are collected, so change fail rate and recovery time are not known; that is not "
            "the same as none."
        )
    cover = now.coverage
    if cover.changes_never_deployed:
        told.append(
            f"{one.name}: {cover.changes_never_deployed:,} of {cover.changes_merged:,} changes merged in the quarter "
            "have not reached users, so its lead time is not the whole story."
        )
    if cover.incidents_unlinked:
        told.append(
            f"{one.name}: {cover.incidents_unlinked:,} of {cover.incidents:,} incidents could not be tied to a "
            "deployment."
        )
    return told


def _number(service: str, key: str, metric: Metric, quarter: Quarter) -> Number:
    state = "inferred" if metric.basis != "measured" else str(metric.state)
    n = metric.n if metric.of is None else metric.of
    return Number(service, key, quarter.key, state, metric.value, metric.low, metric.high, n, metric.unit)
