"""A small web with certificates, on this machine: paths say how they answer."""

import datetime
import socket
import socketserver
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from data.links.asking import Reach

HOST = "docs.example"


class _Paths(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_HEAD(self) -> None:
        self._answer("HEAD")

    def do_GET(self) -> None:
        self._answer("GET")

    def do_POST(self) -> None:
        self.server.posted.append((self.path, self.rfile.read(int(self.headers["content-length"]))))
        self._answer("POST")

    def _answer(self, method: str) -> None:
        self.server.asked.append((method, self.path))
        if self.path == "/hang-up":
            self.close_connection = True
            return
        if self.path == "/drop-by-drop":
            self._drops()
            return
        status, headers = self.server.says(method, self.path)
        body = b"x" * 200_000 if method == "GET" and status == 200 else b""
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.close_connection = True
        with suppress(OSError):  # whoever asked has read enough
            self.wfile.write(body)

    def _drops(self) -> None:
        """A header that never ends, until nobody listens any more."""
        self.close_connection = True
        with suppress(OSError):
            self.wfile.write(b"HTTP/1.1 200 OK\r\nX-Long: ")
            while True:
                self.wfile.write(b"x")
                time.sleep(0.02)

    def log_message(self, *args) -> None:
        pass


class Web:
    """answers: (method or "", path) -> (status, headers). asked: every question that came; posted: path and body."""

    def __init__(self, folder: Path):
        self.answers: dict[tuple[str, str], tuple[int, dict[str, str]]] = {}
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), _Paths)
        self.server.says, self.server.asked, self.server.posted = self._says, [], []
        self.port = self.server.server_address[1]
        certificate, key = certificate_of(folder)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.trusting = ssl.create_default_context(cafile=str(certificate))

    @property
    def asked(self) -> list[tuple[str, str]]:
        return self.server.asked

    @property
    def posted(self) -> list[tuple[str, bytes]]:
        return self.server.posted

    def url(self, path: str, host: str = HOST) -> str:
        return f"https://{host}:{self.port}{path}"

    def reach(self, **other) -> Reach:
        """As if the names of these tests were of the public web."""
        given = {"names": _names, "permits": lambda address: True, "tls": self.trusting, "proxies": dict}
        return Reach(**given | other)

    def _says(self, method: str, path: str) -> tuple[int, dict[str, str]]:
        return self.answers.get((method, path)) or self.answers.get(("", path)) or (404, {})


class _Proxy(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        lines = []
        while (line := self.rfile.readline().decode().strip()) or not lines:
            lines.append(line)
        self.server.asked.append(lines)
        with socket.create_connection(("127.0.0.1", self.server.to)) as other:
            self.wfile.write(b"HTTP/1.1 200 Go\r\n\r\n")
            back = threading.Thread(target=self._carry, args=(other, self.connection), daemon=True)
            back.start()
            self._carry(self.connection, other)
            back.join()

    @staticmethod
    def _carry(one: socket.socket, other: socket.socket) -> None:
        with suppress(OSError):
            while said := one.recv(65_536):
                other.sendall(said)
            other.shutdown(socket.SHUT_WR)


@contextmanager
def proxy(to: int) -> Iterator[socketserver.ThreadingTCPServer]:
    """A proxy that leads every name to that port; `asked`: what it was told, by lines."""
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Proxy) as made:
        made.daemon_threads, made.to, made.asked = True, to, []
        thread = threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        yield made
        made.shutdown()
        thread.join()


def _names(host: str, port: int) -> list[str]:
    if host == HOST:
        return ["127.0.0.1"]
    raise socket.gaierror(socket.EAI_AGAIN if host.startswith("later") else socket.EAI_NONAME, "no such name")


@contextmanager
def web(folder: Path) -> Iterator[Web]:
    made = Web(folder)
    thread = threading.Thread(target=made.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield made
    finally:
        made.server.shutdown()
        made.server.server_close()
        thread.join()


def certificate_of(folder: Path) -> tuple[Path, Path]:
    """Of this web and of this computer, and its key, as files."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, HOST)])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(x509.random_serial_number()).not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST), x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    pem, plain = serialization.Encoding.PEM, serialization.NoEncryption()
    certificate, secret = folder / "certificate.pem", folder / "key.pem"
    certificate.write_bytes(made.public_bytes(pem))
    secret.write_bytes(key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain))
    return certificate, secret
