"""What the script of a plain page asks: JSON in the body of a POST, of this site's own pages only, JSON back.

Secrets of links stand in the body: addresses end up in logs. Nothing of an answer is kept by a browser or a proxy.
"""

from collections.abc import Callable
from typing import Any

from pydantic_core import from_json
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from data import rates
from data.access import NotFound
from data.api import answers, bodies, door
from data.api.answers import Problem
from pages.web.shell import NO_STORE

MOST_BYTES = 400_000  # three pain points of 5,000 characters each, and all else that a page has not sent yet
SECONDS = 30  # in which a body must have come


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
        made = await run_in_threadpool(_refused, request, error, status)
    return Response(made.body, made.status, dict(made.headers), made.media_type)


def slow_down(secret: object) -> None:
    """Raises Problem for who calls with one secret more often than a person can."""
    door.slow_down(rates.CALLS, secret, "That was too often")


def text(body: dict, name: str) -> str:
    """A text of the body. Raises ValueError."""
    value = body.get(name)
    if not isinstance(value, str):
        raise ValueError(f"Reload the page: it sent no {name}.")
    return value


def _refuse_foreign(request: Request) -> None:
    """A form of another site cannot send this kind of body; `gate.py` has asked where it comes from."""
    door.check_json(answers.Request(request.method, request.url.path, {}, dict(request.headers.items())))


def _parsed(body: bytes) -> dict:
    try:
        given = from_json(body, allow_inf_nan=False)
    except ValueError:
        raise Problem(400, "The body is not JSON that can be read.") from None
    if not isinstance(given, dict):
        raise Problem(400, "The body is no object.")
    return given


def _refused(request: Request, error: Exception, status: dict[type[Exception], int]) -> answers.Answer:
    """What is answered instead. Who asks with secrets that nobody has is slowed down."""
    try:
        if (code := _status(error, status)) == 404:
            door.refuse_guessing(request.client.host if request.client else None)
    except Problem as slower:
        return slower.answer
    return Problem(code, str(error)).answer if code else door.failed(error)


def _status(error: Exception, status: dict[type[Exception], int]) -> int | None:
    if isinstance(error, Problem):
        return None
    known = {**status, NotFound: 404, ValueError: 422}
    return next((known[kind] for kind in type(error).__mro__ if kind in known), None)
