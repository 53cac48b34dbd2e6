"""The frame of a plain page, and the files it is made of: what is in `FILES` and nothing else."""

import hashlib
from functools import lru_cache
from html import escape
from pathlib import Path

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

HERE = Path(__file__).parent
FILES = {"style.css": "text/css", "milepost.svg": "image/svg+xml"}  # and every script beside this file
NO_STORE = {"Cache-Control": "no-store"}
#: The mark at the top, for a page that has nothing else there.
BAR = '<header class="bar"><img src="/web/milepost.svg" alt="" width="28" height="28"><span>Milepost</span></header>'


def page(title: str, body_html: str, script: str | None = None) -> Response:
    """A whole page. title: text; body_html: HTML, so whoever builds it escapes what others wrote (`html.escape`);
    script: a file of this folder, the only script that runs."""
    loads = f'<script src="/web/{script}" type="module"></script>' if script else ""
    return HTMLResponse(
        f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>{escape(title)} - Milepost</title>
<link rel="icon" href="/web/milepost.svg">
<link rel="stylesheet" href="/web/style.css">
{loads}
</head>
<body>
{body_html}
</body>
</html>
""",
        headers=NO_STORE,
    )


def file(request: Request) -> Response:
    """A script, the style or the mark. It is asked again each time and seldom sent again."""
    name = request.path_params["name"]
    if name not in served():
        return Response("There is no such file.", status_code=404, media_type="text/plain")
    body, tag, kind = read(name)
    headers = {"ETag": tag, "Cache-Control": "no-cache"}
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=headers)
    return Response(body, headers=headers, media_type=kind)


@lru_cache
def served() -> frozenset[str]:
    """The names that are served."""
    return frozenset({*FILES, *(path.name for path in HERE.glob("*.js"))})


@lru_cache
def read(name: str) -> tuple[bytes, str, str]:
    """Content, tag and kind of a file."""
    path = HERE.parent / "ui" / name if name == "milepost.svg" else HERE / name
    body = path.read_bytes()
    return body, f'"{hashlib.sha256(body).hexdigest()[:16]}"', FILES.get(name, "text/javascript")
