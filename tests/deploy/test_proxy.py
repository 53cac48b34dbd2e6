"""The proxies, for real: Caddy with the file of compose.yaml, nginx with the one for installations without it. Behind
them stand programs that say their name, two as portals and one as the door for machines."""

import http.client
import json
import os
import re
import shutil
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from websockets.sync.client import connect
from websockets.sync.server import serve

from tests.browser.portal import free_port
from tests.need import need

DEPLOY = Path(__file__).parent.parent.parent / "deploy"
LARGE = b"window.milepost = 1;\n" * 1_000
HOST = "milepost.example"


class Named(BaseHTTPRequestHandler):
    """Answers with its name; asked for /static, with something large, as Streamlit does: not compressed."""

    name = ""

    def do_GET(self):
        told = f"{self.name} {self.headers['Host']} {self.headers['X-Forwarded-For']}".encode()
        body = LARGE if self.path.startswith("/static/") else told
        self.send_response(200)
        self.send_header("Content-Type", "text/javascript; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@contextmanager
def answering(name: str) -> Iterator[int]:
    """The port of such a program."""
    with ThreadingHTTPServer(("127.0.0.1", 0), type(name, (Named,), {"name": name})) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield server.server_port
        finally:
            server.shutdown()


@contextmanager
def echoing() -> Iterator[int]:
    """The port of a program that says over the websocket what it is told."""

    def echo(connection) -> None:
        with suppress(Exception):
            connection.send(connection.recv())

    with serve(echo, "127.0.0.1", 0, subprotocols=["streamlit"]) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.socket.getsockname()[1]


@dataclass(frozen=True)
class Proxy:
    port: int
    tls: bool

    def get(self, path: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
        unchecked = ssl._create_unverified_context()  # noqa: S323  a certificate of the test's own
        kind = http.client.HTTPSConnection if self.tls else http.client.HTTPConnection
        connection = kind("127.0.0.1", self.port, timeout=10, **({"context": unchecked} if self.tls else {}))
        try:
            connection.request(
                "GET", path, headers={"Host": HOST} | {n.replace("_", "-"): v for n, v in headers.items()}
            )
            answer = connection.getresponse()
            return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
        finally:
            connection.close()


@contextmanager
def started(command: list[str], folder: Path, proxy: Proxy, **around: str) -> Iterator[Proxy]:
    """The proxy, once it answers."""
    log = folder / "log"
    with log.open("wb") as said:
        process = subprocess.Popen(command, cwd=folder, env={**os.environ, **around}, stdout=said, stderr=said)
    try:
        for _ in range(200):
            assert process.poll() is None, log.read_text(errors="replace")
            with suppress(OSError):
                if proxy.get("/")[0]:
                    break
            with suppress(subprocess.TimeoutExpired):
                process.wait(0.05)
        yield proxy
    finally:
        process.terminate()
        process.wait(20)


def caddy_file(folder: Path, port: int, pages: list[int], machines: int) -> None:
    """The file of the deployment as Caddy itself reads it, with other addresses: names of containers are none here."""
    around = {**os.environ, "MILEPOST_URL": f"http://{HOST}:{port}", "AFFINITY_SECRET": "of a test"}
    command = [need("caddy"), "adapt", "--config", str(DEPLOY / "Caddyfile"), "--adapter", "caddyfile"]
    found = subprocess.run(command, env=around, capture_output=True, text=True, check=True, timeout=30)
    plain = json.loads(found.stdout)
    balanced = 0
    for handler in walk(plain):
        if handler.get("handler") == "reverse_proxy":
            if handler.pop("dynamic_upstreams", None):
                handler["upstreams"], balanced = [{"dial": f"127.0.0.1:{each}"} for each in pages], balanced + 1
            else:
                assert handler["upstreams"] == [{"dial": "server:8502"}]
                handler["upstreams"] = [{"dial": f"127.0.0.1:{machines}"}]
        if handler.get("listen") == ["127.0.0.1:2020"]:
            handler["listen"] = [f"127.0.0.1:{free_port()}"]
    assert balanced == 1
    (folder / "caddy.json").write_text(json.dumps(plain))


def walk(plain) -> Iterator[dict]:
    if isinstance(plain, dict):
        yield plain
    for each in plain.values() if isinstance(plain, dict) else plain if isinstance(plain, list) else ():
        yield from walk(each)


def nginx_file(folder: Path, port: int, pages: list[int], machines: int) -> None:
    """The file in the frame of one's own nginx, with other ports and a certificate of the test's own."""
    text = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
    for old, new in zip((8501, 8511, 8502), (*pages, machines), strict=True):
        text = text.replace(f"server 127.0.0.1:{old}", f"server 127.0.0.1:{new}")
    text = text.replace("listen 80;", f"listen 127.0.0.1:{free_port()};")
    text = text.replace("listen 443 ssl http2;", f"listen 127.0.0.1:{port} ssl http2;")
    text = text.replace("/etc/ssl/milepost/", f"{folder}/")
    made = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -keyout key.pem -out fullchain.pem"
    command = ["openssl", *made.split(), "-subj", f"/CN={HOST}"]
    subprocess.run(command, cwd=folder, check=True, capture_output=True, timeout=30)
    paths = "".join(
        f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    whole = f"pid {folder}/pid; daemon off; events {{}} http {{ access_log off; {paths}\n{text}\n}}"
    (folder / "nginx.conf").write_text(whole)


@contextmanager
def running(kind: str, folder: Path, pages: list[int], machines: int) -> Iterator[Proxy]:
    program, port = need(kind), free_port()
    if kind == "caddy":
        caddy_file(folder, port, pages, machines)
        command, proxy = [program, "run", "--config", "caddy.json"], Proxy(port, tls=False)
    else:
        if shutil.which("openssl") is None:
            pytest.skip("openssl was not found on this machine")
        nginx_file(folder, port, pages, machines)
        command = [program, "-p", str(folder), "-e", str(folder / "errors"), "-c", str(folder / "nginx.conf")]
        subprocess.run([*command, "-t"], check=True, capture_output=True, timeout=30)
        proxy = Proxy(port, tls=True)
    with started(command, folder, proxy, XDG_DATA_HOME=str(folder), XDG_CONFIG_HOME=str(folder)):
        yield proxy


@pytest.fixture(scope="module", params=["caddy", "nginx"])
def proxy(request, tmp_path_factory) -> Iterator[Proxy]:
    folder = tmp_path_factory.mktemp(request.param)
    with ExitStack() as stack:
        pages = [stack.enter_context(answering(name)) for name in ("one", "two")]
        machines = stack.enter_context(answering("machines"))
        yield stack.enter_context(running(request.param, folder, pages, machines))


def replica(proxy: Proxy, **headers: str) -> tuple[str, str]:
    """Which portal answers, and the cookie that it sets, "" when none."""
    status, told, body = proxy.get("/", **headers)
    assert status == 200
    return body.decode().split()[0], told.get("set-cookie", "").partition(";")[0]


def test_a_browser_stays_with_its_portal_and_others_go_elsewhere(proxy):
    first = [replica(proxy) for _ in range(24)]
    assert {name for name, _ in first} == {"one", "two"}
    for name, cookie in first[:8]:
        assert {replica(proxy, Cookie=cookie)[0] for _ in range(3)} == {name}


def test_the_cookie_is_out_of_reach_of_scripts(proxy):
    _, told, _ = proxy.get("/")
    assert re.match(r"milepost_replica=[0-9a-f]{32,};", told["set-cookie"])
    assert "httponly" in told["set-cookie"].lower() and "path=/" in told["set-cookie"].lower()


def test_the_name_that_was_asked_for_is_passed_on(proxy):
    assert proxy.get("/")[2].decode().split()[1].partition(":")[0] == HOST


def test_who_asks_cannot_make_up_another_address(proxy):
    """Limits count by address, and of a list the first counts where every proxy is believed."""
    for path in ("/", "/api/v1/services"):
        assert proxy.get(path, X_Forwarded_For="203.0.113.9")[2].decode().split()[2:] == ["127.0.0.1"]


def test_nginx_passes_no_list_of_addresses_on():
    text = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
    assert re.search(r"X-Forwarded-For +\$remote_addr;", text) and "$proxy_add_x_forwarded_for" not in text


@pytest.mark.parametrize("path", ["/api/v1/services", "/webhooks/github", "/badge/abc.svg"])
def test_machines_have_a_door_of_their_own(proxy, path):
    assert proxy.get(path)[2].startswith(b"machines")


@pytest.mark.parametrize("path", ["/metrics", "/readyz", "/healthz"])
def test_what_is_for_inside_stays_inside(proxy, path):
    assert proxy.get(path)[0] == 404


def test_what_is_large_is_compressed(proxy):
    _, told, body = proxy.get("/static/main.js", Accept_Encoding="gzip")
    assert told["content-encoding"] == "gzip" and len(body) < len(LARGE) / 10


@pytest.mark.parametrize("kind", ["caddy", "nginx"])
def test_websockets_go_through(kind, tmp_path):
    with echoing() as port, running(kind, tmp_path, [port, port], port) as proxy:
        unchecked = {"ssl": ssl._create_unverified_context()} if proxy.tls else {}  # noqa: S323
        address = f"{'wss' if proxy.tls else 'ws'}://{HOST}:{proxy.port}/_stcore/stream"
        line = socket.create_connection(("127.0.0.1", proxy.port))
        with connect(address, sock=line, subprotocols=["streamlit"], **unchecked) as connection:
            connection.send(b"to be said again")
            assert connection.recv(timeout=10) == b"to be said again"
            assert connection.subprotocol == "streamlit"
