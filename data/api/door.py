"""One request from token to answer: what there is at /api/v1, and who may do what there."""

import logging
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass

from data import rates, tokens, trouble
from data.api import facts, incoming, outgoing, reading
from data.api.answers import Answer, Problem, Request
from data.tokens import Token

LARGEST = 2_000_000  # bytes of a body
log = logging.getLogger("milepost.api")


@dataclass(frozen=True)
class Parameter:
    name: str
    about: str
    schema: dict


@dataclass(frozen=True)
class Endpoint:
    """What there is to do. path: with {names} of parts that `do` is given as texts. takes: what is sent, or many."""

    method: str
    path: str
    scope: str
    summary: str
    do: Callable[..., Answer]
    gives: type[outgoing.Outgoing]
    takes: type[incoming.Incoming] | None = None
    query: tuple[Parameter, ...] = ()

    def match(self, path: str) -> list[str] | None:
        found = re.fullmatch(re.sub(r"\{\w+\}", "([^/]+)", self.path), path)
        return list(found.groups()) if found else None


_CURSOR = Parameter("cursor", "`next` of the page before.", {"type": "string"})
_WEEKS = Parameter(
    "weeks",
    "How many weeks, up to where the sources were read.",
    {"type": "integer", "minimum": 1, "maximum": reading.MOST_WEEKS, "default": reading.WEEKS},
)
_LIMIT = Parameter(
    "limit",
    "How many on a page.",
    {"type": "integer", "minimum": 1, "maximum": reading.MOST_ON_PAGE, "default": reading.PAGE},
)
_SERVICE = Parameter("service", "The service of facts that do not name their own.", {"type": "integer", "minimum": 1})


def _sending(kind: str) -> Endpoint:
    def do(token: Token, request: Request) -> Answer:
        return facts.send(token, request, kind)

    summary = f"Send {kind}, one or up to {facts.MOST:,}: all are saved, or none"
    return Endpoint(
        "POST", f"/api/v1/{kind}", f"{kind}:write", summary, do, outgoing.SavedOut, incoming.KINDS[kind], (_SERVICE,)
    )


ENDPOINTS = (
    *(_sending(kind) for kind in incoming.KINDS),
    Endpoint(
        "GET", "/api/v1/services", "read", "The services that the token is for", reading.services,
        outgoing.ServicesOut, query=(_LIMIT, _CURSOR),
    ),
    Endpoint(
        "GET", "/api/v1/services/{id}/metrics", "read", "The metrics of a service over its last weeks",
        reading.metrics, outgoing.MetricsOut, query=(_WEEKS,),
    ),
    Endpoint(
        "GET", "/api/v1/services/{id}/cells", "read", "Every metric of a service by week", reading.cells,
        outgoing.CellsOut,
        query=(_WEEKS, Parameter("metric", "Only this metric.", {"type": "string"}), _LIMIT, _CURSOR),
    ),
)  # fmt: skip


def find(method: str, path: str) -> tuple[Endpoint, list[str]]:
    """What a request is for, and the parts of its path. Raises Problem."""
    there = [(each, parts) for each in ENDPOINTS if (parts := each.match(path)) is not None]
    for endpoint, parts in there:
        if endpoint.method == method or (method == "HEAD" and endpoint.method == "GET"):
            return endpoint, parts
    if there:
        allow = ", ".join(each.method for each, _ in there)
        raise Problem(405, f"Use {allow} here.", headers={"Allow": allow})
    raise Problem(404, "There is nothing here: /api/v1/openapi.json lists what there is.")


def token_of(request: Request) -> Token:
    """The token in a header Authorization. Raises Problem."""
    scheme, _, secret = request.headers.get("authorization", "").strip().partition(" ")
    if not secret or scheme.lower() != "bearer":
        said = "Send a token in the header `Authorization: Bearer mp_...`."
        raise Problem(401, said, headers={"WWW-Authenticate": 'Bearer realm="Milepost"'})
    try:
        return tokens.find(secret.strip())
    except tokens.Invalid as error:
        refuse_guessing(request.near)
        challenge = 'Bearer realm="Milepost", error="invalid_token"'
        raise Problem(401, str(error), headers={"WWW-Authenticate": challenge}) from None


def slow_down(rate: rates.Rate, whose: object, said: str) -> None:
    """Raises Problem 429 for who comes more often than they may. said: a sentence without its end."""
    if wait := rates.take(rate, whose):
        raise Problem(429, f"{said}: ask again after {wait} s.", headers={"Retry-After": str(wait)})


def refuse_guessing(near: str | None) -> None:
    """For who has just shown something wrong: raises Problem 429 where that happens too often from their address."""
    slow_down(rates.WRONG, rates.address(near), "Too much that was wrong came from this address")


def need(token: Token, scope: str) -> None:
    """Raises Problem when the token does not have the scope."""
    if scope not in token.scopes:
        challenge = f'Bearer realm="Milepost", error="insufficient_scope", scope="{scope}"'
        raise Problem(403, f"This token lacks the scope {scope}.", headers={"WWW-Authenticate": challenge})


def admit(request: Request) -> tuple[Token, Endpoint, list[str]]:
    """Who asks, and for what; before the body is read. Raises Problem."""
    endpoint, parts = find(request.method, request.path)
    token, often = token_of(request), rates.tokens()
    slow_down(often, token.id, f"This token may ask {often.a_minute:,} times a minute")
    need(token, endpoint.scope)
    if endpoint.takes:
        check_json(request)
    return token, endpoint, parts


def check_json(request: Request) -> None:
    """Raises Problem for a body of another kind."""
    kind, _, more = request.headers.get("content-type", "").partition(";")
    charset = more.partition("charset=")[2].strip().strip('"').lower()
    packed = request.headers.get("content-encoding", "identity").lower() != "identity"
    if kind.strip().lower() != "application/json" or charset not in ("", "utf-8", "utf8") or packed:
        raise Problem(415, "Send JSON in UTF-8, not packed, with the header `Content-Type: application/json`.")


def answer(token: Token, endpoint: Endpoint, parts: list[str], request: Request) -> Answer:
    """Does what was asked. Raises Problem."""
    made = endpoint.do(token, request, *parts)
    return Answer(made.status, made.body, made.media_type, made.headers, afterwards=lambda: tokens.used(token))


def failed(error: Exception) -> Answer:
    """What is answered when something went wrong that is not the asker's fault."""
    if isinstance(error, Problem):
        return error.answer
    if trouble.passes(error):
        return Problem(503, "The store is busy or away: ask again shortly.", headers={"Retry-After": "5"}).answer
    reference = secrets.token_hex(4)
    log.error("error %s at the door for machines", reference, exc_info=error)
    said = f"Something went wrong here: tell whoever runs Milepost {reference}, the log says more under it."
    return Problem(503 if trouble.sentence(error) else 500, said).answer
