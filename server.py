"""The door for machines: routes beside the pages, headers of every answer, what starts with the process."""

import base64
import gc
import hashlib
import logging
import os
import pkgutil
import re
import secrets
from contextlib import asynccontextmanager
from functools import lru_cache
from importlib import import_module
from pathlib import Path

import streamlit as st
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.responses import JSONResponse
from starlette.routing import Route

from data import access, jobs, store, trouble

log = logging.getLogger("milepost")


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


ROUTES = [Route("/healthz", healthz), Route("/readyz", readyz)]


# Headers


@lru_cache
def content_security_policy() -> str:
    """Scripts from this server only, plus the inline ones of the page that Streamlit itself ships, by their hash."""
    index = Path(st.__file__).parent / "static" / "index.html"
    inline = re.findall(r"<script>(.*?)</script>", index.read_text(encoding="utf-8"), flags=re.DOTALL)
    hashes = [base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in inline]
    return "; ".join(
        [
            "default-src 'self'",
            " ".join(["script-src 'self'", *(f"'sha256-{digest}'" for digest in hashes)]),
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            "connect-src 'self'",
            "worker-src 'self' blob:",
            "frame-ancestors 'self'",
            "base-uri 'self'",
            "form-action 'self'",
            "object-src 'none'",
        ]
    )


class SecurityHeaders:
    """Pure ASGI: adds the headers to every HTTP answer and lets websockets through untouched."""

    def __init__(self, app):
        self.app = app
        self.headers = [
            (b"content-security-policy", content_security_policy().encode()),
            (b"x-content-type-options", b"nosniff"),
            (b"x-frame-options", b"SAMEORIGIN"),
            (b"referrer-policy", b"same-origin"),
            (b"permissions-policy", b"camera=(), geolocation=(), microphone=(), payment=()"),
            (b"cross-origin-opener-policy", b"same-origin"),
        ]
        self.names = {name for name, _ in self.headers}

    async def __call__(self, scope, receive, send):
        if scope["type"] != "http":
            return await self.app(scope, receive, send)

        async def send_with_headers(message):
            if message["type"] == "http.response.start":
                kept = [(name, value) for name, value in message.get("headers", []) if name.lower() not in self.names]
                message = {**message, "headers": kept + self.headers}
            await send(message)

        await self.app(scope, receive, send_with_headers)


MIDDLEWARE = [Middleware(SecurityHeaders)]


# Start and stop


def warm() -> None:
    """Bring the tables up to date and import what the first page would otherwise wait for."""
    store.migrate()
    import pages.ui

    for module in pkgutil.iter_modules(pages.ui.__path__, "pages.ui."):
        import_module(module.name)
    import_module("pandas")  # Streamlit imports it for its first table
    import_module("pages.ui.charts").warm()


@asynccontextmanager
async def lifespan(app):
    await run_in_threadpool(warm)
    # MILEPOST_WORKER=external: somebody else runs `python milepost.py worker`.
    worker = None if os.environ.get("MILEPOST_WORKER") == "external" else jobs.start_worker()
    gc.collect()
    gc.freeze()
    try:
        yield {}
    finally:
        if worker:
            await run_in_threadpool(worker.stop)


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
    reference = secrets.token_hex(4)
    log.error("error %s on a page", reference, exc_info=error)
    st.error(
        f"This page could not be shown. Reload it; if it happens again, tell whoever runs Milepost the reference "
        f"{reference}: the log says more under it.",
        title="Something went wrong",
    )
    return True
