"""How often somebody may: N times a minute, saved up to a number at once. All processes that share a queue count
together, in its Redis or else in a file in the home.

What is counted stands there as a digest and only until it means nothing any more, so that made-up names fill no disk
and nobody's address is kept. Where the place of counting does not answer, each process counts alone: a limit protects
the doors, and must not be what closes them.
"""

import hashlib
import ipaddress
import logging
import math
import os
import sqlite3
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import redis

from data import environment, jobs, store

MINUTE = 60_000_000  # microseconds
SWEEP = 5_000_000  # microseconds between two looks for what means nothing any more
SKEW = 60_000_000  # microseconds that clocks may differ by; whoever is further ahead was counted by a wrong one
FILE = "rates.db"
REDIS_SECONDS = 0.5  # that a door waits for a Redis which does not answer
REST_SECONDS = 10  # for which it is then not asked again

log = logging.getLogger("milepost")
_alone_until = 0.0


@dataclass(frozen=True)
class Rate:
    """kind: what is counted, each kind for itself. at_once: how many may come together after a quiet time."""

    kind: str
    a_minute: int
    at_once: int

    @property
    def step(self) -> int:
        """Microseconds that one costs."""
        return max(1, MINUTE // self.a_minute)

    @property
    def room(self) -> int:
        """How far ahead of the clock somebody may have come."""
        return self.step * (self.at_once - 1)


#: Wrong tokens, invitations and signatures from one address. Whoever shows a right one is not counted.
WRONG = Rate("wrong", 60, 60)
#: Calls of plain pages with one secret.
CALLS = Rate("calls", 240, 240)
#: Events of one incident tool, whose signature was right.
EVENTS = Rate("events", 600, 600)
#: Deliveries of GitHub, whose signature was right: what is refused is read later.
DELIVERIES = Rate("deliveries", 6_000, 3_000)
#: Connections of pages from one address, of people who are not signed in.
CONNECTIONS = Rate("connections", 600, 600)


def tokens() -> Rate:
    """Of one token of the API: MILEPOST_API_RATE. Raises Unusable for what is no such number."""
    return _set("tokens", "MILEPOST_API_RATE", 600)


def sign_ins() -> Rate:
    """Sign-ins that begin or end at one address: MILEPOST_SIGN_IN_RATE. Raises Unusable."""
    return _set("sign-ins", "MILEPOST_SIGN_IN_RATE", 240)


def take(rate: Rate, whose: object) -> int:
    """0 when they may now, which counts; else the seconds until they may, which does not. whose: any value whose text
    tells one from another, such as a token's number, an address, a secret."""
    name = hashlib.sha256(f"{rate.kind} {whose}".encode(errors="replace")).hexdigest()[:32]
    now = store.now_us()
    try:
        late = _shared()(name, now, rate.step, rate.room)
    except (redis.RedisError, sqlite3.Error, OSError, store.Unusable) as error:
        _rest(error)
        late = _memory(name, now, rate.step, rate.room)
    return math.ceil(late / 1_000_000) if late > 0 else 0


def address(client: str | None) -> str:
    """Of whom it is counted who comes from an address: of IPv6 the network, as one computer has many in it."""
    try:
        found = ipaddress.ip_address((client or "").partition("%")[0])
    except ValueError:
        return client or ""
    if found.version == 6 and found.ipv4_mapped:
        return str(found.ipv4_mapped)
    return str(found) if found.version == 4 else str(ipaddress.ip_network((int(found), 64), strict=False))


def _set(kind: str, name: str, usual: int) -> Rate:
    given = environment.value(name)
    if not given:
        return Rate(kind, usual, usual)
    if not (given.isascii() and given.isdecimal()) or not 1 <= int(given) <= 1_000_000:
        raise store.Unusable(f"{name} must be a number of requests a minute, from 1 to 1000000.")
    return Rate(kind, int(given), int(given))


# Where it is counted: each takes (name, now, step, room) and gives how many microseconds too early it is, 0 when not.
# `free at` is when somebody would have nothing saved up against them: a step later with each time, never before now.


def _shared() -> Callable[[str, int, int, int], int]:
    if time.monotonic() < _alone_until:
        return _memory
    if jobs.shared():
        return _in_redis(environment.value(jobs.REDIS))
    return _file.take


_REDIS = """
local now, step, room = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local free = tonumber(redis.call('GET', KEYS[1]) or '0')
if free > now + room + step + tonumber(ARGV[4]) then free = 0 end
if free > now + room then return free - room - now end
free = math.max(free, now) + step
redis.call('SET', KEYS[1], string.format('%.0f', free), 'PX', math.ceil((free - now) / 1000))
return 0
"""


@lru_cache(maxsize=2)
def _in_redis(place: str) -> Callable[[str, int, int, int], int]:
    try:
        client = redis.Redis.from_url(place, socket_timeout=REDIS_SECONDS, socket_connect_timeout=REDIS_SECONDS)
    except ValueError as error:
        raise redis.RedisError("no address of a Redis") from error
    script = client.register_script(_REDIS)
    return lambda name, now, step, room: int(script([f"milepost:rate:{name}"], [now, step, room, SKEW]))


class _File:
    """A file that is not worth keeping, so nothing waits for the disk. One connection, of this process."""

    def __init__(self):
        self._lock = threading.Lock()
        self._of: tuple[Path, int] | None = None
        self._connection: sqlite3.Connection | None = None
        self._swept = 0

    def take(self, name: str, now: int, step: int, room: int) -> int:
        with self._lock:
            try:
                return self._taken(name, now, step, room)
            except sqlite3.OperationalError:  # somebody else holds it, or the disk is full
                raise
            except sqlite3.DatabaseError:  # a power cut has left no database: it holds nothing of worth
                self._close()
                (store.home() / FILE).unlink(missing_ok=True)
                raise

    def _taken(self, name: str, now: int, step: int, room: int) -> int:
        run = self._opened().execute
        if now - self._swept > SWEEP or now < self._swept:
            run("DELETE FROM rate WHERE free_at <= ?", [now])
            self._swept = now
        most, wrong = now + room, now + room + step + SKEW
        taken = run(
            "INSERT INTO rate (name, free_at) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET"
            " free_at = CASE WHEN free_at > ? THEN ? ELSE max(free_at, ?) END + ?"
            " WHERE free_at <= ? OR free_at > ? RETURNING free_at",
            [name, now + step, wrong, now, now, step, most, wrong],
        ).fetchone()
        if taken:
            return 0
        found = run("SELECT free_at FROM rate WHERE name = ?", [name]).fetchone()
        return max(0, found[0] - most) if found else 0

    def close(self) -> None:
        with self._lock:
            self._close()

    def _close(self) -> None:
        if self._connection is not None:
            with suppress(sqlite3.Error):
                self._connection.close()
        self._connection = self._of = None

    def _opened(self) -> sqlite3.Connection:
        place = store.home() / FILE, os.getpid()
        if self._connection is not None and self._of == place:
            return self._connection
        if self._of and self._of[1] == place[1]:
            self._close()
        if not place[0].exists():
            os.close(os.open(place[0], os.O_RDWR | os.O_CREAT, 0o600))
        made = sqlite3.connect(place[0], timeout=REDIS_SECONDS, isolation_level=None, check_same_thread=False)
        try:
            made.execute("PRAGMA synchronous = OFF")
            made.execute("PRAGMA journal_mode = MEMORY")
            made.execute("CREATE TABLE IF NOT EXISTS rate (name TEXT PRIMARY KEY, free_at INTEGER NOT NULL)")
        except sqlite3.Error:
            made.close()
            raise
        self._connection, self._of = made, place
        return made


class _Memory:
    """What one process counts alone."""

    def __init__(self):
        self._lock = threading.Lock()
        self._free: dict[str, int] = {}
        self._swept = 0

    def __call__(self, name: str, now: int, step: int, room: int) -> int:
        with self._lock:
            if now - self._swept > SWEEP or now < self._swept:
                self._free = {each: free for each, free in self._free.items() if free > now}
                self._swept = now
            free = self._free.get(name, 0)
            if free > now + room + step + SKEW:
                free = 0
            if free > now + room:
                return free - room - now
            self._free[name] = max(free, now) + step
            return 0

    def clear(self) -> None:
        with self._lock:
            self._free.clear()


_file, _memory = _File(), _Memory()


def _rest(error: Exception) -> None:
    global _alone_until
    if time.monotonic() >= _alone_until:
        log.warning("limits are counted by each process alone for a while (%s)", type(error).__name__)
    _alone_until = time.monotonic() + REST_SECONDS


def forget() -> None:
    """Nobody has asked before, as far as this process knows; for tests."""
    global _alone_until
    _alone_until = 0.0
    _memory.clear()
    _file.close()
