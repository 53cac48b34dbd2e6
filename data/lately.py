"""What `data.gather` asks the store for where the end of a history is enough: what happened since the cut, what was
not finished or not shipped then, and the deployments that later ones are compared with.

Every statement joins a short list of services, or of keys, with one table by one index, whatever the length of the
history. Where a planner could take a wrong one, `beside` and `store.snapshot(narrow=True)` leave it no choice.
"""

import json
from collections.abc import Iterator

import polars as pl
from sqlalchemy import ARRAY, BigInteger, Text, and_, bindparam, cast, column, func, or_, select, union_all

from assessments.delivery import facts as shapes
from data import asking, store
from data.asking import facts_of, shape
from data.store import Snapshot
from data.tables import (
    Change,
    Deployment,
    Incident,
    JudgedDeployment,
    PipelineRun,
    Service,
    ShippedChange,
    TrunkCommit,
)

_AT_ONCE = 5_000  # keys a statement
_CUT = ("service", "repository", "since")
_KINDS = {pl.Int64: BigInteger, pl.String: Text}


def listed(rows: pl.DataFrame, name: str = "cuts"):
    """A frame as a table to join with. Its rows are one parameter, so that the statement stays the same."""
    kinds = {each: _KINDS[kind.base_type()] for each, kind in rows.schema.items()}
    if store.is_sqlite():
        packed = json.dumps(list(rows.iter_rows()))
        row = func.json_each(bindparam(None, packed, Text)).table_valued("value", name=f"{name}_rows")
        columns = [func.json_extract(row.c.value, f"$[{place}]", type_=kind()).label(each)
                   for place, (each, kind) in enumerate(kinds.items())]  # fmt: skip
        return select(*columns).cte(name)
    arrays = [bindparam(None, rows[each].to_list(), ARRAY(kind)) for each, kind in kinds.items()]
    row = func.unnest(*(cast(array, array.type) for array in arrays)).table_valued(
        *(column(each, kind) for each, kind in kinds.items()), name=f"{name}_rows"
    )
    return select(*row.render_derived().c).cte(name)


def beside(column):
    """The column in a condition that no index may be looked through for: another one is better."""
    return column + 0


def cuts(tail: pl.DataFrame):
    """Service and since, in microseconds, as a table to join with."""
    return listed(tail.select("service", "since"))


def changes(snapshot: Snapshot, tail: pl.DataFrame, marks: pl.DataFrame) -> pl.DataFrame:
    """marks: see `marks`."""
    at, shipped = listed(tail.select(*_CUT)), ShippedChange
    mine = [shipped.service_id == at.c.service, beside(shipped.merged_at) < at.c.since]
    asked = select(at.c.service, at.c.repository, shipped.merged_at.label("at"), shipped.change_id.label("id"))
    carried = snapshot.frame(
        union_all(
            asked.where(*mine, shipped.finished_at >= at.c.since),
            asked.where(*mine, shipped.finished_at.is_(None), shipped.state != "before_history"),
        )
    )
    if not marks.is_empty():  # in one environment already, and on their way to another
        at = listed(tail.select(*_CUT).join(marks, on="service"), "marks")
        mine = [shipped.service_id == at.c.service, shipped.position > at.c.mark]
        mine.append(beside(shipped.merged_at) < at.c.since)
        done = or_(beside(shipped.finished_at) < at.c.since, shipped.state == "before_history")
        asked = select(at.c.service, at.c.repository, shipped.merged_at.label("at"), shipped.change_id.label("id"))
        carried = pl.concat([carried, snapshot.frame(asked.where(*mine, done))])
    since = _since(snapshot, Change, shapes.CHANGES, Change.merged_at, tail)
    return pl.concat([since, *_by_key(snapshot, Change, shapes.CHANGES, Change.merged_at, Change.change_id, carried)])


def deployments(snapshot: Snapshot, tail: pl.DataFrame, before: pl.DataFrame) -> pl.DataFrame:
    table, kind = Deployment, shapes.DEPLOYMENTS
    since = _since(snapshot, table, kind, table.finished_at, tail)
    return pl.concat([since, *_named_deployments(snapshot, before)])


def _named_deployments(snapshot: Snapshot, wanted: pl.DataFrame) -> Iterator[pl.DataFrame]:
    table = Deployment
    wanted = wanted.select("service", "repository", "at", "id")
    return _by_key(snapshot, table, shapes.DEPLOYMENTS, table.finished_at, table.deployment_id, wanted)


def incidents(snapshot: Snapshot, tail: pl.DataFrame) -> pl.DataFrame:
    at = listed(tail.select(*_CUT))
    asked = select(at.c.service, *facts_of(Incident, shapes.INCIDENTS))
    asked = asked.where(Incident.service_id == at.c.service, Incident.opened_at >= at.c.since)
    return snapshot.frame(asked, shape(shapes.INCIDENTS))


def runs(
    snapshot: Snapshot, wanted: dict[str, list[int]], tail: pl.DataFrame, before: pl.DataFrame
) -> Iterator[pl.DataFrame]:
    """The runs of these workflows, as deployments."""
    run, service = PipelineRun, pl.col("service")
    for workflow, those in wanted.items():
        cut = listed(tail.select(*_CUT).filter(service.is_in(those)))
        anchored = listed(before.select("service", "at").filter(service.is_in(those)), "anchored")
        asked = asking.runs_of(workflow)
        of_cut = asked.join(cut, cut.c.service == Service.id)
        of_anchor = asked.join(anchored, anchored.c.service == Service.id).where(run.finished_at == anchored.c.at)
        found = union_all(
            of_cut.where(run.finished_at >= cut.c.since), of_cut.where(run.finished_at.is_(None)), of_anchor
        )
        yield snapshot.frame(found, shape(shapes.DEPLOYMENTS)).unique(["service", "deployment_id"], maintain_order=True)


_ANCHORS = pl.Schema(
    {"service": pl.Int64, "repository": pl.Int64, "at": pl.Int64, "id": pl.String, "environment": pl.String,
     "position": pl.Int64, "succeeded": pl.Boolean}
)  # fmt: skip


def anchors(snapshot: Snapshot, tail: pl.DataFrame) -> pl.DataFrame:
    """The deployments before the cut that later ones are compared with, in every environment: the one that went highest
    on trunk, the last, the last success, and the last success whose commit is known. A frame ANCHORS.

    First the greatest position and times, each from the end of an index, then the rows that have them.
    """
    at, judged = listed(tail.explode("environment").select(*_CUT, "environment")), JudgedDeployment
    in_it = or_(judged.environment == at.c.environment, and_(judged.environment.is_(None), at.c.environment == ""))
    mine = [judged.service_id == at.c.service, judged.stands_for.is_not(None), in_it]
    success, placed = judged.status == "success", judged.position.is_not(None)
    before, higher = judged.finished_at < at.c.since, beside(judged.finished_at) < at.c.since

    def greatest(column, *conditions):
        return select(func.max(column)).where(*mine, *conditions).correlate(at).scalar_subquery()

    greatest_of = {
        "position": greatest(judged.position, higher, success, placed),
        "last": greatest(judged.finished_at, before),
        "last_success": greatest(judged.finished_at, before, success),
        "last_placed": greatest(judged.finished_at, before, success, beside(judged.position).is_not(None)),
    }
    found = snapshot.frame(select(*at.c, *(value.label(name) for name, value in greatest_of.items())))
    of_cut = found.select(*_CUT, "environment")
    high = of_cut.with_columns(found["position"]).drop_nulls()
    times = pl.concat([of_cut.with_columns(found[name].alias("at")) for name in list(greatest_of)[1:]])
    if times.drop_nulls().is_empty():
        return _ANCHORS.to_frame()

    def rows(wanted: pl.DataFrame, *conditions) -> pl.DataFrame:
        one = listed(wanted, "wanted")
        columns = (one.c.service, one.c.repository, judged.finished_at.label("at"), judged.deployment_id.label("id"),
                   one.c.environment, judged.position, success.label("succeeded"))  # fmt: skip
        same = or_(judged.environment == one.c.environment, and_(judged.environment.is_(None), one.c.environment == ""))
        asked = select(*columns).where(judged.service_id == one.c.service, judged.stands_for.is_not(None), same)
        return snapshot.frame(asked.where(*(condition(one.c) for condition in conditions))).cast(dict(_ANCHORS))

    highest = rows(
        high, lambda one: judged.position == one.position, lambda one: beside(judged.finished_at) < one.since,
        lambda one: success,
    ).sort("at", "id").unique(["service", "environment"], keep="first")  # fmt: skip
    latest = rows(times.drop_nulls().unique(), lambda one: judged.finished_at == one.at)
    return pl.concat([highest, latest]).unique(["service", "id"], maintain_order=True)


def marks(before: pl.DataFrame, deployments: pl.DataFrame) -> pl.DataFrame:
    """How far the furthest behind of several environments was before the cut, of those that are deployed to after it:
    service and mark, the position on trunk. before: frame ANCHORS."""
    lane = pl.col("environment").fill_null("").str.to_lowercase()
    later = deployments.select("service", lane).unique()
    high = before.filter("succeeded").select("service", lane, "position").group_by("service", "environment").max()
    several = high.filter(pl.len().over("service") > 1).join(later, on=["service", "environment"])
    return several.group_by("service").agg(mark=pl.col("position").min()).drop_nulls()


def again(snapshot: Snapshot, tail: pl.DataFrame, deployed: pl.DataFrame) -> pl.DataFrame:
    """The deployments before the cut of commits that were deployed after it too. deployed: service and position.

    The n-th time that a commit comes to one environment belongs with the n-th time in another.
    """
    places = deployed.drop_nulls().unique().join(tail.select(*_CUT), on="service")
    found = [pl.DataFrame(schema=shape(shapes.DEPLOYMENTS))]
    judged = JudgedDeployment
    for start in range(0, places.height, _AT_ONCE):
        at = listed(places.select(*_CUT, "position")[start : start + _AT_ONCE], "places")
        same = (judged.service_id == at.c.service) & (judged.position == at.c.position)
        columns = (at.c.service, at.c.repository, judged.finished_at.label("at"), judged.deployment_id.label("id"))
        asked = select(*columns).where(same, judged.stands_for.is_not(None), beside(judged.finished_at) < at.c.since)
        found += _named_deployments(snapshot, snapshot.frame(asked))
    return pl.concat(found)


def commits(snapshot: Snapshot, tail: pl.DataFrame, changes: pl.DataFrame, deployments: pl.DataFrame) -> pl.DataFrame:
    """The commits that these changes and deployments speak of."""
    unplaced = changes.filter(pl.col("position").is_null()).select("service", sha="merge_sha")
    spoken = pl.concat([unplaced, deployments.select("service", "sha")]).drop_nulls()
    spoken = spoken.with_columns(pl.col("sha").str.to_lowercase()).unique().join(tail, on="service")
    found = [pl.DataFrame(schema={"service": pl.Int64, "sha": pl.String, "position": pl.Int64, "on_trunk": pl.Boolean})]
    length = spoken["sha"].str.len_bytes()
    for rows, whole in (
        (spoken.filter(length >= asking.WHOLE), True),
        (spoken.filter((length >= asking.SHORTEST) & (length < asking.WHOLE)), False),
    ):
        for start in range(0, rows.height, _AT_ONCE):
            named = listed(rows.select("service", "repository", "sha")[start : start + _AT_ONCE], "named")
            same = TrunkCommit.sha == named.c.sha if whole else asking.begins(named.c.sha)
            asked = select(named.c.service, TrunkCommit.sha, TrunkCommit.position, TrunkCommit.on_trunk)
            found.append(snapshot.frame(asked.where(TrunkCommit.repository_id == named.c.repository, same)))
    return pl.concat(found)


def _since(snapshot: Snapshot, table: type, schema: pl.Schema, at, tail: pl.DataFrame) -> pl.DataFrame:
    """What has that time behind the cut, or none."""
    cut = listed(tail.select(*_CUT))
    asked = select(cut.c.service, *facts_of(table, schema)).where(table.repository_id == cut.c.repository)
    asked = asked.where(table.service_id.is_(None) | (table.service_id == cut.c.service))
    return snapshot.frame(union_all(asked.where(at >= cut.c.since), asked.where(at.is_(None))), shape(schema))


def _by_key(
    snapshot: Snapshot, table: type, schema: pl.Schema, at, key, wanted: pl.DataFrame
) -> Iterator[pl.DataFrame]:
    """The facts with these keys; `wanted`: service, repository, at, id. The time is what an index finds them by."""
    for start in range(0, wanted.height, _AT_ONCE):
        one = listed(wanted[start : start + _AT_ONCE], "wanted")
        asked = select(one.c.service, *facts_of(table, schema))
        asked = asked.where(table.repository_id == one.c.repository, at == one.c.at, key == one.c.id)
        yield snapshot.frame(
            asked.where(table.service_id.is_(None) | (table.service_id == one.c.service)), shape(schema)
        )
