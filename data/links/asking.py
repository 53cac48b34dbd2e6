"""One question to one address of the web: https only, to public addresses only, little of the answer is read.

The address that was looked at is the one that is connected to, so that a name cannot change its mind in between. Behind
a proxy (HTTPS_PROXY) that the operator has set, the proxy looks names up.
"""

import http.client
import ipaddress
import re
import socket
import ssl
import threading
from base64 import b64encode
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from urllib.parse import SplitResult, unquote, urljoin, urlsplit
from urllib.request import getproxies, proxy_bypass

READ = 65_536  # bytes of an answer, so that the server sees somebody who reads
REDIRECTS = 6
WHOLE = 2  # times the seconds of a wait, for an answer as a whole
HEADERS = {
    "User-Agent": "Mozilla/5.0 (compatible; milepost-link-check)",
    "Accept": "text/html,application/xhtml+xml,*/*;q=0.5",
    "Accept-Language": "en",
    "Connection": "close",
}
PERMANENT, LEADS_ON = (301, 308), (301, 302, 303, 307, 308)


class Refused(Exception):
    """An address that is not asked; the message says why."""


class Unreachable(ConnectionError):
    """Nothing answered; the message says what happened. unknown: there is no host of that name."""

    def __init__(self, said: str, unknown: bool = False):
        super().__init__(said)
        self.unknown = unknown


@dataclass(frozen=True)
class Answer:
    """status of the last address, which is url. moved: whether all that led there is for good. wait: seconds that the
    server asks for, None when it does not."""

    status: int
    url: str
    moved: bool
    wait: float | None = None


#: All that is handed out of the public web of version 6.
_UNICAST = ipaddress.ip_network("2000::/3")
#: Endings of names that are of this machine, or of a network behind it, wherever they are looked up.
_INSIDE = (".localhost", ".local", ".internal", ".intranet", ".home.arpa")
_NUMBER = re.compile(r"\d+|0[xX][0-9a-fA-F]*")


def resolved(host: str, port: int) -> list[str]:
    """The addresses of a name. Raises OSError."""
    return [each[4][0] for each in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


def is_public(address: str) -> bool:
    """Whether an address is one of the public web: not of this machine, not of a network behind it."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    inner = getattr(found, "ipv4_mapped", None) or getattr(found, "sixtofour", None)
    if isinstance(found, ipaddress.IPv6Address) and found in ipaddress.ip_network("64:ff9b::/96"):
        inner = ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)
    if inner is None and found.version == 6 and found not in _UNICAST:  # site-local, IPv4-compatible, other NATs
        return False
    return found.is_global and not found.is_multicast and (inner is None or inner.is_global)


@dataclass(frozen=True)
class Reach:
    """How the web is reached; tests give their own."""

    names: Callable[[str, int], list[str]] = resolved
    permits: Callable[[str], bool] = is_public
    tls: ssl.SSLContext = field(default_factory=ssl.create_default_context)
    proxies: Callable[[], dict[str, str]] = getproxies


def ask(reach: Reach, method: str, url: str, seconds: float) -> Answer:
    """Follows redirects. Raises Refused or Unreachable."""
    moved, seen = True, set()
    for _ in range(REDIRECTS + 1):
        if url in seen:
            raise Refused("it leads round in a circle")
        seen.add(url)
        status, headers = _once(reach, method, url, seconds)
        target = headers.get("location", "")
        if status not in LEADS_ON or not target:
            return Answer(status, url, moved and len(seen) > 1, _seconds(headers.get("retry-after", "")))
        moved = moved and status in PERMANENT
        url = urljoin(url, target)
    raise Refused(f"it leads on more than {REDIRECTS} times")


def deliver(
    reach: Reach, url: str, body: bytes, seconds: float, ready: Callable[[], None] = lambda: None, plain: bool = False
) -> Answer:
    """Hands JSON to an address, once; a redirect is not followed, as nobody may send what is in it elsewhere. ready: is
    called when there is a connection, before anything is sent. plain: http:// is taken too.

    Raises Refused, and Unreachable where nothing was sent or, after `ready`, nothing is known of what became of it.
    """
    parts = parts_of(url, ("https", "http") if plain else ("https",))
    connection = _connection(reach, parts, seconds) if parts.scheme == "https" else _plainly(reach, parts, seconds)
    path = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
    with _bounded(connection, seconds) as cut:
        connection.connect()
        ready()
        headers = {"User-Agent": "milepost", "Content-Type": "application/json", "Connection": "close"}
        connection.request("POST", path, body, headers)
        answer = connection.getresponse()
        if cut.is_set():
            raise TimeoutError
        answer.read(READ)
        return Answer(answer.status, url, False, _seconds(answer.getheader("retry-after", "")))


def _once(reach: Reach, method: str, url: str, seconds: float) -> tuple[int, dict[str, str]]:
    parts = parts_of(url)
    connection = _connection(reach, parts, seconds)
    path = parts.path or "/"
    with _bounded(connection, seconds) as cut:
        connection.request(method, f"{path}?{parts.query}" if parts.query else path, headers=HEADERS)
        answer = connection.getresponse()
        if cut.is_set():
            raise TimeoutError
        answer.read(READ if method == "GET" else 0)
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}


@contextmanager
def _bounded(connection: http.client.HTTPConnection, seconds: float) -> Iterator[threading.Event]:
    """Each wait is bounded, but a server may send a letter at a time; the whole answer is bounded by this. What goes
    wrong becomes Unreachable."""
    cut = threading.Event()
    late = threading.Timer(seconds * WHOLE, _cut, [connection, cut])
    late.daemon = True
    late.start()
    try:
        yield cut
    except TimeoutError as error:
        raise Unreachable(f"no answer within {seconds:g} seconds") from error
    except socket.gaierror as error:
        raise Unreachable("its name was not found", error.errno in _NO_SUCH_NAME) from error
    except ssl.SSLCertVerificationError as error:
        raise Unreachable(f"its certificate does not hold: {error.verify_message}") from error
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise Unreachable(f"no connection: {' '.join(str(error).split())[:120] or type(error).__name__}") from error
    finally:
        late.cancel()
        connection.close()


def _cut(connection: http.client.HTTPConnection, cut: threading.Event) -> None:
    cut.set()
    if connection.sock is not None:
        with suppress(OSError):
            socket.socket.shutdown(connection.sock, socket.SHUT_RDWR)


#: A name that does not exist, in contrast to "ask again later".
_NO_SUCH_NAME = (socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME))


def parts_of(url: str, schemes: Collection[str] = ("https",)) -> SplitResult:
    """An address taken apart. Raises Refused for one that is not asked, whatever its name leads to."""
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018 - is read here, where it may be none
    except ValueError as error:
        raise Refused("its address cannot be read") from error
    if parts.scheme not in schemes or not parts.hostname:
        raise Refused(f"it leads to {parts.scheme or 'no'}://, and only https:// is asked")
    if parts.username or parts.password:
        raise Refused("its address holds a password")
    if not url.isascii() or any(letter <= " " or letter == "\x7f" for letter in url):
        raise Refused("its address holds letters that must be written with %")
    return parts


def _connection(reach: Reach, parts: SplitResult, seconds: float) -> http.client.HTTPSConnection:
    host, port = parts.hostname, parts.port or 443
    proxy = reach.proxies().get("https", "")
    if proxy and not proxy_bypass(host):
        _refuse_literal(reach, host)
        through = urlsplit(proxy if "//" in proxy else f"//{proxy}")
        made = http.client.HTTPSConnection(through.hostname, through.port or 80, timeout=seconds, context=reach.tls)
        made.set_tunnel(host, port, _pass(through))
        return made
    return _Looked(reach, host, port, seconds)


def _plainly(reach: Reach, parts: SplitResult, seconds: float) -> http.client.HTTPConnection:
    """Without encryption, to the first of its addresses that are all permitted."""
    try:
        found = reach.names(parts.hostname, parts.port or 80)
    except OSError as error:
        raise Unreachable("its name was not found") from error
    if not found or not all(reach.permits(address) for address in found):
        raise Refused("it leads to this machine or a network behind it")
    return http.client.HTTPConnection(found[0], parts.port or 80, timeout=seconds)


def _pass(proxy: SplitResult) -> dict[str, str]:
    """What a proxy wants to see that stands in its address."""
    if proxy.username is None:
        return {}
    said = f"{unquote(proxy.username)}:{unquote(proxy.password or '')}".encode()
    return {"Proxy-Authorization": f"Basic {b64encode(said).decode()}"}


def _refuse_literal(reach: Reach, host: str) -> None:
    """A proxy would ask an address of its own network."""
    if not may_be_public(host, reach.permits):
        raise Refused("it leads to this machine or a network behind it")


def may_be_public(host: str, permits: Callable[[str], bool] = is_public) -> bool:
    """Whether a name, which is not looked up, can be one of the public web."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        name = host.rstrip(".").lower()
        # Numbers in other spellings, such as 127.1, are addresses to whoever looks names up.
        inside = "." not in name or _NUMBER.fullmatch(name.rpartition(".")[2]) or f".{name}".endswith(_INSIDE)
        return not inside
    return permits(host)


class _Looked(http.client.HTTPSConnection):
    """A connection to the address that was looked at."""

    def __init__(self, reach: Reach, host: str, port: int, seconds: float):
        super().__init__(host, port, timeout=seconds, context=reach.tls)
        self.reach = reach

    def connect(self) -> None:
        found = self.reach.names(self.host, self.port)
        if not found or not all(self.reach.permits(address) for address in found):
            raise Refused("it leads to this machine or a network behind it")
        raw = socket.create_connection((found[0], self.port), self.timeout)
        try:
            self.sock = self.reach.tls.wrap_socket(raw, server_hostname=self.host)
        except BaseException:
            raw.close()
            raise


def _seconds(text: str) -> float | None:
    return float(text) if text.isascii() and text.isdigit() and len(text) < 6 else None
