"""What `data.gather` asks the store for where the end of a history is enough: what happened since the cut, what was
not finished or not shipped then, and the deployments that later ones are compared with.

Every statement joins a short list of services, or of keys, with one table by one index, whatever the length of the
history: no planner can get that wrong.
"""

import json
from collections.abc import Iterator

import polars as pl
from sqlalchemy import ARRAY, BigInteger, Text, bindparam, cast, column, func, select, union, union_all

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


def cuts(tail: pl.DataFrame):
    """Service and since, in microseconds, as a table to join with."""
    return listed(tail.select("service", "since"))


def changes(snapshot: Snapshot, tail: pl.DataFrame) -> pl.DataFrame:
    at, shipped = listed(tail), ShippedChange
    mine = [shipped.service_id == at.c.service, shipped.merged_at < at.c.since]
    asked = select(at.c.service, at.c.repository, shipped.merged_at.label("at"), shipped.change_id.label("id"))
    carried = snapshot.frame(
        union_all(
            asked.where(*mine, shipped.finished_at >= at.c.since),
            asked.where(*mine, shipped.finished_at.is_(None), shipped.state != "before_history"),
        )
    )
    since = _since(snapshot, Change, shapes.CHANGES, Change.merged_at, tail)
    return pl.concat([since, *_by_key(snapshot, Change, shapes.CHANGES, Change.merged_at, Change.change_id, carried)])


def deployments(snapshot: Snapshot, tail: pl.DataFrame, before: pl.DataFrame) -> pl.DataFrame:
    table, kind = Deployment, shapes.DEPLOYMENTS
    since = _since(snapshot, table, kind, table.finished_at, tail)
    keyed = _by_key(snapshot, table, kind, table.finished_at, table.deployment_id, before.drop("sha"))
    return pl.concat([since, *keyed])


def incidents(snapshot: Snapshot, tail: pl.DataFrame) -> pl.DataFrame:
    at = listed(tail)
    asked = select(at.c.service, *facts_of(Incident, shapes.INCIDENTS))
    asked = asked.where(Incident.service_id == at.c.service, Incident.opened_at >= at.c.since)
    return snapshot.frame(asked, shape(shapes.INCIDENTS))


def runs(
    snapshot: Snapshot, wanted: dict[str, list[int]], tail: pl.DataFrame, before: pl.DataFrame
) -> Iterator[pl.DataFrame]:
    """The runs of these workflows, as deployments, one service after the other: few deploy by workflow."""
    since = dict(tail.select("service", "since").iter_rows())
    anchored = dict(before.group_by("service").agg("at").iter_rows())
    run = PipelineRun
    for workflow, those in wanted.items():
        for service in those:
            asked = asking.runs_of(workflow).where(Service.id == service)
            at = [run.finished_at >= since[service], run.finished_at.is_(None)]
            at.append(run.finished_at.in_(anchored.get(service, [])))
            found = union_all(*(asked.where(each) for each in at))
            yield snapshot.frame(found, shape(shapes.DEPLOYMENTS)).unique("deployment_id", maintain_order=True)


def anchors(snapshot: Snapshot, tail: pl.DataFrame) -> pl.DataFrame:
    """The deployments before the cut that later ones are compared with: the one that went highest on trunk, the last,
    the last success, and the last success whose commit is known; service, repository, at, id and sha."""
    at, judged = listed(tail), JudgedDeployment
    before = (judged.service_id == at.c.service) & judged.stands_for.is_not(None) & (judged.finished_at < at.c.since)
    success, placed = judged.status == "success", judged.position.is_not(None)
    newest = (judged.finished_at.desc(), judged.position.desc(), judged.deployment_id.desc())
    wanted = (
        ([success, placed], (judged.position.desc(), judged.finished_at)),
        ([], newest),
        ([success], newest),
        ([success, placed], newest),
    )
    found = []
    for conditions, order in wanted:
        one = select(judged.id).where(before, *conditions).order_by(*order).limit(1).correlate(at).scalar_subquery()
        found.append(select(at.c.service, at.c.repository, one.label("id")))
    ids = snapshot.frame(union(*found)).drop_nulls()
    if ids.is_empty():
        return pl.DataFrame(schema={"service": pl.Int64, "repository": pl.Int64, "at": pl.Int64, "id": pl.String,
                                    "sha": pl.String})  # fmt: skip
    one = listed(ids, "anchors")
    columns = (one.c.service, one.c.repository, judged.finished_at.label("at"), judged.deployment_id.label("id"),
               judged.sha)  # fmt: skip
    return snapshot.frame(select(*columns).where(judged.id == one.c.id))


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
    cut = listed(tail)
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
