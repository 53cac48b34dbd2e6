"""One comment on a pull request, kept up to date: however often and however many at once this runs, one stays.

It is found by a mark that nobody sees, and only among comments of whoever the token belongs to: anybody can write the
mark, and a comment of somebody else must not be changed.
"""

import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests

#: Seconds for one answer, tries when the server is in trouble, pages of a hundred comments that are looked through, and
#: how often one is sent on: a repository that was renamed answers at another address.
TIMEOUT, TRIES, PAGES, HOPS = 20, 3, 30, 3
_ADDRESS = re.compile(r"https?://[^\s@?#]+")


_ODD = "GitHub answered something else than what was asked for."


class NotSaid(Exception):
    """The comment could not be made; the text goes on after "Not commented: "."""

    again = False  # whether another try may succeed


class _Trouble(NotSaid):
    again = True


class _Odd(NotSaid):
    """It is not GitHub who answers, or not as it does."""


def mark(key: str) -> str:
    """The first line of our comment. key: what tells several comments of one workflow apart."""
    return f"<!-- milepost:evidence:{sha256(key.encode('utf-8', 'replace')).hexdigest()[:12]} -->"


@dataclass
class Pull:
    """A pull request at the API at that address."""

    api: str
    repository: str
    number: int
    token: str
    sleep: Callable[[float], None] = time.sleep

    def say(self, key: str, text: str) -> str:
        """Writes our comment anew, or for the first time; its address. Raises NotSaid."""
        if not _ADDRESS.fullmatch(self.api):
            raise NotSaid("the address of the API is none.")
        body = f"{mark(key)}\n{text}"
        for left in reversed(range(TRIES)):
            try:
                return self._say(mark(key), body)
            except NotSaid as error:
                if not error.again or not left:
                    raise
                self.sleep(2.0 ** (TRIES - left))
        raise AssertionError("unreachable")

    def _say(self, sign: str, body: str) -> str:
        mine = self._mine(sign)
        if not mine:
            # What was made by another at the same moment is seen now: the older stays, and all agree on which that is.
            made = self._ask("POST", f"/issues/{self.number}/comments", {"body": body})
            if not isinstance(made, dict) or not isinstance(made.get("id"), int):
                raise _Odd(_ODD)
            mine = self._mine(sign) or [made]
            if mine[0]["id"] == made["id"]:
                self._remove(mine[1:])
                return str(made.get("html_url"))
        said = self._ask("PATCH", f"/issues/comments/{mine[0]['id']}", {"body": body})
        self._remove(mine[1:])
        return str(said.get("html_url")) if isinstance(said, dict) else ""

    def _remove(self, comments: list[dict[str, Any]]) -> None:
        for each in comments:
            self._ask("DELETE", f"/issues/comments/{each['id']}", gone=True)

    def _mine(self, sign: str) -> list[dict[str, Any]]:
        """Our comments with that mark, the oldest first."""
        login = self._login()
        found = {
            each["id"]: each
            for each in self._comments()
            if str(each.get("body") or "").startswith(sign) and _by(each, login)
        }
        return [found[number] for number in sorted(found)]

    def _login(self) -> str | None:
        """Whose token it is; None for that of an app, which is not told."""
        try:
            answer = self._ask("GET", "", path="/user")
        except NotSaid as error:
            if error.again or isinstance(error, _Odd):
                raise
            return None
        if not isinstance(answer, dict):
            raise _Odd(_ODD)
        return answer.get("login")

    def _comments(self) -> Iterator[dict[str, Any]]:
        for page in range(1, PAGES + 1):
            found = self._ask("GET", f"/issues/{self.number}/comments?per_page=100&page={page}")
            if not isinstance(found, list):
                raise _Odd(_ODD)
            yield from (each for each in found if isinstance(each, dict) and isinstance(each.get("id"), int))
            if len(found) < 100:
                return

    def _ask(self, method: str, below: str, body: dict | None = None, *, path: str = "", gone: bool = False) -> Any:
        """The body of an answer. gone: that there is no such thing is as good. Raises NotSaid."""
        address = f"{self.api.rstrip('/')}{path or f'/repos/{self.repository}{below}'}"
        headers = {
            "Accept": "application/vnd.github+json",
            "X-GitHub-Api-Version": "2022-11-28",
            "User-Agent": "milepost-action",
        }
        try:
            answer = self._sent(method, address, json=body, headers=headers)
            if answer.status_code in (404, 410) and gone:
                return None
            if not answer.ok:
                raise _refused(answer)
            return answer.json() if answer.content else None
        except (requests.RequestException, ValueError) as error:
            raise _Trouble(f"GitHub could not be asked ({type(error).__name__}).") from None

    def _sent(self, method: str, address: str, **more) -> requests.Response:
        """The answer, wherever on the same host it is. The token goes nowhere else. Raises NotSaid."""
        host = urlsplit(address)[:2]
        for _ in range(HOPS + 1):
            # Signed so, no other credentials of the machine take the token's place.
            answer = requests.request(method, address, auth=self._sign, timeout=TIMEOUT, allow_redirects=False, **more)
            if not answer.is_redirect:
                return answer
            address = urljoin(address, answer.headers["Location"])
            if urlsplit(address)[:2] != host:
                raise _Odd("GitHub sends to another host, which the token is not for.")
        raise _Odd("GitHub sends on and on.")

    def _sign(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self.token}"
        return request


def _by(comment: dict[str, Any], login: str | None) -> bool:
    user = comment.get("user")
    if not isinstance(user, dict):
        return False
    return user.get("login") == login if login else user.get("type") == "Bot"


def _refused(answer: requests.Response) -> NotSaid:
    code = answer.status_code
    limited = code == 429 or answer.headers.get("X-RateLimit-Remaining") == "0" or "Retry-After" in answer.headers
    if code in (403, 429) and limited:
        return NotSaid("a limit of GitHub's was met; the next run says it.")
    if code == 401:
        return NotSaid("GitHub does not know the token.")
    if code == 403:
        return NotSaid("the token may not write: give the job `permissions: pull-requests: write`.")
    if code in (404, 410):
        return NotSaid("there is no such pull request, or the token may not see it.")
    return (_Trouble if code >= 500 else NotSaid)(f"GitHub answered {code}.")
