"""Which request goes where: one table of operations, named as the published description names them."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

Handler = Callable[[Any], Any]


@dataclass(frozen=True)
class Route:
    """One operation. `permission`: what X-Accepted-GitHub-Permissions names; `described`: OpenAPI has the template."""

    method: str
    template: str
    handler: Handler
    permission: str
    level: str = "read"
    resource: str = "core"
    described: bool = True
    app: bool = False

    @property
    def operation(self) -> str:
        return f"{self.method} {self.template}"

    @property
    def about_repository(self) -> bool:
        return self.template.startswith("/repos/{owner}/{repo}")


TABLE: list[Route] = []
#: Names that may hold slashes.
WIDE = ("ref", "branch", "tag", "path")


def serve(
    template: str, permission: str = "metadata", method: str = "GET", **options: Any
) -> Callable[[Handler], Handler]:
    """Registers a handler. options: level, resource, described, app (a JSON web token of an App is asked for)."""

    def register(handler: Handler) -> Handler:
        TABLE.append(Route(method, template, handler, permission, **options))
        return handler

    return register


@cache
def _pattern(template: str) -> re.Pattern[str]:
    parts = re.split(r"\{(\w+)\}", template)
    text = "".join(
        re.escape(part) if place % 2 == 0 else f"(?P<{part}>{'.+' if part in WIDE else '[^/]+'})"
        for place, part in enumerate(parts)
    )
    return re.compile(text)


@cache
def _ranked(count: int) -> list[Route]:
    """Those with a name that may hold slashes last, the longer first."""
    return sorted(
        TABLE, key=lambda route: (any(f"{{{name}}}" in route.template for name in WIDE), -len(route.template))
    )


def find(method: str, path: str) -> tuple[Route, dict[str, str]] | None:
    for route in _ranked(len(TABLE)):
        if route.method == method and (match := _pattern(route.template).fullmatch(path)):
            return route, match.groupdict()
    return None
