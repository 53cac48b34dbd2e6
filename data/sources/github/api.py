"""GitHub, one request at a time: plain values out, exceptions of `errors` with a sentence each.

Over PyGithub's requester, whose addresses, headers and sign-in are well worn; never its objects, which fetch what they
lack one request each. Retries, waiting, limits and redirects are ours: PyGithub repeats a 5xx ten times in half a
second, does not know a 429 without Retry-After, and takes a GraphQL limit, which comes with status 200, for an answer.
GraphQL goes through `requestJson` too: `graphql_query` fails on bodies that are no object, and hides the status.
"""

import logging
import os
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import github
from github import Auth, GithubRetry
from github.Requester import Requester

from data.sources.github import errors, refusals, transport, values
from data.starting import refuse_optimised

API_VERSION = "2022-11-28"
PUBLIC = "https://api.github.com"
PAGE = 100  # rows, the most that GitHub gives
ATTEMPTS = 5
WAITS = (1, 2, 4, 8)  # seconds before each further attempt
OUTAGE_SECONDS = 300  # until it is tried again after all attempts
_REMEMBERED = 5  # answers whose clocks are compared: one that is far ahead is not believed
_BELIEVED = 86_400  # seconds that GitHub's clock may be ahead of ours: no time zone is a day
GAP = 0.1  # seconds between two requests: GitHub asks for no more than 15 a second, and never two at once
ALLOW_LOCAL = "MILEPOST_GITHUB_ALLOW_LOCAL"  # "1": http://127.0.0.1 may stand for GitHub, for tests

_REFUSED = {"FORBIDDEN", "INSUFFICIENT_SCOPES"}
_TOO_MUCH = {"MAX_NODE_LIMIT_EXCEEDED", "RESOURCE_LIMITS_EXCEEDED"}
_TOO_SLOW = ("something went wrong while executing", "timeout", "timed out")

log = logging.getLogger("milepost.github")

# PyGithub writes whole answers into its debug log, and so the tokens that an app gets.
_silent = logging.Logger("silent")
_silent.disabled = True
Requester.injectLogger(_silent)
logging.getLogger("github").setLevel(logging.WARNING)


class Clock:
    """The clock of this machine; tests have their own."""

    def now(self) -> float:
        """Seconds since 1970."""
        return time.time()

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)


@dataclass(frozen=True)
class Limit:
    """What is left of a limit; `resets_at` in seconds since 1970 by the clock of this machine."""

    remaining: int
    limit: int
    resets_at: float


@dataclass(frozen=True)
class Answer:
    """status: 200 or 304 (nothing new; then `json` is None). date: GitHub's clock in microseconds. next: more pages
    follow. limit: what is left after it. errors: what a GraphQL answer could not give: (type, path, message)."""

    status: int
    json: object
    etag: str | None
    date: int
    next: bool
    limit: Limit | None
    errors: tuple[tuple[str, tuple, str], ...] = ()
    headers: dict = field(default_factory=dict, repr=False)

    @property
    def unchanged(self) -> bool:
        return self.status == 304


class _Bearer(Auth.Auth):
    """The token of the moment, asked for anew with each request: that of an app lives an hour."""

    def __init__(self, token: Callable[[], str]):
        self._ask = token

    @property
    def token_type(self) -> str:
        return "Bearer"

    @property
    def token(self) -> str:
        return self._ask()


def check_base_url(url: str, allow_local: bool | None = None) -> str:
    """The address of an API without a trailing slash; for GitHub Enterprise Server it ends in /api/v3. Only
    administrators may set it. Raises NotAllowed for anything but https (or http://127.0.0.1, where tests allow it).
    """
    allow_local = os.environ.get(ALLOW_LOCAL) == "1" if allow_local is None else allow_local
    try:
        parts = urlsplit(url.strip())
        port_is_one = parts.port is None or parts.port > 0
    except ValueError:
        raise errors.NotAllowed(
            "The address of GitHub is none: write it like https://github.example.com/api/v3."
        ) from None
    local = allow_local and parts.scheme == "http" and parts.hostname == "127.0.0.1"
    if not (parts.scheme == "https" or local) or not parts.hostname or not port_is_one:
        raise errors.NotAllowed("The address of GitHub must begin with https:// and name a host.")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise errors.NotAllowed("The address of GitHub must be a plain one, without user, password, ? or #.")
    return url.strip().rstrip("/")


class Api:
    """`token` gives the token for the next request. `calls` counts requests sent, `counted` those that GitHub's REST
    limit counts (an answer 304 is free), `date` is GitHub's clock in microseconds at the last answer (the slowest of
    the last few: what lies behind it is over), `quota` what is left of each limit by its name (core, graphql)."""

    def __init__(
        self,
        token: Callable[[], str],
        base_url: str = PUBLIC,
        *,
        clock: Clock | None = None,
        gap: float = GAP,
        timeouts: tuple[float, float, float] = (
            transport.CONNECT_SECONDS, transport.READ_SECONDS, transport.WHOLE_SECONDS
        ),
        allow_local: bool | None = None,
    ):  # fmt: skip
        refuse_optimised()
        self.base_url = check_base_url(base_url, allow_local)
        self.clock = clock or Clock()
        self._gap, self._last = gap, 0.0
        self.token = token
        self._requester = github.Github(
            auth=_Bearer(token),
            base_url=self.base_url,
            timeout=int(timeouts[1]) or 1,
            user_agent="milepost",
            per_page=PAGE,
            retry=GithubRetry(total=0),
            seconds_between_requests=None,
            seconds_between_writes=None,
            api_version=API_VERSION,
        ).requester
        parts = urlsplit(self.base_url)
        self._connection = transport.Connection(f"{parts.scheme}://{parts.netloc}", timeouts)
        self.calls = self.counted = 0
        self.date = 0
        self._ahead: deque[float] = deque(maxlen=_REMEMBERED)
        self.quota: dict[str, Limit] = {}

    def close(self) -> None:
        self._connection.close()

    def get(self, path: str, params: dict | None = None, etag: str | None = None, what: str = "it") -> Answer:
        """What is at a path below the base address. etag: of an earlier answer to the same path and params; the answer
        may then be that nothing is new. what: how a sentence calls what is asked for. Raises the errors of `errors`.
        """
        headers = {"Accept": "application/vnd.github+json"}
        if etag:
            headers["If-None-Match"] = etag
        return self._send("GET", path, params, headers, None, what)

    def post(self, path: str, what: str = "it") -> Answer:
        """For what an app needs to get its token."""
        return self._send("POST", path, None, {"Accept": "application/vnd.github+json"}, {}, what)

    def graphql(self, query: str, variables: dict | None = None, what: str = "it", partly: bool = False) -> Answer:
        """`json` is what stands under "data".

        partly: parts that could not be read may be null there, see `errors`; else such an answer is none, and asked for
        again. Raises the errors of `errors`, TooHeavy for a query that GitHub could not work out in its time.
        """
        body = {"query": query, "variables": variables or {}}
        for attempt in range(ATTEMPTS):
            if attempt:
                self.clock.sleep(WAITS[attempt - 1])
            answer = self._data(body, what)
            if partly or not answer.errors:
                return answer
            if {kind for kind, _, _ in answer.errors} & _REFUSED:
                raise errors.MissingPermission(f"The token may not read {what} ({answer.errors[0][2]}).")
        raise self._unavailable("a part of its answer was missing")

    def _data(self, body: dict, what: str) -> Answer:
        answer = self._send("POST", self._requester.graphql_url, None, {}, body, what)
        data = values.need(answer.json, "data", dict, none=True)
        said = values.need(answer.json, "errors", list, none=True) or ()
        found = tuple(_error(each, self._secrets()) for each in said)
        kinds = {kind for kind, _, _ in found}
        messages = " ".join(message.lower() for _, _, message in found)
        now = self.clock.now()
        if kinds & {"RATE_LIMITED", "RATE_LIMIT"}:
            raise refusals.primary(answer.headers, now)
        if "secondary rate limit" in messages:
            raise refusals.secondary(answer.headers, now)
        if kinds & _TOO_MUCH or any(words in messages for words in _TOO_SLOW):
            raise errors.TooHeavy("GitHub cannot answer so much at once: fewer objects are asked for.")
        if data is None:
            reason = found[0][2] if found else "no reason given"
            if kinds & _REFUSED:
                raise errors.MissingPermission(f"The token may not read {what} ({reason}).")
            if not found:
                raise errors.BadAnswer("What answers is not GitHub as documented: check the address of the server.")
            raise errors.GitHubError(f"GitHub did not accept a query for {what} ({reason}): try again after an update.")
        return Answer(answer.status, data, answer.etag, answer.date, False, answer.limit, found, answer.headers)

    def _send(self, verb: str, url: str, params: dict | None, headers: dict, body: dict | None, what: str) -> Answer:
        resource = "graphql" if url == self._requester.graphql_url else "core"
        trouble = ""
        for attempt in range(ATTEMPTS):
            if attempt:
                self.clock.sleep(WAITS[attempt - 1])
            self._pace(resource)
            self.calls += 1
            try:
                status, got, text = self._requester.requestJson(
                    verb, url, dict(params or {}), dict(headers), body, self._connection
                )
            # The last two: limits in the headers that are no numbers.
            except (transport.Broken, ValueError, OverflowError) as error:
                trouble = str(error) if isinstance(error, transport.Broken) else "its headers make no sense"
                self.counted += resource == "core"
                continue
            finally:
                self._last = time.monotonic()
            self.counted += status != 304 and resource == "core"
            now = self.clock.now()
            limit = self._note(got, resource, now)
            if status >= 500:
                trouble = f"status {status}"
                continue
            parsed, whole = _parsed(text)
            if status >= 400:
                message = parsed.get("message") if isinstance(parsed, dict) else ""
                raise refusals.of(status, got, refusals.cleaned(message, self._secrets()), now, what)
            if not whole and status != 304:
                trouble = "its answer is no JSON"
                continue
            return Answer(
                status, parsed, got.get("etag"), self.date, 'rel="next"' in got.get("link", ""), limit, (), got
            )
        log.warning("GitHub does not answer %s %s: %s", verb, urlsplit(url).path, trouble)
        raise self._unavailable(trouble)

    def _unavailable(self, trouble: str) -> errors.Unavailable:
        now = self.clock.now()
        return errors.Unavailable(
            f"GitHub did not answer properly {ATTEMPTS} times in a row (the last time: {trouble}): nothing is asked "
            f"before {refusals.clock(now, OUTAGE_SECONDS)}; see githubstatus.com.",
            now + OUTAGE_SECONDS,
        )

    def _pace(self, resource: str) -> None:
        """Waits until the next request may be sent. Raises Limited while a used-up limit has not begun anew: asking
        all the same is what GitHub blocks for."""
        left, now = self.quota.get(resource), self.clock.now()
        if left and left.remaining <= 0 and now < left.resets_at:
            raise refusals.used_up(now, left.resets_at - now)
        pause = self._last + self._gap - time.monotonic()
        if pause > 0:
            self.clock.sleep(pause)

    def _note(self, headers: dict, resource: str, now: float) -> Limit | None:
        """Keeps what an answer says about limits and GitHub's clock."""
        date = values.header_date(headers.get("date"))
        if date is not None:
            ahead = date / values.SECOND - now
            if ahead < _BELIEVED:
                self._ahead.append(ahead)
        self.date = round((now + min(self._ahead, default=0)) * values.SECOND)
        try:
            remaining, limit = int(headers["x-ratelimit-remaining"]), int(headers["x-ratelimit-limit"])
        except (KeyError, ValueError):
            return None
        wait = refusals.until_reset(headers, now)
        found = Limit(remaining, limit, now + (wait or 0))
        self.quota[headers.get("x-ratelimit-resource", resource)] = found
        return found

    def _secrets(self) -> tuple[str, ...]:
        return (self.token(),)


def _parsed(text: str) -> tuple[object, bool]:
    """The value of a body, and whether it is whole JSON; an empty body is none."""
    try:
        return values.loaded(text), True
    except (ValueError, RecursionError):
        return None, False


def _error(said: object, secrets: tuple[str, ...]) -> tuple[str, tuple, str]:
    row = said if isinstance(said, dict) else {}
    kind = row.get("type") or values.path(row, "extensions", "code") or ""
    return str(kind), tuple(row.get("path") or ()), refusals.cleaned(row.get("message"), secrets)
