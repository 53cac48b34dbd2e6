"""A Vault that makes logins in a real PostgreSQL, for as long as their lease lasts: database engine, leases, policies
and the audit devices of Vault's published API.

It does what a role's own statements say, over a connection of its own and in one transaction, as Vault does. So what a
role forgets to take away stays, and a statement that fails takes back those before it.
"""

import itertools
import re
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

import psycopg

from tests import tokens
from tests.fake_vault.policies import Policy, granted, read_policy
from tests.fake_vault.server import running
from tests.fake_vault.vault import DENIED, NOTHING

#: Seconds between two looks at what has ended.
LOOKS = 0.05


@dataclass(frozen=True)
class Role:
    creation: tuple[str, ...]
    revocation: tuple[str, ...]
    default_ttl: float
    max_ttl: float


@dataclass
class Lease:
    role: str
    name: str
    made: float
    ends: float


@dataclass
class LeasingVault:
    """connect: opens a connection as the login that Vault has at the database. root: the token that may everything."""

    connect: Callable[[], psycopg.Connection]
    root: str = field(default_factory=lambda: tokens.remember("hvs.root-of-a-vault-with-leases"))
    roles: dict[str, Role] = field(default_factory=dict)
    policies: dict[str, Policy] = field(default_factory=dict)
    audits: dict[str, dict] = field(default_factory=dict)
    tokens: dict[str, tuple[str, ...]] = field(default_factory=dict)
    leases: dict[str, Lease] = field(default_factory=dict)
    asked: list[tuple[str, str]] = field(default_factory=list)
    is_away: bool = False
    redirects: str = ""
    url: str = ""
    ca: str = ""

    def __post_init__(self):
        self._numbers, self._lock = itertools.count(1), threading.Lock()

    def answer(self, method: str, path: str, query: dict, headers: dict, body: dict) -> tuple[int, object]:
        """Status and JSON."""
        with self._lock:
            self.asked.append((method, path))
            if self.is_away:
                return 503, {"errors": ["Vault is sealed"]}
            self._end(time.monotonic())
            token, place = headers.get("x-vault-token", ""), path.removeprefix("/v1/").strip("/")
            is_listing = method == "LIST" or query.get("list") == "true"
            wanted = (f"{place}/", "list") if is_listing else (place, "read" if method == "GET" else "update")
            if not self._may(token, *wanted):
                return DENIED
            return self._do("LIST" if is_listing else method, place, body)

    def sweep(self) -> None:
        """Ends what has ended, though nobody asks."""
        with self._lock:
            self._end(time.monotonic())

    def _may(self, token: str, place: str, capability: str) -> bool:
        if token == self.root:
            return True
        held = [self.policies[name] for name in self.tokens.get(token, ()) if name in self.policies]
        return bool({capability, "create" if capability == "update" else capability} & granted(held, place))

    def _do(self, method: str, place: str, body: dict) -> tuple[int, object]:
        last = place.rpartition("/")[2]
        if method in ("PUT", "POST") and place.startswith("sys/policies/acl/"):
            self.policies[last] = read_policy(body["policy"])
            return 204, b""
        if method == "POST" and place == "auth/token/create":
            made = tokens.remember(f"hvs.{next(self._numbers):06}.with-policies")
            self.tokens[made] = tuple(body["policies"])
            return 200, {"auth": {"client_token": made, "policies": body["policies"], "lease_duration": 600}}
        if method == "POST" and place == "sys/capabilities":
            held = [self.policies[name] for name in self.tokens.get(body["token"], ())]
            said = {each: sorted(granted(held, each)) or ["deny"] for each in body["paths"]}
            return 200, {"data": said} | said
        if method == "GET" and place == "sys/audit":
            return 200, {"data": self.audits} | self.audits
        if method == "GET" and place == "sys/mounts":
            said = {"database/": {"type": "database"}, "sys/": {"type": "system"}}
            return 200, {"data": said} | said
        if method == "LIST" and place == "database/roles":
            return (200, {"data": {"keys": sorted(self.roles)}}) if self.roles else NOTHING
        if method == "GET" and re.fullmatch(r"database/roles/[^/]+", place) and last in self.roles:
            role = self.roles[last]
            return 200, {"data": {"default_ttl": role.default_ttl, "max_ttl": role.max_ttl}}
        if method == "GET" and place.startswith("database/creds/"):
            return self._give(last) if last in self.roles else (400, {"errors": [f"unknown role: {last}"]})
        if method in ("PUT", "POST") and place in ("sys/leases/renew", "sys/leases/revoke"):
            lease = self.leases.get(body.get("lease_id", ""))
            if lease is None:
                return (204, b"") if place.endswith("revoke") else (400, {"errors": ["lease not found"]})
            return self._renew(body) if place.endswith("renew") else self._revoke(body["lease_id"])
        return 404, {"errors": [f"no handler for route {place!r}"]}

    # -- leases -----------------------------------------------------------------------------------------------------

    def _give(self, name: str) -> tuple[int, object]:
        role, now = self.roles[name], time.monotonic()
        login = f"v-token-{name}-{secrets.token_hex(8)}"
        password = tokens.remember(f"{secrets.token_hex(12)}-Aa1")
        until = datetime.fromtimestamp(time.time() + role.default_ttl, UTC).strftime("%Y-%m-%d %H:%M:%S+0000")
        given = {"name": login, "password": password, "expiration": until}
        with self.connect() as database, database.transaction():
            for statement in role.creation:
                database.execute(_filled(statement, given))
        number = f"database/creds/{name}/{secrets.token_hex(12)}"
        self.leases[number] = Lease(name, login, now, now + role.default_ttl)
        return 200, {
            "lease_id": number, "lease_duration": int(role.default_ttl), "renewable": True,
            "data": {"username": login, "password": password},
        }  # fmt: skip

    def _renew(self, body: dict) -> tuple[int, object]:
        """The increment counts from now, and may be shorter than what is left; the last end of the role stays."""
        lease, now = self.leases[body["lease_id"]], time.monotonic()
        role = self.roles[lease.role]
        lease.ends = min(now + (body.get("increment") or role.default_ttl), lease.made + role.max_ttl)
        said = {"lease_id": body["lease_id"], "lease_duration": int(lease.ends - now), "renewable": True}
        return 200, said | {"data": None}

    def _revoke(self, number: str) -> tuple[int, object]:
        lease = self.leases.pop(number)
        try:
            with self.connect() as database, database.transaction():
                for statement in self.roles[lease.role].revocation:
                    database.execute(_filled(statement, {"name": lease.name}))
        except psycopg.Error as error:
            return 500, {"errors": [f"failed to revoke entry: {error}"]}
        return 204, b""

    def _end(self, now: float) -> None:
        for number in [number for number, lease in self.leases.items() if lease.ends <= now]:
            self._revoke(number)


def _filled(statement: str, given: dict[str, str]) -> str:
    return re.sub(r"\{\{(\w+)\}\}", lambda found: given.get(found[1], found[0]), statement)


@contextmanager
def leasing(vault: LeasingVault) -> Iterator[LeasingVault]:
    """Serves it, and ends what has ended though nobody asks."""
    over = threading.Event()

    def look() -> None:
        while not over.wait(LOOKS):
            vault.sweep()

    looking = threading.Thread(target=look, daemon=True)
    with running(vault):
        looking.start()
        try:
            yield vault
        finally:
            over.set()
            looking.join()
