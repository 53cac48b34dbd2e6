"""An OpenID Connect provider of our own, the real protocol over HTTP: who may sign in is told to it as claims."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

import httpx
from oidc_provider_mock import run_server_in_thread

SECRET = "a secret of thirty-two characters"
ADMINISTRATOR = "group:milepost-admins"


@dataclass(frozen=True)
class Provider:
    url: str

    def knows(self, subject: str, name: str = "Ann Archer", **claims: object) -> None:
        """Somebody who may sign in from now on, with these claims in the token."""
        answer = httpx.put(f"{self.url}/users/{subject}", json={"name": name, **claims})
        answer.raise_for_status()

    def settings(self, url: str, **more: str) -> dict[str, str]:
        """The environment of a portal that is reached at `url`."""
        return {
            "MILEPOST_URL": url,
            "MILEPOST_OIDC_METADATA_URL": f"{self.url}/.well-known/openid-configuration",
            "MILEPOST_OIDC_CLIENT_ID": "milepost",
            "MILEPOST_OIDC_CLIENT_SECRET": "of the client",
            "MILEPOST_COOKIE_SECRET": SECRET,
            "MILEPOST_ADMINISTRATOR": ADMINISTRATOR,
            **more,
        }


@contextmanager
def running(expires: timedelta = timedelta(hours=1)) -> Iterator[Provider]:
    """A provider whose tokens are good for that long."""
    with run_server_in_thread(access_token_max_age=expires) as server:
        yield Provider(f"http://localhost:{server.server_port}")
