"""From facts to derived rows, value parts and cells: what is stale is computed anew, many services at once.

Facts carry a version for each service. Derived rows say which version they come from and are replaced together, so a
page shows one consistent version or says that it is being recomputed; a process killed on the way leaves the old ones.
Where facts changed only lately, only the end of the history is judged again (`data.tail`), with the same result.
"""

from collections.abc import Callable, Iterable
from functools import cache

import polars as pl
from sqlalchemy import BigInteger, bindparam, case, null, or_, select, update
from sqlmodel import Session

from assessments import delivery
from assessments.delivery import blocks, parts
from assessments.delivery.facts import Facts
from assessments.delivery.results import Delivery, Fleet
from assessments.delivery.settings import RULES_VERSION, Settings
from data import gather, store, tail
from data.access import NotFound
from data.derived import Outdated, load, measures, summaries, weekly
from data.gather import Known
from data.tables import CellBlock, Failure, JudgedDeployment, PackedWeek, Service, ShippedChange
from data.tail import Cuts

__all__ = [
    "Outdated",
    "changed",
    "facts",
    "in_environment",
    "load",
    "measures",
    "refresh",
    "settings",
    "stale",
    "summaries",
    "weekly",
]

_ATTEMPTS = 3  # when facts change while we compute
_WHOLE, _ENDS = 50, 400  # services at once: whole histories, ends of histories
_ROWS = ((JudgedDeployment, "deployments"), (ShippedChange, "changes"), (Failure, "failures"))


def changed(
    session: Session, *, service_id: int | None = None, repository_id: int | None = None, since: int | None = None
) -> None:
    """Marks the derived rows of a service, or of every service of a repository, as stale; part of the writing
    transaction that changed a fact, a correction or a setting.

    since: microseconds; no fact from before it was added, changed or removed, judged by every old and new time that it
    has. None: anything may have changed.
    """
    session.flush()
    for column, value in (("id", service_id), ("repository_id", repository_id)):
        if value is not None:
            given = {"of": value} if since is None else {"of": value, "since": since}
            session.connection().execute(_marking(column, since is None), given)
    for each in session.identity_map.values():  # what was read before
        if isinstance(each, Service):
            session.expire(each, ["facts_version", "dirty_since"])


@cache
def _marking(column: str, everything: bool):
    """Kept, because every page of facts is followed by it."""
    services = Service.__table__.c
    earliest, since = null(), bindparam("since", type_=BigInteger)
    if not everything:
        clean = services.facts_version == services.derived_version
        dirty = services.dirty_since
        earliest = case((clean, since), (dirty.is_(None), null()), (dirty < since, dirty), else_=since)
    rows = update(Service.__table__).where(services[column] == bindparam("of"))
    return rows.values(facts_version=services.facts_version + 1, dirty_since=earliest)


def stale() -> list[int]:
    """The services whose derived rows are not those of the newest facts and rules."""
    old = or_(Service.derived_version != Service.facts_version, Service.rules_version != RULES_VERSION)
    with store.reading() as session:
        return list(session.execute(select(Service.id).where(old).order_by(Service.id)).scalars())


def facts(service_id: int, every_run: bool = False) -> Facts:
    """Everything known about a service, of one moment. every_run: the pipeline runs of all workflows count as
    deployments known, not only those of the workflows that its rule names. What a first reading has brought so far is
    among them, and in no number. Raises access.NotFound."""
    return _one(service_id, every_run, unfinished=True).facts.alone(service_id)


def settings(service_id: int) -> Settings | None:
    """The settings in effect: as chosen, with `incidents_collected` as the sources have it. Raises access.NotFound."""
    return _one(service_id).settings[service_id]


def in_environment(service_id: int, environment: str, version: int | None = None) -> Delivery | None:
    """The service judged as if that environment alone were production, from its facts; nothing is saved. version: the
    derived_version expected; another raises Outdated. None without a production rule. Raises access.NotFound."""
    known = _one(service_id)
    if version is not None and known.services["derived_version"].item() != version:
        raise Outdated
    chosen = known.settings[service_id]
    if chosen is None:
        return None
    return delivery.judge(known.facts.alone(service_id), chosen.model_copy(update={"leading_environment": environment}))


def _one(service_id: int, every_run: bool = False, unfinished: bool = False) -> Known:
    known = gather.read([service_id], every_run=every_run, unfinished=unfinished)
    if known.services.is_empty():
        raise NotFound(f"There is no service {service_id}.")
    return known


def refresh(service_ids: int | Iterable[int], progress: Callable[[int, int], None] = lambda done, total: None) -> bool:
    """Computes the derived rows of these services anew where they are not of the newest facts; those of one service
    change in one transaction.

    progress: told how many services are done, of how many. Returns whether all are of the newest facts now; False when
    facts kept changing meanwhile: then the older rows stay, and stay marked as stale. Services that are not there are
    left out; a single one that is not there raises access.NotFound.
    """
    if store.is_writing():
        raise RuntimeError("refresh outside of a writing block: it would compute while others wait")
    single = isinstance(service_ids, int)
    ids = [service_ids] if single else list(service_ids)
    left = ids
    for _ in range(_ATTEMPTS):
        cuts = tail.find(left)
        if single and cuts.services.is_empty():
            raise NotFound(f"There is no service {service_ids}.")
        total = len(cuts.ends) + len(cuts.whole)
        done, whole, left = 0, list(cuts.whole), []
        for some in _batched(cuts.ends, _ENDS):
            overtaken, unfit = _refresh(some, cuts)
            left += overtaken
            whole += unfit
            done += len(some) - len(unfit)
            progress(done, total)
        for some in _batched(sorted(whole), _WHOLE):
            left += _refresh(some, None)[0]
            done += len(some)
            progress(done, total)
        if not left:
            return True
    return False


def _batched(ids: list[int], size: int) -> list[list[int]]:
    return [ids[start : start + size] for start in range(0, len(ids), size)]


def _refresh(ids: list[int], cuts: Cuts | None) -> tuple[list[int], list[int]]:
    """Computes and replaces; the services whose facts changed meanwhile, and those whose end cannot be judged alone."""
    known = gather.read(ids, cuts.since if cuts else None)
    overtaken = cuts.overtaken(known) if cuts else []
    chosen = {one: each for one, each in known.settings.items() if each and one not in overtaken}
    fleet = delivery.judge_fleet(known.facts.only(chosen), chosen)
    unfit = []
    if cuts:
        unfit = [one for one in tail.unfit(known, fleet, cuts) if one in chosen]
        fleet = fleet.without(unfit)
    overtaken += _replace(known, fleet, cuts, {*overtaken, *unfit})
    return overtaken, unfit


def _replace(known: Known, fleet: Fleet, cuts: Cuts | None, but: set[int]) -> list[int]:
    """Writes what was judged. Returns the services whose facts, or derived rows, are others by now."""
    since = cuts.since if cuts else None
    if cuts:
        cells = delivery.weekly_fleet(cuts.joined(fleet, known), cuts.weeks())
        packed = cuts.weeks_behind(parts.pack(fleet))
        rows = {name: cuts.behind(name, getattr(fleet, name)) for _, name in _ROWS}
    else:
        cells, packed = delivery.weekly_fleet(fleet), parts.pack(fleet)
        rows = {name: getattr(fleet, name) for _, name in _ROWS}
    wanted = known.services.filter(~pl.col("service").is_in(list(but)))
    with store.writing() as session:
        now = select(Service.id.label("service"), Service.facts_version, Service.derived_version)
        now = store.read_frame(now.where(Service.id.in_(list(wanted["service"]))), session)
        same = wanted.join(now, on=["service", "facts_version", "derived_version"], how="semi")
        mine = same.select("service")
        cutting = None if since is None else since.join(mine, on="service", how="semi")
        cells = _of(cells, mine, "service")
        if cuts:
            cells = pl.concat([tail.cells_before(session, cutting), cells]).sort("service", "week", "metric")
        _delete(session, mine, cutting)
        for table, name in _ROWS:
            store.insert_frame(session, table, _of(rows[name], mine))
        store.insert_frame(session, PackedWeek, _of(packed, mine))
        store.insert_frame(session, CellBlock, blocks.pack(cells).rename({"service": "service_id"}))
        _mark(session, known, fleet, same, cuts)
    gone = set(wanted["service"]) - set(now["service"])
    return sorted(set(wanted["service"]) - set(mine["service"]) - gone)


def _of(rows: pl.DataFrame, services: pl.DataFrame, name: str = "service_id") -> pl.DataFrame:
    return rows.join(services, on="service", how="semi", maintain_order="left").rename({"service": name})


def _delete(session: Session, services: pl.DataFrame, since: pl.DataFrame | None) -> None:
    """Takes away the derived rows of these services: all of them, or those from their cut on."""
    if services.is_empty():
        return
    connection = session.connection()
    for table in (JudgedDeployment, ShippedChange, Failure, PackedWeek, CellBlock):
        rows = table.__table__.delete().where(table.service_id == bindparam("service"))
        if since is None:
            connection.execute(rows, services.to_dicts())
        else:
            for behind in tail.after(table):
                connection.execute(rows.where(behind), tail.parameters(table, since))


def _mark(session: Session, known: Known, fleet: Fleet, same: pl.DataFrame, cuts: Cuts | None) -> None:
    """Says in the rows of the services what their derived rows are of."""
    read = dict(known.facts.services.select("service", pl.col("collected_until").to_physical()).iter_rows())
    judged = {row["service"]: row for row in fleet.services.iter_rows(named=True)}
    environments = tail.environments(fleet)
    resumable = tail.resumable(known, fleet)
    unresolved = tail.unresolved(known, fleet, cuts)
    values = []
    for row in same.iter_rows(named=True):
        one = row["service"]
        used, seen = known.settings[one], judged.get(one)
        value = {
            "_id": one,
            "derived_version": row["facts_version"],
            "rules_version": RULES_VERSION,
            "dirty_since": None,
            "collected_until": read[one],
            "derived_with": used.model_dump(mode="json") if used else None,
            "existed_from": store.to_us(seen["existed_from"]) if seen else None,
            "environments": environments.get(one, []),
            "has_changes": bool(seen and seen["has_changes"]),
            "resumable": one in resumable,
            "unresolved": unresolved.get(one, {}),
        }
        values.append(value)
    if not values:
        return
    if cuts:  # the beginning of the history is as it was
        values = [
            {key: each[key] for key in each if key not in ("existed_from", "environments", "has_changes")}
            for each in values
        ]
    names = [name for name in values[0] if name != "_id"]
    rows = Service.__table__.update().where(Service.id == bindparam("_id"))
    session.connection().execute(rows.values({name: bindparam(name) for name in names}), values)
