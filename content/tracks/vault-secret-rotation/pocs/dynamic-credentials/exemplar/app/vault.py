"""What the shop asks of Vault. The token is renewed by the agent beside it, which keeps it in a file in memory."""

import json
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

from app.rotation import Login


class Vault:
    """address: https://... . token: gives the token, asked anew each time as it is replaced from time to time."""

    def __init__(self, address: str, token: Callable[[], str], clock: Callable[[], float] = time.time):
        self._address, self._token, self._clock = address.rstrip("/"), token, clock

    def login(self, role: str) -> Login:
        """A new login at the database. Raises OSError."""
        said = self._ask("GET", f"database/creds/{role}")
        now = self._clock()
        data = said["data"]
        return Login(said["lease_id"], data["username"], data["password"], now, now + said["lease_duration"])

    def revoke(self, login: Login) -> None:
        """Ends it now. Raises OSError."""
        self._ask("PUT", "sys/leases/revoke", {"lease_id": login.lease})

    def _ask(self, method: str, path: str, body: dict | None = None) -> dict:
        request = urllib.request.Request(
            f"{self._address}/v1/{path}",
            data=None if body is None else json.dumps(body).encode(),
            headers={"X-Vault-Token": self._token(), "X-Vault-Request": "true"},
            method=method,
        )
        with urllib.request.urlopen(request, timeout=5) as answer:
            return json.loads(answer.read() or b"{}")


def token_of(file: Path) -> Callable[[], str]:
    return lambda: file.read_text(encoding="utf-8").strip()
