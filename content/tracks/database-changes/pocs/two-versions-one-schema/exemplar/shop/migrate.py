"""Runs the files of migrations/ in the order of their numbers, and remembers in the database which have run.

NNNN_name.up.sql makes the change and NNNN_name.down.sql takes it back. Each runs in a transaction of its own, together
with the line that remembers it: what breaks off leaves nothing behind.
"""

import hashlib
import sqlite3
import sys
from pathlib import Path

from shop.database import Database, opened

FOLDER = Path(__file__).resolve().parents[1] / "migrations"
#: Any number will do, as long as nothing else in this database uses it.
ONE_AT_A_TIME = 7_270_001
REMEMBERED = """
CREATE TABLE IF NOT EXISTS schema_migrations (
    name TEXT PRIMARY KEY,
    digest TEXT NOT NULL,
    ran_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP
)
"""


class Refused(Exception):
    """What keeps the migrations from running, said for whoever called them."""


def files(folder: Path) -> dict[str, Path]:
    """name -> the file that makes the change, in the order in which they run."""
    found = {path.name.removesuffix(".up.sql"): path for path in sorted(folder.glob("*.up.sql"))}
    for name, path in found.items():
        if not path.with_name(f"{name}.down.sql").exists():
            raise Refused(f"{name} has no way back: write migrations/{name}.down.sql")
    return found


def pending(database: Database, folder: Path = FOLDER) -> list[str]:
    """Names of those that have not run; none in an older version, which finds newer ones that have. Raises Refused
    when what has run is no longer what lies here."""
    ran = dict(database.execute("SELECT name, digest FROM schema_migrations")) if _remembers(database) else {}
    here = files(folder)
    for name, digest in ran.items():
        if name not in here:
            if name > max(here, default=""):
                continue
            raise Refused(_gone(name))
        if digest != _digest(here[name]):
            raise Refused(f"{name} was changed after it had run: put it back, and write a new migration")
    waiting = [name for name in here if name not in ran]
    if ran and waiting and waiting[0] < max(ran):
        raise Refused(f"{waiting[0]} comes before {max(ran)}, which has run: give it a higher number")
    return waiting


def up(database: Database, limit: int | None = None, folder: Path = FOLDER) -> list[str]:
    """Runs the next ones; their names."""
    done: list[str] = []
    while limit is None or len(done) < limit:
        with database.transaction():
            _alone(database)
            database.execute(REMEMBERED)
            waiting = pending(database, folder)
            if not waiting:
                break
            path = files(folder)[waiting[0]]
            _run(database, path)
            record = "INSERT INTO schema_migrations (name, digest) VALUES (?, ?)"
            database.execute(record, waiting[0], _digest(path))
        done.append(waiting[0])
    return done


def down(database: Database, count: int = 1, folder: Path = FOLDER) -> list[str]:
    """Takes back the newest ones; their names."""
    done: list[str] = []
    while len(done) < count:
        with database.transaction():
            _alone(database)
            database.execute(REMEMBERED)
            pending(database, folder)
            newest = database.execute("SELECT name FROM schema_migrations ORDER BY name DESC LIMIT 1")
            if not newest:
                break
            name = newest[0][0]
            if name not in files(folder):
                raise Refused(_gone(name))
            _run(database, folder / f"{name}.down.sql")
            database.execute("DELETE FROM schema_migrations WHERE name = ?", name)
        done.append(name)
    return done


def _gone(name: str) -> str:
    return f"{name} has run and its files are gone: check out the version that has them"


def _remembers(database: Database) -> bool:
    """Whether any has ever run here. Asking needs no right to make tables."""
    if database.postgresql:
        return bool(database.execute("SELECT 1 FROM pg_tables WHERE tablename = 'schema_migrations'"))
    return bool(database.execute("SELECT 1 FROM sqlite_master WHERE name = 'schema_migrations'"))


def _alone(database: Database) -> None:
    """Waits for other runs of this program. SQLite lets only one transaction write anyway."""
    if database.postgresql:
        database.execute("SELECT pg_advisory_xact_lock(?)", ONE_AT_A_TIME)


def _run(database: Database, path: Path) -> None:
    statement = ""
    for line in path.read_text(encoding="utf-8").splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            database.execute(statement)
            statement = ""
    if any(line.strip() and not line.strip().startswith("--") for line in statement.splitlines()):
        raise Refused(f"{path.name} ends in the middle of a statement: a semicolon is missing")


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def main(words: list[str]) -> int:
    command, count = (words[0] if words else ""), (int(words[1]) if len(words) > 1 else None)
    with opened() as database:
        try:
            if command == "up":
                for name in up(database, count):
                    print(f"ran {name}")
            elif command == "down":
                for name in down(database, count or 1):
                    print(f"took back {name}")
            elif command == "pending":
                print("".join(f"{name}\n" for name in pending(database)), end="")
            else:
                print("say up, down or pending", file=sys.stderr)
                return 2
        except Refused as refused:
            print(refused, file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
