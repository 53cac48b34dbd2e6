"""Real servers of PostgreSQL and Redis, and databases, that tests make, use, stop and throw away."""

import os
import shutil
import subprocess
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import redis
from psycopg import sql
from sqlalchemy import make_url

from data import store

QUICK = "-c fsync=off -c full_page_writes=off -c max_prepared_transactions=2"
MADE: set[str] = set()  # names of the databases that tests of this process use now


class Server:
    """A server in a folder of its own, on a socket only. It refuses to run as root: then it runs as another user.

    Whoever connects may be anybody without a password, but for the role `guarded`, whose password is `right`.
    """

    def __init__(self, programs: Path):
        self._programs = programs
        self.folder = Path(tempfile.mkdtemp(prefix="mp-pg-", dir="/tmp"))  # a socket's path must be short
        self.url = f"postgresql://milepost@/postgres?host={self.folder}"
        self._as_other = {}
        if os.getuid() == 0:
            shutil.chown(self.folder, "nobody")
            self._as_other = {"user": "nobody", "group": "nogroup", "extra_groups": []}
        try:
            self._set_up()
        except BaseException:
            self.remove()
            raise

    def _set_up(self) -> None:
        self._run("initdb", "--username=milepost", "--auth=trust", "--encoding=UTF8", "--no-sync")
        rules = self.folder / "data" / "pg_hba.conf"
        rules.write_text("local all guarded scram-sha-256\n" + rules.read_text())
        self.start()
        with psycopg.connect(self.url, autocommit=True) as admin:
            admin.execute("CREATE ROLE guarded LOGIN PASSWORD 'right'")
            admin.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC")  # as PostgreSQL 15 and newer have it

    def start(self) -> None:
        """Returns when it takes connections; nothing happens when it does already."""
        if self._runs():
            return
        options = f"-c listen_addresses='' -c unix_socket_directories={self.folder} {QUICK}"
        self._run("pg_ctl", "start", "--wait", "--log", str(self.folder / "log"), "-o", options)

    def stop(self) -> None:
        """As if its power was cut: whoever is connected is thrown out, whatever was not committed is gone."""
        self._run("pg_ctl", "stop", "--mode=immediate", "--wait")

    def remove(self) -> None:
        """With everything in it."""
        if self._runs():
            self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _runs(self) -> bool:
        return (self.folder / "data" / "postmaster.pid").exists()

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(self._programs / program), "-D", str(self.folder / "data"), *arguments]
        subprocess.run(command, check=True, capture_output=True, cwd=self.folder, **self._as_other)


@contextmanager
def redis_running(program: str, folder: Path) -> Iterator[str]:
    """The URL of a Redis on a socket only, which keeps nothing."""
    short = Path(tempfile.mkdtemp(prefix="mp-rd-", dir="/tmp"))  # a socket's path must be short
    socket = short / "s"
    options = ["--port", "0", "--unixsocket", str(socket), "--save", "", "--appendonly", "no", "--dir", str(folder)]
    process = subprocess.Popen([program, *options], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        address = f"unix://{socket}"
        give_up = time.monotonic() + 30
        while not _answers(address):
            assert time.monotonic() < give_up and process.poll() is None, "redis-server did not start"
            time.sleep(0.02)
        yield address
    finally:
        process.terminate()
        process.wait(20)
        shutil.rmtree(short, ignore_errors=True)


def _answers(address: str) -> bool:
    with redis.from_url(address) as asked:
        try:
            return bool(asked.ping())
        except redis.RedisError:
            return False


@contextmanager
def database(server: str, template: str = "template1") -> Iterator[str]:
    """The URL of a database of its own, dropped afterwards; a copy of another when a template is named."""
    address = create_database(server, template)
    try:
        yield address
    finally:
        store.dispose()
        drop_database(server, address)


def create_database(server: str, template: str) -> str:
    """Its URL. Its name stands in MADE until it is dropped."""
    name = f"milepost_test_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(_plain(server), autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
    MADE.add(name)
    return make_url(_plain(server)).set(database=name).render_as_string(hide_password=False)


def drop_database(server: str, address: str) -> None:
    """Whoever uses it is thrown out, and what somebody left prepared is rolled back."""
    name = make_url(address).database
    with psycopg.connect(_plain(server), autocommit=True) as admin:
        prepared = admin.execute("SELECT gid FROM pg_prepared_xacts WHERE database = %s", [name]).fetchall()
        if prepared:
            with psycopg.connect(address, autocommit=True) as inside:
                for (gid,) in prepared:
                    inside.execute(sql.SQL("ROLLBACK PREPARED {}").format(gid))
        admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
    MADE.discard(name)


def _plain(server: str) -> str:
    return make_url(server).set(drivername="postgresql").render_as_string(hide_password=False)
