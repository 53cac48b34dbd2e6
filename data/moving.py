"""A whole store out into one file and into another store: SQLite to PostgreSQL, back, or to another computer.

What can be computed again stays behind and is computed there, to the last digit; so do jobs that have not ended, which
nobody would go on with. Ids stay the same. For the file see `data.parcel`.
"""

import json
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import get_args

import polars as pl
import psycopg
from pydantic import ValidationError
from sqlalchemy import Column, Select, delete, func, make_url, select, text
from sqlalchemy.exc import DataError, IntegrityError
from sqlmodel import Session

from assessments.delivery.settings import Settings
from data import derive, jobs, migrations, parcel, store
from data.parcel import MoveError
from data.people import LOCAL
from data.tables import (
    Base,
    CellBlock,
    Connection,
    ConnectionRepository,
    ConsensusSeat,
    ConsensusVote,
    DataVersion,
    Draft,
    Evaluation,
    Failure,
    IdempotencyKey,
    IncidentHook,
    Job,
    JudgedDeployment,
    Organization,
    PackedWeek,
    Person,
    ProofAttempt,
    ProofKept,
    ReportSending,
    ReportSubscription,
    Repository,
    Service,
    ShippedChange,
    SignIn,
    Source,
    Team,
    WebhookDelivery,
)

LEFT_OUT = (JudgedDeployment, ShippedChange, Failure, PackedWeek, CellBlock, DataVersion)
#: Tables with secrets, what refers to them, who is signed in, what was sent and is not worked on yet, and answers that
#: are not handed in: whoever imports connects and signs in anew.
PRIVATE = (
    Connection, ConnectionRepository, ConsensusSeat, ConsensusVote, Draft, IncidentHook, IdempotencyKey, ReportSending,
    ReportSubscription, SignIn, WebhookDelivery,
)  # fmt: skip
#: Judgements that are made again as soon as they are of use.
KEPT = (ProofKept,)
_STAYS = {Source: {"connection_id", "job_id"}, Evaluation: {"job_id"}, ProofAttempt: {"job_id"}}
#: Columns of a service that say which derived rows it has; it arrives without any.
DERIVED = {
    "dirty_since", "derived_version", "derived_with", "rules_version", "existed_from", "collected_until",
    "environments", "has_changes", "resumable", "unresolved",
}  # fmt: skip
_ROWS = 10_000  # read at once
_SET = "set MILEPOST_HOME or DATABASE_URL as for the portal"
#: How values of a type stand in the file, and in a frame. JSON columns are dict or list; object: either.
TYPES = {
    bool: (bool, pl.Boolean), int: (int, pl.Int64), float: (float, pl.Float64), str: (str, pl.String),
    date: (str, pl.Date), dict: (dict, pl.String), list: (list, pl.String),
    object: (object, pl.String),
}  # fmt: skip

Progress = Callable[[int, int, str], None]


def quiet(done: int, total: int, message: str) -> None:
    """Nobody looks."""


class NothingToMove(MoveError):
    """The store in use holds nothing that anybody has brought in."""


def moved() -> tuple[type[Base], ...]:
    """The tables that travel, owners before what they own."""
    order = {table.name: place for place, table in enumerate(Base.metadata.sorted_tables)}
    travels = set(Base.__subclasses__()) - {*LEFT_OUT, *PRIVATE, *KEPT}
    return tuple(sorted(travels, key=lambda each: order[each.__tablename__]))


# Out


def export_store(path: Path, progress: Progress = quiet) -> dict[str, int]:
    """Writes the store in use, as it is at one moment, into a new file for its owner only. Returns rows by table.

    Others may read and write meanwhile. Raises MoveError, NothingToMove.
    """
    refuse_no_file()
    with store.reading() as session:
        _refuse_nothing(session)
        with parcel.writing(path) as writer:
            done, total = 0, sum(session.execute(_count(_wanted(table))).scalar_one() for table in moved())
            for table in moved():
                with writer.table(table.__tablename__, [column.name for column in columns(table)]) as put:
                    for some in session.execute(_in_order(table)).partitions():
                        put(some)
                        done += len(some)
                        progress(done, total, f"Writing {_spoken(table)}")
            return writer.finish(migrations.newest())


def refuse_unusable() -> None:
    """Raises MoveError, NothingToMove for a store that cannot be exported."""
    refuse_no_file()
    with store.reading() as session:
        _refuse_nothing(session)


def _refuse_nothing(session: Session) -> None:
    if (found := migrations.current(session.connection())) is None:
        raise NothingToMove(f"There is no store yet in the database in use: {_SET}.")
    _refuse_another_shape(found)
    if not is_used(session):
        raise NothingToMove("The store in use holds no team and no service: there is nothing to export.")


def refuse_no_file() -> None:
    """Opening an SQLite store that is not there would make it."""
    given = os.environ.get("DATABASE_URL", "").strip()
    if given and not store.is_sqlite():
        return
    file = Path(make_url(store.url()).database) if given else store.place() / "milepost.db"
    if not file.exists():
        raise NothingToMove(f"There is no store at {file}: {_SET}.")


def _refuse_another_shape(revision: str) -> None:
    if revision != migrations.newest():
        raise MoveError(
            "The store in use is not of the present form: run `python milepost.py migrate`, then try again."
        )


def is_used(session: Session) -> bool:
    """Whether there is more than every fresh store makes for itself (a person, an organization) and traces of work."""
    held = [select(table.id) for table in (Team, Service, Repository, Source)]
    others = select(Person.id).where(Person.provider != LOCAL)
    organizations = select(Organization.id).offset(1)
    return any(session.execute(each.limit(1)).first() for each in (*held, others, organizations))


def columns(table: type[Base]) -> list:
    """What of a table travels."""
    stays = DERIVED if table is Service else _STAYS.get(table, ())
    return [column for column in table.__table__.columns if column.name not in stays]


def kind(table: type[Base], column: Column) -> type:
    """What a column holds: a key of `TYPES`."""
    said = table.model_fields[column.name].annotation
    return next((kind for kind in get_args(said) if kind is not type(None)), said)


def _wanted(table: type[Base]) -> Select:
    rows = select(*columns(table))
    return rows.where(Job.state.not_in(jobs.LIVE)) if table is Job else rows


def _in_order(table: type[Base]) -> Select:
    """By key, a few at a time. Texts by their bytes, as SQLite has them: PostgreSQL's order is that of its language."""
    bytewise = "BINARY" if store.is_sqlite() else "C"
    keys = table.__table__.primary_key.columns
    order = [key.collate(bytewise) if kind(table, key) is str else key for key in keys]
    return _wanted(table).order_by(*order).execution_options(yield_per=_ROWS)


def _count(rows: Select) -> Select:
    return select(func.count()).select_from(rows.subquery())


def _spoken(table: type[Base]) -> str:
    return table.__tablename__.replace("_", " ")


# In


def import_store(path: Path, progress: Progress = quiet) -> dict[str, int]:
    """Brings a file of `export_store` into the store in use, which must be empty: all of it, or nothing. Returns rows
    by table. What is derived is not there yet: see `work_out`. Raises MoveError.
    """
    tables = {table.__tablename__: table for table in moved()}
    newest = migrations.newest()
    with parcel.reading(path, newest, migrations.known() - {newest}, tables) as reader:
        _make_ready()
        with store.writing() as session:
            if is_used(session):
                raise MoveError(
                    "The store in use is not empty: import into a new one, with a new folder as MILEPOST_HOME or the "
                    "name of an empty database in DATABASE_URL."
                )
            for table in reversed(tables.values()):
                session.execute(delete(table))
            done, total = 0, sum(reader.rows.values())
            for name, table in tables.items():
                for rows in reader.table(name, [column.name for column in columns(table)]):
                    _insert(session, table, rows, reader)
                    done += len(rows)
                    progress(done, total, f"Bringing in {_spoken(table)}")
            if not store.is_sqlite():
                _settle(session, reader)
        return reader.rows


def _make_ready() -> None:
    with store.reading() as session:
        found = migrations.current(session.connection())
    if found is None:
        store.migrate()
    else:
        _refuse_another_shape(found)


def _insert(session: Session, table: type[Base], rows: list[list], reader: parcel.Reader) -> None:
    if not rows:
        return
    values = dict(zip((column.name for column in columns(table)), map(list, zip(*rows, strict=True)), strict=True))
    frame = pl.DataFrame([_series(table, column, values[column.name], reader) for column in columns(table)])
    fresh = {}
    if table is Job and not set(values["state"]).isdisjoint(jobs.LIVE):  # a worker would do whatever it says
        raise reader.damaged("it holds a job that has not ended")
    if table is Service:
        check_settings(values["settings"], reader)
        fresh = {name: Service.model_fields[name].default for name in DERIVED}
    with refused(_spoken(table), reader):
        store.insert_frame(session, table, frame, **fresh)


def check_settings(chosen: list[dict | None], reader: parcel.Reader) -> None:
    """Every page and every job would stumble over settings that are none."""
    try:
        for each in filter(None, chosen):
            Settings.model_validate(each)
    except ValidationError as error:
        raise reader.damaged("the settings of a service are none that Milepost knows") from error


@contextmanager
def refused(what: str, reader: parcel.Reader, verb: str = "import") -> Iterator[None]:
    """What the database does not take is told in words."""
    try:
        yield
    except (IntegrityError, sqlite3.IntegrityError, psycopg.IntegrityError) as error:
        why = f"rows of {what} are there twice, or belong to rows that are not there"
        raise reader.damaged(why) from error
    except (DataError, sqlite3.DataError, psycopg.DataError, OverflowError) as error:
        raise MoveError(
            f"A value in {what} is none that this kind of database can keep: {verb} into the kind that it came from. "
            f"Nothing was changed."
        ) from error


def _series(table: type[Base], column: Column, values: list, reader: parcel.Reader) -> pl.Series:
    return series(column, values, kind(table, column), reader)


def series(column: Column, values: list, said: type, reader: parcel.Reader) -> pl.Series:
    """The values of a column, each of exactly its type, null only where that may be. said: a key of TYPES; object for
    JSON of either form."""
    kind, dtype = TYPES[said]
    kinds = {dict, list} if said is object else {kind}
    if not set(map(type, values)) <= (kinds | {type(None)} if column.nullable else kinds):
        raise reader.damaged(f"{column} holds a value that does not belong there")
    if said in (dict, list, object):
        values = [None if value is None else json.dumps(value) for value in values]
    try:
        made = pl.Series(column.name, values, dtype=pl.String if dtype == pl.Date else dtype, strict=True)
        return made.str.to_date("%Y-%m-%d", strict=True) if dtype == pl.Date else made
    except (TypeError, UnicodeEncodeError, pl.exceptions.PolarsError) as error:
        raise reader.damaged(f"{column} holds a value that nobody could keep") from error


def _settle(session: Session, reader: parcel.Reader) -> None:
    """New rows get ids behind those that came, and PostgreSQL learns how much there is before it plans a query."""
    with refused("the ids", reader):
        for table in moved():
            if "id" in table.__table__.columns and kind(table, table.__table__.c.id) is int:
                counter, last = func.pg_get_serial_sequence(f'"{table.__tablename__}"', "id"), func.max(table.id)
                session.execute(select(func.setval(counter, func.coalesce(last, 1), last.is_not(None))))
    session.execute(text("ANALYZE"))


def work_out(progress: Progress = quiet) -> int:
    """Works out the metrics of every service whose facts are newer than they are. Returns how many. What is left when
    it is broken off, the portal's worker does."""
    stale = derive.stale()
    derive.refresh(stale, lambda done, total: progress(done, total, "Working out metrics"))
    return len(stale)
