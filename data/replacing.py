"""Facts that came again: only what is new, different or gone is written, and from when on that may matter is told."""

from collections.abc import Iterable

import polars as pl
from sqlalchemy import and_, delete, func, select
from sqlmodel import Session

from assessments.delivery import facts as shapes
from data import store
from data.tables import Change, Deployment, Incident, PipelineRun, Source, TrunkCommit

NEVER = 1 << 62  # later than any instant: nothing that has a time was touched
_CHUNK = 1_000  # keys a statement
_SHAPE = {Change: shapes.CHANGES, Deployment: shapes.DEPLOYMENTS, Incident: shapes.INCIDENTS}
_AT = {Change: "merged_at", Deployment: "finished_at", Incident: "opened_at"}


def put(
    session: Session,
    table: type,
    among: dict,
    key: str,
    frame: pl.DataFrame,
    gone: Iterable[str] = (),
    *,
    all_of_it: bool = False,
) -> int:
    """Saves rows of facts that came from one source; `among` (columns and values) completes `key` to a unique key.

    Rows that are stored with the same values stay untouched; `gone` are keys of rows that are no more. all_of_it: the
    frame is everything that the source holds, other rows go. Returns the earliest instant in microseconds at which a
    fact was touched, by its old values or its new ones; NEVER when none was.
    """
    names = [name for name in _SHAPE.get(table, frame.columns) if name in table.__table__.columns]
    absent = [pl.lit(None).alias(name) for name in names if name not in frame.columns]
    wanted = frame.with_columns(absent).select(names).cast({name: _SHAPE[table][name] for name in names}
                                                           if table in _SHAPE else {})  # fmt: skip
    mine = [getattr(table, name) == value for name, value in among.items()]
    if all_of_it:
        session.execute(delete(table).where(table.source_id == among["source_id"]))
        store.insert_frame(session, table, wanted, **among)
        return NEVER
    stored = _stored(session, table, names, mine, among["source_id"], wanted[key].to_list(), key, gone)
    fresh = _not_in(wanted, stored)
    old = stored.filter(pl.col(key).is_in(pl.concat([fresh[key], pl.Series(key, list(gone), pl.String)]).implode()))
    keys = [*fresh[key], *gone]
    for start in range(0, len(keys), _CHUNK):
        session.execute(delete(table).where(*mine, getattr(table, key).in_(keys[start : start + _CHUNK])))
    store.insert_frame(session, table, fresh, **among)
    if table not in _AT:
        return NEVER
    touched = pl.concat([fresh[_AT[table]], old[_AT[table]]]).drop_nulls()
    return touched.to_physical().min() if len(touched) else NEVER


def _stored(session, table, names, mine, source_id, keys, key, gone) -> pl.DataFrame:
    """What is stored of the rows that came or went; of a large part of the source simply all."""
    columns = [getattr(table, name) for name in names]
    shape = _SHAPE.get(table)
    schema = pl.Schema({name: shape[name] for name in names}) if shape else None
    keys = [*keys, *gone]
    if len(keys) > _CHUNK:
        return store.read_frame(select(*columns).where(table.source_id == source_id), session, schema)
    return store.read_frame(select(*columns).where(*mine, getattr(table, key).in_(keys)), session, schema)


def _not_in(rows: pl.DataFrame, stored: pl.DataFrame) -> pl.DataFrame:
    """The rows that are not among the stored ones with all their values."""
    lists = [name for name, dtype in rows.schema.items() if isinstance(dtype, pl.List)]
    lines = [pl.col(name).list.join("\n") for name in lists]
    numbered = rows.with_row_index("_row")
    left = numbered.with_columns(lines)
    right = stored.with_columns(lines).cast({name: left.schema[name] for name in rows.columns})
    fresh = left.join(right, on=rows.columns, how="anti", nulls_equal=True)
    return numbered.join(fresh.select("_row"), on="_row", how="semi", maintain_order="left").drop("_row")


def speaking_of(session: Session, source: Source, shas: list[str]) -> int | None:
    """From when on commits that came from this source matter to facts of others that are of them; NEVER when none is.
    None when that cannot be told: a commit has moved, or one is named by a part of its sha."""
    repository = source.repository_id
    earliest = NEVER
    for table, sha, at in (
        (Change, Change.merge_sha, Change.merged_at),
        (Deployment, Deployment.sha, Deployment.finished_at),
        (PipelineRun, PipelineRun.sha, PipelineRun.finished_at),
    ):
        others = and_(table.repository_id == repository, table.source_id != source.id)
        if shas and session.execute(select(table.id).where(others, func.length(sha) < 40).limit(1)).first():
            return None
        for start in range(0, len(shas), _CHUNK):
            some = func.lower(sha).in_(shas[start : start + _CHUNK])
            found = session.execute(select(func.min(at)).where(others, some)).scalar()
            earliest = earliest if found is None else min(earliest, found)
    for start in range(0, len(shas), _CHUNK):
        there = select(TrunkCommit.sha).where(
            TrunkCommit.repository_id == repository, TrunkCommit.sha.in_(shas[start : start + _CHUNK])
        )
        if session.execute(there.limit(1)).first():
            return None
    return earliest
