"""The world of `world.py`, made once for all workers of a run, and copies of it to act in."""

import fcntl
import os
import pickle
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from data import store
from tests.browser.portal import running
from tests.conftest import _environment
from tests.doors import world
from tests.doors.world import World
from tests.provider import SECRET

SHARED = {
    "MILEPOST_OIDC_METADATA_URL": "https://id.example/.well-known/openid-configuration",
    "MILEPOST_OIDC_CLIENT_ID": "milepost",
    "MILEPOST_OIDC_CLIENT_SECRET": "of the client",
    "MILEPOST_COOKIE_SECRET": SECRET,
    "MILEPOST_ADMINISTRATOR": "group:ops",
    "MILEPOST_JOBS": "queued",
}


@pytest.fixture(scope="session")
def made(tmp_path_factory, migrated_file) -> Path:
    """The folder of a home with the world in its store, and the world itself beside it."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base) / "doors-home"
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            half = tmp_path_factory.mktemp("doors")
            shutil.copy(migrated_file, half / "milepost.db")
            with _environment(MILEPOST_HOME=str(half), DATABASE_URL=None, MILEPOST_JOBS="queued"):
                (half / "world.pickle").write_bytes(pickle.dumps(world.make()))
                with store.engine().connect() as connection:
                    connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
                store.dispose()
            half.rename(folder)
    return folder


@pytest.fixture(scope="session")
def told(made) -> World:
    """Who and what there is."""
    return pickle.loads((made / "world.pickle").read_bytes())  # noqa: S301


@pytest.fixture
def inside(made, told, bare_home, monkeypatch) -> World:
    """The same, with a copy of the store in use by this process, in shared mode."""
    shutil.copytree(made, bare_home)
    bare_home.chmod(0o700)
    monkeypatch.setenv("MILEPOST_URL", world.URL)
    for name, value in SHARED.items():
        monkeypatch.setenv(name, value)
    return told


@pytest.fixture(scope="session")
def portal_home(made, tmp_path_factory) -> Path:
    home = tmp_path_factory.mktemp("portal") / "home"
    shutil.copytree(made, home)
    home.chmod(0o700)
    return home


@pytest.fixture(scope="session")
def portal(portal_home) -> Iterator[str]:
    """The address of a process of its own that has loaded its code itself, with the world in its store."""
    settings = {key: value for key, value in SHARED.items() if key != "MILEPOST_JOBS"}
    with running(
        portal_home, worker=False, fresh=True, settings=lambda url: {"MILEPOST_URL": url, **settings}
    ) as address:
        yield address
