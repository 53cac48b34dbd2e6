"""What stands at an address below that of a page, where there is none.

Streamlit answers every address that it does not know with its one document, which finds its scripts beside itself:
below a page there are none, and the window stays empty.
"""

from functools import lru_cache
from html import escape
from pathlib import Path

import streamlit as st
from starlette.responses import FileResponse, Response

from pages.web import shell

TITLE = "There is no such page"
INDEX = Path(st.__file__).parent / "static" / "index.html"


class Missing:
    """Pure ASGI: a 404 with a way back in place of that document, where it cannot work."""

    def __init__(self, app):
        self.app = app

    async def __call__(self, scope, receive, send):
        root = scope.get("root_path", "").rstrip("/")
        if scope["type"] != "http" or "/" not in scope["path"].removeprefix(root).strip("/"):
            return await self.app(scope, receive, send)
        replaced = False

        async def send_or_replace(message):
            nonlocal replaced
            if message["type"] == "http.response.start" and (b"etag", _tag()) in message.get("headers", ()):
                replaced = True
                await page(root)(scope, receive, send)
            elif not replaced:
                await send(message)

        await self.app(scope, receive, send_or_replace)


def page(root: str = "") -> Response:
    """root: where the portal begins, without a slash at its end."""
    said = "Nothing is at this address. It may be mistyped, or have a part too many."
    way = f'<p><a href="{escape(root)}/">Home</a></p>'
    made = shell.page(TITLE, f"{shell.BAR}<main><h1>{TITLE}</h1><p>{said}</p>{way}</main>")
    made.status_code = 404
    return made


@lru_cache
def _tag() -> bytes:
    """By which that document is known, whatever it is packed in and whoever answers with it."""
    return FileResponse(INDEX, stat_result=INDEX.stat()).headers["etag"].encode()
