"""The secret of a connection, and the `Api` that signs in with it.

A secret is a reference or sealed (see `data.sealed`). Of an app it is its private key (PEM), of a token the token.
"""

import time
from collections.abc import Callable

from github import Auth

from data import references, sealed
from data.sealed import KEY as KEY  # where tests and pages look for it
from data.sources.github import errors, values
from data.sources.github.api import Api, Clock
from data.tables import Connection

_EARLY = 300  # seconds before its end that the token of an app is made anew
_AGAIN = 60  # seconds until a place of secrets that did not answer is asked again


def keep(given: str, what: str = "token") -> str:
    """As `sealed.keep`. Raises NotAllowed, and Unavailable where the place of secrets does not answer."""
    return _as_ours(lambda: sealed.keep(given, what))


def reveal(secret: str) -> str:
    """As `sealed.reveal`. Raises as `keep`."""
    return _as_ours(lambda: sealed.reveal(secret))


def _as_ours(do: Callable[[], str]) -> str:
    try:
        return do()
    except references.Away as error:
        raise errors.Unavailable(str(error), time.time() + _AGAIN) from None
    except references.Missing as error:
        raise errors.NotAllowed(str(error)) from None


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
