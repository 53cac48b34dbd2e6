"""Files as GitHub gave them, kept by name from one evaluation to the next, so that only what has changed is read again.

One small SQLite file for each repository, beside the store and not in it: it may be thrown away at any time, so it
belongs in no backup and no export; what a repository lacks by now is dropped after each evaluation; and the file goes
with its repository. It holds what is in the repository, so that only the owner of MILEPOST_HOME may read it; with
MILEPOST_KEEP_FILES=no nothing is kept, and every look reads all files again.
"""

import contextlib
import os
import sqlite3
import zlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from sqlalchemy import select

from data import environment, store
from data.tables import Repository

_CHUNK = 500


def folder() -> Path:
    made = store.home() / "blobs"
    made.mkdir(mode=0o700, exist_ok=True)
    return made


@contextlib.contextmanager
def shelf(repository_id: int) -> Iterator["Shelf"]:
    """That of a repository, an empty one when there is none or it was damaged."""
    made = Shelf(folder() / f"{repository_id}.db" if _keeps() else None)
    try:
        yield made
    finally:
        made.close()


def _keeps() -> bool:
    return environment.value("MILEPOST_KEEP_FILES").lower() not in ("no", "0", "off", "false")


class Shelf:
    """Contents by name; without a path only as long as it is open. What goes wrong here makes it an empty one: GitHub
    has everything."""

    def __init__(self, path: Path | None):
        self._path = path
        try:
            self._open()
        except sqlite3.Error:
            self._anew()

    def _open(self) -> None:
        if self._path and not self._path.exists():
            os.close(os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600))
        self._db = sqlite3.connect(self._path or ":memory:", isolation_level=None, timeout=5)
        self._db.execute("PRAGMA auto_vacuum = FULL")
        self._db.execute("CREATE TABLE IF NOT EXISTS blob (name TEXT PRIMARY KEY, content BLOB NOT NULL) WITHOUT ROWID")

    def _anew(self) -> None:
        with contextlib.suppress(sqlite3.Error, AttributeError):
            self._db.close()
        if self._path:
            self._path.unlink(missing_ok=True)
        self._open()

    def get(self, names: Iterable[str]) -> Mapping[str, bytes]:
        names, found = list(dict.fromkeys(names)), {}
        try:
            for start in range(0, len(names), _CHUNK):
                some = names[start : start + _CHUNK]
                marks = ",".join("?" * len(some))
                rows = self._db.execute(f"SELECT name, content FROM blob WHERE name IN ({marks})", some)  # noqa: S608
                found.update((name, zlib.decompress(content)) for name, content in rows)
        except (sqlite3.Error, zlib.error):
            self._anew()
            return {}
        return found

    def put(self, contents: Mapping[str, bytes]) -> None:
        rows = [(name, zlib.compress(content)) for name, content in contents.items()]
        with contextlib.suppress(sqlite3.Error):  # a full disk: it is read again the next time
            self._db.execute("BEGIN")
            self._db.executemany("INSERT OR REPLACE INTO blob VALUES (?, ?)", rows)
            self._db.execute("COMMIT")

    def keep_only(self, names: Iterable[str]) -> None:
        """Drops all others."""
        wanted = set(names)
        with contextlib.suppress(sqlite3.Error):
            others = [(name,) for (name,) in self._db.execute("SELECT name FROM blob") if name not in wanted]
            self._db.execute("BEGIN")
            self._db.executemany("DELETE FROM blob WHERE name = ?", others)
            self._db.execute("COMMIT")

    def close(self) -> None:
        self._db.close()


def tidy() -> None:
    """Takes away those of repositories that are no more; all where none are kept."""
    with store.reading() as session:
        known = {f"{each}.db" for each in session.execute(select(Repository.id)).scalars()} if _keeps() else set()
    for path in folder().iterdir():
        if path.name.removesuffix("-journal") not in known:
            path.unlink(missing_ok=True)
