"""Serves a `Vault` over HTTP, or over TLS with a certificate of an authority of its own."""

import ipaddress
import json
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.fake_vault.vault import Vault


@contextmanager
def running(vault: Vault, tls: Path | None = None) -> Iterator[Vault]:
    """Its `url` is set. tls: a folder for the certificates; then `ca` is the file of the authority."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(vault))
    vault.url = f"http://127.0.0.1:{server.server_port}"
    if tls:
        vault.ca, chain = _certificates(tls)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(chain)
        server.socket = context.wrap_socket(server.socket, server_side=True)
        vault.url = vault.url.replace("http:", "https:")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield vault
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _handler(vault: Vault) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def _answer(self) -> None:
            parts = urlsplit(self.path)
            length = int(self.headers.get("content-length") or 0)
            body = json.loads(self.rfile.read(length) or b"{}") or {}
            headers = {name.lower(): value for name, value in self.headers.items()}
            status, said = vault.answer(self.command, parts.path, dict(parse_qsl(parts.query)), headers, body)
            if vault.redirects:
                status, said = 307, {}
            text = said if isinstance(said, bytes) else json.dumps(said).encode()
            self.send_response(status)
            if vault.redirects:
                self.send_header("Location", vault.redirects + self.path)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        do_GET = do_POST = do_PUT = _answer

        def log_message(self, *_) -> None:
            pass

    return Handler


def _certificates(folder: Path) -> tuple[str, str]:
    """The files of an authority, and of a key with the certificate that it gave to 127.0.0.1."""
    authority, name = ec.generate_private_key(ec.SECP256R1()), _name("An authority to test with")
    ca = _certificate(name, name, authority, authority).add_extension(x509.BasicConstraints(True, 0), True)
    ca = ca.sign(authority, hashes.SHA256())
    key = ec.generate_private_key(ec.SECP256R1())
    here = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    mine = _certificate(_name("vault"), name, key, authority).add_extension(here, False)
    mine = mine.sign(authority, hashes.SHA256())
    pem = serialization.Encoding.PEM
    (folder / "ca.pem").write_bytes(ca.public_bytes(pem))
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "vault.pem").write_bytes(private + mine.public_bytes(pem))
    return str(folder / "ca.pem"), str(folder / "vault.pem")


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _certificate(subject: x509.Name, issuer: x509.Name, key, signer) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    made = x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(key.public_key())
    made = made.serial_number(x509.random_serial_number())
    ids = x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key())
    made = made.add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False)
    made = made.add_extension(ids, False)
    return made.not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
