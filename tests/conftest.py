"""Fixtures for every room: a fresh store of our own, never the one that somebody uses."""

import os
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url

from data import people, store
from tests.need import need


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory) -> Path:
    """A migrated SQLite file to copy: migrating for every test would cost more than the tests."""
    folder = tmp_path_factory.mktemp("migrated")
    with _environment(MILEPOST_HOME=str(folder), DATABASE_URL=None):
        store.migrate()
        with store.engine().connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        store.dispose()
    return folder / "milepost.db"


@pytest.fixture
def bare_home(tmp_path, monkeypatch) -> Iterator[Path]:
    """A home with nothing in it yet."""
    folder = tmp_path / "home"
    monkeypatch.setenv("MILEPOST_HOME", str(folder))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    yield folder
    store.dispose()


@pytest.fixture
def home(bare_home, migrated_file) -> Path:
    """A home with an empty, migrated SQLite store."""
    bare_home.mkdir(mode=0o700)
    shutil.copy(migrated_file, bare_home / "milepost.db")
    return bare_home


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """The URL of a PostgreSQL where databases can be created: the one given, or a server of our own."""
    found = need("postgresql")
    if "://" in found:
        yield found
        return
    with _server(Path(found)) as address:
        yield address


@pytest.fixture
def on_postgresql(bare_home, postgresql, migrated_database, monkeypatch) -> Iterator[str]:
    """An empty, migrated PostgreSQL store; its URL."""
    with _database(postgresql, migrated_database) as address:
        monkeypatch.setenv("DATABASE_URL", address)
        yield address


@pytest.fixture(params=["sqlite", "postgresql"])
def both(request, bare_home) -> Iterator[str]:
    """An empty, migrated store of either kind; its name."""
    if request.param == "sqlite":
        request.getfixturevalue("home")
        yield "sqlite"
        return
    request.getfixturevalue("on_postgresql")
    yield "postgresql"


@pytest.fixture(params=["sqlite", "postgresql"])
def both_bare(request, bare_home) -> Iterator[str]:
    """A store of either kind with nothing in it, not even tables; its name."""
    if request.param == "sqlite":
        yield "sqlite"
        return
    with _database(request.getfixturevalue("postgresql")) as address:
        request.getfixturevalue("monkeypatch").setenv("DATABASE_URL", address)
        yield "postgresql"


@pytest.fixture(scope="session")
def migrated_database(postgresql) -> Iterator[str]:
    """The name of a migrated PostgreSQL database to copy."""
    with _database(postgresql) as address:
        with _environment(DATABASE_URL=address):
            store.migrate()
            store.dispose()
        yield make_url(address).database


@pytest.fixture
def who(request) -> people.Who:
    """The local administrator of the store in use."""
    if not {"both", "home", "on_postgresql"} & set(request.fixturenames):
        request.getfixturevalue("home")
    return people.local_person()


@contextmanager
def _environment(**values: str | None) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for name, value in values.items():
            if value is None:
                patch.delenv(name, raising=False)
            else:
                patch.setenv(name, value)
        yield


@contextmanager
def _database(server: str, template: str = "template1") -> Iterator[str]:
    """A database of its own, dropped afterwards."""
    name = f"milepost_test_{uuid.uuid4().hex[:12]}"
    plain = make_url(server).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain, autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
    try:
        yield make_url(plain).set(database=name).render_as_string(hide_password=False)
    finally:
        store.dispose()
        with psycopg.connect(plain, autocommit=True) as admin:
            admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def _server(programs: Path) -> Iterator[str]:
    """A server in a folder of its own, on a socket only. It refuses to run as root: then it runs as another user."""
    folder = Path(tempfile.mkdtemp(prefix="mp-pg-", dir="/tmp"))  # a socket's path must be short
    as_other = {}
    if os.getuid() == 0:
        shutil.chown(folder, "nobody")
        as_other = {"user": "nobody", "group": "nogroup", "extra_groups": []}
    log = folder / "log"

    def run(program: str, *arguments: str) -> None:
        command = [str(programs / program), "-D", str(folder / "data"), *arguments]
        subprocess.run(command, check=True, capture_output=True, cwd=folder, **as_other)

    try:
        run("initdb", "--username=milepost", "--auth=trust", "--encoding=UTF8", "--no-sync")
        options = f"-c listen_addresses='' -c unix_socket_directories={folder} -c fsync=off -c full_page_writes=off"
        run("pg_ctl", "start", "--wait", "--log", str(log), "-o", options)
        try:
            yield f"postgresql://milepost@/postgres?host={folder}"
        finally:
            run("pg_ctl", "stop", "--mode=immediate", "--wait")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
