"""The store: one SQLite file by default, PostgreSQL by DATABASE_URL; the only module that opens either.

One writer at a time on both, so that what a block of code read is still so when it writes. Reads see one moment.
"""

import os
import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from operator import itemgetter
from pathlib import Path

import polars as pl
from sqlalchemy import (
    Boolean,
    Connection,
    Dialect,
    Engine,
    Insert,
    Row,
    Select,
    create_engine,
    event,
    make_url,
    text,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import ArgumentError
from sqlmodel import Session

from data import environment, frames
from data.tables import DataVersion
from data.unusable import Unusable as Unusable  # raised here first, and known to all under this name

WAIT_SECONDS = 30  # for another writer to finish
CONNECT_SECONDS = 10  # for a server that does not answer at all
CHUNK = 1_000  # rows a statement
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NARROW = text(
    "SELECT set_config('enable_seqscan', 'off', true), set_config('enable_hashjoin', 'off', true),"
    " set_config('enable_mergejoin', 'off', true)"
)
_WRITER = 0x6D696C65  # the advisory lock that PostgreSQL writers share
_OPEN: ContextVar[Session | None] = ContextVar("session of the writing block we are in", default=None)
_ENGINES: list[Engine] = []
_RAISE = update(DataVersion.__table__).values(version=DataVersion.__table__.c.version + 1)


def place() -> Path:
    """The folder of everything Milepost keeps: MILEPOST_HOME, else `var` beside the code."""
    return Path(os.environ.get("MILEPOST_HOME") or Path(__file__).resolve().parent.parent / "var")


def home() -> Path:
    """`place()`, made when it is missing, for its owner only."""
    folder = place()
    if not folder.is_dir():
        folder.parent.mkdir(parents=True, exist_ok=True)
        folder.mkdir(mode=0o700, exist_ok=True)
    return folder


def url() -> str:
    """The SQLAlchemy URL of the store: DATABASE_URL, else the SQLite file in `home()`.

    Raises Unusable for a DATABASE_URL that is neither SQLite nor PostgreSQL (not repeated: it may hold a password).
    """
    return _address(environment.value("DATABASE_URL"), os.environ.get("MILEPOST_HOME"))


@lru_cache(maxsize=8)
def _address(given: str, _home: str | None) -> str:
    """Kept, because it is asked for several times in each transaction."""
    if not given:
        return f"sqlite:///{home() / 'milepost.db'}"
    try:
        parsed = make_url(given)
    except ValueError:
        raise Unusable("The port in DATABASE_URL must be a number: mend DATABASE_URL.") from None
    except ArgumentError:
        parsed = None
    kind = parsed.drivername.partition("+")[0] if parsed is not None else ""
    if kind in ("postgres", "postgresql"):
        return parsed.set(drivername="postgresql+psycopg").render_as_string(hide_password=False)
    if kind == "sqlite" and parsed.database and parsed.database != ":memory:":
        return given
    raise Unusable("DATABASE_URL must begin with postgresql:// or with sqlite:/// and a file; unset it to use SQLite.")


def engine() -> Engine:
    """The engine of the store in use; one for each URL and process."""
    return _engine(url())


def dispose() -> None:
    """Closes every connection of this process; the next use opens them again."""
    for made in _ENGINES:
        made.dispose()
    _ENGINES.clear()
    for kept in (_address, _engine, _for_reading, _for_writing):
        kept.cache_clear()


@lru_cache(maxsize=8)
def _engine(address: str) -> Engine:
    if address.startswith("sqlite"):
        _create_privately(Path(make_url(address).database))
        waits = {"timeout": WAIT_SECONDS}
        made = create_engine(address, pool_size=16, max_overflow=32, hide_parameters=True, connect_args=waits)
        event.listen(made, "connect", _set_up_sqlite)
        event.listen(made, "begin", _begin_sqlite)
    else:
        chosen = make_url(address).query
        patience = {} if "connect_timeout" in chosen else {"connect_timeout": CONNECT_SECONDS}
        options = {"pool_pre_ping": True, "hide_parameters": True, "connect_args": patience}
        made = create_engine(address, pool_size=8, max_overflow=16, **options)
        event.listen(made, "connect", _set_up_postgresql)
    _ENGINES.append(made)
    return made


@lru_cache(maxsize=8)
def _for_reading(address: str) -> Engine:
    """The engine for transactions that see one moment; kept, as the next."""
    options = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    return _engine(address).execution_options(**({} if address.startswith("sqlite") else options))


@lru_cache(maxsize=8)
def _for_writing(address: str) -> Engine:
    return _engine(address).execution_options(milepost_writes=True)


def _create_privately(path: Path) -> None:
    """SQLite makes its file readable for all, and its log like the file: so the file is made here, for us only."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))


def _set_up_sqlite(connection, _record) -> None:
    connection.isolation_level = None  # the driver must not begin transactions on its own: `_begin_sqlite` does
    run = connection.execute
    run(f"PRAGMA busy_timeout = {WAIT_SECONDS * 1000}")
    if run("PRAGMA journal_mode").fetchone()[0] != "wal":
        _patiently(lambda: run("PRAGMA journal_mode = WAL"))
    run("PRAGMA synchronous = NORMAL")
    run("PRAGMA foreign_keys = ON")


def _set_up_postgresql(connection, _record) -> None:
    """Compiling a statement takes a server longer than any of ours runs."""
    with connection.cursor() as cursor:
        cursor.execute("SET jit = off")
    connection.commit()


def _patiently(step) -> None:
    """SQLite does not wait for others while it changes the journal mode; two first starts at once need it."""
    give_up = time.monotonic() + WAIT_SECONDS
    while True:
        try:
            return step()
        except sqlite3.OperationalError:
            if time.monotonic() > give_up:
                raise
            time.sleep(0.02)


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("milepost_writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def is_sqlite() -> bool:
    return url().startswith("sqlite")


def lock_writers(connection: Connection) -> None:
    """Makes this transaction the only writer until it ends. SQLite's is already, by how it began."""
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"SET LOCAL lock_timeout = '{WAIT_SECONDS}s'"))
        connection.execute(text(f"SELECT pg_advisory_xact_lock({_WRITER})"))


@contextmanager
def reading() -> Iterator[Session]:
    """A session that sees one moment of the store, all through. Inside `writing()` it is that block's session."""
    if (outer := _OPEN.get()) is not None:
        yield outer
        return
    with Session(_for_reading(url()), expire_on_commit=False) as session:
        yield session


@contextmanager
def writing(quietly: bool = False) -> Iterator[Session]:
    """A session that saves everything at the end of the block, or nothing when the block raises.

    It is the only writer meanwhile: keep the block short, and compute before it. A block inside another belongs to the
    outer one. The data version is raised, unless `quietly` (for what no page keeps, as the heartbeat of a job).
    """
    if (outer := _OPEN.get()) is not None:
        with outer.begin_nested():
            yield outer
            outer.flush()
        return
    with Session(_for_writing(url()), expire_on_commit=False) as session:
        lock_writers(session.connection())
        token = _OPEN.set(session)
        try:
            yield session
            session.flush()
            if not quietly:
                session.connection().execute(_RAISE)
            session.commit()
        finally:
            _OPEN.reset(token)


def is_writing() -> bool:
    """Whether we are inside a writing block, while every other writer waits."""
    return _OPEN.get() is not None


def version() -> int:
    """Raised by every transaction that changes what pages show; cheap (well under a millisecond)."""
    with reading() as session:  # as plain text, since every page asks several times
        return session.connection().exec_driver_sql("SELECT version FROM data_version").scalar_one()


def upsert(session: Session, table: type, rows: Sequence[Mapping], keys: Sequence[str]) -> int:
    """Inserts rows, or replaces the columns given where a row with the same `keys` is there. Returns how many.

    A column absent from a row that another row has becomes null. Of rows with equal keys the last wins.
    """
    if not rows:
        return 0
    shapes = list(dict.fromkeys(map(tuple, rows)))
    columns = tuple(dict.fromkeys(name for shape in shapes for name in shape))
    connection = session.connection()
    statement = _upserting(table, columns, tuple(keys), connection.dialect.name)
    driven = _driven(statement, columns, connection.dialect) if connection.dialect.positional else None
    for start in range(0, len(rows), CHUNK):
        # Rows of different columns would make a statement each: every row gets every column.
        some = rows[start : start + CHUNK]
        whole = list(some) if len(shapes) == 1 else [{name: row.get(name) for name in columns} for row in some]
        if driven is None:
            connection.execute(statement, whole)
        else:
            words, values = driven
            connection.exec_driver_sql(words, values(whole))
    return len(rows)


@lru_cache(maxsize=256)
def _driven(statement: Insert, columns: tuple[str, ...], dialect: Dialect) -> tuple[str, Callable] | None:
    """The text of a statement, and what makes rows of dicts what the driver takes: half the time of doing that with
    names, row by row. None where it would also take values that the rows do not have."""
    compiled = statement.compile(dialect=dialect, column_keys=list(columns))
    names = compiled.positiontup
    if set(names) != set(columns):
        return None
    pick = itemgetter(*names) if len(names) > 1 else lambda row: (row[names[0]],)
    kinds = [statement.table.columns[name].type.dialect_impl(dialect) for name in names]
    made = [
        (place, make)
        for place, each in enumerate(kinds)
        if (make := each.bind_processor(dialect)) and not isinstance(each, Boolean)  # the driver knows those
    ]

    def values(rows: list[dict]) -> list[tuple]:
        if not made:
            return list(map(pick, rows))
        found = []
        for row in rows:
            picked = list(pick(row))
            for place, make in made:
                picked[place] = make(picked[place])
            found.append(tuple(picked))
        return found

    return compiled.string, values


@lru_cache(maxsize=256)
def _upserting(table: type, columns: tuple[str, ...], keys: tuple[str, ...], dialect: str):
    """Kept, because putting it together costs as much as saving a few rows."""
    statement = (postgresql if dialect == "postgresql" else sqlite).insert(table.__table__)
    changed = {name: statement.excluded[name] for name in columns if name not in keys}
    if changed:
        return statement.on_conflict_do_update(index_elements=list(keys), set_=changed)
    return statement.on_conflict_do_nothing(index_elements=list(keys))


def insert_frame(session: Session, table: type, frame: pl.DataFrame, **constants) -> int:
    """Appends a frame (instants, dates and lists as they are) to a table, fast; `constants` are the same in every row.

    Returns how many rows. Raises ValueError for a column that the table does not have, or for times without a zone.
    """
    session.flush()
    return frames.store(session, table, frame, constants)


def read_frame(statement: Select, session: Session | None = None, schema: pl.Schema | None = None) -> pl.DataFrame:
    """The rows of a select of columns, typed by its columns even where all are null.

    With a session: as that session sees the store. Without: committed data only.
    With a schema: instants and lists in place of integers and lines, exactly its columns.
    """
    if session is not None:
        session.flush()
        return frames.by(session.connection(), statement, schema)
    with snapshot() as one:
        return one.frame(statement, schema)


class Snapshot:
    """One moment of the store, committed data only."""

    def __init__(self, connection: Connection):
        self._connection = connection

    def frame(self, statement: Select, schema: pl.Schema | None = None) -> pl.DataFrame:
        """As `read_frame`."""
        return frames.by(self._connection, statement, schema)

    def rows(self, statement: Select) -> list[Row]:
        return self._connection.execute(statement).fetchall()


@contextmanager
def snapshot(narrow: bool = False) -> Iterator[Snapshot]:
    """Several frames of one moment, also inside a writing block. narrow: each is of a few keys by an index, and no
    table is to be read as a whole for it."""
    with _for_reading(url()).connect() as connection:
        if narrow and not is_sqlite():
            connection.execute(_NARROW)
        yield Snapshot(connection)


def migrate() -> None:
    """Brings the store to the newest shape. Safe when several processes start at once, and when nothing is to do.

    Raises Unusable for a store of a newer Milepost; see `data.trouble` for what else may be wrong with it.
    """
    from data import migrations

    migrations.run("upgrade", "head")


def now_us() -> int:
    """The clock, in microseconds since 1970 UTC. Only for traces (created at): facts carry their own times."""
    return time.time_ns() // 1_000


def to_us(instant: datetime | None) -> int | None:
    """Microseconds since 1970 UTC, exactly. Raises ValueError for a time without a zone."""
    if instant is None:
        return None
    if instant.tzinfo is None:
        raise ValueError(f"{instant.isoformat()} has no time zone; state one, for example +00:00.")
    passed = instant - _EPOCH
    return (passed.days * 86_400 + passed.seconds) * 1_000_000 + passed.microseconds


def from_us(microseconds: int | None) -> datetime | None:
    """The instant, in UTC."""
    return None if microseconds is None else _EPOCH + timedelta(microseconds=microseconds)
