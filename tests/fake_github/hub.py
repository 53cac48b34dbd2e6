"""The GitHub to test against, as a test holds it. How to use it: README.md beside this file."""

import json
import random
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

from tests.fake_github import apps, webhooks
from tests.fake_github.access import READ, Token, anonymous, new_token
from tests.fake_github.apps import App, Installation
from tests.fake_github.clock import Clock
from tests.fake_github.faults import STORM, Faults
from tests.fake_github.gate import Seen
from tests.fake_github.mutate import Mutator, fill
from tests.fake_github.records import Row
from tests.fake_github.repository import Repository
from tests.fake_github.schema import Checker
from tests.fake_github.server import Server
from tests.fake_github.shapes_work import WorkShapes
from tests.fake_github.storage import Storage
from tests.fake_github.truth import truth
from tests.fake_github.world import World
from tests.repos import Time, seconds

#: What deliveries are signed with, unless told.
SECRET = "It's a secret to everybody"


class GitHub:
    """A server on 127.0.0.1 with everything behind it. Use as a context manager, or `start()` and `stop()`.

    now: where its clock begins (else the real time). enterprise: served under /api/v3 and /api/graphql. strict: every
    body is held against the published description (else the first few of each kind). secondary: points a minute before
    the secondary limit strikes (GitHub: 900),
    0 for never. At the end of a `with` block whatever was wrong with what was
    sent or asked (`problems`) is raised.
    """

    def __init__(
        self,
        *,
        now: Time | None = None,
        port: int = 0,
        enterprise: bool = False,
        strict: bool = False,
        secondary: int = 0,
    ):
        self.clock = Clock(now)
        self.world = World(self.clock)
        self.enterprise, self.secondary, self.limit_status = enterprise, secondary, 403
        self.faults, self.checker = Faults(), Checker(strict)
        self.requests: list[Seen] = []
        self.problems: list[str] = []
        self.doubles = False
        self.anonymous = anonymous()
        self._server = Server(self, port)
        self.root = f"http://127.0.0.1:{self._server.port}"
        self.url = f"{self.root}/api/v3" if enterprise else self.root
        self.graphql_url = f"{self.root}/api/graphql" if enterprise else f"{self.root}/graphql"

    def start(self) -> Self:
        self._server.start()
        return self

    def stop(self) -> None:
        self._server.stop()
        self.world.storage.stop()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, kind: object, *_: object) -> None:
        self.stop()
        if kind is None:
            assert not self.problems, "\n".join(self.problems)

    # What is there.

    def repository(self, full_name: str, git: Path | None = None, pulls: bool = True, **fields: Any) -> Repository:
        """The repository of that name, made if it is not there; filled from a real git repository if one is given."""
        repository = self.world.repository(full_name, **fields)
        if git is not None:
            repository.seed(Path(git), pulls)
        return repository

    def token(
        self, permissions: dict[str, str] | None = None, kind: str = "fine_grained", *, login: str | None = None,
        scopes: Iterable[str] = ("repo",), repositories: Iterable[str] | None = None, expires: Time | None = None,
        limit: int = 5000,
    ) -> str:  # fmt: skip
        """A token's text.

        kind: fine_grained and app (by permissions: all that Milepost reads, unless given), classic and oauth (by
        scopes). login: whose it is, mona; of an app the account where it is installed, acme. repositories: full names,
        None for all. limit: requests an hour, of REST and of GraphQL each.
        """
        login = login or ("acme" if kind == "app" else "mona")
        self.world.user(login)
        chosen = None if repositories is None else {self.world.repository(name).id for name in repositories}
        if kind == "app":
            place = self.install(self.app(f"app-{len(self.world.apps)}", login, permissions), login, repositories)
            return apps.issue_token(self.world, place, place.permissions, place.repositories).value
        plain = kind in ("classic", "oauth")
        token = new_token(
            kind, login, permissions=None if plain else dict(READ if permissions is None else permissions),
            scopes=tuple(scopes) if plain else None, repositories=chosen,
            expires_at=None if expires is None else seconds(expires), limits={"core": limit, "graphql": limit},
        )  # fmt: skip
        self.world.tokens[token.value] = token
        return token.value

    @property
    def storage(self) -> Storage:
        """Where artifacts lie: on another port."""
        return self.world.storage

    def team(self, name: str, *logins: str) -> None:
        """A team with its members: `acme/operations`."""
        self.world.teams[name.lower()] = logins

    def revoke(self, token: str) -> None:
        self.world.tokens[token].revoked = True

    def app(self, slug: str = "milepost", owner: str = "acme", permissions: dict[str, str] | None = None) -> App:
        """A GitHub App: `.id`, `.client_id`, `.private_key` (PEM)."""
        return apps.new_app(self.world, slug, owner, permissions)

    def install(self, app: App, account: str = "acme", repositories: Iterable[str] | None = None) -> Installation:
        """Installs an App: `.id`. repositories: full names, None for all of the account."""
        chosen = None if repositories is None else {self.world.repository(name).id for name in repositories}
        return apps.install(self.world, app, account, chosen)

    # What goes wrong.

    def fault(self, kind: str, times: int = 1, match: str = "", after: int = 0, seconds: float | None = None) -> None:
        """The next `times` requests whose "METHOD /path?query" matches get it, after `after` were let through."""
        self.faults.add(kind, times, match, after, seconds)

    def storm(self, seed: int, rate: float = 0.05, kinds: Iterable[str] = STORM) -> None:
        """Every request gets some fault with that probability; rate 0 ends it."""
        self.faults.storm(seed, rate, kinds)

    def limit(self, remaining: int, reset_in: float = 60, resource: str = "core", token: str | None = None) -> None:
        """Sets what is left of a quota, for one token or all (those that come later not)."""
        chosen: list[Token] = [self.world.tokens[token]] if token else [*self.world.tokens.values(), self.anonymous]
        with self.world.lock:
            for each in chosen:
                bucket = each.bucket(resource, self.clock)
                bucket.used, bucket.reset = bucket.limit - remaining, int(self.clock.now() + reset_in)

    def lag(self, seconds: float, jitter: bool = True) -> None:
        """Writes from now on are seen up to so many seconds later (exactly, without jitter)."""
        self.world.lag.seconds, self.world.lag.jitter = seconds, jitter

    # What changes.

    def fill(
        self, full_name: str, *, seed: int = 1, pulls: int = 40, issues: int = 10, deployments: int = 20,
        runs: int = 30,
        releases: int = 5, days: int = 180,
    ) -> Repository:  # fmt: skip
        """A repository with a random history of that size, ending now."""
        repository = self.repository(full_name)
        fill(repository, seed, pulls, issues, deployments, runs, releases, days)
        return repository

    def mutate(self, seed: int, n: int = 1, step: float = 0.0) -> list[str]:
        """n random changes, the same for the same seed; the clock moves on by up to `step` seconds after each."""
        mutator, dice = Mutator(self.world, seed), random.Random(seed)
        said = []
        for _ in range(n):
            said.append(mutator.step())
            if step:
                self.clock.advance(dice.uniform(0, step))
        return said

    @contextmanager
    def changing(self, seed: int, every: float = 0.02) -> Iterator[list[str]]:
        """Changes something all the while the block lasts; gives the growing list of what."""
        mutator, ended, said = Mutator(self.world, seed), threading.Event(), []

        def go() -> None:
            try:
                while not ended.wait(every):
                    said.append(mutator.step())
            except Exception as error:
                self.problems.append(f"while changing: {error!r}")

        thread = threading.Thread(target=go, daemon=True, name="changes of the test GitHub")
        thread.start()
        try:
            yield said
        finally:
            ended.set()
            thread.join(10)

    # What it sends.

    def webhook(
        self, event: str, action: str | None = None, *, about: Any = None, secret: str | None = SECRET,
        delivery: str | None = None, **fields: Any,
    ) -> webhooks.Delivery:  # fmt: skip
        """(headers, body) of a delivery: the published example of that event, and with `about` what it says of that.

        about: a pull request, issue, deployment, run, release or repository. fields: replace parts of the payload.
        """
        with self.world.lock:
            payload = webhooks.payload(WorkShapes(self.world, self.url), event, action, about, **fields)
        return webhooks.delivery(event, payload, secret, delivery)

    # What happened, and what is true.

    @property
    def counted(self) -> int:
        """How many requests of the REST quota were used."""
        return sum(seen.counted for seen in self.requests)

    @property
    def points(self) -> int:
        """How many points of the GraphQL quota were used."""
        return sum(seen.cost for seen in self.requests)

    def truth(self) -> dict[str, list[Row]]:
        """What a perfect collector would have, by table; see truth.py."""
        with self.world.lock:
            return truth(self.world)

    def control(self, order: dict[str, Any]) -> bytes:
        """A call from another process: {"call", "args", "options", "repository"?}; see remote.py."""
        target: Any = self.repository(order["repository"]) if order.get("repository") else self
        for name in order["call"].split("."):
            assert not name.startswith("_"), name
            target = getattr(target, name)
        found = target(*order.get("args", ()), **order.get("options", {})) if callable(target) else target
        return json.dumps(found, default=_plain).encode()


def _plain(value: Any) -> Any:
    row = getattr(value, "row", None)
    return row if isinstance(row, dict) else {name: v for name, v in vars(value).items() if isinstance(v, str | int)}
