"""Where in the history of a service a new judgement may begin, so that it gives the same as one of all of it.

A judgement may begin at a cut: the Monday before everything that changed, where nothing reaches across. No change
merged before it was still unshipped when facts changed, no failure began before it and ended after it, and the last
deployment before the change of facts lies behind it. What is judged from there is what happened since, the changes that
were on their way (where there are several environments: to the one furthest behind), and the deployments that later
ones are compared with (`lately.anchors`). A service where that would not do (merges as deployments, corrections,
several sources of the same kind, release branches, commits of unknown order) is judged whole; so is one whose end turns
out to reach back.
"""

import json
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, timedelta

import polars as pl
from sqlalchemy import and_, bindparam, func, or_, select, tuple_
from sqlmodel import Session

from assessments.delivery import blocks, results
from assessments.delivery.facts import INSTANT
from assessments.delivery.results import Fleet
from assessments.delivery.settings import RULES_VERSION
from data import asking, lately, store
from data.gather import Known
from data.store import Snapshot
from data.tables import CellBlock, Failure, JudgedDeployment, PackedWeek, Service, ShippedChange

_HOUR = 3_600_000_000  # microseconds
_WEEK = 7 * 24 * _HOUR
_MONDAY = 4 * 24 * _HOUR  # the first Monday of 1970
_MOVES = 12  # of a cut, until the whole history is cheaper
_ROLLING = timedelta(weeks=3)  # before a cut: what the four weeks that end behind it need


@dataclass(frozen=True)
class Cuts:
    """Which services are stale and where to begin with each.

    services: frame of all asked for that are there: service, facts_version, derived_version. since: of those whose end
    is enough: service, since (the cut), changed (no fact from before it is another), both microseconds. ends, whole:
    the services to be judged from their cut on, and those to be judged whole.
    """

    services: pl.DataFrame
    since: pl.DataFrame
    ends: list[int]
    whole: list[int]

    def overtaken(self, known: Known) -> list[int]:
        """The services whose facts or derived rows are others by now than when the cut was found."""
        key = ["service", "facts_version", "derived_version"]
        mine = known.services.join(self.since, on="service", how="semi")
        return mine.join(self.services, on=key, how="anti")["service"].to_list()

    def weeks(self) -> dict[int, date]:
        """The Monday of each cut."""
        return dict(self.since.select("service", pl.col("since").cast(INSTANT).dt.date()).iter_rows())

    def behind(self, name: str, rows: pl.DataFrame) -> pl.DataFrame:
        """Of these rows (`deployments`, `changes` or `failures` of a fleet) those that replace what is stored."""
        since = pl.col("_since")
        later = {
            "deployments": pl.col("finished_at") >= since,
            "changes": pl.coalesce("finished_at", "merged_at") >= since,
            "failures": pl.col("began_at") >= since,
        }[name]
        return self._with(rows).filter(later.fill_null(True)).drop("_since")

    def weeks_behind(self, packed: pl.DataFrame) -> pl.DataFrame:
        """Of these weeks those from the cut on."""
        return self._with(packed).filter(pl.col("week") >= pl.col("_since").dt.date()).drop("_since")

    def _with(self, rows: pl.DataFrame) -> pl.DataFrame:
        since = self.since.select("service", _since=pl.col("since").cast(INSTANT))
        return rows.join(since, on="service", maintain_order="left")

    def joined(self, fleet: Fleet, known: Known) -> Fleet:
        """What was judged behind the cuts, with the stored rows of the weeks right before them, and what is known of
        each service as a whole: the fleet that weekly cells from the cuts on are computed from."""
        ids = fleet.services["service"].to_list()
        before = self.since.filter(pl.col("service").is_in(ids))
        frames = {name: self.behind(name, getattr(fleet, name)) for name in ("deployments", "changes", "failures")}
        with store.snapshot(narrow=True) as snapshot:
            for (table, at, schema), name in zip(_STORED, frames, strict=True):
                frames[name] = pl.concat([_rows_before(snapshot, before, table, at, schema), frames[name]])
        existed = known.services.select("service", _existed=pl.col("existed_from").cast(INSTANT))
        services = (
            fleet.services.join(existed, on="service", maintain_order="left")
            .with_columns(existed_from="_existed", deploys=pl.lit(True), has_changes=pl.lit(True))
            .drop("_existed")
        )
        return replace(fleet, services=services, **{name: each.sort("service", maintain_order=True)
                                                    for name, each in frames.items()})  # fmt: skip


_STORED = (
    (JudgedDeployment, JudgedDeployment.finished_at, results.JUDGED),
    (ShippedChange, ShippedChange.finished_at, results.SHIPPED),
    (Failure, Failure.began_at, results.FAILURES),
)


def _rows_before(snapshot: Snapshot, since: pl.DataFrame, table: type, at, schema: pl.Schema) -> pl.DataFrame:
    shape = pl.Schema({"service": pl.Int64, **schema})
    if since.is_empty():
        return shape.to_frame()
    cuts = lately.cuts(since)
    rolling = _ROLLING // timedelta(microseconds=1)
    wanted = select(table.service_id.label("service"), *(getattr(table, name) for name in schema))
    wanted = wanted.join(cuts, cuts.c.service == table.service_id)
    return snapshot.frame(wanted.where(at < cuts.c.since, at >= cuts.c.since - rolling), shape)


def after(table: type) -> list:
    """The conditions for stored rows behind a cut, each for others of them, so that each is found by an index; their
    parameters are those of `parameters`."""
    since, beside = bindparam("since"), lately.beside
    if table is JudgedDeployment:
        return [table.finished_at.is_(None), table.finished_at >= since]
    if table is ShippedChange:
        unshipped = and_(table.finished_at.is_(None), or_(table.merged_at.is_(None), beside(table.merged_at) >= since))
        return [table.finished_at >= since, unshipped]
    if table is Failure:
        return [table.began_at.is_(None), table.began_at >= since]
    if table is CellBlock:
        return [table.block >= bindparam("block")]
    return [table.week >= bindparam("monday")]


def parameters(table: type, since: pl.DataFrame) -> list[dict]:
    """What `after` needs of each cut."""
    monday = pl.col("since").cast(INSTANT).dt.date()
    if table is CellBlock:
        return [{"service": one, "block": blocks.block_of(day)} for one, day in since.select("service", monday).rows()]
    name, value = ("monday", monday) if table is PackedWeek else ("since", pl.col("since"))
    return since.select("service", value.alias(name)).to_dicts()


def cells_before(session: Session, since: pl.DataFrame) -> pl.DataFrame:
    """The weekly cells that stand before each cut in the same block, with which they are written anew."""
    cut = since.select("service", _cut=pl.col("since").cast(INSTANT).dt.date())
    stored = select(CellBlock.service_id.label("service"), CellBlock.block, CellBlock.week, CellBlock.cells)
    one_of = tuple_(CellBlock.service_id, CellBlock.block).in_(
        [(service, blocks.block_of(day)) for service, day in cut.iter_rows()]
    )
    cells = blocks.unpack(store.read_frame(stored.where(one_of), session))
    return cells.join(cut, on="service", maintain_order="left").filter(pl.col("week") < pl.col("_cut")).drop("_cut")


# Where to begin


def find(ids: Collection[int]) -> Cuts:
    """Which of these services are stale, and where to begin with each."""
    with store.snapshot(narrow=True) as snapshot:
        services = snapshot.frame(asking.services(sorted(set(ids))))
        old = services.filter(
            (pl.col("facts_version") != pl.col("derived_version")) | (pl.col("rules_version") != RULES_VERSION)
        )
        since = _first_guess(snapshot, old)
        since = _across_no_failure(snapshot, since)
        since = since.join(_begins(snapshot, since), on="service").filter(pl.col("begins") < pl.col("since"))
    since = since.select("service", "since", "changed")
    ends = since["service"].to_list()
    versions = services.select("service", "facts_version", "derived_version")
    return Cuts(versions, since, ends, sorted(set(old["service"]) - set(ends)))


def _first_guess(snapshot: Snapshot, old: pl.DataFrame) -> pl.DataFrame:
    """service, since, changed: before the change of facts, everything unshipped then, and the last deployments."""
    able = old.filter(
        "resumable",
        ~pl.col("is_begun"),
        pl.col("derived_version") >= 0,
        pl.col("rules_version") == RULES_VERSION,
        pl.col("dirty_since").is_not_null(),
        pl.col("derived_until").is_not_null(),
        pl.col("derived_with").is_not_null(),
        pl.col("unresolved").is_not_null(),
    )
    # Until then a late incident may belong to a week, which the cells say: those weeks are judged again.
    hours = [json.loads(used)["attribution_hours"] for used in able["derived_with"]]
    settled = pl.col("derived_until") - pl.Series(hours, dtype=pl.Float64) * _HOUR
    changed = able.select("service", since=pl.min_horizontal("dirty_since", settled.cast(pl.Int64)))
    if changed.is_empty():
        return changed.with_columns(changed="since")
    cuts = lately.cuts(changed)
    judged, shipped = JudgedDeployment, ShippedChange
    before = [judged.service_id == cuts.c.service, judged.stands_for.is_not(None), judged.finished_at < cuts.c.since]
    success = [*before, judged.status == "success"]

    def latest(conditions):
        return select(func.max(judged.finished_at)).where(*conditions).correlate(cuts).scalar_subquery()

    last = {
        "last": latest(before),
        "last_success": latest(success),
        "last_placed": latest([*success, lately.beside(judged.position).is_not(None)]),
    }
    reached = snapshot.frame(select(cuts.c.service, *(value.label(name) for name, value in last.items())))
    on_the_way = select(cuts.c.service, shipped.merged_at).where(shipped.service_id == cuts.c.service)
    unshipped = on_the_way.where(shipped.finished_at.is_(None), shipped.state == "waiting")
    merged = snapshot.frame(unshipped.union_all(on_the_way.where(shipped.finished_at >= cuts.c.since)))
    merged = merged.group_by("service").agg(pl.col("merged_at").min())
    return (
        changed.join(reached, on="service")
        .join(merged, on="service", how="left")
        .filter(pl.col("last_placed").is_not_null())
        .select("service", since=_monday(pl.min_horizontal("since", *last, "merged_at")), changed="since")
    )


def _monday(at: pl.Expr) -> pl.Expr:
    return (at - _MONDAY) // _WEEK * _WEEK + _MONDAY


def _across_no_failure(snapshot: Snapshot, since: pl.DataFrame) -> pl.DataFrame:
    """Moves cuts back until no failure lies on both sides; gives up on services where that takes too long."""
    moving = since
    for _ in range(_MOVES):
        if moving.is_empty():
            break
        back = snapshot.frame(_crossing(lately.cuts(moving)))
        at = pl.min_horizontal("began", "recovered", "finished")
        moving = back.group_by("service").agg(since=_monday(at.min())).drop_nulls("since")
        moving = moving.join(since.select("service", "changed"), on="service")
        since = pl.concat([since.join(moving, on="service", how="anti"), moving.select(since.columns)])
    return since.join(moving, on="service", how="anti").sort("service")


def _crossing(cuts):
    """The failures on both sides of a cut: when each began, was over, and when what failed was deployed."""
    failure, judged = Failure, JudgedDeployment
    failed = and_(judged.service_id == failure.service_id, judged.deployment_id == failure.deployment_id)
    columns = (cuts.c.service, failure.began_at.label("began"), failure.recovered_at.label("recovered"),
               judged.finished_at.label("finished"))  # fmt: skip
    rows = select(*columns).select_from(cuts).join(failure, failure.service_id == cuts.c.service).join(judged, failed)
    early = or_(lately.beside(failure.began_at) < cuts.c.since, judged.finished_at < cuts.c.since)
    early_end = or_(lately.beside(failure.recovered_at) < cuts.c.since, judged.finished_at < cuts.c.since)
    return rows.where(failure.recovered_at >= cuts.c.since, early).union_all(
        rows.where(failure.recovered_at.is_(None), early), rows.where(failure.began_at >= cuts.c.since, early_end)
    )


def _begins(snapshot: Snapshot, since: pl.DataFrame) -> pl.DataFrame:
    """service and begins: when its history does, by changes and as a whole; a cut must lie behind both."""
    if since.is_empty():
        return since.select("service", begins="since")
    cuts = lately.cuts(since)
    first = select(func.min(ShippedChange.merged_at)).where(ShippedChange.service_id == cuts.c.service)
    asked = select(cuts.c.service, Service.existed_from, first.correlate(cuts).scalar_subquery().label("first"))
    found = snapshot.frame(asked.join(Service, Service.id == cuts.c.service)).drop_nulls()
    return found.select("service", begins=pl.max_horizontal("existed_from", "first"))


# Whether it was enough


def unfit(known: Known, fleet: Fleet, cuts: Cuts) -> list[int]:
    """The services whose facts since the cut reach back over it, or are of a kind that needs the whole history."""
    facts, since = known.facts, cuts.since.cast({"since": INSTANT, "changed": INSTANT})

    def where(rows: pl.DataFrame, condition: pl.Expr) -> pl.Series:
        return rows.join(since, on="service").filter(condition.fill_null(False))["service"]

    production = fleet.deployments.filter(pl.col("stands_for").is_not_null())
    fresh = pl.col("merged_at") >= pl.col("changed")
    anchored = where(production, pl.col("finished_at") < pl.col("since"))
    found = [
        _other_settings(known),
        known.services.join(facts.services, on="service").filter(
            pl.col("collected_until") < pl.col("derived_until").cast(INSTANT)
        )["service"],
        facts.corrections["service"],
        where(facts.deployments, ~pl.col("on_trunk")),
        _of_unknown_rounds(known, production, since),
        _other_environments(known, production),
        pl.Series(sorted(set(since["service"]) - set(anchored)), dtype=pl.Int64),
        where(fleet.changes, fresh & (pl.col("finished_at") < pl.col("since"))),
        _below(fleet, since),
        where(_reverts_elsewhere(facts.changes), fresh),
        _failures_across(fleet, since),
        where(_named_badly(facts.incidents, fleet), pl.col("opened_at") >= pl.col("changed")),
        _named_before(known, cuts.since),
    ]
    return sorted(set(pl.concat(found)) & set(since["service"]))


def _other_settings(known: Known) -> pl.Series:
    """Judged with other settings than before."""
    used = dict(known.services.select("service", "derived_with").iter_rows())
    other = [
        one
        for one, chosen in known.settings.items()
        if chosen is None or used[one] is None or chosen.model_dump(mode="json") != json.loads(used[one])
    ]
    return pl.Series(other, dtype=pl.Int64)


def _other_environments(known: Known, production: pl.DataFrame) -> pl.Series:
    stored = dict(known.services.select("service", "environments").iter_rows())
    now = production.select("service", environment=pl.col("environment").fill_null("")).unique()
    other = [one for one, each in now.iter_rows() if each not in json.loads(stored[one] or "[]")]
    return pl.Series(other, dtype=pl.Int64)


def _of_unknown_rounds(known: Known, production: pl.DataFrame, since: pl.DataFrame) -> pl.Series:
    """The first known of its environment; and where there are several environments, the deployment of a commit of which
    it is not known how often it was deployed before."""
    several = known.services.filter(pl.col("environments").str.json_decode(pl.List(pl.String)).list.len() > 1)
    later = production.join(since, on="service").filter(pl.col("finished_at") >= pl.col("since"))
    unplaced = later.filter(pl.col("position").is_null(), pl.col("sha").is_not_null())
    unplaced = unplaced.join(several, on="service", how="semi")
    return pl.concat([later.filter(role="first")["service"], unplaced["service"]])


def _below(fleet: Fleet, since: pl.DataFrame) -> pl.Series:
    """A change that came late lies below one from before the cut."""
    changes = fleet.changes.join(since, on="service")
    fresh = (
        changes.filter(pl.col("merged_at") >= pl.col("changed")).group_by("service").agg(low=pl.col("position").min())
    )
    low = fresh.drop_nulls()
    if low.is_empty():
        return low["service"]
    cuts = lately.cuts(since.select("service", pl.col("since").to_physical()))
    shipped = ShippedChange
    mine = [shipped.service_id == cuts.c.service, shipped.position.is_not(None)]
    mine.append(lately.beside(shipped.merged_at) < cuts.c.since)
    top = select(shipped.position).where(*mine).order_by(shipped.position.desc()).limit(1)
    with store.snapshot(narrow=True) as snapshot:
        high = snapshot.frame(select(cuts.c.service, top.correlate(cuts).scalar_subquery().label("high")))
    return low.join(high, on="service").filter(pl.col("high") > pl.col("low"))["service"]


def _reverts_elsewhere(changes: pl.DataFrame) -> pl.DataFrame:
    """The changes that revert something which is not among these changes."""
    wanted = changes.select("service", "merged_at", what="reverts").explode("what").drop_nulls("what")
    wanted = wanted.with_columns(key=_seven("what"))
    numbers = changes.select("service", key=pl.format("#{}", "number").str.slice(0, asking.SHORTEST)).drop_nulls()
    shas = changes.select("service", key=_seven("merge_sha")).drop_nulls()
    return wanted.join(pl.concat([numbers, shas]), on=["service", "key"], how="anti")


def _failures_across(fleet: Fleet, since: pl.DataFrame) -> pl.Series:
    """A failure on both sides of the cut."""
    finished = fleet.deployments.select("service", "deployment_id", "finished_at")
    rows = fleet.failures.join(finished, on=["service", "deployment_id"]).join(since, on="service")
    later = [(pl.col(name) >= pl.col("since")) for name in ("began_at", "finished_at")]
    over = pl.col("recovered_at") >= pl.col("since")
    across = (later[0] != later[1]) | (over.is_not_null() & (over != later[1])) | (over.is_null() & ~later[1])
    # Deployments from before the cut are there to be compared with: what they did to each other is known already.
    return rows.filter(across, pl.any_horizontal(*later, over.fill_null(False)))["service"]


def _named_badly(incidents: pl.DataFrame, fleet: Fleet) -> pl.DataFrame:
    """The incidents that name a deployment which is not there, or was there only after the incident opened."""
    naming = incidents.filter(pl.col("deployment").is_not_null())
    finished = fleet.deployments.select("service", "deployment_id", "finished_at")
    links = fleet.failures.filter(pl.col("signal") == "explicit_link").join(finished, on=["service", "deployment_id"])
    good = links.filter(pl.col("finished_at") <= pl.col("began_at"))
    return naming.join(good.select("service", incident_id="evidence_id"), on=["service", "incident_id"], how="anti")


def _named_before(known: Known, since: pl.DataFrame) -> pl.Series:
    """An incident from before the cut named something that was not there then, and may be now."""
    waiting = _unresolved(known.services, since)
    if waiting.is_empty():
        return waiting["service"]
    deployments, changes = known.facts.deployments, known.facts.changes
    keys = [deployments.select("service", key=pl.col(name)) for name in ("deployment_id", "ref")]
    keys += [deployments.select("service", key=_seven("sha")), changes.select("service", key=_seven("merge_sha"))]
    keys = pl.concat(keys).drop_nulls()
    whole = waiting.join(keys, left_on=["service", "name"], right_on=["service", "key"], how="semi")
    part = waiting.with_columns(key=_seven("name")).join(keys, on=["service", "key"], how="semi")
    return pl.concat([whole["service"], part["service"]])


_UNRESOLVED = pl.Schema({"service": pl.Int64, "name": pl.String, "opened_at": pl.Int64})


def _unresolved(services: pl.DataFrame, since: pl.DataFrame) -> pl.DataFrame:
    """service, name, opened_at: what incidents from before the cuts named, and nothing was called."""
    stored = services.select("service", "unresolved").join(since.select("service", "since"), on="service")
    rows = [
        (service, name, opened)
        for service, names, at in stored.with_columns(pl.col("since").cast(pl.Int64)).iter_rows()
        for name, opened in json.loads(names or "{}").items()
        if opened < at
    ]
    return pl.DataFrame(rows, schema=_UNRESOLVED, orient="row")


def unresolved(known: Known, fleet: Fleet, cuts: Cuts | None) -> dict[int, dict[str, int]]:
    """By service what its incidents name and nothing is called, or only something that came later; each with the
    earliest opening of such an incident."""
    now = _named_badly(known.facts.incidents, fleet).select(
        "service", pl.col("opened_at").cast(pl.Int64), name="deployment"
    )
    before = [_unresolved(known.services, cuts.since)] if cuts else []
    rows = pl.concat([now.select(_UNRESOLVED.names()), *before])
    found: dict[int, dict[str, int]] = {}
    for service, name, opened in (
        rows.group_by("service", "name").agg(pl.col("opened_at").min()).sort("service", "name").iter_rows()
    ):
        found.setdefault(service, {})[name] = opened
    return found


def _seven(name: str) -> pl.Expr:
    return pl.col(name).str.to_lowercase().str.slice(0, asking.SHORTEST)


def environments(fleet: Fleet) -> dict[int, list[str]]:
    """The environments of the production deployments of each service; "" for those that name none."""
    production = fleet.deployments.filter(pl.col("stands_for").is_not_null())
    found = production.select("service", environment=pl.col("environment").fill_null("")).unique()
    return dict(found.group_by("service").agg(pl.col("environment").sort()).iter_rows())


def resumable(known: Known, fleet: Fleet) -> set[int]:
    """The services that the next judgement may begin with in the middle, as far as these facts say."""
    places = environments(fleet)
    out = {*known.facts.corrections["service"], *known.mixed}
    with_commits = known.services.filter("has_commits")["service"]
    return {
        one
        for one in with_commits
        if (chosen := known.settings[one]) and chosen.rule.kind != "merge" and places.get(one)
    } - out
