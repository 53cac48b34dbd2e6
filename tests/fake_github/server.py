"""The wire: an ASGI application over the gate, and what faults do to bytes and connections."""

import asyncio
import json
import socket
import struct
import threading
from typing import TYPE_CHECKING, Any

import uvicorn
from starlette.requests import Request
from starlette.responses import Response
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.server import ServerState

from tests.fake_github.gate import Answer, Asked, Gate

if TYPE_CHECKING:
    from tests.fake_github.hub import GitHub

PAGE = b"<html><head><title>502 Bad Gateway</title></head><body>The server is having a moment.</body></html>"


class Protocol(H11Protocol):
    """Gives the application the transport, to cut connections with."""

    def connection_made(self, transport: asyncio.Transport) -> None:
        super().connection_made(transport)
        app = self.app
        self.app = lambda scope, receive, send: app({**scope, "transport": transport}, receive, send)


class Application:
    """Every path goes to the gate, /_control to the hub itself."""

    def __init__(self, hub: "GitHub"):
        self.hub, self.gate = hub, Gate(hub)

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return
        request = Request(scope, receive)
        headers = {name: value for name, value in request.headers.items()}
        asked = Asked(request.method, request.url.path, request.url.query, headers, await request.body())
        if asked.path == "/_control":
            response = Response(self.hub.control(json.loads(asked.body)), media_type="application/json")
            await response(scope, receive, send)
            return
        answer = self.gate.answer(asked)
        await self._send(answer, scope, receive, send)

    async def _send(self, answer: Answer, scope: dict[str, Any], receive: Any, send: Any) -> None:
        kind = answer.fault.kind if answer.fault else ""
        status, headers, content = answer.status, answer.headers, answer.content
        transport = scope["transport"]
        if kind == "reset":
            _reset(transport)
            return
        if kind in ("500", "502", "503"):
            status = int(kind)
            content = PAGE if kind == "502" else b'{"message":"Server Error","status":"%d"}' % status
            headers = {
                "Content-Type": "text/html" if kind == "502" else headers["Content-Type"],
                "Date": headers["Date"],
            }
        elif kind in ("truncated", "reset-midway") and len(content) > 1:
            transport.write(_raw(status, headers, len(content)) + content[: len(content) // 2])
            if kind == "truncated":
                transport.close()
            else:
                await asyncio.sleep(0.01)
                _reset(transport)
            return
        elif status == 200:
            content = _spoilt(kind, content)
            headers = {**headers, "Content-Type": "text/html"} if kind == "html" else headers
        if kind == "slow":
            await self._drip(answer, send)
            return
        if kind == "huge":
            await self._flood(answer, send, transport)
            return
        if kind == "hang":
            await asyncio.sleep(answer.fault.seconds if answer.fault else 0)
        response = Response(content, status, headers)
        if status == 304:
            del response.headers["content-length"]
        await response(scope, receive, send)

    async def _drip(self, answer: Answer, send: Any) -> None:
        """A byte at a time for as long as the fault lasts, then the rest."""
        pairs = [(name.lower().encode(), value.encode()) for name, value in answer.headers.items()]
        pairs.append((b"content-length", str(len(answer.content)).encode()))
        await send({"type": "http.response.start", "status": answer.status, "headers": pairs})
        content, pause = answer.content, 0.1
        drops = min(len(content), int((answer.fault.seconds if answer.fault else 0) / pause))
        for place in range(drops):
            await send({"type": "http.response.body", "body": content[place : place + 1], "more_body": True})
            await asyncio.sleep(pause)
        await send({"type": "http.response.body", "body": content[drops:]})

    async def _flood(self, answer: Answer, send: Any, transport: asyncio.Transport) -> None:
        """Spaces, then the body: valid JSON for who reads it all."""
        pairs = [(name.lower().encode(), value.encode()) for name, value in answer.headers.items()]
        await send({"type": "http.response.start", "status": answer.status, "headers": pairs})
        for _ in range(200):
            if transport.is_closing():
                return
            await send({"type": "http.response.body", "body": b" " * 1_000_000, "more_body": True})
        await send({"type": "http.response.body", "body": answer.content})


def _spoilt(kind: str, content: bytes) -> bytes:
    if kind == "invalid-json":
        return content[: max(1, len(content) * 2 // 3)]
    if kind == "html":
        return PAGE
    if kind == "empty":
        return b""
    if kind == "wrong-schema":
        return json.dumps(_bent(json.loads(content))).encode()
    return content


def _bent(body: Any) -> Any:
    """Valid JSON of another shape: lists become objects, objects lose their ids and times."""
    if isinstance(body, list):
        return {"message": "This is not the list that you are looking for", "items": body[:1]}
    if isinstance(body, dict) and "data" in body:
        return {"data": {"unexpected": True}}
    return [body]


def _raw(status: int, headers: dict[str, str], length: int) -> bytes:
    lines = [
        f"HTTP/1.1 {status} OK",
        *(f"{name}: {value}" for name, value in headers.items()),
        f"Content-Length: {length}",
    ]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def _reset(transport: asyncio.Transport) -> None:
    """The peer gets RST, not FIN."""
    connection = transport.get_extra_info("socket")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()


def _listening(port: int) -> socket.socket:
    """Its connections inherit that two small packets make no pause of 40 ms before an answer."""
    made = socket.create_server(("127.0.0.1", port), backlog=128)
    made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return made


class Server:
    """Uvicorn's HTTP on a loop of its own in a thread, on a port of the system's choice unless one is given.

    Without uvicorn's own server around it, which takes a fifth of a second to end.
    """

    def __init__(self, hub: "GitHub", port: int = 0):
        self._hub = hub
        self._socket = _listening(port)
        self.port = self._socket.getsockname()[1]
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._ended: asyncio.Event | None = None

    def start(self) -> None:
        """Also again after `stop`, on the same port."""
        if self._socket.fileno() < 0:
            self._socket = _listening(self.port)
        started = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(started,), daemon=True, name="test GitHub")
        self._thread.start()
        assert started.wait(20), "the test GitHub did not start"

    def _run(self, started: threading.Event) -> None:
        asyncio.run(self._serve(started))

    async def _serve(self, started: threading.Event) -> None:
        options = uvicorn.Config(
            Application(self._hub), log_config=None, log_level="critical", access_log=False, lifespan="off",
            date_header=False, server_header=False, timeout_keep_alive=30,
        )  # fmt: skip
        options.load()
        state = ServerState()
        self._loop, self._ended = asyncio.get_running_loop(), asyncio.Event()
        server = await self._loop.create_server(
            lambda: Protocol(config=options, server_state=state, app_state={}), sock=self._socket
        )
        started.set()
        await self._ended.wait()
        server.close()
        for connection in list(state.connections):
            connection.transport.abort()
        for task in list(state.tasks):
            task.cancel()
        await asyncio.gather(*state.tasks, return_exceptions=True)

    def stop(self) -> None:
        if self._thread and self._loop and self._ended:
            self._loop.call_soon_threadsafe(self._ended.set)
            self._thread.join(10)
        self._socket.close()
