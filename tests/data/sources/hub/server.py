"""A server that answers as it is told, one answer after the other: for what goes wrong on the wire."""

import gzip
import json
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from data.sources.github.api import Api, Clock

TOKEN = "github_pat_SECRET0123456789"
NOW = 1_760_000_000  # what the server's clock says; the machine's is an hour late


@dataclass
class Say:
    """One answer. cut: bytes of the body that are sent before the line goes dead. slow: seconds between two bytes.
    chunked: without a length. reset: no answer at all."""

    status: int = 200
    body: object = field(default_factory=dict)
    headers: dict = field(default_factory=dict)
    cut: int | None = None
    slow: float = 0
    chunked: bool = False
    reset: bool = False
    zipped: bool = False


class StillClock(Clock):
    """Stands still but when somebody sleeps; says how long they wanted to."""

    def __init__(self, at: float = NOW - 3600):
        self.at, self.slept = at, []

    def now(self) -> float:
        return self.at

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.at += seconds


class Server:
    """`asked` has (method, path with query, headers, body) of every request."""

    def __init__(self, *answers: Say):
        self.answers, self.asked = list(answers), []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                outer._answer(self)

            do_POST = do_GET

            def log_message(self, *_):
                pass

            def date_time_string(self, timestamp=None):
                return super().date_time_string(NOW)

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    def __enter__(self) -> "Server":
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._server.server_close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def api(self, **options) -> Api:
        options = {"clock": StillClock(), "gap": 0, "timeouts": (2, 0.4, 0.8), "allow_local": True, **options}
        return Api(lambda: TOKEN, self.url, **options)

    def _answer(self, handler: BaseHTTPRequestHandler) -> None:
        length = int(handler.headers.get("Content-Length") or 0)
        self.asked.append((handler.command, handler.path, dict(handler.headers), handler.rfile.read(length).decode()))
        say = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if say.reset:
            handler.close_connection = True
            handler.connection.close()
            return
        body = say.body if isinstance(say.body, bytes) else json.dumps(say.body).encode()
        body = b"" if say.status == 304 else body
        handler.send_response_only(say.status)
        handler.send_header("Date", say.headers.get("Date") or handler.date_time_string())
        for name, value in say.headers.items():
            if name == "Date":
                continue
            handler.send_header(name, value)
        if say.zipped:
            body = gzip.compress(body)
            handler.send_header("Content-Encoding", "gzip")
        if say.chunked:
            handler.send_header("Transfer-Encoding", "chunked")
            body = b"%x\r\n%b\r\n0\r\n\r\n" % (len(body), body)
        else:
            handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        self._send(handler, body if say.cut is None else body[: say.cut], say.slow)
        if say.cut is not None:
            handler.close_connection = True

    def _send(self, handler: BaseHTTPRequestHandler, body: bytes, slow: float) -> None:
        try:
            if not slow:
                handler.wfile.write(body)
                return
            for place in range(len(body)):
                handler.wfile.write(body[place : place + 1])
                handler.wfile.flush()
                time.sleep(slow)
        except OSError:  # who asked has had enough
            handler.close_connection = True
