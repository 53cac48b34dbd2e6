"""Stores of either kind to back up and to bring backups into."""

import shutil
from contextlib import ExitStack

import pytest

from data import store
from tests.servers import database


@pytest.fixture
def turn(request, tmp_path, monkeypatch, migrated_file):
    """Turns to a new store of a kind, empty and migrated, with the key of the first one unless told otherwise."""
    with ExitStack() as ending:
        addresses, homes = [], []

        def to(kind: str, with_key: bool = True) -> None:
            address = None
            if kind == "postgresql" and not addresses:
                address = request.getfixturevalue("on_postgresql")
            elif kind == "postgresql":
                server, template = map(request.getfixturevalue, ("postgresql", "migrated_database"))
                address = ending.enter_context(database(server, template))
            folder = tmp_path / f"home-{len(homes)}"
            folder.mkdir(mode=0o700)
            if with_key and homes and (homes[0] / "secret.key").exists():
                shutil.copy(homes[0] / "secret.key", folder)
            homes.append(folder)
            monkeypatch.setenv("MILEPOST_HOME", str(folder))
            if address:
                addresses.append(address)
                monkeypatch.setenv("DATABASE_URL", address)
            else:
                monkeypatch.delenv("DATABASE_URL", raising=False)
                shutil.copy(migrated_file, folder / "milepost.db")

        yield to
        store.dispose()
