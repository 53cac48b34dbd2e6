"""The database that DATABASE_URL names: PostgreSQL, or SQLite on a laptop."""

import os
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any


class Database:
    """Statements are written with ? for a value. Outside of transaction() each is kept at once."""

    def __init__(self, url: str):
        self.postgresql = not url.startswith("sqlite:///")
        if self.postgresql:
            import psycopg

            self._connection: Any = psycopg.connect(url, autocommit=True)
        else:
            self._connection = sqlite3.connect(url.removeprefix("sqlite:///"), timeout=10, isolation_level=None)

    def execute(self, statement: str, *values: object) -> list[tuple]:
        given = [values] if values else []
        cursor = self._connection.execute(self._written(statement, values), *given)
        return cursor.fetchall() if cursor.description else []

    def execute_many(self, statement: str, rows: Iterable[tuple]) -> None:
        self._connection.cursor().executemany(self._written(statement, (0,)), rows)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing."""
        self.execute("BEGIN" if self.postgresql else "BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self.execute("ROLLBACK")
            raise
        self.execute("COMMIT")

    def close(self) -> None:
        self._connection.close()

    def _written(self, statement: str, values: object) -> str:
        return statement.replace("?", "%s") if self.postgresql and values else statement


@contextmanager
def opened() -> Iterator[Database]:
    """The database of DATABASE_URL, until the end of the block."""
    database = Database(os.environ["DATABASE_URL"])
    try:
        yield database
    finally:
        database.close()
