"""Stores to measure on: an SQLite file, and databases of a PostgreSQL server that is thrown away afterwards."""

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql
from sqlalchemy import make_url

from data import store
from tests.need import find_postgresql

#: What an owner of a server of this size would set; the rest is as delivered.
SERVER = {"shared_buffers": "1GB", "work_mem": "128MB", "maintenance_work_mem": "512MB", "max_wal_size": "4GB"}
#: A server that is thrown away need not outlive a power cut.
_THROW_AWAY = {"fsync": "off", "full_page_writes": "off", "listen_addresses": "''"}


@dataclass(frozen=True)
class Place:
    """One store. url: None for the SQLite file in `home`."""

    kind: str  # SQLite | PostgreSQL
    home: Path
    url: str | None

    def environment(self) -> dict[str, str]:
        """The environment of a process that works on this store."""
        own = {name: value for name, value in os.environ.items() if name not in ("MILEPOST_HOME", "DATABASE_URL")}
        return {**own, "MILEPOST_HOME": str(self.home), **({"DATABASE_URL": self.url} if self.url else {})}

    @contextmanager
    def in_use(self) -> Iterator[None]:
        """This process works on this store."""
        before = {name: os.environ.pop(name, None) for name in ("MILEPOST_HOME", "DATABASE_URL")}
        os.environ.update({name: self.environment()[name] for name in before if name in self.environment()})
        try:
            yield
        finally:
            store.dispose()
            for name, value in before.items():
                os.environ.pop(name, None)
                if value is not None:
                    os.environ[name] = value

    def stop_others(self) -> None:
        """Ends what a process that was stopped has left running in the server."""
        if self.url:
            with psycopg.connect(_plain(self.url), autocommit=True) as admin:
                admin.execute(
                    "select pg_terminate_backend(pid) from pg_stat_activity"
                    " where datname = current_database() and pid <> pg_backend_pid()"
                )

    def megabytes(self) -> float:
        """What the store takes on disk."""
        if self.url:
            with psycopg.connect(_plain(self.url)) as connection:
                return connection.execute("select pg_database_size(current_database())").fetchone()[0] / 1e6
        return sum(file.stat().st_size for file in self.home.glob("milepost.db*")) / 1e6


def sqlite(folder: Path, name: str) -> Place:
    """A place for an SQLite store in that folder; see `empty`."""
    return Place("SQLite", folder / f"sqlite-{name}", None)


def database(folder: Path, server: str, name: str) -> Place:
    """A place for a database of that name on the server (a URL); see `empty`."""
    known = f"milepost_{name}".replace(".", "_").replace("-", "_")
    url = make_url(server).set(drivername="postgresql", database=known).render_as_string(hide_password=False)
    return Place("PostgreSQL", folder / f"postgresql-{name}", url)


def empty(place: Place) -> None:
    """Makes it an empty store, whatever was there."""
    drop(place)
    place.home.mkdir(parents=True)
    if place.url:
        with _admin(place.url) as (admin, database):
            admin.execute(sql.SQL("create database {}").format(database))


def drop(place: Place) -> None:
    """Throws the store away."""
    if place.url:
        with _admin(place.url) as (admin, database):
            admin.execute(sql.SQL("drop database if exists {} with (force)").format(database))
    shutil.rmtree(place.home, ignore_errors=True)


@contextmanager
def _admin(url: str) -> Iterator[tuple[psycopg.Connection, sql.Identifier]]:
    """A connection to the server of a database, and the database's name."""
    parsed = make_url(url)
    plain = parsed.set(drivername="postgresql", database="postgres").render_as_string(hide_password=False)
    with psycopg.connect(plain, autocommit=True) as admin:
        yield admin, sql.Identifier(parsed.database)


def filled(place: Place) -> dict | None:
    """What the store was filled with, where it has been filled to the end."""
    note = place.home / "filled.json"
    return json.loads(note.read_text(encoding="utf-8")) if note.exists() else None


def note_filled(place: Place, contents: dict | None) -> None:
    """None: it is not, or something else is in it now."""
    note = place.home / "filled.json"
    note.unlink(missing_ok=True)
    if contents is not None:
        note.write_text(json.dumps(contents), encoding="utf-8")


@contextmanager
def server(folder: Path) -> Iterator[str | None]:
    """The URL of a PostgreSQL server: MILEPOST_TEST_POSTGRES, else one of our own with its data in that folder; None
    where none is installed. It has a socket only, and refuses to run as root: then it runs as another user."""
    found = find_postgresql()
    if found is None or "://" in found:
        yield found
        return
    data, sockets = folder / "postgresql", Path(tempfile.mkdtemp(prefix="mp-pg-", dir="/tmp"))
    other = {"user": "nobody", "group": "nogroup", "extra_groups": []} if os.getuid() == 0 else {}
    data.mkdir(exist_ok=True)
    for each in (data, sockets) if other else ():
        shutil.chown(each, "nobody")

    def run(program: str, *arguments: str) -> None:
        command = [str(Path(found) / program), "-D", str(data), *arguments]
        subprocess.run(command, check=True, capture_output=True, cwd=sockets, **other)

    try:
        if not (data / "PG_VERSION").exists():
            run("initdb", "--username=milepost", "--auth=trust", "--encoding=UTF8", "--no-sync")
        options = {**SERVER, **_THROW_AWAY, "unix_socket_directories": str(sockets)}
        given = " ".join(f"-c {name}={value}" for name, value in options.items())
        run("pg_ctl", "start", "--wait", "--log", str(sockets / "log"), "-o", given)
        try:
            yield f"postgresql://milepost@/postgres?host={sockets}"
        finally:
            run("pg_ctl", "stop", "--mode=fast", "--wait")
    finally:
        shutil.rmtree(sockets, ignore_errors=True)


def _plain(url: str) -> str:
    """A URL as psycopg knows it."""
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
