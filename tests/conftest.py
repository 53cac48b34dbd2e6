"""Fixtures for every room: a fresh store of our own, never the one that somebody uses."""

import fcntl
import gc
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest
import redis
from alembic.script import ScriptDirectory
from hypothesis import settings
from sqlalchemy import Engine, create_engine, make_url

from data import people, store
from tests import tokens
from tests.kept import Kept
from tests.need import need
from tests.servers import Server, database, redis_running

# A machine that stands still for a moment is no fault of what is tested.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

DEMO_UNTIL = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def no_token_in_clear(request) -> Iterator[None]:
    """Whatever a test wrote that had tokens in its hands: none stands there in clear."""
    with tokens.watching():
        yield
        if tokens.known and (folder := request.node.funcargs.get("tmp_path")):
            tokens.look_through(folder)


@pytest.fixture(autouse=True, scope="session")
def statements_put_together_once() -> Iterator[None]:
    """Every test has stores, so engines, of its own. What SQLAlchemy made of a statement serves them all: a program has
    one engine and does it once, tests would do it again each time, which takes longer than most of what they do."""
    known: dict[str, Engine] = {}

    def create(address: str, **options: object) -> Engine:
        made = create_engine(address, **options)
        first = known.setdefault(made.dialect.name, made)
        if first is not made and first.dialect.server_version_info is None:  # never connected: it knows nothing yet
            first = known[made.dialect.name] = made
        made.dialect, made._compiled_cache = first.dialect, first._compiled_cache
        return made

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(store, "create_engine", create)
        yield


@pytest.fixture(autouse=True, scope="session")
def revisions_read_once() -> Iterator[None]:
    """Alembic executes every file of a revision anew for each way up or down; the files stay as they are."""
    read = cache(ScriptDirectory)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ScriptDirectory, "from_config", lambda config: read(config.get_main_option("script_location")))
        yield


@pytest.fixture(autouse=True, scope="session")
def packages_looked_through_once() -> Iterator[None]:
    """Each AppTest that is made reads about every package that is installed, for components of Streamlit in it. That is
    more work than most pages, and what is installed stays as it is."""
    if "streamlit" not in sys.modules:  # nothing that was collected has to do with pages
        yield
        return
    from streamlit.components.v2 import manifest_scanner

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(manifest_scanner, "scan_component_manifests", cache(manifest_scanner.scan_component_manifests))
        yield


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


@contextmanager
def to_copy(folder: Path, migrated_file: Path) -> Iterator[None]:
    """What is arranged meanwhile stands in a store in that folder, for many tests to copy."""
    shutil.copy(migrated_file, folder / "milepost.db")
    with _environment(MILEPOST_HOME=str(folder), DATABASE_URL=None, MILEPOST_REDIS_URL=None):
        yield
        with store.engine().connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        store.dispose()


@pytest.fixture(scope="session")
def demo_folder(tmp_path_factory, migrated_file) -> Path:
    """A home in which the demo stands, to copy; made once for all workers of a run."""
    from data import demo  # takes a second, and most tests do not need it

    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base) / "demo-home"
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            half = tmp_path_factory.mktemp("demo")
            with to_copy(half, migrated_file):
                person = people.local_person()
                demo.create(person, people.home_organization(person), DEMO_UNTIL)
            half.rename(folder)
    return folder


@pytest.fixture
def demo_home(bare_home, demo_folder) -> Path:
    """A home with the demo in its store."""
    bare_home.mkdir(mode=0o700)
    shutil.copy(demo_folder / "milepost.db", bare_home / "milepost.db")
    return bare_home


@pytest.fixture
def bare_home(tmp_path, monkeypatch) -> Iterator[Path]:
    """A home with nothing in it yet."""
    folder = tmp_path / "home"
    monkeypatch.setenv("MILEPOST_HOME", str(folder))
    for name in ("DATABASE_URL", "MILEPOST_REDIS_URL"):
        monkeypatch.delenv(name, raising=False)
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
    server = Server(Path(found))
    yield server.url
    server.remove()


@pytest.fixture(scope="session")
def own_server() -> Iterator[Server]:
    """A PostgreSQL that a test may stop, and starts again."""
    server = Server(Path(need("programs of postgresql")))
    yield server
    server.remove()


@pytest.fixture(scope="session")
def redis_server(tmp_path_factory) -> Iterator[str]:
    """The URL of a Redis of our own."""
    with redis_running(need("redis"), tmp_path_factory.mktemp("redis")) as address:
        yield address


@pytest.fixture
def on_redis(redis_server, monkeypatch) -> str:
    """An empty queue in a Redis; its URL."""
    with redis.from_url(redis_server) as emptied:
        emptied.flushall()
    monkeypatch.setenv("MILEPOST_REDIS_URL", redis_server)
    return redis_server


@pytest.fixture
def on_postgresql(bare_home, kept, monkeypatch) -> Iterator[str]:
    """An empty, migrated PostgreSQL store; its URL."""
    monkeypatch.setenv("DATABASE_URL", kept.url)
    try:
        yield kept.url
        tokens.look_through_database()
    finally:
        kept.clean()


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
    with database(request.getfixturevalue("postgresql")) as address:
        request.getfixturevalue("monkeypatch").setenv("DATABASE_URL", address)
        yield "postgresql"


@pytest.fixture(scope="session")
def migrated_database(postgresql) -> Iterator[str]:
    """The name of a migrated PostgreSQL database to copy."""
    with database(postgresql) as address:
        with _environment(DATABASE_URL=address):
            store.migrate()
            store.dispose()
        yield make_url(address).database


@pytest.fixture(scope="session")
def kept(postgresql, migrated_database) -> Iterator[Kept]:
    """The PostgreSQL database of one test after another."""
    made = Kept(postgresql, migrated_database, own="://" not in need("postgresql"))
    yield made
    made.remove()


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


def pytest_collection_finish() -> None:
    """What is there by now stays to the end: the collector of garbage need not look through it after every test."""
    gc.collect()
    gc.freeze()


def pytest_terminal_summary(terminalreporter) -> None:
    """Which exemplars of the content were run, and which were not."""
    said = [
        (report.nodeid, kind)
        for kind in ("passed", "failed", "error", "skipped")
        for report in terminalreporter.stats.get(kind, ())
        if report.nodeid.startswith("tests/exemplars/test_")
    ]
    if said:
        terminalreporter.section("exemplars")
        for name, kind in sorted(said):
            terminalreporter.write_line(f"{kind:8} {name.removeprefix('tests/exemplars/')}")
