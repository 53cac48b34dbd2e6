"""Logins that are exchanged before they end, with a time in which the old one is still good.

`tick` is called every few seconds; `login` gives what each new connection is to be opened with.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Login:
    """begins, ends: seconds since 1970."""

    lease: str
    user: str
    password: str = field(repr=False)
    begins: float
    ends: float


class NoLogin(Exception):
    """There is none that is still good."""


class Rotation:
    """ask: gives a new login or raises OSError. revoke: ends one or raises OSError. grace: seconds that the old one is
    left for what has begun. share: of its time after which a login is exchanged; the rest is for trying again."""

    def __init__(
        self,
        ask: Callable[[], Login],
        revoke: Callable[[Login], None],
        *,
        grace: float,
        share: float = 2 / 3,
        clock: Callable[[], float] = time.time,
    ):
        self._ask, self._revoke, self._clock = ask, revoke, clock
        self._grace, self._share = grace, share
        self._newest: Login | None = None
        self._old: list[tuple[float, Login]] = []  # with the moment at which it is ended
        self.rotations = self.failures = 0

    def login(self) -> Login:
        """The newest. Raises NoLogin."""
        if self._newest is None or self._newest.ends <= self._clock():
            raise NoLogin("there is no login that is still good; is Vault away?")
        return self._newest

    def tick(self) -> None:
        """Does what is due. Raises nothing: what did not work is tried again at the next tick, and counted."""
        now = self._clock()
        newest = self._newest
        if newest is None or now >= newest.begins + self._share * (newest.ends - newest.begins):
            self.rotate()
        for due, login in [each for each in self._old if each[0] <= now]:
            try:
                self._revoke(login)
            except OSError:
                self.failures += 1
                if login.ends > now:
                    continue
            self._old.remove((due, login))

    def rotate(self) -> None:
        """Exchanges now. A login that cannot be had leaves the old one in place."""
        try:
            login = self._ask()
        except OSError:
            self.failures += 1
            return
        if self._newest is not None:
            self._old.append((self._clock() + self._grace, self._newest))
            self.rotations += 1
        self._newest = login

    def metrics(self) -> str:
        """For Prometheus, as text."""
        lines = [
            "# TYPE credential_rotations_total counter",
            f"credential_rotations_total {self.rotations}",
            "# TYPE credential_rotation_failures_total counter",
            f"credential_rotation_failures_total {self.failures}",
        ]
        if self._newest is not None:
            lines += [
                "# TYPE credential_expires_timestamp_seconds gauge",
                f"credential_expires_timestamp_seconds {self._newest.ends:.0f}",
            ]
        return "\n".join(lines) + "\n"
