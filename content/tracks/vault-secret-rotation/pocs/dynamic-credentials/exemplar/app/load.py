"""Asks the database all the time while logins are exchanged, and counts what failed.

    python -m app.load rotation.json --requests 2000 --rotations 3

VAULT_ADDR, VAULT_TOKEN, DATABASE_URL without a user, and ROLE (shop) say where.
"""

import argparse
import json
import os
import threading
import time

import psycopg

from app.rotation import Login, NoLogin, Rotation
from app.vault import Vault

GRACE = 1.0
WORKERS = 4


class Load:
    def __init__(self, rotation: Rotation, wanted: int):
        self.rotation, self.left, self.done, self.failed = rotation, wanted, 0, 0
        self._lock = threading.Lock()

    def work(self) -> None:
        """Requests on one connection, which moves to the newest login before the next request."""
        held: Login | None = None
        connection: psycopg.Connection | None = None
        while self._take():
            try:
                login = self.rotation.login()
                if login != held:
                    fresh = _connect(login)
                    if connection is not None:
                        connection.close()
                    connection, held = fresh, login
                connection.execute("SELECT count(*) FROM pg_catalog.pg_class").fetchone()
                self._count(failed=False)
            except (psycopg.Error, NoLogin):
                held = None
                self._count(failed=True)
        if connection is not None:
            connection.close()

    def _take(self) -> bool:
        with self._lock:
            self.left -= 1
            return self.left >= 0

    def _count(self, *, failed: bool) -> None:
        with self._lock:
            self.done += 1
            self.failed += failed


def _connect(login: Login) -> psycopg.Connection:
    where = os.environ["DATABASE_URL"]
    return psycopg.connect(where, user=login.user, password=login.password, connect_timeout=5, autocommit=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out")
    parser.add_argument("--requests", type=int, default=2000)
    parser.add_argument("--rotations", type=int, default=3)
    asked = parser.parse_args()
    vault = Vault(os.environ["VAULT_ADDR"], lambda: os.environ["VAULT_TOKEN"])
    role = os.environ.get("ROLE", "shop")
    rotation = Rotation(lambda: vault.login(role), vault.revoke, grace=GRACE)
    rotation.tick()
    load = Load(rotation, asked.requests)
    workers = [threading.Thread(target=load.work) for _ in range(WORKERS)]
    for each in workers:
        each.start()
    for number in range(1, asked.rotations + 1):
        while load.done < asked.requests * number // (asked.rotations + 1):
            time.sleep(0.01)
        rotation.rotate()
    while any(each.is_alive() for each in workers):
        rotation.tick()
        time.sleep(0.05)
    said = {
        "requests": load.done,
        "failed": load.failed,
        "rotations": rotation.rotations,
        "grace_seconds": GRACE,
    }
    with open(asked.out, "w", encoding="utf-8") as file:
        json.dump(said, file)
    print(json.dumps(said))


if __name__ == "__main__":
    main()
