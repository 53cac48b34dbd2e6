"""Bringing a backup back: into the shape it was written in, then to the present one, in one transaction.

Whatever happens in the middle - a mistake in the file, a full disk, a power cut - the store is as it was before.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import polars as pl
from sqlalchemy import Column, Connection, Table, func, insert, inspect, select, text, types, update
from sqlmodel import Session

from data import frames, jobs, migrations, moving, parcel, sealed, store
from data.keeping import backup, sealing, shelf
from data.migrations import Ownerless
from data.moving import Progress, quiet
from data.parcel import MoveError, Reader
from data.people import LOCAL
from data.tables import AuditEvent, Base, DataVersion, Person, ReportSending, Service, Wave

#: How the columns of a service that say what was worked out stand before anything is.
_FRESH = {name: Service.model_fields[name].default for name in moving.DERIVED}
_KINDS = (
    (types.JSON, object), (types.Boolean, bool), (types.Integer, int), (types.Numeric, float), (types.Float, float),
    (types.String, str),
)  # fmt: skip


class NotEmpty(MoveError):
    """The store in use holds something, and nobody said that it may go."""


class Sealed(MoveError):
    """What is sealed in the file cannot be opened here, and nobody said to go without it."""


@dataclass(frozen=True)
class Described:
    """A backup that is whole. opens: whether what is sealed in it can be opened with the key here."""

    path: Path
    made_at: datetime
    revision: str
    is_older: bool
    rows: dict[str, int]
    opens: bool


@dataclass(frozen=True)
class Restored:
    """What came back. before: the backup of what was there, where something was. without_sealed: sealed rows stayed
    behind. shut: how many secrets are in the store that no key here opens."""

    described: Described
    before: Path | None
    without_sealed: bool
    shut: int


def check(path: Path, progress: Progress = quiet) -> Described:
    """Reads all of a backup and says what it is; nothing is changed. Raises MoveError."""
    with parcel.opened(path, parcel.BACKUP) as reader:
        _check_whole(reader, path, progress)
        return _described(reader, path, _opener(reader) is not None)


def restore(path: Path, force: bool = False, without_sealed: bool = False, progress: Progress = quiet) -> Restored:
    """Brings a backup into the store in use, which must be empty, or, with `force`, is replaced: all of it or nothing.
    What was there is backed up into the home first. What is worked out from facts is not there yet: see
    `moving.work_out`. Raises MoveError, NotEmpty, Sealed.
    """
    with parcel.opened(path, parcel.BACKUP) as reader:
        _check_whole(reader, path, progress)
        open_ = _opener(reader)
        if open_ is None and not without_sealed:
            raise _shut(path, reader)
        before = _put_aside(path, force, progress)
        try:
            with migrations.changing() as connection:
                if before is None:
                    _refuse_used(connection)
                _replace(connection, reader, open_, progress)
        except Ownerless as error:
            raise reader.damaged("it holds rows that belong to rows that are not there") from error
        except migrations.TooNew as error:
            raise _too_new() from error
        return Restored(_described(reader, path, open_ is not None), before, open_ is None, _shut_secrets())


# Before anything is touched


def _check_whole(reader: Reader, path: Path, progress: Progress) -> None:
    if reader.revision not in migrations.known():
        raise parcel.newer(path, parcel.BACKUP)
    try:
        store.from_us(reader.made_at).isoformat()
    except (AttributeError, OverflowError) as error:
        raise reader.damaged("nothing says when it was made") from error
    done = 0

    def seen(size: int) -> None:
        nonlocal done
        done += size
        progress(done, reader.bytes, "Checking the file")

    reader.check(seen)


def _opener(reader: Reader) -> Callable[[str], str] | None:
    """What opens sealed rows, None where there are some and the key here does not."""
    try:
        return sealing.opener(reader.seal or "")
    except sealing.NotTheKey:
        return None if any(reader.rows.get(name) for name in backup.SEALED) else _nothing


def _nothing(shut: str) -> str:
    raise ValueError("nothing is sealed")


def _shut(path: Path, reader: Reader) -> Sealed:
    try:
        sealing.opener(reader.seal or "")
        why = ""
    except sealing.NotTheKey as error:
        why = str(error)
    return Sealed(
        f"Answers of surveys and what people learn are sealed in {path}, and {why}: put the key of the store that it "
        f"came from there, or give --without-sealed to do without them. Nothing was changed."
    )


def said(found: Described) -> str:
    """The same for people, in a few sentences."""
    older = ", from an older Milepost: it is brought to the present form" if found.is_older else ""
    opens = (
        "Nothing in it is sealed."
        if not any(found.rows.get(name) for name in backup.SEALED)
        else "What is sealed in it opens with the key here."
        if found.opens
        else "What is sealed in it does not open with the key here: put the key of its store in place, or restore it "
        "with --without-sealed."
    )
    return f"{found.path} is whole, made on {found.made_at:%Y-%m-%d at %H:%M} UTC{older}. {opens}"


def _described(reader: Reader, path: Path, opens: bool) -> Described:
    made_at = store.from_us(reader.made_at)
    return Described(path, made_at, reader.revision, reader.revision != migrations.newest(), reader.rows, opens)


def _put_aside(path: Path, force: bool, progress: Progress) -> Path | None:
    """Backs up what is there, if anything is; the file. Raises NotEmpty."""
    with store.reading() as session:
        found = migrations.current(session.connection())
        if found is None or not moving.is_used(session):
            return None
    if not force:
        raise _not_empty()
    if found not in migrations.known():
        raise _too_new()
    return backup.write(shelf.new_file("before-restore"), progress).path


def _refuse_used(connection: Connection) -> None:
    """Somebody may have begun to use it since."""
    if migrations.current(connection) is not None and moving.is_used(Session(connection)):
        raise _not_empty()


def _too_new() -> MoveError:
    return MoveError(
        "The store in use was written by a newer Milepost: restore into a new one, with a new folder as MILEPOST_HOME "
        "or the name of an empty database in DATABASE_URL. Nothing was changed."
    )


def _not_empty() -> NotEmpty:
    return NotEmpty(
        "The store in use is not empty: restore into a new one, with a new folder as MILEPOST_HOME or the name of an "
        "empty database in DATABASE_URL; or give --force to replace what is there, which is backed up first."
    )


# In one transaction


def _replace(connection: Connection, reader: Reader, open_: Callable[[str], str] | None, progress: Progress) -> None:
    version = _empty(connection)
    migrations.turn(connection, reader.revision)
    _clear(connection)  # migrations may have brought rows
    tables = backup.wanted(connection)
    reader.check_tables(table.name for table in tables)
    done, total = 0, sum(reader.rows.values())
    for table in tables:
        for rows in _read(reader, table, open_):
            with moving.refused(backup.spoken(table.name), reader, "restore"):
                frames.append(connection, table, _frame(table, rows, reader), {})
            done += len(rows)
            progress(done, total, f"Bringing in {backup.spoken(table.name)}")
    with moving.refused("the rows", reader, "restore"):
        migrations.turn(connection, migrations.newest())
    _settle(connection, reader, version, open_ is None)


def _empty(connection: Connection) -> int:
    """Takes every row away; the version that pages have seen of the store."""
    if migrations.current(connection) is None:
        return 0
    version = connection.execute(select(DataVersion.version)).scalar_one()
    _clear(connection)
    return version


def _clear(connection: Connection) -> None:
    """In any order, for owners are not looked at meanwhile. So names are enough: to look through whole tables takes
    longer than most of a restore."""
    known = {*Base.metadata.tables, *backup.OLD} - {DataVersion.__tablename__}
    quote = connection.dialect.identifier_preparer.quote
    names = [quote(name) for name in inspect(connection).get_table_names() if name in known]
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"TRUNCATE {', '.join(names)}"))
        return
    for name in names:
        connection.execute(text(f"DELETE FROM {name}"))  # noqa: S608  names of our tables


def _read(reader: Reader, table: Table, open_: Callable[[str], str] | None) -> Iterator[list[list]]:
    if table.name not in backup.SEALED:
        yield from reader.table(table.name, backup.names(table))
        return
    for rows in reader.table(table.name, ["sealed"]):
        if open_ is not None:
            yield [_opened(reader, table, row[0], open_) for row in rows]


def _opened(reader: Reader, table: Table, shut: object, open_: Callable[[str], str]) -> list:
    try:
        row = json.loads(open_(shut if isinstance(shut, str) else ""))
    except (ValueError, RecursionError) as error:
        raise reader.damaged(f"a row of {table.name} is not what was sealed") from error
    if type(row) is not list or len(row) != len(table.columns):
        raise reader.damaged(f"a row of {table.name} does not have {len(table.columns)} values")
    return row


def _frame(table: Table, rows: list[list], reader: Reader) -> pl.DataFrame:
    columns = [table.c[name] for name in backup.names(table)]
    values = list(map(list, zip(*rows, strict=True))) if rows else [[] for _ in columns]
    if table.name == "job" and not set(values[backup.names(table).index("state")]).isdisjoint(jobs.LIVE):
        raise reader.damaged("it holds a job that has not ended")  # a worker would do whatever it says
    return pl.DataFrame(
        [moving.series(column, some, _kind(column), reader) for column, some in zip(columns, values, strict=True)]
    )


def _kind(column: Column) -> type:
    """What a column holds, a key of `moving.TYPES`: as the database says, of JSON also as the class of now does."""
    kind = next((kind for said, kind in _KINDS if isinstance(column.type, said)), None)
    if kind is None:
        raise TypeError(f"{column} is of a type that no backup holds: {column.type!r}")
    if kind is object and (now := _classes().get(column.table.name)) and column.name in now.__table__.columns:
        return moving.kind(now, now.__table__.columns[column.name])
    return kind


def _classes() -> dict[str, type[Base]]:
    return {each.__tablename__: each for each in Base.__subclasses__()}


def _settle(connection: Connection, reader: Reader, version: int, without_sealed: bool) -> None:
    """The present shape is there: what was worked out is to be worked out again, and pages look anew."""
    chosen = connection.execute(select(Service.settings)).scalars().all()
    moving.check_settings(chosen, reader)
    connection.execute(update(Service).values(_FRESH))
    if without_sealed:
        _without_answers(connection)
    _stop_sending(connection)
    rows = sum(reader.rows.values())
    detail = {"made_at": reader.made_at, "revision": reader.revision, "rows": rows, "without_sealed": without_sealed}
    local = select(Person.id).where(Person.provider == LOCAL).limit(1)
    event = {"at": store.now_us(), "person_id": connection.execute(local).scalar(), "action": "restore_backup"}
    if connection.dialect.name == "postgresql":
        _counters(connection, reader)
    connection.execute(insert(AuditEvent).values(**event, subject="store", detail=detail))
    connection.execute(update(DataVersion).values(version=version + 1))


def _stop_sending(connection: Connection) -> None:
    """The jobs of reports that were on their way have stayed behind: nothing is sent twice, and none waits for ever."""
    ended = {"job_id": None, "ended_at": store.now_us()}
    on_way = update(ReportSending)
    waited = "It waited when the backup was made, and may have been sent since. Send it again."
    connection.execute(on_way.where(ReportSending.state == "waiting").values(state="failed", problem=waited, **ended))
    handed = "It was handed over while the backup was made: it may have arrived, or not. Send it again."
    connection.execute(on_way.where(ReportSending.state == "handing").values(state="unknown", problem=handed, **ended))


def _without_answers(connection: Connection) -> None:
    """Nobody knows any more who was asked: open surveys end, and of closed ones nothing may be subtracted."""
    connection.execute(update(Wave).where(Wave.state == "open").values(state="cancelled"))
    connection.execute(update(Wave).where(Wave.state == "closed", Wave.kind == "survey").values(elsewhere=True))


def _shut_secrets() -> int:
    with store.reading() as session:
        columns = [getattr(table, name) for table, name in sealed.COLUMNS]
        kept = [each for column in columns for each in session.execute(select(column)).scalars() if each]
    return sum(not sealing.opens(each) for each in kept)


def _counters(connection: Connection, reader: Reader) -> None:
    """New rows get ids behind those that came, and PostgreSQL learns how much there is before it plans a query."""
    with moving.refused("the ids", reader, "restore"):
        for table in Base.metadata.sorted_tables:
            if "id" in table.columns and isinstance(table.c.id.type, types.Integer):
                counter = func.pg_get_serial_sequence(f'"{table.name}"', "id")
                last = func.max(table.c.id)
                connection.execute(
                    select(func.setval(counter, func.coalesce(last, 1), last.is_not(None))).select_from(table)
                )
    connection.execute(text("ANALYZE"))
