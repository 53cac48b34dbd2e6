"""A mail server on this machine, with TLS and a password, that keeps what it is given."""

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from tests.data.links.web import certificate_of

USER, PASSWORD = "milepost", "open sesame to the post"
SENDER = "Milepost <milepost@docs.example>"


class Post:
    """letters: what came. refuses: address -> the answer to it. says: the answer to a whole letter, when not taken."""

    def __init__(self):
        self.letters: list[EmailMessage] = []
        self.receivers: list[list[str]] = []
        self.refuses: dict[str, str] = {}
        self.says = ""
        self.encrypted: list[bool] = []

    async def handle_RCPT(self, server, session, envelope, address, options) -> str:
        if address in self.refuses:
            return self.refuses[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope) -> str:
        if self.says:
            return self.says
        self.encrypted.append(session.ssl is not None)
        self.letters.append(message_from_bytes(envelope.content, policy=policy.default))
        self.receivers.append(envelope.rcpt_tos)
        return "250 Taken"


@contextmanager
def running(folder: Path) -> Iterator[tuple[Post, dict[str, str]]]:
    """The server, and the settings by which Milepost knows it."""
    certificate, key = certificate_of(folder)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    post = Post()

    def known(server, session, envelope, mechanism, data) -> AuthResult:
        return AuthResult(success=(data.login, data.password) == (USER.encode(), PASSWORD.encode()), handled=False)

    options = {"tls_context": context, "require_starttls": True, "authenticator": known, "auth_required": True}
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    server = Controller(post, hostname="127.0.0.1", port=port, **options)
    server.start()
    try:
        yield post, {
            "MILEPOST_SMTP_HOST": "localhost", "MILEPOST_SMTP_PORT": str(port), "MILEPOST_SMTP_CA": str(certificate),
            "MILEPOST_SMTP_USER": USER, "MILEPOST_SMTP_PASSWORD": PASSWORD, "MILEPOST_MAIL_FROM": SENDER,
        }  # fmt: skip
    finally:
        server.stop()
