"""Everything the server knows, apart from HTTP: people, repositories and their names, tokens, Apps, the clock."""

import threading
from typing import TYPE_CHECKING

from tests.fake_github.clock import Clock
from tests.fake_github.records import Ids, Lag, Row, Table
from tests.fake_github.repository import Repository
from tests.fake_github.storage import Storage

if TYPE_CHECKING:
    from tests.fake_github.access import Token
    from tests.fake_github.apps import App


class World:
    """State only; one lock guards it, held by whoever writes and by every answer while it is made."""

    def __init__(self, clock: Clock):
        self.clock, self.ids, self.lock = clock, Ids(), threading.RLock()
        self.lag = Lag(clock)
        self.storage = Storage()
        self.users: dict[str, Row] = {}
        self.repositories = Table(self.lag)
        self.contents: dict[int, Repository] = {}
        self.names: dict[str, int] = {}
        self.old_names: dict[str, int] = {}
        #: (kind, id as text) -> (repository id, key in its table): where a global id leads.
        self.places: dict[tuple[str, str], tuple[int, int]] = {}
        self.tokens: dict[str, Token] = {}
        self.apps: dict[int, App] = {}
        #: Logins by `organization/team`, in lower case.
        self.teams: dict[str, tuple[str, ...]] = {}

    def now(self) -> int:
        return self.clock.second()

    def user(self, login: str, kind: str | None = None) -> Row:
        """A person, made if not known; `[bot]` at the end makes a bot."""
        if login not in self.users:
            kind = kind or ("Bot" if login.endswith("[bot]") else "User")
            self.users[login] = {"login": login, "id": self.ids("user"), "type": kind}
        return self.users[login]

    def repository(self, full_name: str, **fields) -> Repository:
        """The repository of that name, made if it is not there; private unless `private=False`."""
        with self.lock:
            if (known := self.names.get(full_name.lower())) is not None:
                return self.contents[known]
            self.user(full_name.split("/")[0], "Organization")
            identity, now = self.ids("repository"), self.now()
            row = {
                "id": identity, "full_name": full_name, "private": True, "archived": False, "description": None,
                "default_branch": "main", "created_at": now, "updated_at": now, "pushed_at": now, "size": 0,
                "language": None, "fork": False, "topics": [],
            }  # fmt: skip
            self.repositories.put(identity, {**row, **fields})
            self.contents[identity] = Repository(self, identity)
            self.name(identity, full_name)
            return self.contents[identity]

    def name(self, identity: int, full_name: str) -> None:
        """Gives a repository a name; the one it had points to it from now on."""
        for old in [name for name, owner in self.names.items() if owner == identity]:
            del self.names[old]
            self.old_names[old] = identity
        self.user(full_name.split("/")[0], "Organization")
        self.names[full_name.lower()] = identity
        self.old_names.pop(full_name.lower(), None)

    def forget(self, identity: int) -> None:
        for names in (self.names, self.old_names):
            for name in [name for name, owner in names.items() if owner == identity]:
                del names[name]

    def find(self, full_name: str) -> tuple[Repository | None, bool]:
        """(the repository, whether the name is an old one)."""
        key = full_name.lower()
        identity = self.names.get(key, self.old_names.get(key))
        return (None, False) if identity is None else (self.contents[identity], key not in self.names)
