"""HashiCorp Vault: secrets of KV version 2, read through hvac.

How Milepost signs in stands in MILEPOST_VAULT_...; see docs/secrets.md. What was read is kept in memory for a minute,
and an hour longer while Vault is away. A token is renewed before it ends, and another is asked for when it cannot be.
No token and no secret stands in a log or in an error.
"""

import logging
import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial

import hvac
import requests
import urllib3
from hvac import exceptions

from data import environment, vault_settings
from data.references import Away, InVault, Missing
from data.vault_settings import ADDRESS, CA, ROLE, ROLE_ID, SECRET_ID, TOKEN, Settings

FRESH = 60  # seconds that a secret is not asked for again
STALE = 3600  # seconds that what was read is good for while Vault is away
QUIET = 5  # seconds without asking after Vault was away: each attempt may take as long as the next line says
TIMEOUT = (3.05, 5)  # seconds to connect, and between two pieces of an answer
WHOLE = 15  # seconds for all pieces of one
LARGEST = 8 << 20  # bytes of an answer; Vault itself takes no secret larger than one
_LONGEST = 10 * 365 * 86_400  # seconds of a lease that is taken for what it says
_AGAIN = 30  # seconds until a token that could not be renewed is tried again

log = logging.getLogger("milepost.vault")


@dataclass(frozen=True)
class _Kept:
    """What a place holds, newest first, and when it was read (seconds of the client's clock)."""

    values: tuple[str, ...]
    at: float


class Client:
    """One Vault and one way to sign in to it; threads may share it.

    clock: seconds that only grow. now: seconds since 1970, which says how old a version is.
    """

    def __init__(self, settings: Settings, clock: Callable[[], float] = time.monotonic, now=time.time):
        self._settings, self._clock, self._now = settings, clock, now
        self._lock, self._token = threading.Lock(), _Token()
        self._cache: dict[InVault, _Kept] = {}
        self._wrong: dict[InVault | None, tuple[Missing, float]] = {}  # None: Vault itself is away
        self._is_told = False  # that Vault is away
        self.woken = threading.Event()  # the token is another: it may be due earlier than was thought
        session = requests.Session()
        session.trust_env = False  # no proxy, no .netrc: a token goes to the address that was named and nowhere else
        session.verify = settings.ca or True
        for scheme in ("https://", "http://"):
            session.mount(scheme, _Bounded())
        self._hvac = hvac.Client(
            url=settings.address, token="", namespace=settings.namespace or None, session=session, timeout=TIMEOUT,
            verify=settings.ca or True, allow_redirects=False,
        )  # fmt: skip

    # Reading

    def read(self, place: InVault) -> tuple[str, ...]:
        """The value there and, as long as a rotation takes, the one before it. Raises Missing, Away."""
        kept = self._cache.get(place)
        if kept and self._clock() - kept.at < FRESH:
            return kept.values
        usable = kept if kept and self._clock() - kept.at < FRESH + STALE else None
        if not self._lock.acquire(blocking=usable is None):
            return usable.values  # somebody is asking already
        try:
            return self._asked(place)
        except Away as error:
            if usable is None:
                raise
            if not self._is_told:
                log.warning("%s What was read before is used for up to an hour.", error)
            self._is_told = True
            return usable.values
        finally:
            self._lock.release()

    def _asked(self, place: InVault) -> tuple[str, ...]:
        kept = self._cache.get(place)
        if kept and self._clock() - kept.at < FRESH:  # by whoever had the lock before
            return kept.values
        for each in (None, place):
            error, at = self._wrong.get(each, (None, 0.0))
            if error and self._clock() - at < QUIET:
                raise error
        try:
            found = self._with_token(lambda: self._versions(place))
        except Missing as error:
            if not isinstance(error, Away):
                self._cache.pop(place, None)
            self._wrong[None if isinstance(error, Away) else place] = (error, self._clock())
            raise
        self._cache[place], self._is_told = _Kept(found, self._clock()), False
        return found

    def _with_token(self, do: Callable):
        """Signs in first where that is needed, and once more where the token is refused: it may have been revoked."""
        self._tend()
        try:
            return do()
        except _Refused:
            if not self._token.is_ours and _given(TOKEN) == self._token.text:
                raise
        self._sign_in()
        return do()

    def _versions(self, place: InVault) -> tuple[str, ...]:
        newest = self._version(place, None)
        if newest is None:
            raise Missing(f"The newest version of {_spoken(place)} was deleted in Vault: write another.")
        if place.key not in newest.data:
            raise Missing(f"{_spoken(place)} has no key {place.key} in Vault: mend the reference, or write that key.")
        found = [_text(newest.data[place.key], place)]
        if newest.number > 1 and self._now() - newest.made < self._settings.grace:
            before = self._version(place, newest.number - 1)
            if before and place.key in before.data:
                found.append(_text(before.data[place.key], place))
        return tuple(dict.fromkeys(found))

    def _version(self, place: InVault, number: int | None) -> "_Version | None":
        """None for one that was deleted or destroyed."""

        def ask() -> dict:
            try:
                return self._hvac.secrets.kv.v2.read_secret_version(
                    place.path, version=number, mount_point=place.mount, raise_on_deleted_version=False
                )
            except exceptions.InvalidPath:
                if number is None:
                    raise
                return {"data": {"data": None, "metadata": {}}}  # so old that Vault has forgotten it

        answer = _answered(ask, place)
        try:
            data, about = answer["data"]["data"], answer["data"]["metadata"]
            if data is None:
                return None
            made = datetime.fromisoformat(about["created_time"]).timestamp()
            return _Version(int(about["version"]), made, {**data})
        except (KeyError, TypeError, ValueError, OverflowError):
            raise Missing(f"{place.mount} is no secrets engine KV version 2 in Vault: name one that is.") from None

    # Signing in

    def sign_in(self) -> None:
        """Signs in anew, to see whether that works. Raises Missing, Away."""
        with self._lock:
            self._sign_in()
            _answered(lambda: self._hvac.auth.token.lookup_self())

    def tend(self) -> float:
        """Renews the token where it is time. Returns the seconds until it is time again, infinite where it never is.
        Raises Missing, Away."""
        with self._lock:
            if self._token.text:  # nobody signs in before something is wanted
                self._tend()
            return self._token.due - self._clock()

    def _tend(self) -> None:
        if not self._token.text:
            return self._sign_in()
        if self._clock() < self._token.due:
            return None
        if not self._token.renewable:
            return self._sign_in()
        try:
            answer = _part(_answered(lambda: self._hvac.auth.token.renew_self()), "auth")
        except Away:
            self._token.due = self._clock() + _AGAIN
            if self._clock() >= self._token.ends:
                raise
            return None  # it is good for a while yet
        except _Refused:
            return self._sign_in()
        seconds = _seconds(answer, "lease_duration")
        if self._token.is_ours and seconds < self._token.whole / 2:  # it comes to the end that renewing cannot move
            return self._sign_in()
        self._token.lasts(seconds, self._clock())
        return None

    def _sign_in(self) -> None:
        settings, auth = self._settings, self._hvac.auth
        self._token, self._hvac.token = _Token(), ""
        if settings.auth == "token":
            self._hvac.token = _given(TOKEN)
            about = self._about_token()
            seconds, renewable = _seconds(about, "ttl"), bool(about.get("renewable"))
        else:
            mount = settings.mount or settings.auth
            if settings.auth == "approle":
                role_id, secret_id = _given(ROLE_ID), _given(SECRET_ID)
                do = partial(auth.approle.login, role_id, secret_id, use_token=False, mount_point=mount)
            else:
                role, jwt = _given(ROLE), vault_settings.service_account()
                do = partial(auth.kubernetes.login, role, jwt, use_token=False, mount_point=mount)
            try:
                answer = _part(_answered(do), "auth")
            except _Refused:
                raise Missing(_NOT_LET_IN[settings.auth]) from None
            if not isinstance(answer.get("client_token"), str):
                raise Missing(f"What answers at {ADDRESS} gives no token: check that it is a Vault.")
            self._hvac.token = answer["client_token"]
            seconds, renewable = _seconds(answer, "lease_duration"), bool(answer.get("renewable"))
        self._token = _Token(self._hvac.token, settings.auth != "token", renewable, seconds)
        self._token.lasts(seconds, self._clock())
        self.woken.set()

    def _about_token(self) -> dict:
        """What Vault says of a token that was given; nothing where it may not ask about itself."""
        try:
            return _part(_answered(lambda: self._hvac.auth.token.lookup_self()), "data")
        except _Refused:
            return {}


@dataclass(frozen=True)
class _Version:
    number: int
    made: float
    data: dict


@dataclass
class _Token:
    """is_ours: asked for by us, so that we can ask for another. whole: seconds that it was good for when it was new."""

    text: str = ""
    is_ours: bool = False
    renewable: bool = False
    whole: float = 0
    due: float = float("inf")
    ends: float = float("inf")

    def lasts(self, seconds: float, now: float) -> None:
        """From now on; 0: for ever. It is renewed after two thirds of that."""
        self.ends = now + seconds if seconds else float("inf")
        renews = seconds and (self.renewable or self.is_ours)
        self.due = now + seconds * 2 / 3 if renews else float("inf")


class _Refused(Missing):
    """Vault knows the token and does not let it, or does not know it."""


_NOT_LET_IN = {
    "approle": f"Vault does not let Milepost in: check {ROLE_ID} and {SECRET_ID}, and make a new secret id if that one "
    f"has ended.",
    "kubernetes": f"Vault does not let Milepost in: check {ROLE}, and that the role there names the service account of "
    f"Milepost.",
}


def _answered(do: Callable, place: InVault | None = None):
    """What Vault answers; whatever went wrong as one sentence of ours. What it said is not repeated: it may hold what
    was sent."""
    try:
        answer = do()
    except requests.exceptions.SSLError:
        raise Away(
            f"The certificate of Vault is not trusted: name the file of its authority in {CA}, or mend {ADDRESS}."
        ) from None
    except (requests.exceptions.RequestException, OSError):
        raise Away(f"Vault does not answer: check {ADDRESS}, and that Vault runs.") from None
    except (exceptions.Forbidden, exceptions.Unauthorized):
        raise _Refused(_refused(place)) from None
    except exceptions.InvalidPath:
        raise Missing(
            f"Vault holds nothing at {_spoken(place)}, or no engine KV version 2: mend the reference, or write there."
        ) from None
    except exceptions.VaultDown:
        raise Away("Vault is sealed or stands by: unseal it, or name the one that is active.") from None
    except exceptions.RateLimitExceeded:
        raise Away("Vault takes no more requests for the moment: raise its limit for Milepost.") from None
    except exceptions.InvalidRequest:
        raise _Refused("Vault refuses the request as wrong: check the reference and how Milepost signs in.") from None
    except exceptions.VaultError:
        raise Away("Vault reports a problem of its own: see its log.") from None
    except (ValueError, TypeError, AttributeError, KeyError, RecursionError):  # of hvac, on what is none of Vault's
        raise Missing(f"What answers at {ADDRESS} is no Vault: mend it.") from None
    if not isinstance(answer, dict):  # hvac gives the bare answer where it is a redirect, or no JSON
        raise Missing(f"What answers at {ADDRESS} is no Vault, or sends elsewhere: name the Vault itself.")
    return answer


def _part(answer: dict, name: str) -> dict:
    """What stands there in an answer. Raises Missing for one that Vault would not give."""
    found = answer.get(name)
    if not isinstance(found, dict):
        raise Missing(f"What answers at {ADDRESS} is no Vault: mend it.")
    return found


class _Bounded(requests.adapters.HTTPAdapter):
    """Reads answers up to a size and a time: however it drips, nobody who needs a secret waits for ever."""

    def send(self, *args, **more) -> requests.Response:
        begun = time.monotonic()
        answer = super().send(*args, **{**more, "stream": True})
        found = bytearray()
        try:
            while piece := answer.raw.read1(1 << 16):
                found += piece
                if len(found) > LARGEST or time.monotonic() - begun > WHOLE:
                    raise OSError
        except (urllib3.exceptions.HTTPError, OSError):
            answer.raw.close()
            raise requests.exceptions.ConnectionError("it does not come to an end") from None
        answer.raw.release_conn()
        answer._content = bytes(found)
        return answer


def _refused(place: InVault | None) -> str:
    if place is None:
        return "Vault does not know the token of Milepost any more: give it another."
    path = f"{place.mount}/data/{place.path}"
    return f"Vault does not let Milepost read {path}: let its policy read that path, or give it a token that is good."


def _spoken(place: InVault | None) -> str:
    return f"{place.mount}/{place.path}" if place else "there"


def _text(value: object, place: InVault) -> str:
    try:
        if isinstance(value, bool) or not isinstance(value, str | int):
            raise ValueError
        text = str(value).strip()
        text.encode()
    except ValueError:  # nor is half of a letter one
        raise Missing(f"{place.key} of {_spoken(place)} is no text in Vault: write a text there.") from None
    return text


def _seconds(answer: dict, name: str) -> float:
    found = answer.get(name)
    return float(min(found, _LONGEST)) if isinstance(found, int | float) and found > 0 else 0.0


def _given(name: str) -> str:
    found = environment.value(name)
    if not found or not found.isprintable():
        raise Missing(f"Sign-in to Vault is set up by half: set {name} too.")
    return found


# The one in use

_clients: dict[tuple, Client] = {}
_making = threading.Lock()


def read(place: InVault) -> tuple[str, ...]:
    """The value at a place of the Vault that the settings name, and the one before it while both are valid. Raises
    Missing, Away."""
    return client().read(place)


def client() -> Client:
    """The one of the settings as they are, with a thread that keeps its token alive. Raises Missing."""
    key = (os.getpid(), *vault_settings.given())  # a process that was forked off has no threads of the other
    found = _clients.get(key)
    if found is None:
        with _making:
            found = _clients.get(key)
            if found is None:
                found = Client(vault_settings.settings())
                forget()
                _clients[key] = found
                threading.Thread(target=_keep_alive, args=(key,), name="vault", daemon=True).start()
    return found


def forget() -> None:
    """What was read and how it was signed in; the next use begins anew."""
    for each in _clients.values():
        each.woken.set()
    _clients.clear()


def _keep_alive(key: tuple) -> None:
    """Until other settings are in use: a token that nobody renews ends, and one that was given cannot be asked for
    again."""
    while found := _clients.get(key):
        try:
            wait = found.tend()
        except Missing as error:
            log.warning("%s", error)
            wait = _AGAIN
        found.woken.wait(min(max(wait, 0.5), _AGAIN))
        found.woken.clear()
