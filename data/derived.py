"""Reading what was derived: the rows of a service, and the metrics of any window of any number of services."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta

import numpy as np
import polars as pl
from sqlalchemy import Row, Select, and_, or_, select

from assessments import delivery
from assessments.delivery import blocks, parts, results
from assessments.delivery.parts import RECORDS, Parts
from assessments.delivery.results import FLEET, Delivery, Summary
from data import store
from data.access import NotFound
from data.store import Snapshot
from data.tables import CellBlock, Failure, JudgedDeployment, PackedWeek, Service, ShippedChange

_MANY = 10_000  # services: more are not listed in a statement
_MARGIN = timedelta(weeks=4)  # before a window: what an incident or a change in it may refer to
Windows = Mapping[int, tuple[datetime, datetime]]


class Outdated(Exception):
    """The derived rows asked for have been replaced by newer ones: ask again for those."""


def load(
    service_id: int, start: datetime | None = None, end: datetime | None = None, version: int | None = None
) -> Delivery | None:
    """The derived rows as they were last computed, of one moment, whether stale or not.

    start, end: only what happened between them, and a little before. version: the derived_version expected; another
    raises Outdated. None when nothing has been computed: nobody has chosen yet what counts as production. Raises
    access.NotFound.
    """
    with store.snapshot() as snapshot:
        about = _about(snapshot, [service_id])
        if not about:
            raise NotFound(f"There is no service {service_id}.")
        _expect(about, {} if version is None else {service_id: version})
        if about[0].derived_with is None:
            return None
        first = None if start is None else store.to_us(start - _MARGIN)
        last = store.to_us(end)
        deployments = snapshot.frame(*_deployments(service_id, first, last))
        changes = snapshot.frame(*_changes(service_id, first, last))
        failures = snapshot.frame(*_failures(service_id, first, last))
    (fleet,) = _fleet(about).drop("service").rows(named=True)
    return Delivery(
        deployments=deployments.sort("finished_at", "position", "deployment_id"),
        changes=changes.sort("change_id"),
        failures=failures.sort(failures.columns),
        rules_version=about[0].rules_version,
        **fleet,
    )


def deployments(service_id: int, start: datetime, end: datetime) -> pl.DataFrame | None:
    """Frame JUDGED of what `load` would hold of that time, and nothing else; None as there. Raises access.NotFound."""
    with store.snapshot() as snapshot:
        about = _about(snapshot, [service_id])
        if not about:
            raise NotFound(f"There is no service {service_id}.")
        if about[0].derived_with is None:
            return None
        return snapshot.frame(*_deployments(service_id, store.to_us(start - _MARGIN), store.to_us(end)))


def summaries(windows: Windows, versions: Mapping[int, int] | None = None) -> dict[int, Summary]:
    """The metrics of a window of each service, all of one moment; services without derived rows are left out.

    versions: the derived_version expected of each; another raises Outdated.
    """
    with store.snapshot() as snapshot:
        return summaries_of(snapshot, windows, versions)


def summaries_of(snapshot: Snapshot, windows: Windows, versions: Mapping[int, int] | None = None) -> dict[int, Summary]:
    """The same, as that snapshot sees the store."""
    return delivery.summarise_fleet(_parts(snapshot, windows, versions), windows)


def measures(windows: Windows) -> pl.DataFrame:
    """The same as a frame of plain numbers for many services, see `assessments.delivery.measure_fleet`."""
    with store.snapshot() as snapshot:
        found = _parts(snapshot, windows, None, ("deployments", "changes"))
    return delivery.measure_fleet(found, windows)


def weekly(start: datetime, end: datetime, service_ids: Collection[int] | None = None) -> pl.DataFrame:
    """Every metric in every week that touches [start, end) of these services, or of all: frame service + CELLS."""
    with store.snapshot() as snapshot:
        return cells_of(snapshot, start, end, service_ids)


def cells_of(snapshot: Snapshot, start: datetime, end: datetime, ids: Collection[int] | None) -> pl.DataFrame:
    """The same, as that snapshot sees the store."""
    first, last = _monday(start), end.date()
    block = CellBlock.block.between(blocks.block_of(first), blocks.block_of(last))
    rows = select(CellBlock.service_id.label("service"), CellBlock.block, CellBlock.week, CellBlock.cells)
    rows = rows.where(block).order_by(CellBlock.service_id, CellBlock.block)
    some = ids is not None and len(ids) <= _MANY
    cells = blocks.unpack(snapshot.frame(rows.where(CellBlock.service_id.in_(list(ids))) if some else rows))
    asked = pl.col("week").is_between(first, last)
    return cells.filter(asked if some or ids is None else asked & pl.col("service").is_in(list(ids)))


def rolling_of(
    snapshot: Snapshot, first: int, last: int, ids: Collection[int]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Of these services and the weeks of these numbers (see `assessments.delivery.parts`), both included, the figures
    of the four weeks that end with each: service, week, and an array of the metrics' (value, low, high), see
    `blocks.rolled`."""
    ends = first // blocks.WEEKS, last // blocks.WEEKS
    rows = select(CellBlock.service_id.label("service"), CellBlock.block, CellBlock.week, CellBlock.cells)
    rows = rows.where(CellBlock.block.between(*ends)).order_by(CellBlock.service_id, CellBlock.block)
    some = len(ids) <= _MANY
    service, week, figures = blocks.rolled(
        snapshot.frame(rows.where(CellBlock.service_id.in_(list(ids))) if some else rows)
    )
    asked = (week >= first) & (week <= last)
    if not some:
        asked &= np.isin(service, np.array(list(ids)))
    return service[asked], week[asked], figures[asked]


def parts_of(
    snapshot: Snapshot, ids: Collection[int], first: date, last: date, names: Sequence[str] = tuple(RECORDS)
) -> Parts:
    """The value parts of the services among these that have been judged, of the weeks that touch [first, last]; of the
    kinds named alone, the others are empty."""
    about = [row for row in _about(snapshot, ids) if row.derived_with is not None]
    monday = first - timedelta(days=first.weekday())
    return _unpacked(snapshot.frame(_packed([row.service for row in about], monday, last, names)), about)


def _parts(
    snapshot: Snapshot, windows: Windows, versions: Mapping[int, int] | None, names: Sequence[str] = tuple(RECORDS)
) -> Parts:
    """The value parts of the weeks that the windows touch."""
    first = _monday(min(start for start, _ in windows.values()))
    last = max(end for _, end in windows.values()).date()
    about = _about(snapshot, windows)
    packed = snapshot.frame(_packed(windows, first, last, names))
    _expect(about, versions or {})
    return _unpacked(packed, [row for row in about if row.derived_with is not None])


def _monday(at: datetime) -> date:
    return at.date() - timedelta(days=at.weekday())


def _packed(ids: Collection[int], first: date, last: date, names: Sequence[str]) -> Select:
    columns = [getattr(PackedWeek, name) for name in names]
    rows = select(PackedWeek.service_id.label("service"), *columns)
    rows = rows.where(PackedWeek.week >= first, PackedWeek.week <= last)
    return rows if len(ids) > _MANY else rows.where(PackedWeek.service_id.in_(list(ids)))


def _unpacked(packed: pl.DataFrame, about: list[Row]) -> Parts:
    services = _fleet(about)
    if packed.height and len(about) > _MANY:
        packed = packed.filter(pl.col("service").is_in(services["service"].implode()))
    absent = [pl.lit(b"").alias(name) for name in RECORDS if name not in packed.columns]
    return parts.unpack(packed.with_columns(pl.lit(None, pl.Date).alias("week"), *absent), services)


def _expect(about: list[Row], versions: Mapping[int, int]) -> None:
    now = {row.service: row.derived_version for row in about}
    if any(now.get(one) != version for one, version in versions.items()):
        raise Outdated


def _about(snapshot: Snapshot, ids: Collection[int] | None) -> list[Row]:
    columns = (
        Service.id.label("service"),
        Service.derived_version,
        Service.rules_version,
        Service.existed_from,
        Service.collected_until,
        Service.environments,
        Service.has_changes,
        Service.derived_with,
    )
    rows = select(*columns).order_by(Service.id)
    return snapshot.rows(rows if ids is None else rows.where(Service.id.in_(list(ids))))


def _fleet(about: list[Row]) -> pl.DataFrame:
    """Frame FLEET of the services that have been judged."""
    columns = {
        "service": [row.service for row in about],
        "incidents_collected": [row.derived_with["incidents_collected"] for row in about],
        "existed_from": [row.existed_from for row in about],
        "collected_until": [row.collected_until for row in about],
        "attribution_hours": [float(row.derived_with["attribution_hours"]) for row in about],
        "deploys": [bool(row.environments) for row in about],
        "has_changes": [row.has_changes for row in about],
    }
    return pl.DataFrame(columns, schema_overrides={"existed_from": pl.Int64}).cast(dict(FLEET))


def _deployments(service_id: int, first: int | None, last: int | None):
    judged = JudgedDeployment
    columns = [getattr(judged, name) for name in results.JUDGED]
    rows = select(*columns).where(judged.service_id == service_id)
    if first is not None:
        finished = judged.finished_at.between(first, last)
        begun = and_(
            judged.finished_at.is_(None), or_(judged.started_at.is_(None), judged.started_at.between(first, last))
        )
        rows = rows.where(or_(finished, begun))
    return rows, results.JUDGED


def _changes(service_id: int, first: int | None, last: int | None):
    columns = [getattr(ShippedChange, name) for name in results.SHIPPED]
    rows = select(*columns).where(ShippedChange.service_id == service_id)
    if first is not None:
        rows = rows.where(
            or_(ShippedChange.finished_at.between(first, last), ShippedChange.merged_at.between(first, last))
        )
    return rows, results.SHIPPED


def _failures(service_id: int, first: int | None, last: int | None):
    columns = [getattr(Failure, name) for name in results.FAILURES]
    rows = select(*columns).where(Failure.service_id == service_id)
    if first is not None:
        # An incident may have begun long before the window and name a deployment in it.
        judged = JudgedDeployment
        named = select(judged.deployment_id).where(
            judged.service_id == service_id, judged.finished_at.between(first, last)
        )
        began = or_(Failure.began_at.is_(None), Failure.began_at.between(first, last))
        rows = rows.where(or_(began, Failure.deployment_id.in_(named)))
    return rows, results.FAILURES
