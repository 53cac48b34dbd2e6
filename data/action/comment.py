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

import requests

#: Seconds for one answer, tries when the server is in trouble, pages of a hundred comments that are looked through.
TIMEOUT, TRIES, PAGES = 20, 3, 30
_ADDRESS = re.compile(r"https?://[^\s@?#]+")


class NotSaid(Exception):
    """The comment could not be made; the text goes on after "Not commented: "."""

    again = False  # whether another try may succeed


class _Trouble(NotSaid):
    again = True


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
            mine = self._mine(sign) or [made]
            if mine[0]["id"] == made["id"]:
                self._remove(mine[1:])
                return made["html_url"]
        said = self._ask("PATCH", f"/issues/comments/{mine[0]['id']}", {"body": body})
        self._remove(mine[1:])
        return said["html_url"]

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
            if error.again:
                raise
            return None
        return answer.get("login")

    def _comments(self) -> Iterator[dict[str, Any]]:
        for page in range(1, PAGES + 1):
            found = self._ask("GET", f"/issues/{self.number}/comments?per_page=100&page={page}")
            yield from (each for each in found if isinstance(each, dict) and isinstance(each.get("id"), int))
            if len(found) < 100:
                return

    def _ask(self, method: str, below: str, body: dict | None = None, *, path: str = "", gone: bool = False) -> Any:
        """The body of an answer. gone: that there is no such thing is as good. Raises NotSaid."""
        address = f"{self.api.rstrip('/')}{path or f'/repos/{self.repository}{below}'}"
        headers = {
            "Authorization": f"Bearer {self.token}",
            "Accept": "application/vnd.github+json",
            "X-GitHub-Api-Version": "2022-11-28",
            "User-Agent": "milepost-action",
        }
        try:
            answer = requests.request(method, address, json=body, headers=headers, timeout=TIMEOUT)
            if answer.status_code in (404, 410) and gone:
                return None
            if not answer.ok:
                raise _refused(answer)
            return answer.json() if answer.content else None
        except (requests.RequestException, ValueError) as error:
            raise _Trouble(f"GitHub could not be asked ({type(error).__name__}).") from None


def _by(comment: dict[str, Any], login: str | None) -> bool:
    user = comment.get("user") or {}
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
