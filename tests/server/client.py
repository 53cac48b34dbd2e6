"""A program that asks over real HTTP, and a server in a thread that answers it."""

import asyncio
import http.client
import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import Message

import uvicorn
from starlette.applications import Starlette

import server
from tests import tokens


@dataclass(frozen=True)
class Reply:
    status: int
    headers: Message
    body: bytes

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def problem(self) -> dict:
        """The body of a reply that says what is wrong."""
        assert self.headers["content-type"] == "application/problem+json", self.body
        assert self.json["status"] == self.status
        return self.json


@dataclass(frozen=True)
class Client:
    port: int
    token: str | None = None

    def with_token(self, token: str | None) -> "Client":
        return Client(self.port, token)

    def get(self, path: str, **headers: str) -> Reply:
        return self.ask("GET", path, None, **headers)

    def post(self, path: str, body: object, **headers: str) -> Reply:
        """A body that is not bytes is sent as JSON."""
        return self.ask("POST", path, body if isinstance(body, bytes) else json.dumps(body).encode(), **headers)

    def ask(self, method: str, path: str, body, **headers: str) -> Reply:
        """Header names with _ for -."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if body is not None:
            sent = {"Content-Type": "application/json", **sent}
        if self.token is not None:
            sent = {"Authorization": f"Bearer {self.token}", **sent}
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request(method, path, body, sent)
            answer = connection.getresponse()
            said = answer.read()
            tokens.look(said, f"the answer to {method} {path}")
            return Reply(answer.status, answer.headers, said)
        finally:
            connection.close()

    def raw(self, *pieces: bytes, pause: float = 0) -> bytes:
        """Bytes as they are, and all that comes back until the server hangs up, or for five seconds."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=5) as line:
            for piece in pieces:
                line.sendall(piece)
                time.sleep(pause)
            said = b""
            try:
                while chunk := line.recv(65536):
                    said += chunk
            except (TimeoutError, ConnectionResetError):
                pass
            return said


@contextmanager
def serving() -> Iterator[Client]:
    """The routes behind their middleware, on a free port, in a thread: the store is that of this process."""
    app = Starlette(routes=server.ROUTES, middleware=server.MIDDLEWARE)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        running = Prompt(uvicorn.Config(app, log_level="warning", access_log=False, lifespan="off"))
        thread = threading.Thread(target=running.run_on, args=(listening,), daemon=True)
        thread.start()
        assert running.answering.wait(20), "the server did not start"
        try:
            yield Client(listening.getsockname()[1])
        finally:
            running.end()
            thread.join(20)
            assert not thread.is_alive(), "the server did not end"


class Prompt(uvicorn.Server):
    """Uvicorn looks ten times a second whether it should end, and then waits a tenth: longer than most tests take. This
    one is told. What was begun is ended as there: connections are closed, whoever is being answered gets the answer."""

    def __init__(self, config: uvicorn.Config):
        super().__init__(config)
        self.answering = threading.Event()

    def run_on(self, listening: socket.socket) -> None:
        asyncio.run(self._serve_on(listening))

    async def _serve_on(self, listening: socket.socket) -> None:
        self._loop, self._told = asyncio.get_running_loop(), asyncio.Event()
        self.config.load()
        self.lifespan = self.config.lifespan_class(self.config)
        await self.startup(sockets=[listening])
        await self.on_tick(0)  # the date in the headers
        self.answering.set()
        await self._told.wait()
        for each in self.servers:
            each.close()
        for connection in list(self.server_state.connections):
            connection.shutdown()
        while self.server_state.connections or self.server_state.tasks:
            await asyncio.sleep(0.002)

    def end(self) -> None:
        self._loop.call_soon_threadsafe(self._told.set)
