"""What every request passes before a page or a route has it, in every mode and however Milepost is served.

Headers that tell browsers what may run and who may embed us; that only our own pages change something; and what a
page may ask of the server over its websocket, and how fast. Pure ASGI, so that nothing is held up on its way.
"""

import asyncio
import base64
import hashlib
import re
import time
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlsplit

import streamlit as st
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from streamlit.proto.BackMsg_pb2 import BackMsg

from data import openid, store

YEAR = 365 * 24 * 3600
#: Doors for programs: what is sent there is believed by a token or a signature that no browser has.
MACHINES = ("/api/", "/webhooks/")
SAFE = ("GET", "HEAD", "OPTIONS")
#: What a page says over its websocket in the course of its work. The rest is for those who write pages: to empty the
#: caches of everybody, to follow files, to end the process.
SAID = frozenset({"rerun_script", "stop_script", "file_urls_request", "app_heartbeat", "backend_operation_request"})
A_SECOND, AT_ONCE = 20, 60  # messages of one page; more wait


# Headers


@lru_cache
def of_pages() -> str:
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
            "frame-ancestors 'none'",
            "base-uri 'self'",
            "form-action 'self'",
            "object-src 'none'",
        ]
    )


#: Pages of our own making have no inline script or style.
PLAIN = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
#: The same with styles and pictures inside, to be printed.
PRINTED = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "font-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
#: What somebody may have made: opened by itself it runs nothing, and is of no origin.
SHOWN = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'; sandbox"
NOTHING = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"

_POLICIES = {
    "/answer": PLAIN, "/consensus": PLAIN, "/quick-check": PLAIN, "/web/": PLAIN, "/reports/": PRINTED,
    "/media/": SHOWN, "/badge/": SHOWN,
    "/api/": NOTHING, "/webhooks/": NOTHING, "/metrics": NOTHING, "/healthz": NOTHING, "/readyz": NOTHING,
}  # fmt: skip


def policy(path: str) -> str:
    """The content security policy of an answer at that path; the address of a page is that of the pages."""
    for begin, found in _POLICIES.items():
        if path == begin or path.startswith(begin if begin.endswith("/") else f"{begin}/"):
            return found
    return of_pages()


class SecurityHeaders:
    """Adds the headers to every HTTP answer, in place of any that was there, and lets websockets through."""

    def __init__(self, app):
        self.app, self.secure = app, _is_secure()
        self.headers = [
            (b"x-content-type-options", b"nosniff"),
            (b"x-frame-options", b"DENY"),
            (b"referrer-policy", b"same-origin"),
            (b"permissions-policy", b"camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
            (b"cross-origin-opener-policy", b"same-origin"),
            (b"x-permitted-cross-domain-policies", b"none"),
            *([(b"strict-transport-security", b"max-age=%d" % YEAR)] if self.secure else []),
        ]
        self.names = {name for name, _ in self.headers} | {
            b"content-security-policy", b"cross-origin-resource-policy", b"server",
        }  # fmt: skip

    async def __call__(self, scope, receive, send):
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        path = scope.get("path", "/")
        allowed = policy(path) + ("; upgrade-insecure-requests" if self.secure else "")
        # A badge stands in pages of others.
        whose = b"cross-origin" if path.startswith("/badge/") else b"same-origin"
        ours = [(b"content-security-policy", allowed.encode()), (b"cross-origin-resource-policy", whose)]

        async def send_with_headers(message):
            if message["type"] == "http.response.start":
                kept = [(name, value) for name, value in message.get("headers", []) if name.lower() not in self.names]
                message = {**message, "headers": [*kept, *self.headers, *ours]}
            await send(message)

        await self.app(scope, receive, send_with_headers)


def _is_secure() -> bool:
    """Whether browsers come by https, as the setting says."""
    try:
        return (openid.public_url() or "").startswith("https://")
    except store.Unusable:  # told in its own words where the portal starts
        return False


# Who changes something


class OwnPages:
    """Refuses what would change something and comes from a page of another site. Browsers say where a request began
    (Sec-Fetch-Site, Origin), and no page can make them lie; where neither is said, it is no browser of these years, and
    passes as long as it has no cookies to act with."""

    def __init__(self, app):
        self.app = app

    async def __call__(self, scope, receive, send):
        changes = scope["type"] == "http" and scope["method"] not in SAFE and not scope["path"].startswith(MACHINES)
        if changes and (why := foreign(scope)):
            answer = PlainTextResponse(f"Only pages of this site may ask this: {why}.", status_code=403)
            return await answer(scope, receive, send)
        await self.app(scope, receive, send)


def foreign(scope) -> str | None:
    """Why a request is not one of our own pages', None when it is."""
    site, origin = header(scope, b"sec-fetch-site"), header(scope, b"origin")
    if site and site not in ("same-origin", "none"):
        return "it began at another one"
    if origin and not is_ours(scope, origin):
        return "it began at another one"
    if not site and not origin and header(scope, b"cookie"):
        return "it does not say where it began"
    return None


def is_ours(scope, origin: str) -> bool:
    """Whether an origin is where this portal is: as the settings say, or as it was addressed."""
    try:
        told = openid.public_url() or ""
    except store.Unusable:
        told = ""
    if origin == told:
        return True
    where = urlsplit(origin).netloc.lower()
    # The name of the settings without their https is somebody in between.
    return where == header(scope, b"host").lower() != "" and where != urlsplit(told).netloc


def header(scope, name: bytes) -> str:
    """The first of that name (small letters), "" without one."""
    return next((value.decode("latin-1") for key, value in scope["headers"] if key == name), "")


# What is said over a websocket


class Spoken:
    """Lets through what pages say in the course of their work, at the pace of people."""

    def __init__(self, app):
        self.app = app

    async def __call__(self, scope, receive, send):
        if scope["type"] != "websocket":
            return await self.app(scope, receive, send)
        free = time.monotonic()

        async def receive_said():
            nonlocal free
            while True:
                message = await receive()
                if message["type"] != "websocket.receive":
                    return message
                free = max(free, time.monotonic()) + 1 / A_SECOND
                if (ahead := free - time.monotonic() - AT_ONCE / A_SECOND) > 0:
                    await asyncio.sleep(ahead)
                if is_said(message.get("bytes")):
                    return message

        await self.app(scope, receive_said, send)


def is_said(data: bytes | None) -> bool:
    """Whether a message may pass. What cannot be read is left to Streamlit, which then hangs up."""
    try:
        kind = BackMsg.FromString(data or b"").WhichOneof("type")
    except Exception:  # whatever its parser raises
        return True
    return kind is None or kind in SAID


MIDDLEWARE = [Middleware(SecurityHeaders), Middleware(OwnPages), Middleware(Spoken)]
