"""Whole frames out of and into the store, without objects for rows; used through `data.store`.

Each column comes as one JSON array, which Polars parses: twice as fast as rows through a cursor. Readers that
bring an SQLite of their own (ADBC, DuckDB, connectorx) must never open the file in a process that has it open: closing
it there drops this process's locks and deletes the write-ahead log under it, which loses committed data.
"""

import polars as pl
import psycopg
from sqlalchemy import Connection, Row, Select, Table, Text, cast, func, select, types
from sqlmodel import Session

from assessments.delivery.facts import INSTANT


def by(connection: Connection, statement: Select, schema: pl.Schema | None) -> pl.DataFrame:
    """The result of a statement as the connection sees it."""
    stored = _stored(statement)
    sqlite = connection.dialect.name == "sqlite"
    # SQLite writes floats into JSON with 15 digits, and bytes not at all.
    plain = not any(dtype == pl.Binary or (sqlite and dtype.is_float()) for dtype in stored.values())
    if plain:
        return fit(_by_columns(connection, statement, stored, sqlite), schema)
    rows = connection.execute(statement).fetchall() if sqlite else _binary(connection, statement)
    columns = zip(*rows, strict=True) if rows else [[]] * len(stored)
    series = [pl.Series(name, column, dtype) for (name, dtype), column in zip(stored.items(), columns, strict=True)]
    return fit(pl.DataFrame(series), schema)


class _Binary(psycopg.Cursor):
    """Asks for bytes as they are, not as twice as many hexadecimal digits."""

    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **options)
        self.format = psycopg.pq.Format.BINARY


def _binary(connection: Connection, statement: Select) -> list[Row]:
    driver = connection.connection.driver_connection
    before, driver.cursor_factory = driver.cursor_factory, _Binary
    try:
        return connection.execute(statement).fetchall()
    finally:
        driver.cursor_factory = before


def _by_columns(
    connection: Connection, statement: Select, stored: dict[str, pl.DataType], sqlite: bool
) -> pl.DataFrame:
    rows = statement.subquery()
    gather = func.json_group_array if sqlite else func.json_agg
    arrays = [cast(gather(column), Text()) for column in rows.c]
    height, *texts = connection.execute(select(func.count(), *arrays).select_from(rows)).one()
    if not height:
        return pl.DataFrame(schema=stored)
    decoded = [_decoded(name, dtype, sqlite) for name, dtype in stored.items()]
    return pl.DataFrame({name: [text] for name, text in zip(stored, texts, strict=True)}).select(decoded)


def _decoded(name: str, dtype: pl.DataType, sqlite: bool) -> pl.Expr:
    """The values of a column out of its array. As an expression: all columns of a frame in one go of Polars, whose
    beginning takes longer than a hundred rows."""
    plain = {pl.Boolean: pl.Int64 if sqlite else pl.Boolean, pl.Date: pl.String}.get(dtype, dtype)
    column = pl.col(name).str.json_decode(pl.List(plain)).explode()
    return column.str.to_date("%Y-%m-%d") if dtype == pl.Date else column.cast(dtype)


def _stored(statement: Select) -> dict[str, pl.DataType]:
    """The types of the columns of a statement, as the store has them (instants are integers)."""
    return {name: _polars(column.type) for name, column in statement.selected_columns.items()}


def _polars(kind: types.TypeEngine) -> pl.DataType:
    if isinstance(kind, types.TypeDecorator):  # SQLModel's own string is one
        kind = kind.impl_instance
    for sql, dtype in (
        (types.Boolean, pl.Boolean),
        (types.Integer, pl.Int64),
        ((types.Float, types.Numeric), pl.Float64),
        (types.Date, pl.Date),
        (types.String, pl.String),
        (types.LargeBinary, pl.Binary),
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
    return append(session.connection(), table.__table__, frame, constants)


def append(connection: Connection, table: Table, frame: pl.DataFrame, constants: dict) -> int:
    """The same for a table of any shape that the store has or had."""
    if frame.is_empty():
        return 0
    unknown = [name for name in (*frame.columns, *constants) if name not in table.columns]
    if unknown:
        raise ValueError(f"{table.name} has no column {', '.join(unknown)}")
    plain = _as_stored(frame, dates_as_text=connection.dialect.name == "sqlite")
    plain = plain.with_columns(pl.lit(value).alias(name) for name, value in constants.items())
    quote = connection.dialect.identifier_preparer.quote
    target = f"{quote(table.name)} ({', '.join(map(quote, plain.columns))})"
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
        elif dtype == pl.String:
            columns.append(column.str.replace_all("\x00", "", literal=True))  # PostgreSQL's text cannot hold it
        else:
            columns.append(column)
    return frame.select(columns)
