"""Facts, weekly cells and assessments out into a folder of plain tables for other programs: Parquet, CSV, JSON lines.

This is a way out only: see `data.moving` for a whole store that another Milepost reads. All tables are of one moment.
"""

import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import polars as pl
from sqlalchemy import Select, select, tuple_

from assessments.delivery import blocks
from assessments.delivery.facts import INSTANT
from assessments.maturity_change import Snapshot as Judged
from data import derived, moving, store
from data.moving import Progress
from data.parcel import MoveError
from data.store import Snapshot
from data.tables import (
    Assessment,
    Base,
    CellBlock,
    Change,
    Correction,
    Deployment,
    Failure,
    Incident,
    JudgedDeployment,
    Organization,
    PipelineJob,
    PipelineRun,
    PracticeModel,
    Repository,
    Service,
    ShippedChange,
    Source,
    Team,
    TrunkCommit,
)

FORMATS = {"parquet": "parquet", "csv": "csv", "json": "jsonl"}
WEEKS = 13  # that assessments are of, ending where facts are known
_ROWS = 50_000  # at once
_SERVICES = 200  # at once
_AS_STORED = {
    "changes": Change, "deployments": Deployment, "incidents": Incident, "pipeline_runs": PipelineRun,
    "pipeline_jobs": PipelineJob, "commits": TrunkCommit, "corrections": Correction,
    "judged_deployments": JudgedDeployment, "shipped_changes": ShippedChange, "failures": Failure,
}  # fmt: skip
TABLES = (
    "services",
    "sources",
    *_AS_STORED,
    "cells",
    "assessments",
    "kept_assessments",
    "survey_items",
    "capability_levels",
)
_LISTS = {"paths", "reverts"}
_INSTANTS = {"collected_until", "history_start", "version"}
_ISO = "%Y-%m-%dT%H:%M:%S%.6fZ"
#: What makes a spreadsheet take a text for a formula.
_FORMULA = r"^[=+\-@\t\r]"


def export_tables(folder: Path, form: str, progress: Progress = moving.quiet) -> dict[str, int]:
    """Writes a file for each of TABLES into a new folder, for its owner only. form: a key of FORMATS. Returns rows by
    table. Others may read and write meanwhile. Raises MoveError, NothingToMove.
    """
    moving.refuse_unusable()
    if os.path.lexists(folder):
        raise MoveError(f"{folder} is there already: choose another name, or move it away.")
    try:
        beside = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", suffix=".part", dir=folder.parent))
        try:
            rows = _write_all(beside, form, progress)
            os.rename(beside, folder)
        except BaseException:
            shutil.rmtree(beside, ignore_errors=True)
            raise
    except OSError as error:
        raise MoveError(
            f"{folder} cannot be written ({error.strerror or error}): choose another place for it."
        ) from error
    return rows


def _write_all(folder: Path, form: str, progress: Progress) -> dict[str, int]:
    rows = {}
    with store.snapshot() as snapshot:
        for place, (name, frames) in enumerate(_tables(snapshot)):
            progress(place, len(TABLES), f"Writing {name.replace('_', ' ')}")
            rows[name] = _WRITERS[form](folder / f"{name}.{FORMATS[form]}", frames)
    return rows


# What is in the tables


def _tables(snapshot: Snapshot) -> Iterator[tuple[str, Iterator[pl.DataFrame]]]:
    yield "services", iter([_services(snapshot)])
    yield "sources", iter([_sources(snapshot)])
    for name, table in _AS_STORED.items():
        yield name, _stored(snapshot, table)
    yield "cells", _cells(snapshot)
    yield "assessments", _assessments(snapshot)
    yield "kept_assessments", _kept(snapshot)
    yield "survey_items", _survey_items(snapshot)
    yield "capability_levels", _capability_levels(snapshot)


def _services(snapshot: Snapshot) -> pl.DataFrame:
    asked = (
        select(
            Service.id.label("service_id"), Service.name.label("service"), Team.name.label("team"),
            Organization.name.label("organization"), Organization.is_demo, Repository.id.label("repository_id"),
            Repository.name.label("repository"), Repository.web_url, Service.collected_until, Service.existed_from,
            Service.facts_version, Service.derived_version,
        )
        .join(Team, Team.id == Service.team_id)
        .join(Organization, Organization.id == Team.organization_id)
        .join(Repository, Repository.id == Service.repository_id)
        .order_by(Service.id)
    )  # fmt: skip
    up_to_date = (pl.col("facts_version") == pl.col("derived_version")).alias("up_to_date")
    found = snapshot.frame(asked).with_columns(pl.col("existed_from").cast(INSTANT), up_to_date)
    return _typed(found.drop("facts_version", "derived_version"))


def _sources(snapshot: Snapshot) -> pl.DataFrame:
    columns = (Source.id.label("source_id"), Source.kind, Source.name, Source.repository_id, Source.service_id,
               Source.collected_until, Source.history_start, Source.created_at)  # fmt: skip
    return _typed(snapshot.frame(select(*columns).order_by(Source.id)))


def _stored(snapshot: Snapshot, table: type[Base]) -> Iterator[pl.DataFrame]:
    """As it is stored, a few rows at a time, in the order of its key."""
    keys = list(table.__table__.primary_key.columns)
    asked = select(*table.__table__.columns).order_by(*keys).limit(_ROWS)
    found = snapshot.frame(asked)
    while True:
        yield _typed(found.drop("id") if keys == [table.__table__.columns.get("id")] else found)
        if found.height < _ROWS:
            return
        last = found.select(key.name for key in keys).row(-1)
        found = snapshot.frame(asked.where(_behind(keys, last)))


def _behind(keys: list, last: tuple):
    return keys[0] > last[0] if len(keys) == 1 else tuple_(*keys) > tuple_(*last)


def _some_services(snapshot: Snapshot) -> Iterator[list[tuple]]:
    asked = select(Service.id, Service.collected_until).where(Service.derived_with.is_not(None)).order_by(Service.id)
    rows = [tuple(row) for row in snapshot.rows(asked)]
    for start in range(0, max(1, len(rows)), _SERVICES):
        yield rows[start : start + _SERVICES]


def _cells(snapshot: Snapshot) -> Iterator[pl.DataFrame]:
    for some in _some_services(snapshot):
        yield (
            blocks.unpack(snapshot.frame(_blocks([one for one, _ in some])))
            .rename({"service": "service_id"})
            .cast({"metric": pl.String, "state": pl.String})
        )


def _blocks(ids: list[int]) -> Select:
    rows = select(CellBlock.service_id.label("service"), CellBlock.block, CellBlock.week, CellBlock.cells)
    return rows.where(CellBlock.service_id.in_(ids)).order_by(CellBlock.service_id, CellBlock.block)


def _assessments(snapshot: Snapshot) -> Iterator[pl.DataFrame]:
    """Each metric of each service in the last weeks."""
    schema = {
        "service_id": pl.Int64, "metric": pl.String, "start": INSTANT, "end": INSTANT, "state": pl.String,
        "basis": pl.String, "unit": pl.String, "value": pl.Float64, "low": pl.Float64, "high": pl.Float64,
        "method": pl.String, "n": pl.Int64, "of": pl.Int64, "p90": pl.Float64,
    }  # fmt: skip
    names = list(schema)[4:]
    for some in _some_services(snapshot):
        ends = {one: store.from_us(until) for one, until in some if until is not None}
        windows = {one: (end - timedelta(weeks=WEEKS), end) for one, end in ends.items()}
        found = derived.summaries_of(snapshot, windows) if windows else {}
        rows = [
            {"service_id": one, "metric": key, "start": windows[one][0], "end": windows[one][1],
             **{name: getattr(metric, name) for name in names}}
            for one, summary in found.items() for key, metric in summary.metrics.items()
        ]  # fmt: skip
        yield pl.DataFrame(rows, schema=schema)


def _kept(snapshot: Snapshot) -> Iterator[pl.DataFrame]:
    """What was kept when a survey or consensus closed, or of a team's practices, whole, with its versions; JSON in two
    columns."""
    schema = {"assessment_id": pl.Int64, "kind": pl.String, "team_id": pl.Int64, "team": pl.String,
              "survey_id": pl.Int64, "title": pl.String, "taken_at": INSTANT, "content": pl.String,
              "versions": pl.String}  # fmt: skip
    for row in _kept_rows(snapshot):
        head = dict(zip(list(schema)[:6], row[:6], strict=True)) | {"taken_at": store.from_us(row.taken_at)}
        written = {name: json.dumps(getattr(row, name), ensure_ascii=False) for name in ("content", "versions")}
        yield pl.DataFrame([head | written], schema=schema)
    yield pl.DataFrame(schema=schema)


def _survey_items(snapshot: Snapshot) -> Iterator[pl.DataFrame]:
    """Each question of each closed survey, as far as it may be shown."""
    schema = {"survey_id": pl.Int64, "item": pl.String, "told": pl.String, "n": pl.Int64, "dont_know": pl.Int64,
              "not_applicable": pl.Int64, "unanswered": pl.Int64, "mean": pl.Float64, "low": pl.Float64,
              "high": pl.Float64, "interval": pl.String, "agreement": pl.Float64, "counts": pl.List(pl.Int64),
              "values": pl.List(pl.Float64), "quartiles": pl.List(pl.Float64)}  # fmt: skip
    for row in _kept_rows(snapshot):
        items = row.content.get("answers", {}).get("items", {})
        yield pl.DataFrame([_survey_item(row.wave_id, kept, list(schema)) for kept in items.values()], schema=schema)
    yield pl.DataFrame(schema=schema)


def _survey_item(survey_id: int, kept: dict, names: list[str]) -> dict:
    around, agreed = kept.get("interval") or {}, kept.get("agreement") or {}
    flat = {**kept, "survey_id": survey_id, "item": kept["key"], "agreement": agreed.get("value")}
    flat |= {"low": around.get("low"), "high": around.get("high"), "interval": around.get("kind")}
    return {name: flat.get(name) for name in names}


def _capability_levels(snapshot: Snapshot) -> Iterator[pl.DataFrame]:
    """Each capability of each assessment of practices, worked out again by the model it was judged by. level is null
    where it was not known or too little was; coverage stands beside it."""
    schema = {"assessment_id": pl.Int64, "capability": pl.String, "level": pl.Int64, "claimed": pl.Int64,
              "known": pl.Int64, "applicable": pl.Int64}  # fmt: skip
    models = {digest: list(plain.values()) for digest, plain in snapshot.rows(_MODELS)}
    for row in _kept_rows(snapshot):
        if row.kind == "practices":
            found = Judged.of({**row.content["snapshot"], "model": models[row.versions["model"]]})
            stood = {key: found.standing(key) for key in found.model}
            levels = [(row.id, key, one.told, one.claimed, one.known, one.applicable) for key, one in stood.items()]
            yield pl.DataFrame(levels, schema=schema, orient="row")
    yield pl.DataFrame(schema=schema)


_MODELS = select(PracticeModel.digest, PracticeModel.plain)


def _kept_rows(snapshot: Snapshot) -> list:
    columns = (Assessment.id, Assessment.kind, Assessment.team_id, Team.name, Assessment.wave_id, Assessment.title,
               Assessment.taken_at, Assessment.content, Assessment.versions)  # fmt: skip
    joined = select(*columns).join(Team, Team.id == Assessment.team_id)
    return snapshot.rows(joined.order_by(Assessment.id))


def _typed(frame: pl.DataFrame) -> pl.DataFrame:
    """Instants and lists in place of integers and lines."""
    instants = [name for name in frame.columns if name.endswith("_at") or name in _INSTANTS]
    lists = [pl.col(name).str.split("\n") for name in frame.columns if name in _LISTS]
    return frame.with_columns(pl.col(instants).cast(INSTANT), *lists)


# Files


def _parquet(path: Path, frames: Iterator[pl.DataFrame]) -> int:
    """Parts first: a Parquet file cannot be added to."""
    parts, rows = path.with_suffix(".parts"), 0
    parts.mkdir()
    for number, frame in enumerate(frames):
        frame.write_parquet(parts / f"{number:06d}.parquet")
        rows += frame.height
    pl.scan_parquet(sorted(parts.iterdir())).sink_parquet(path, compression="zstd")
    shutil.rmtree(parts)
    path.chmod(0o600)
    return rows


def _csv(path: Path, frames: Iterator[pl.DataFrame]) -> int:
    """For spreadsheets too: a text that one would take for a formula begins with an apostrophe."""

    def write(file, frame: pl.DataFrame, first: bool) -> None:
        lists = [
            pl.col(name).cast(pl.List(pl.String)).list.join("\n")
            for name, kind in frame.schema.items()
            if isinstance(kind, pl.List)
        ]
        texts = pl.col(pl.String)
        safe = frame.with_columns(lists).with_columns(
            pl.when(texts.str.contains(_FORMULA)).then("'" + texts).otherwise(texts).name.keep()
        )
        safe.write_csv(file, include_header=first, datetime_format=_ISO)

    return _by_pieces(path, frames, write)


def _json(path: Path, frames: Iterator[pl.DataFrame]) -> int:
    def write(file, frame: pl.DataFrame, first: bool) -> None:
        instants = [name for name, kind in frame.schema.items() if kind == INSTANT]
        frame.with_columns(pl.col(instants).dt.strftime(_ISO)).write_ndjson(file)

    return _by_pieces(path, frames, write)


def _by_pieces(path: Path, frames: Iterator[pl.DataFrame], write: Callable) -> int:
    rows = 0
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        for number, frame in enumerate(frames):
            write(file, frame, number == 0)
            rows += frame.height
    return rows


_WRITERS = {"parquet": _parquet, "csv": _csv, "json": _json}
