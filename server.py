"""The door for machines: routes beside the pages, and what starts with the process."""

import gc
import json
import logging
import pkgutil
import re
import secrets
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager
from dataclasses import replace
from importlib import import_module
from tempfile import SpooledTemporaryFile

import streamlit as st
import uvicorn
from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

import gate
from data import access, badges, environment, exposition, hooks, inbox, jobs, rates, starting, store, trouble
from data.api import answers, bodies, document, door, reading
from data.api.answers import Answer, Problem
from data.leading import warming
from data.learning import first_hours
from pages.ui import content_unread
from pages.web import missing
from pages.web import routes as web

starting.refuse_optimised()  # the portal is started in several ways, all of which lead here

BODY_SECONDS = 30  # in which a body must have come
DELIVERY_SECONDS = 120  # the same for one of GitHub's, which may be large
TOO_MANY = "Too much comes here at once"
STOP_SECONDS = 20  # that requests get to be answered once we are told to stop

IN_MEMORY = 1 << 20  # bytes of one of GitHub's deliveries; what is larger goes to a file until it is whole
MOST_LARGE = 16  # of those at once: until one is whole, anybody may have sent it

log = logging.getLogger("milepost")
_large = threading.BoundedSemaphore(MOST_LARGE)
requests = exposition.Requests()


# Routes


def healthz(request) -> JSONResponse:
    """The process answers."""
    return JSONResponse({"status": "ok"})


def readyz(request) -> JSONResponse:
    """The process answers and so does the database; 503 when it does not."""
    try:
        return JSONResponse({"status": "ok", "data_version": store.version()})
    except Exception:
        log.exception("the database does not answer")
        return JSONResponse({"status": "the database does not answer"}, status_code=503)


async def openapi(request: Request) -> Response:
    """The description of /api/v1; it says nothing about anybody."""
    body = json.dumps(document.document()).encode()
    tag = reading.etag((body,))
    headers = {"ETag": tag, "Cache-Control": "public, max-age=300"}
    if reading.has(_asked(request), tag):
        return Response(status_code=304, headers=headers)
    return Response(body, headers=headers, media_type=answers.JSON)


async def api(request: Request) -> Response:
    """Everything else below /api: see `data.api`."""

    async def do() -> Answer:
        asked = _asked(request)
        token, endpoint, parts = await run_in_threadpool(door.admit, asked)
        if endpoint.takes:
            body = bytearray()
            await bodies.read(request.stream(), request.headers, door.LARGEST, BODY_SECONDS, body.extend)
            asked = replace(asked, body=bytes(body))
        return await run_in_threadpool(door.answer, token, endpoint, parts, asked)

    return await _answered(request, do)


async def github(request: Request) -> Response:
    """Webhooks of GitHub: see `data.inbox`."""

    async def do() -> Answer:
        _only_post(request)
        if not (keys := await run_in_threadpool(inbox.secrets)):
            raise Problem(404, "Webhooks are not switched on here: set MILEPOST_WEBHOOK_SECRET.")
        door.check_json(_asked(request))
        event = _short(request, "x-github-event", r"[a-z0-9_]{1,64}")
        delivery = _short(request, "x-github-delivery", r"[\w-]{1,100}")
        shown = request.headers.get("x-hub-signature-256", "")
        signed = inbox.Signed(keys)
        with ExitStack() as stack:
            kept, held = stack.enter_context(SpooledTemporaryFile(max_size=IN_MEMORY)), False

            def take(chunk: bytes) -> None:
                nonlocal held
                if not held and kept.tell() + len(chunk) > IN_MEMORY:
                    stack.enter_context(_one_large())
                    held = True
                signed.update(chunk)
                kept.write(chunk)

            await _check_signature(request, shown.startswith("sha256="))
            await bodies.read(request.stream(), request.headers, inbox.MOST_BYTES, DELIVERY_SECONDS, take)
            await _check_signature(request, signed.by_any([shown.removeprefix("sha256=")]))
            await run_in_threadpool(door.slow_down, rates.DELIVERIES, "github", TOO_MANY)
            kept.seek(0)
            body = kept.read()
        if event == "ping":
            return answers.as_json({"status": "pong"})
        try:
            became = await run_in_threadpool(inbox.receive, event, delivery, body)
        except inbox.NotJson as error:
            raise Problem(400, str(error)) from None
        return answers.as_json({"status": became}, 202)

    return await _answered(request, do)


async def pagerduty(request: Request) -> Response:
    """Webhooks of PagerDuty, and of others that sign and tell as it does: see `data.hooks`."""

    async def do() -> Answer:
        _only_post(request)
        hook = await run_in_threadpool(hooks.find, request.path_params["key"])
        if hook is None:
            await run_in_threadpool(door.refuse_guessing, _near(request))
            raise Problem(404, "There is no such place for webhooks: look at its URL.")
        door.check_json(_asked(request))
        shown = [each.strip() for each in request.headers.get("x-pagerduty-signature", "").split(",")[:10]]
        shown = [each.removeprefix("v1=") for each in shown if each.startswith("v1=")]
        await _check_signature(request, bool(shown))
        signed, body = inbox.Signed(list(hook.keys)), bytearray()
        await bodies.read(request.stream(), request.headers, hooks.MOST_BYTES, BODY_SECONDS, body.extend)
        signed.update(body)
        await _check_signature(request, signed.by_any(shown))
        await run_in_threadpool(door.slow_down, rates.EVENTS, hook.source_id, TOO_MANY)
        try:
            became = await run_in_threadpool(hooks.receive, hook, bytes(body))
        except hooks.NotAnEvent as error:
            raise Problem(422, str(error)) from None
        return answers.as_json({"status": became}, 200 if became == "pong" else 202)

    return await _answered(request, do)


async def no_webhook(request: Request) -> Response:
    """Everything else below /webhooks, which is for machines: no page answers there."""

    async def do() -> Answer:
        raise Problem(404, "There is no such place for webhooks: look at its URL.")

    return await _answered(request, do)


async def metrics(request: Request) -> Response:
    """How this process and its work are doing, for Prometheus: see `data.exposition`."""

    def tell() -> Answer:
        if not exposition.is_local(_near(request), request.url.hostname, request.headers):
            token = door.token_of(_asked(request))
            door.need(token, "read")
            if token.service_id is not None:
                raise Problem(403, "This token is for one service: take one for the whole organization.")
        headers = {"Cache-Control": "no-store"}
        return Answer(200, exposition.text(requests).encode(), exposition.MEDIA_TYPE, headers)

    return await _answered(request, lambda: run_in_threadpool(tell))


async def badge(request: Request) -> Response:
    """A number of a service as a picture, where its team has switched that on: see `data.badges`."""

    def draw() -> Answer:
        metric = request.query_params.get("metric", "deployment_frequency")
        found = badges.drawn(_asked(request), request.path_params["key"], metric)
        if found is None:
            door.refuse_guessing(_near(request))
            raise Problem(404, f"There is no such badge. Metrics are {', '.join(badges.METRICS)}.")
        return found

    return await _answered(request, lambda: run_in_threadpool(draw))


_ANY = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
ROUTES = [
    Route("/healthz", healthz),
    Route("/readyz", readyz),
    Route("/metrics", metrics),
    Route("/badge/{key}.svg", badge),
    Route("/webhooks/github", github, methods=_ANY),
    Route("/webhooks/pagerduty/{key}", pagerduty, methods=_ANY),
    Route("/webhooks/{path:path}", no_webhook, methods=_ANY),
    Route("/api/v1/openapi.json", openapi),
    Route("/api/{path:path}", api, methods=_ANY),
    *web.ROUTES,
]


def _only_post(request: Request) -> None:
    if request.method != "POST":
        raise Problem(405, "Use POST here.", headers={"Allow": "POST"})


def _asked(request: Request) -> answers.Request:
    query, headers = dict(request.query_params), dict(request.headers.items())
    return answers.Request(request.method, request.url.path, query, headers, near=_near(request))


def _near(request: Request) -> str | None:
    """The address that asks; behind a proxy that is trusted (FORWARDED_ALLOW_IPS), the one that it tells."""
    return request.client.host if request.client else None


async def _answered(request: Request, do: Callable) -> Response:
    try:
        made = await do()
    except ClientDisconnect:
        return Response(status_code=400)  # nobody is there to read it
    except Exception as error:
        made = door.failed(error)
    after = BackgroundTask(_quietly, made.afterwards) if made.afterwards else None
    body = b"" if request.method == "HEAD" else made.body
    return Response(body, made.status, dict(made.headers), made.media_type, after)


def _quietly(do: Callable[[], None]) -> None:
    try:
        do()
    except Exception as error:
        log.warning("a token's last use was not noted", exc_info=not trouble.passes(error))


@contextmanager
def _one_large() -> Iterator[None]:
    """Raises Problem where too many large bodies are on their way, each of which fills a part of the disk."""
    if not _large.acquire(blocking=False):
        said = "Too many large deliveries come at once: send this again later."
        raise Problem(503, said, headers={"Retry-After": "30"})
    try:
        yield
    finally:
        _large.release()


async def _check_signature(request: Request, right: bool) -> None:
    if not right:
        await run_in_threadpool(door.refuse_guessing, _near(request))
        raise Problem(401, "The signature is missing or wrong: look whether both sides have the same secret.")


def _short(request: Request, name: str, shape: str) -> str:
    value = request.headers.get(name, "")
    if not re.fullmatch(shape, value, re.ASCII):
        raise Problem(400, f"The header {name} is missing or has another form.")
    return value


# Counting


class Counted:
    """Pure ASGI: counts answers by route for /metrics. What belongs to the pages is one route."""

    def __init__(self, app):
        self.app = app

    async def __call__(self, scope, receive, send):
        if scope["type"] != "http":
            return await self.app(scope, receive, send)

        async def send_counted(message):
            if message["type"] == "http.response.start":
                requests.count(scope["path"], scope["method"], message["status"])
            await send(message)

        await self.app(scope, receive, send_counted)


MIDDLEWARE = [Middleware(Counted), *gate.MIDDLEWARE, Middleware(missing.Missing)]


# Start and stop


def warm() -> None:
    """Bring the tables up to date and import what the first page would otherwise wait for."""
    store.migrate()
    import pages.ui

    for module in pkgutil.iter_modules(pages.ui.__path__, "pages.ui."):
        import_module(module.name)
    import_module("pandas")  # Streamlit imports it for its first table
    import_module("pages.ui.charts").warm()
    try:
        first_hours.roles()  # with all tracks, which takes a second or two
    except ValueError:  # each page that needs what is broken says so
        log.exception("content cannot be read")


@asynccontextmanager
async def lifespan(app):
    await run_in_threadpool(warm)
    # MILEPOST_WORKER=external: somebody else runs `python milepost.py worker`.
    worker = None if environment.value("MILEPOST_WORKER") == "external" else jobs.start_worker()
    ahead = warming.Keeping()
    gc.collect()
    gc.freeze()
    ahead.start()
    try:
        yield {}
    finally:
        await run_in_threadpool(ahead.stop)
        if worker:
            await run_in_threadpool(worker.stop)


@asynccontextmanager
async def _alone(app):
    await run_in_threadpool(store.migrate)
    yield {}


def serve(host: str, port: int) -> None:
    """Serves the routes without the pages, until SIGTERM or SIGINT; requests that have begun are answered. No worker is
    started. Port 0 takes a free one. Raises OSError when the address is not free or not of this computer."""
    app = Starlette(routes=ROUTES, middleware=MIDDLEWARE, lifespan=_alone)
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.create_server((host, port), family=family, backlog=1024) as listening:
        # asyncio forgets this for sockets it is given: an answer would wait 40 ms for the reader's acknowledgement.
        listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        shown = f"[{host}]" if ":" in host else host
        print(f"Milepost listens for machines at http://{shown}:{listening.getsockname()[1]}", flush=True)
        config = uvicorn.Config(
            app, log_level="warning", access_log=False, server_header=False, timeout_graceful_shutdown=STOP_SECONDS
        )
        running = uvicorn.Server(config)
        # Until uvicorn listens to signals itself; afterwards it sends them again to whoever was there before.
        signal.signal(signal.SIGTERM, lambda *_: setattr(running, "should_exit", True))
        running.run(sockets=[listening])


# Errors


def on_script_error(error: Exception) -> bool:
    """One sentence and a reference instead of a traceback; the traceback goes to the log under that reference."""
    if isinstance(error, access.Forbidden):
        st.error(str(error), title="You may not do this")
        return True
    if sentence := trouble.sentence(error):
        log.error("the store is not usable", exc_info=error)
        st.error(sentence, title="Milepost cannot reach what it keeps")
        return True
    if content_unread.shown(error):
        log.error("content cannot be read", exc_info=error)
        return True
    reference = secrets.token_hex(4)
    log.error("error %s on a page", reference, exc_info=error)
    st.error(
        f"This page could not be shown. Reload it; if it happens again, tell whoever runs Milepost the reference "
        f"{reference}: the log says more under it.",
        title="Something went wrong",
    )
    return True
