"""The shapes that the store has had, in order.

`python -m data.migrations "what changes"` writes the next one by comparing the tables with the store in use.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from data import store

FOLDER = Path(__file__).parent


class TooNew(store.Unusable):
    """The store has a shape that this code does not know."""


class Ownerless(RuntimeError):
    """A change of the shape, or rows that came, would leave rows whose owner is not there."""


def config() -> Config:
    """Alembic's configuration, without a file."""
    made = Config()
    made.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    made.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    return made


def run(direction: str, revision: str) -> None:
    """Goes up or down ("upgrade", "downgrade") to a revision, wholly or not at all, one process at a time."""
    with changing() as connection:
        _go(connection, direction, revision)


@contextmanager
def changing() -> Iterator[Connection]:
    """One transaction, the only writer, in which shape and rows may change together: wholly or not at all. Raises
    TooNew for a store of a newer Milepost."""
    with store.engine().execution_options(milepost_writes=True).connect() as connection:
        driver = connection.connection.driver_connection
        sqlite = connection.dialect.name == "sqlite"
        if sqlite:
            # Altering a table on SQLite copies and drops it, which would cascade to the rows that refer to it.
            driver.execute("PRAGMA foreign_keys = OFF")
        try:
            with connection.begin():
                store.lock_writers(connection)
                _refuse_what_is_newer(connection)
                yield connection
                if sqlite and (broken := connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()):
                    raise Ownerless(f"{len(broken)} rows would be left without their owner; nothing was changed")
        finally:
            if sqlite:
                driver.execute("PRAGMA foreign_keys = ON")


def turn(connection: Connection, revision: str) -> None:
    """Goes up or down to a revision, inside `changing`."""
    order = list(reversed([script.revision for script in ScriptDirectory.from_config(config()).walk_revisions()]))
    there = current(connection)
    up = there is None or order.index(there) <= order.index(revision)
    _go(connection, "upgrade" if up else "downgrade", revision)


def _go(connection: Connection, direction: str, revision: str) -> None:
    made = config()
    made.attributes["connection"] = connection
    getattr(command, direction)(made, revision)


def newest() -> str:
    """The revision of the shape that this code works with."""
    return ScriptDirectory.from_config(config()).get_current_head()


def known() -> set[str]:
    """Every revision that this code knows, the newest too."""
    return {script.revision for script in ScriptDirectory.from_config(config()).walk_revisions()}


def current(connection: Connection) -> str | None:
    """The revision that a store has, None when it has no tables yet."""
    return MigrationContext.configure(connection).get_current_revision()


def _refuse_what_is_newer(connection: Connection) -> None:
    if current(connection) not in {None, *known()}:
        raise TooNew(
            "This store was written by a newer Milepost. Update the code, or restore an older copy of the store."
        )
