"""The secret of a connection: where it stands, how it is kept, and the `Api` that signs in with it.

A secret is a reference (`env:NAME`, `file:/path`) or sealed with a key that lies outside the database:
MILEPOST_SECRET_KEY, else `secret.key` in MILEPOST_HOME. Of an app it is its private key (PEM), of a token the token.
"""

import os
import re
import stat
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken
from github import Auth

from data import store
from data.sources.github import errors, values
from data.sources.github.api import Api, Clock
from data.tables import Connection

KEY = "MILEPOST_SECRET_KEY"
_SEALED = "sealed:"
_LARGEST = 1 << 16  # bytes of a secret
_EARLY = 300  # seconds before its end that the token of an app is made anew
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def keep(given: str, what: str = "token") -> str:
    """What to store for a secret that somebody gave: a reference as it is, once it leads to a secret; anything else
    sealed. what: it is, in words. Raises NotAllowed."""
    given = given.strip()
    if given.startswith(("env:", "file:", _SEALED)):
        reveal(given)
        return given
    if not given:
        raise errors.NotAllowed(f"Give the {what} first.")
    _checked(given, f"The {what}")
    return _SEALED + _fernet().encrypt(given.encode()).decode("ascii")


def reveal(secret: str) -> str:
    """The secret itself. Raises NotAllowed when it is not where it should be."""
    kind, _, place = secret.partition(":")
    if kind == "env":
        if not _VARIABLE.fullmatch(place):
            raise errors.NotAllowed("After env: stands the name of an environment variable.")
        return _checked(os.environ.get(place, ""), f"The environment variable {place}")
    if kind == "file":
        return _checked(_of_file(Path(place)), f"The file {place}")
    if not secret.startswith(_SEALED):
        raise errors.NotAllowed("A stored secret is no reference and not sealed: store it again.")
    try:
        return _fernet().decrypt(place.encode()).decode()
    except (InvalidToken, ValueError):
        raise errors.NotAllowed(
            f"The stored secret was sealed with another key: put that key back ({KEY}, or secret.key in "
            f"MILEPOST_HOME), or store the secret again."
        ) from None


def _of_file(path: Path) -> str:
    if not path.is_absolute():
        raise errors.NotAllowed("After file: stands a whole path, from / on.")
    try:
        with path.open("rb") as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise errors.NotAllowed(f"The file {path} is none: name a plain file.")
            return file.read(_LARGEST + 1).decode("utf-8", "replace")
    except OSError:
        raise errors.NotAllowed(f"The file {path} cannot be read: check its path and who may read it.") from None


def _checked(text: str, where: str) -> str:
    text = text.strip()
    if not text:
        raise errors.NotAllowed(f"{where} is not set or empty: put the token there.")
    plain = text.replace("\n", "").replace("\r", "")
    if len(text) > _LARGEST or not plain.isascii() or not plain.isprintable():
        raise errors.NotAllowed(f"{where} holds something that is no token and no key.")
    return text


def _fernet() -> Fernet:
    """The seal. Its key is made when there is none."""
    given = os.environ.get(KEY, "").strip()
    try:
        return Fernet(given or _key_file())
    except ValueError:
        where = KEY if given else f"{store.place() / 'secret.key'}"
        raise errors.NotAllowed(
            f"{where} holds no key: make one with `python -c 'from cryptography.fernet import Fernet; "
            f"print(Fernet.generate_key().decode())'`."
        ) from None


def _key_file() -> str:
    path = store.home() / "secret.key"
    if path.exists():
        return path.read_text().strip()
    try:
        made = path.with_suffix(f".{os.getpid()}")
        with os.fdopen(os.open(made, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(Fernet.generate_key())
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(made, path)  # whole or not at all, and never over one that is there
        finally:
            made.unlink()
    except FileExistsError:
        pass
    return path.read_text().strip()


class InstallationToken:
    """The token of an app where it is installed: asked for when there is none, and again before it ends."""

    def __init__(self, app: Api, installation_id: str):
        self._app, self._installation = app, installation_id
        self._token, self._ends = "", 0.0
        self.permissions: dict[str, str] = {}

    def account(self) -> str | None:
        """Where the app is installed. Raises what `Api.get` does."""
        answer = self._app.get(f"/app/installations/{self._installation}", what="the app's installation")
        return values.path(answer.json, "account", "login")

    def __call__(self) -> str:
        if self._app.clock.now() >= self._ends - _EARLY:
            where = f"/app/installations/{self._installation}/access_tokens"
            try:
                answer = self._app.post(where, "the app's installation")
            except errors.BadToken:
                raise errors.BadToken(
                    "GitHub does not accept the app's signature: check that the private key belongs to the app of that "
                    "id, and that the clock of this machine is right."
                ) from None
            ends = values.moment(answer.json, "expires_at", none=False)
            # By GitHub's clock: that of this machine may go wrong.
            self._ends = self._app.clock.now() + (ends - answer.date) / values.SECOND
            self.permissions = values.need(answer.json, "permissions", dict, none=True) or {}
            self._token = values.need(answer.json, "token", str)
        return self._token


def api_of(connection: Connection, clock: Clock | None = None, **options) -> Api:
    """Signs in as the connection says; `options` as of `Api`. Raises NotAllowed for a secret that is not there."""
    secret = reveal(connection.secret)
    if connection.kind == "github_token":
        if "\n" in secret:
            raise errors.NotAllowed("The token has several lines: store the token alone.")
        return Api(lambda: secret, connection.base_url, clock=clock, **options)
    if connection.kind != "github_app" or not connection.app_id or not connection.installation_id:
        raise errors.NotAllowed("An app needs its id, the id of its installation and its private key.")
    if not connection.installation_id.isdigit():
        raise errors.NotAllowed("The id of an installation is a number: it stands in the address of its page.")
    signed = _signer(connection.app_id, secret)
    app = Api(signed, connection.base_url, clock=clock, **options)
    return Api(InstallationToken(app, connection.installation_id), connection.base_url, clock=clock, **options)


def _signer(app_id: str, private_key: str):
    auth = Auth.AppAuth(int(app_id) if app_id.isdigit() else app_id, private_key)

    def signed() -> str:
        try:
            return auth.create_jwt()
        except Exception:  # of many kinds, some of which repeat the key
            raise errors.NotAllowed(
                "The private key of the app is none: store the whole file that GitHub gave, from BEGIN to END."
            ) from None

    return signed
