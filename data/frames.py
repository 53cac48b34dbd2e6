"""Whole frames out of and into the store, without objects for rows; used through `data.store`.

SQLite files are read by ADBC, straight into Arrow. Elsewhere (PostgreSQL, inside a transaction) a cursor does.
"""

from collections.abc import Sequence
from datetime import date

import adbc_driver_sqlite.dbapi as adbc
import polars as pl
from sqlalchemy import Engine, Select, types
from sqlalchemy.dialects import sqlite
from sqlmodel import Session

from assessments.delivery.facts import INSTANT

_QMARK = sqlite.dialect(paramstyle="qmark")
# ADBC takes the type of a column from its first batch, where it may be all null: so everything is one batch.
_ONE_BATCH = {"adbc.sqlite.query.batch_rows": 1 << 24}


def read(statements: Sequence[Select], schemas: Sequence[pl.Schema | None], engine: Engine) -> list[pl.DataFrame]:
    """The results of all statements at one moment, committed data only."""
    if engine.dialect.name == "sqlite":
        try:
            return [fit(table, schema) for table, schema in zip(_by_adbc(statements, engine), schemas, strict=True)]
        except (adbc.Error, OSError):
            pass  # a column of mixed types, a file being recovered: the cursor gives the same, or says why not
    options = {} if engine.dialect.name == "sqlite" else {"isolation_level": "REPEATABLE READ"}
    with Session(engine.execution_options(**options)) as session:
        return [by_cursor(session, each, schema) for each, schema in zip(statements, schemas, strict=True)]


def by_cursor(session: Session, statement: Select, schema: pl.Schema | None) -> pl.DataFrame:
    """The result of a statement as the session sees it."""
    session.flush()
    stored = _stored(statement)
    rows = session.connection().execute(statement).fetchall()  # columns, also of a select of a whole table
    return fit(pl.DataFrame(rows, schema=stored, orient="row", strict=False), schema)


def _by_adbc(statements: Sequence[Select], engine: Engine) -> list[pl.DataFrame]:
    tables = []
    with adbc.connect(engine.url.database, autocommit=False) as connection:
        for statement in statements:
            compiled = statement.compile(dialect=_QMARK, compile_kwargs={"render_postcompile": True})
            values = tuple(_plain(compiled.params[name]) for name in compiled.positiontup or ())
            with connection.cursor(adbc_stmt_kwargs=_ONE_BATCH) as cursor:
                cursor.execute(compiled.string, values or None)
                table = pl.from_arrow(cursor.fetch_arrow_table())
            tables.append(_typed(table, _stored(statement)))
    return tables


def _plain(value):
    if isinstance(value, bool):
        return int(value)
    return value.isoformat() if isinstance(value, date) else value


def _typed(table: pl.DataFrame, stored: dict[str, pl.DataType]) -> pl.DataFrame:
    """SQLite knows numbers and text only: booleans come as integers, dates as text, all-null columns as integers."""
    casts = []
    for name, dtype in stored.items():
        column = pl.col(name)
        if table.schema[name] == dtype:
            continue
        if dtype == pl.Date and table.schema[name] == pl.String:
            casts.append(column.str.to_date("%Y-%m-%d"))
        else:
            casts.append(column.cast(dtype))
    return table.with_columns(casts)


def _stored(statement: Select) -> dict[str, pl.DataType]:
    """The types of the columns of a statement, as the store has them (instants are integers)."""
    return {column.name: _polars(column.type) for column in statement.selected_columns}


def _polars(kind: types.TypeEngine) -> pl.DataType:
    if isinstance(kind, types.TypeDecorator):  # SQLModel's own string is one
        kind = kind.impl_instance
    for sql, dtype in (
        (types.Boolean, pl.Boolean),
        (types.Integer, pl.Int64),
        ((types.Float, types.Numeric), pl.Float64),
        (types.Date, pl.Date),
        (types.String, pl.String),
    ):
        if isinstance(kind, sql):
            return dtype()
    raise TypeError(f"a column of type {kind!r} does not fit into a frame")


def fit(table: pl.DataFrame, schema: pl.Schema | None) -> pl.DataFrame:
    """The frame in that schema: integers become instants, lines of text lists, absent columns null, others go."""
    if schema is None:
        return table
    columns = []
    for name, dtype in schema.items():
        if name not in table.schema:
            columns.append(pl.lit(None, dtype).alias(name))
        elif isinstance(dtype, pl.List) and table.schema[name] == pl.String:
            lines = pl.col(name)
            columns.append(pl.when(lines == "").then(pl.lit([], dtype)).otherwise(lines.str.split("\n")).alias(name))
        else:
            columns.append(pl.col(name).cast(dtype))
    return table.select(columns)


def store(session: Session, table: type, frame: pl.DataFrame, constants: dict) -> int:
    """Appends the rows of a frame to a table. Returns how many."""
    if frame.is_empty():
        return 0
    unknown = [name for name in (*frame.columns, *constants) if name not in table.__table__.columns]
    if unknown:
        raise ValueError(f"{table.__tablename__} has no column {', '.join(unknown)}")
    connection = session.connection()
    plain = _as_stored(frame, dates_as_text=connection.dialect.name == "sqlite")
    plain = plain.with_columns(pl.lit(value).alias(name) for name, value in constants.items())
    quote = connection.dialect.identifier_preparer.quote
    target = f"{quote(table.__tablename__)} ({', '.join(map(quote, plain.columns))})"
    driver = connection.connection.driver_connection
    if connection.dialect.name == "sqlite":
        marks = ", ".join("?" * plain.width)
        driver.executemany(f"INSERT INTO {target} VALUES ({marks})", plain.iter_rows())  # noqa: S608  names of our tables
    else:
        with driver.cursor() as cursor, cursor.copy(f"COPY {target} FROM STDIN") as copy:
            for row in plain.iter_rows():
                copy.write_row(row)
    return frame.height


def _as_stored(frame: pl.DataFrame, dates_as_text: bool) -> pl.DataFrame:
    """Instants as microseconds, lists as lines; for SQLite also dates as text."""
    columns = []
    for name, dtype in frame.schema.items():
        column = pl.col(name)
        if isinstance(dtype, pl.Datetime):
            if dtype.time_zone is None:
                raise ValueError(f"the times of {name} have no time zone")
            columns.append(column.cast(INSTANT).to_physical())
        elif isinstance(dtype, pl.List):
            columns.append(column.list.join("\n"))
        elif dtype == pl.Date and dates_as_text:
            columns.append(column.dt.to_string("%Y-%m-%d"))
        else:
            columns.append(column)
    return frame.select(columns)
