"""One request as a handler sees it, and what a handler gives back."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from tests.fake_github.access import Token
from tests.fake_github.records import Row
from tests.fake_github.repository import Repository
from tests.fake_github.table import Route

if TYPE_CHECKING:
    from tests.fake_github.world import World

DOCS = "https://docs.github.com/rest"


class Problem(Exception):
    """An answer that is not the one that was asked for."""

    def __init__(self, status: int, message: str, headers: dict[str, str] | None = None, **extra: Any):
        super().__init__(message)
        self.status, self.headers = status, headers or {}
        self.body = {"message": message, "documentation_url": DOCS, "status": str(status), **extra}


@dataclass
class Reply:
    """Body (None for none), status, headers."""

    body: Any
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class Call:
    """A request that was let in."""

    world: "World"
    url: str
    route: Route
    path: dict[str, str]
    query: dict[str, str]
    token: Token
    body: bytes = b""
    repository: Repository | None = None
    doubles: bool = False

    @property
    def repo(self) -> Repository:
        assert self.repository, f"{self.route.template} is not about a repository"
        return self.repository

    def json(self) -> dict[str, Any]:
        try:
            found = json.loads(self.body or b"{}")
        except ValueError:
            raise Problem(400, "Problems parsing JSON") from None
        if not isinstance(found, dict):
            raise Problem(400, "Body should be a JSON object")
        return found

    def one_of(self, name: str, allowed: Sequence[str], default: str) -> str:
        """A parameter that knows few words. GitHub answers 422 to others."""
        value = self.query.get(name, default)
        if value not in allowed:
            raise Problem(422, "Validation Failed", errors=[{"field": name, "code": "invalid", "value": value}])
        return value

    @property
    def paging(self) -> tuple[int, int]:
        """(page from 1, per_page): 30 unless told, 100 at most, nonsense is ignored."""
        return max(1, _number(self.query.get("page"), 1)), min(100, max(1, _number(self.query.get("per_page"), 30)))

    def page(
        self, rows: Sequence[Row], shape: Callable[[Row], Any], wrap: str | None = None, cap: int | None = None
    ) -> Reply:
        """One page of rows with its Link header. `wrap` names the list beside total_count; `cap` ends it early."""
        total = len(rows)
        if self.doubles:
            rows = [row for place, row in enumerate(rows) for row in ([row, row] if place % 7 == 3 else [row])]
        rows = rows[:cap] if cap is not None else rows
        page, per_page = self.paging
        last = max(1, -(-len(rows) // per_page))
        found = [shape(row) for row in rows[(page - 1) * per_page : page * per_page]]
        body = {"total_count": total, wrap: found} if wrap else found
        links = []
        if page > 1:
            links += [("prev", min(page - 1, last))]
        if page < last:
            links += [("next", page + 1), ("last", last)]
        if page > 1:
            links += [("first", 1)]
        header = ", ".join(f'<{self._link(number)}>; rel="{rel}"' for rel, number in links)
        return Reply(body, headers={"Link": header} if header else {})

    def _link(self, page: int) -> str:
        path = self.route.template
        for name, value in self.path.items():
            path = path.replace(f"{{{name}}}", value)
        if self.repository:
            path = f"/repositories/{self.repo.id}{path.split('/', 4)[4] and '/' + path.split('/', 4)[4]}"
        return f"{self.url}{path}?{urlencode({**self.query, 'page': page})}"


def _number(text: str | None, default: int) -> int:
    return int(text) if text is not None and text.lstrip("-").isdigit() else default
