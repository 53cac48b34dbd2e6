"""What the script of a plain page asks: JSON in the body of a POST, of this site's own pages only, JSON back.

Secrets of links stand in the body: addresses end up in logs. Nothing of an answer is kept by a browser or a proxy.
"""

import hashlib
from collections.abc import Callable
from typing import Any

from pydantic_core import from_json
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from data.access import NotFound
from data.api import answers, bodies, door, rate
from data.api.answers import Problem
from pages.web.shell import NO_STORE

MOST_BYTES = 400_000  # three pain points of 5,000 characters each, and all else that a page has not sent yet
SECONDS = 30  # in which a body must have come
A_MINUTE = 240  # calls with one secret
_PLACES = 1 << 16  # secrets share a bucket by chance, so that made-up ones fill no memory
_buckets = rate.Buckets()


async def called(request: Request, do: Callable[[dict], Any], status: dict[type[Exception], int]) -> Response:
    """Reads the body, an object, does it in a thread and answers with what comes back. status: of the errors that are
    told to the page with their own sentence; ValueError is 422 and NotFound 404."""
    try:
        _refuse_foreign(request)
        body = bytearray()
        await bodies.read(request.stream(), request.headers, MOST_BYTES, SECONDS, body.extend)
        made = answers.as_json(await run_in_threadpool(do, _parsed(bytes(body))), headers=NO_STORE)
    except ClientDisconnect:
        return Response(status_code=400)  # nobody is there to read it
    except Exception as error:
        code = _status(error, status)
        made = Problem(code, str(error)).answer if code else door.failed(error)
    return Response(made.body, made.status, dict(made.headers), made.media_type)


def slow_down(secret: object) -> None:
    """Raises Problem for who calls with one secret more often than a person can."""
    place = int.from_bytes(hashlib.sha256(str(secret).encode(errors="replace")).digest()[:4]) % _PLACES
    if wait := _buckets.take(place, A_MINUTE):
        raise Problem(429, f"That was too often: try again in {wait} s.", headers={"Retry-After": str(wait)})


def text(body: dict, name: str) -> str:
    """A text of the body. Raises ValueError."""
    value = body.get(name)
    if not isinstance(value, str):
        raise ValueError(f"Reload the page: it sent no {name}.")
    return value


def _refuse_foreign(request: Request) -> None:
    """A form of another site can neither send this kind of body nor say that it comes from here."""
    door.check_json(answers.Request(request.method, request.url.path, {}, dict(request.headers.items())))
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        raise Problem(403, "Only pages of this site may ask this.")


def _parsed(body: bytes) -> dict:
    try:
        given = from_json(body, allow_inf_nan=False)
    except ValueError:
        raise Problem(400, "The body is not JSON that can be read.") from None
    if not isinstance(given, dict):
        raise Problem(400, "The body is no object.")
    return given


def _status(error: Exception, status: dict[type[Exception], int]) -> int | None:
    if isinstance(error, Problem):
        return None
    known = {**status, NotFound: 404, ValueError: 422}
    return next((known[kind] for kind in type(error).__mro__ if kind in known), None)
