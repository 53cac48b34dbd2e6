"""Rows for any table whatever: values by the type of the column, owners among the rows that are there."""

from datetime import date, timedelta
from typing import get_args

from sqlalchemy import Connection, MetaData, Table, func, select

from data.tables import Base

#: Columns of lists; other columns of JSON hold dicts.
LISTS = {
    (table.__tablename__, name)
    for table in Base.__subclasses__()
    for name, column in table.model_fields.items()
    if list in (column.annotation, *get_args(column.annotation))
}
FULL, BARE = 2, 1  # rows with every column set; rows with nulls wherever they may stand


def reflected(connection: Connection) -> MetaData:
    """The tables that a store has, but for the bookkeeping of migrations."""
    found = MetaData()
    found.reflect(connection, only=lambda name, _: name != "alembic_version")
    return found


def fill(connection: Connection, tables: MetaData) -> None:
    """Rows into every table that has none, owners first."""
    for table in tables.sorted_tables:
        if connection.execute(select(func.count()).select_from(table)).scalar_one() == 0:
            made = [_row(connection, table, number) for number in range(1, FULL + BARE + 1)]
            of_key = {tuple(row[column.name] for column in table.primary_key): row for row in reversed(made)}
            for row in reversed(of_key.values()):  # fewer where they are few whom they may belong to
                connection.execute(table.insert().values(row))


def _row(connection: Connection, table: Table, number: int) -> dict:
    bare = number > FULL
    return {
        column.name: None if bare and column.nullable else _value(connection, column, number)
        for column in table.columns
    }


def _value(connection: Connection, column, number: int):
    for key in column.foreign_keys:
        owners = connection.execute(select(key.column).order_by(key.column)).scalars().all()
        return owners[number % len(owners)]
    if (column.table.name, column.name) in LISTS:
        return [2**60 + number, "é", None, 0.1, True, ["\n"]]
    kind = getattr(column.type, "impl_instance", column.type).python_type
    if column.primary_key and kind is int:
        return number
    return {
        bool: number % 2 == 0,
        int: 2**31 - number if "BIG" not in str(column.type).upper() else 2**53 + number,
        float: 0.1 + number / 3,
        str: f"{column.name} {number} 'é' \"漢\" 🙂\\ \t\n\u2028",
        bytes: bytes([0, 255, number]),
        date: date(2024, 1, 1) + timedelta(weeks=number),
        object: {"n": 2**60 + number, "of": [1, None, 0.1, True, {"é": "\n"}], "text": "'\""},
    }[kind]


def rows(connection: Connection, tables: MetaData) -> dict[str, dict[tuple, dict]]:
    """Everything that is there: table -> key -> column -> value."""
    found = {}
    for table in tables.sorted_tables:
        keys = [column.name for column in table.primary_key]
        found[table.name] = {
            tuple(row[key] for key in keys): dict(row) for row in connection.execute(select(table)).mappings()
        }
    return found
