"""An OpenID Connect provider that says what it is told to, right or wrong, or nothing at all: the protocol over HTTP
as far as signing in needs it."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.provider import ADMINISTRATOR, SECRET


@cache
def key(name: str) -> rsa.RSAPrivateKey:
    """A key of that name."""
    return rsa.generate_private_key(65537, 2048)


class Liar:
    """down: paths that answer with an error. says: the ID token for a nonce, None for none."""

    def __init__(self, url: str):
        self.url, self.down, self.nonce = url, set(), ""
        self.says = self.token

    def claims(self, **changed: object) -> dict:
        """Those of a right token; a value of None leaves one out."""
        now = int(time.time())
        right = {"iss": self.url, "sub": "ann", "aud": "milepost", "iat": now, "exp": now + 3600, "nonce": self.nonce}
        return {name: value for name, value in {**right, "name": "Ann", **changed}.items() if value is not None}

    def token(self, signed: str = "its own", algorithm: str = "RS256", **changed: object) -> str:
        """An ID token, signed with the key of that name."""
        by = {"RS256": lambda: key(signed), "HS256": lambda: SECRET, "none": lambda: None}[algorithm]()
        return jwt.encode(self.claims(**changed), by, algorithm=algorithm, headers={"kid": "1"})

    def answer(self, path: str) -> dict | None:
        if path in self.down:
            return None
        if path == "/.well-known/openid-configuration":
            ends = {"authorization": "authorize", "token": "token", "end_session": "end"}
            return {
                "issuer": self.url,
                "jwks_uri": f"{self.url}/jwks",
                "id_token_signing_alg_values_supported": ["RS256", "HS256", "none"],
                **{f"{name}_endpoint": f"{self.url}/{place}" for name, place in ends.items()},
            }
        if path == "/jwks":
            public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(key("its own").public_key()))
            return {"keys": [{**public, "kid": "1", "use": "sig", "alg": "RS256"}]}
        if path == "/token":
            said = self.says()
            return {"access_token": "a", "token_type": "Bearer", **({"id_token": said} if said else {})}
        return None

    def settings(self, url: str) -> dict[str, str]:
        """The environment of a portal that is reached at `url`."""
        return {
            "MILEPOST_URL": url,
            "MILEPOST_OIDC_METADATA_URL": f"{self.url}/.well-known/openid-configuration",
            "MILEPOST_OIDC_CLIENT_ID": "milepost",
            "MILEPOST_OIDC_CLIENT_SECRET": "of the client",
            "MILEPOST_COOKIE_SECRET": SECRET,
            "MILEPOST_ADMINISTRATOR": ADMINISTRATOR,
        }


@contextmanager
def running() -> Iterator[Liar]:
    """One that listens."""

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self):
            said = liar.answer(self.path.partition("?")[0])
            body = b"" if said is None else json.dumps(said).encode()
            self.send_response(500 if said is None else 200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_POST(self):
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self.do_GET()

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Answers) as listening:
        liar = Liar(f"http://localhost:{listening.server_port}")
        thread = threading.Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield liar
        finally:
            listening.shutdown()
