"""One JSON file out of an artifact of a run: fetched into memory, never unpacked to disk.

GitHub answers with the address of a storage elsewhere. What is fetched there is asked for without the token, without
cookies, and led nowhere further.
"""

import ipaddress
import time
from collections.abc import Callable
from urllib.parse import urlsplit

import requests

from assessments.evidence.reading import Malformed
from assessments.poc.known import Artifact
from assessments.poc.reading.archives import ARCHIVE_LIMIT, json_member
from data.sources.github import errors, transport, values
from data.sources.github.api import Api

_MB = 1 << 20


class Withheld(Exception):
    """It could not be fetched; the text says why, as the end of a sentence."""


def read(api: Api, base: str, row: dict, name: str, allow_local: bool = False) -> Artifact:
    """The value of the file of that name in an artifact, as it is listed. What is in the way stands in `problem`.

    One request to GitHub, none for what is known to be too large or gone. Raises what `Api.get` does, but for an
    artifact that is not there any more.
    """
    run = values.need(values.need(row, "workflow_run", dict), "id", int)
    number, size = values.need(row, "id", int), values.need(row, "size_in_bytes", int)
    try:
        if values.need(row, "expired", bool):
            raise Withheld("it has expired at GitHub: run the pipeline again")
        if size > ARCHIVE_LIMIT:
            raise Withheld(f"it is larger than {ARCHIVE_LIMIT // _MB} MB")
        content = _fetched(api, f"{base}/actions/artifacts/{number}/zip", name, allow_local)
        return Artifact(json_member(content, name), run)
    except (Withheld, Malformed) as error:
        return Artifact(None, run, str(error))


def _fetched(api: Api, path: str, name: str, allow_local: bool) -> bytes:
    try:
        api.get(path, what=f"the artifact {name}")
    except errors.Moved as error:
        return fetched(error.location, allow_local)
    except errors.NotFound:
        raise Withheld("GitHub does not hold it any more") from None
    raise errors.BadAnswer("What answers is not GitHub as documented: an artifact leads to no storage.")


def fetched(address: str, allow_local: bool = False, clock: Callable[[], float] = time.monotonic) -> bytes:
    """What a storage holds at that address, at most ARCHIVE_LIMIT bytes. Raises Withheld."""
    check(address, allow_local)
    ends = clock() + transport.WHOLE_SECONDS
    timeouts = (transport.CONNECT_SECONDS, transport.READ_SECONDS)
    session = requests.Session()
    session.auth = lambda request: request  # else a .netrc of this machine would add a password
    headers = {"User-Agent": "milepost", "Accept": "*/*", "Accept-Encoding": "identity"}
    try:
        with session.get(address, headers=headers, timeout=timeouts, allow_redirects=False, stream=True) as answer:
            if answer.status_code != 200:
                raise Withheld(f"its storage answered {answer.status_code}")
            return _limited(answer, lambda: clock() > ends)
    except (requests.RequestException, OSError) as error:
        raise Withheld(f"its storage did not give it ({type(error).__name__})") from None
    finally:
        session.close()


def _limited(answer: requests.Response, is_late: Callable[[], bool]) -> bytes:
    parts, size = [], 0
    for part in answer.iter_content(1 << 16):
        parts.append(part)
        size += len(part)
        if size > ARCHIVE_LIMIT:
            raise Withheld(f"it is larger than {ARCHIVE_LIMIT // _MB} MB")
        if is_late():
            raise Withheld("its storage is too slow")
    return b"".join(parts)


def check(address: str, allow_local: bool) -> None:
    """Raises Withheld for an address that no storage has: what asks must not be led into the network that it is in."""
    try:
        parts = urlsplit(address)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise Withheld("its storage has no address that is used") from None
    if allow_local and parts.scheme == "http" and host == "127.0.0.1":
        return
    plain = not parts.username and not parts.password and port in (None, 443)
    if parts.scheme != "https" or not plain or "." not in host.strip(".") or _is_number(host):
        raise Withheld("its storage has no address that is used")


def _is_number(host: str) -> bool:
    if host.strip(".").rpartition(".")[2].isdigit():
        return True
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
