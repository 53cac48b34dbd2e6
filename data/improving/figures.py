"""Metrics in a window as goals keep and compare them: value, interval, how many, from when to when."""

from collections.abc import Collection, Iterable
from dataclasses import asdict
from datetime import timedelta
from itertools import zip_longest

from sqlalchemy import select

from assessments import delivery
from assessments.delivery.metrics import stages_of
from assessments.delivery.parts import Parts
from assessments.delivery.results import STAGES, Metric, State
from assessments.goals import Figure
from data import derived, store
from data.improving.measuring import METRICS
from data.tables import Service

WEEKS = 13  # of a baseline, and of what is held against it
_DAYS = 7  # of what is counted a week
Wanted = tuple[int, str, int, int]  # service, metric, from, to (microseconds)


def figures(wanted: Collection[Wanted]) -> dict[Wanted, Figure]:
    """Each of these, all of one moment. What cannot be told has a state and no value; a window that is empty, or a
    service of which nothing has been worked out, has no data."""
    asked = {each for each in wanted if each[2] < each[3]}
    found: dict[Wanted, Figure] = {each: _none(each) for each in wanted}
    if not asked:
        return found
    first, last = (store.from_us(end(each[place] for each in asked)) for end, place in ((min, 2), (max, 3)))
    with store.snapshot() as snapshot:
        ids = {each[0] for each in asked}
        parts = derived.parts_of(snapshot, ids, first.date(), last.date(), ("deployments", "changes"))
    judged = set(parts.services["service"])
    for together in _together(each for each in asked if each[0] in judged):
        where = {service: tuple(store.from_us(at) for at in window) for service, *window in together}
        mine = [each for each in asked if (each[0], *each[2:]) in together]
        stages = {name: stages_of(parts, where, name) for name in {each[1] for each in mine} & set(STAGES)}
        summaries = _summaries(parts, where) if any(each[1] not in STAGES for each in mine) else {}
        for each in mine:
            service, metric = each[:2]
            one = stages[metric][service] if metric in STAGES else summaries[service][metric]
            found[each] = _figure(each, one)
    return found


def _together(asked: Iterable[Wanted]) -> list[set[tuple[int, int, int]]]:
    """Services with their windows, in as few parts as have each service but once: those are worked out at once."""
    windows: dict[int, list[tuple[int, int, int]]] = {}
    for service, *window in sorted({(service, start, end) for service, _, start, end in asked}):
        windows.setdefault(service, []).append((service, *window))
    return [{each for each in row if each} for row in zip_longest(*windows.values())]


def newest(service_ids: Collection[int]) -> dict[int, tuple[int, int]]:
    """The window of a baseline of each service: the weeks up to where its sources were read. Those of which nothing has
    been worked out are left out."""
    columns = (Service.id, Service.collected_until)
    known = select(*columns).where(Service.id.in_(list(service_ids)), Service.derived_with.is_not(None))
    with store.reading() as session:
        rows = session.execute(known).all()
    return {key: (until - _us(weeks=WEEKS), until) for key, until in rows if until is not None}


def plain(figure: Figure) -> dict:
    """As it is kept."""
    return asdict(figure)


def of(plain: dict) -> Figure:
    """As it was kept."""
    return Figure(**plain)


def _us(**length) -> int:
    return timedelta(**length) // timedelta(microseconds=1)


def _summaries(parts: Parts, where: dict) -> dict[int, dict[str, Metric]]:
    return {service: summary.metrics for service, summary in delivery.summarise_fleet(parts, where).items()}


def _figure(wanted: Wanted, metric: Metric) -> Figure:
    unit = METRICS[wanted[1]].unit
    times = _DAYS if unit == "a week" else 1
    value, low, high = (None if each is None else each * times for each in (metric.value, metric.low, metric.high))
    n = metric.n if metric.of is None else metric.of
    return Figure(str(metric.state), value, low, high, n, wanted[2], wanted[3], unit)


def _none(wanted: Wanted) -> Figure:
    return Figure(str(State.NO_DATA), None, None, None, 0, wanted[2], wanted[3], METRICS[wanted[1]].unit)
