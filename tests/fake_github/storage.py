"""The place where artifacts lie, which is not GitHub: another port of 127.0.0.1, to which GitHub shows the way.

Whoever sends a token here has given it away: `seen` has the headers of every request.
"""

import io
import json
import threading
import zipfile
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Storage:
    """`answers`: what lies at a path, as (status, headers, body); `seen`: (path, headers) of what was asked."""

    def __init__(self):
        self.answers: dict[str, tuple[int, dict[str, str], bytes]] = {}
        self.seen: list[tuple[str, dict[str, str]]] = []
        self._server: ThreadingHTTPServer | None = None

    @property
    def url(self) -> str:
        """Begins with the first request for it."""
        if self._server is None:
            self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
            self._server.daemon_threads = True
            threading.Thread(target=self._server.serve_forever, daemon=True, name="storage").start()
        return f"http://127.0.0.1:{self._server.server_port}"

    def stop(self) -> None:
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def put(self, path: str, body: bytes, status: int = 200, headers: dict[str, str] | None = None) -> str:
        """Lays something down; its address."""
        self.answers[path] = (status, headers or {}, body)
        return f"{self.url}{path}"

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        storage = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                storage.seen.append((self.path, {name.lower(): value for name, value in self.headers.items()}))
                status, headers, body = storage.answers.get(self.path, (404, {}, b"nothing is here"))
                self.send_response(status)
                for name, value in {"Content-Length": str(len(body)), **headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                pass

        return Handler


def zipped(**files: Any) -> bytes:
    """An archive of files; what is no bytes is written as JSON. Dots in names: `zipped(**{"coverage.json": {...}})`."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content if isinstance(content, bytes) else json.dumps(content))
    return made.getvalue()
