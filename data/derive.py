"""From facts to derived rows and cells, and back to a Delivery that pages can summarise.

Facts carry a version for each service. Derived rows say which version they come from and are replaced together, so a
page shows one consistent version or says that it is being recomputed; a process killed on the way leaves the old ones.
"""

import io

import polars as pl
from sqlalchemy import delete, or_, select, update
from sqlmodel import Session

from assessments import delivery
from assessments.delivery import results
from assessments.delivery.facts import Facts
from assessments.delivery.results import Delivery
from assessments.delivery.settings import RULES_VERSION, Settings
from data import gather, store
from data.access import NotFound
from data.frames import fit
from data.tables import Cell, Failure, JudgedDeployment, PackedDelivery, Service, ShippedChange

_ATTEMPTS = 3  # when facts change while we compute
_SHAPES = ((JudgedDeployment, results.JUDGED), (ShippedChange, results.SHIPPED), (Failure, results.FAILURES))
_FRAMES = ("deployments", "changes", "failures")


def changed(session: Session, *, service_id: int | None = None, repository_id: int | None = None) -> None:
    """Marks the derived rows of a service, or of every service of a repository, as stale; part of the writing
    transaction that changed a fact, a correction or a setting."""
    rows = update(Service).values(facts_version=Service.facts_version + 1)
    if service_id is not None:
        session.execute(rows.where(Service.id == service_id))
    if repository_id is not None:
        session.execute(rows.where(Service.repository_id == repository_id))


def stale() -> list[int]:
    """The services whose derived rows are not those of the newest facts and rules."""
    old = or_(Service.derived_version != Service.facts_version, Service.rules_version != RULES_VERSION)
    with store.reading() as session:
        return list(session.execute(select(Service.id).where(old).order_by(Service.id)).scalars())


def facts(service_id: int) -> Facts:
    """Everything known about a service, of one moment. Raises access.NotFound."""
    return gather.read(service_id).facts


def settings(service_id: int) -> Settings | None:
    """The settings in effect: as chosen, with `incidents_collected` as the sources have it. Raises access.NotFound."""
    return gather.read(service_id).settings


def refresh(service_id: int) -> bool:
    """Computes the derived rows anew, unless they are of the newest facts, and replaces them in one transaction.

    Returns whether they are of the newest facts now; False when facts kept changing meanwhile: then the older rows
    stay, and stay marked as stale. Raises access.NotFound.
    """
    if store.is_writing():
        raise RuntimeError("refresh outside of a writing block: it would compute while others wait")
    for _ in range(_ATTEMPTS):
        known = gather.read(service_id)
        judged = delivery.judge(known.facts, known.settings) if known.settings else None
        cells = delivery.weekly(judged) if judged else None
        if _replace(service_id, known, judged, cells):
            return True
    return False


def _replace(service_id: int, known: gather.Gathered, judged: Delivery | None, cells: pl.DataFrame | None) -> bool:
    with store.writing() as session:
        service = session.get(Service, service_id)
        if service is None:
            raise NotFound(f"There is no service {service_id}.")
        if service.facts_version != known.facts_version:
            return False
        for table in (JudgedDeployment, ShippedChange, Failure, Cell, PackedDelivery):
            session.execute(delete(table).where(table.service_id == service_id))
        if judged is not None:
            for (table, _), name in zip(_SHAPES, _FRAMES, strict=True):
                store.insert_frame(session, table, getattr(judged, name), service_id=service_id)
            session.add(
                PackedDelivery(service_id=service_id, **{name: _pack(getattr(judged, name)) for name in _FRAMES})
            )
            constants = {"service_id": service_id, "rules_version": judged.rules_version}
            store.insert_frame(session, Cell, cells, **constants)
        service.existed_from = store.to_us(judged.existed_from) if judged else None
        service.collected_until = store.to_us(known.facts.collected_until)
        service.derived_with = known.settings.model_dump(mode="json") if known.settings else None
        service.derived_version = known.facts_version
        service.rules_version = RULES_VERSION
        return True


def load(service_id: int) -> Delivery | None:
    """The derived rows as they were last computed, of one moment, whether stale or not. Milliseconds.

    None when nothing has been computed: nobody has chosen yet what counts as production. Raises access.NotFound.
    """
    wanted = (
        select(Service, PackedDelivery)
        .outerjoin(PackedDelivery, PackedDelivery.service_id == Service.id)
        .where(Service.id == service_id)
    )
    with store.reading() as session:
        row = session.execute(wanted).one_or_none()
    if row is None:
        raise NotFound(f"There is no service {service_id}.")
    service, packed = row
    if packed is None:
        return None
    used = Settings.model_validate(service.derived_with)
    frames = {name: _unpack(getattr(packed, name), schema) for name, (_, schema) in zip(_FRAMES, _SHAPES, strict=True)}
    return Delivery(
        **frames,
        incidents_collected=used.incidents_collected,
        existed_from=store.from_us(service.existed_from),
        collected_until=store.from_us(service.collected_until),
        rules_version=service.rules_version,
        attribution_hours=used.attribution_hours,
    )


def _pack(frame: pl.DataFrame) -> bytes:
    return frame.write_ipc(None, compression="lz4").getvalue()


def _unpack(packed: bytes, schema: pl.Schema) -> pl.DataFrame:
    """A frame written before a column was added gets it as null, and is stale by its rules version anyway."""
    return fit(pl.read_ipc(io.BytesIO(packed)), schema)
