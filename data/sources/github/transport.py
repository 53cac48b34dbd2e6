"""One connection to GitHub, handed to PyGithub for every request, in place of the ones that it would make for itself.

PyGithub's own follows a 301 without the query of the request, so that a renamed repository silently gives a part of its
rows; waits for a slow body for as long as it trickles; and holds a body of any size. This one raises instead.
"""

import time

import requests
from requests.adapters import HTTPAdapter
from urllib3.util import Retry

from data.sources.github.errors import Moved

CONNECT_SECONDS = 10
READ_SECONDS = 30  # without a byte
WHOLE_SECONDS = 120  # for one answer, however steadily it trickles
LARGEST = 64 << 20  # bytes of one answer

#: Another place, all of them. 304 is none: nothing has changed.
ELSEWHERE = {301, 302, 303, 307, 308}


class Broken(Exception):
    """No whole answer came; the text says why, for the log."""


class Connection:
    """In the shape that `Requester.requestJson(cnx=)` wants; `timeouts` are seconds to connect, between bytes, and for
    all of one answer."""

    def __init__(self, base: str, timeouts: tuple[float, float, float]):
        self._base, self._timeouts = base, timeouts
        self._session = requests.Session()
        self._session.auth = lambda request: request  # else a .netrc of this machine would replace the token
        adapter = HTTPAdapter(max_retries=Retry(0, read=False, redirect=0), pool_connections=1, pool_maxsize=1)
        self._session.mount("https://", adapter)
        self._session.mount("http://", adapter)
        self._request: tuple = ()

    def request(self, verb: str, url: str, input: str | None, headers: dict[str, str], stream: bool = False) -> None:
        self._request = (verb, url, input, headers)

    def getresponse(self) -> "Response":
        """The whole answer. Raises Broken, Moved."""
        verb, url, body, headers = self._request
        connect, read, whole = self._timeouts
        ends = time.monotonic() + whole
        try:
            with self._session.request(
                verb, f"{self._base}{url}", headers=headers, data=body,
                timeout=(connect, read), allow_redirects=False, stream=True,
            ) as answer:  # fmt: skip
                if answer.status_code in ELSEWHERE:
                    raise Moved(answer.headers.get("location", ""))
                content = _content(answer, ends)
        except (requests.RequestException, OSError) as error:
            self.close()
            raise Broken(type(error).__name__) from None  # its request would bring the token along
        if answer.status_code == 202 and verb == "GET":  # PyGithub would ask again without end
            raise Broken("it is still being worked out")
        return Response(answer.status_code, dict(answer.headers), content.decode("utf-8", "replace"))

    def close(self) -> None:
        self._session.close()


def _content(answer: requests.Response, ends: float) -> bytes:
    """The body, unpacked. Raises Broken for one that is cut off, too large or too slow."""
    parts, size = [], 0
    try:
        while part := answer.raw.read1(1 << 16, decode_content=True):
            parts.append(part)
            size += len(part)
            if size > LARGEST:
                raise Broken("it is larger than any answer of GitHub")
            if time.monotonic() > ends:
                raise Broken("it trickles")
    except Broken:
        answer.raw.close()
        raise
    except Exception as error:
        answer.raw.close()
        raise Broken(type(error).__name__) from None
    return b"".join(parts)


class Response:
    """In the shape that PyGithub reads."""

    def __init__(self, status: int, headers: dict[str, str], text: str):
        self.status, self._headers, self._text = status, headers, text

    def getheaders(self):
        return self._headers.items()

    def read(self) -> str:
        return self._text
