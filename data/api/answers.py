"""Requests and answers, and problems as RFC 9457 has them; plain values, so that any server can carry them."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus

PROBLEM = "application/problem+json"
JSON = "application/json"
SHOWN = 100  # errors listed in one answer
_TITLES = {413: "Content Too Large", 422: "Unprocessable Content"}  # as RFC 9110; older Pythons have older ones


@dataclass(frozen=True)
class Request:
    """headers: names in lower case. query: the last value of each name. near: the address it came from."""

    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    near: str | None = None


@dataclass(frozen=True)
class Answer:
    """afterwards: what to do once it has been sent, which may fail without harm."""

    status: int = 200
    body: bytes = b""
    media_type: str = JSON
    headers: Mapping[str, str] = field(default_factory=dict)
    afterwards: Callable[[], None] | None = None


def as_json(value: object, status: int = 200, **more) -> Answer:
    """An answer of plain values."""
    return Answer(status, json.dumps(value, ensure_ascii=False, allow_nan=False).encode(), **more)


class Problem(Exception):
    """An answer that says what is wrong.

    detail: one sentence that says what to do. errors: (path, sentence) of each place of the body that is wrong, the
    path as a JSON pointer (RFC 6901).
    """

    def __init__(
        self, status: int, detail: str, *, errors: list[tuple[str, str]] = (), headers: Mapping[str, str] | None = None
    ):
        super().__init__(detail)
        self.status, self.detail, self.errors, self.headers = status, detail, list(errors), dict(headers or {})

    @property
    def answer(self) -> Answer:
        said = {
            "type": "about:blank",
            "title": _TITLES.get(self.status) or HTTPStatus(self.status).phrase,
            "status": self.status,
            "detail": self.detail,
        }
        if self.errors:
            shown = [{"path": path, "detail": sentence} for path, sentence in self.errors[:SHOWN]]
            said |= {"errors": shown, "errors_total": len(self.errors)}
        return as_json(said, self.status, media_type=PROBLEM, headers={"Cache-Control": "no-store", **self.headers})
