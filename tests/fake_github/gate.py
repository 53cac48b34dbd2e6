"""The way of a request: who asks, how much is left, where it leads, may they, the answer, what it cost."""

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import parse_qsl

from tests.fake_github import apps, graphql_door, routes
from tests.fake_github.access import Token, anonymous
from tests.fake_github.call import DOCS, Call, Problem, Reply
from tests.fake_github.faults import Fault
from tests.fake_github.records import sha_of
from tests.fake_github.rest_account import ENTERPRISE_VERSION
from tests.fake_github.schema import Mismatch

if TYPE_CHECKING:
    from tests.fake_github.hub import GitHub

VERSIONS = ("2022-11-28", "2026-03-10")
SECONDARY = "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."
SECONDARY_DOCS = f"{DOCS}/using-the-rest-api/rate-limits-for-the-rest-api#about-secondary-rate-limits"


class Seen(NamedTuple):
    """A line of the log. `counted`: whether it cost a request of the REST quota; `cost`: points of the GraphQL one."""

    method: str
    path: str
    query: dict[str, str]
    counted: bool
    status: int
    resource: str
    cost: int
    fault: str | None


@dataclass
class Asked:
    """A request as it came over the wire."""

    method: str
    path: str
    query_text: str
    headers: dict[str, str]
    body: bytes = b""

    @property
    def query(self) -> dict[str, str]:
        return dict(parse_qsl(self.query_text, keep_blank_values=True))


@dataclass
class Answer:
    """What goes back, before the wire spoils it."""

    status: int
    headers: dict[str, str]
    content: bytes
    fault: Fault | None = None
    resource: str = "core"
    cost: int = 0
    counted: bool = False


class Gate:
    """Answers one request at a time, under the world's lock."""

    def __init__(self, hub: "GitHub"):
        self.hub, self.world = hub, hub.world
        self._serial = 0

    def answer(self, asked: Asked) -> Answer:
        with self.world.lock:
            self.world.lag.next_request()
            line = f"{asked.method} {asked.path}" + (f"?{asked.query_text}" if asked.query_text else "")
            path = self._inner_path(asked.path)
            graphql = path == "/graphql"
            fault = self.hub.faults.next(line, graphql)
            token: Token | None = None
            try:
                token = self._token(asked, fault)
                answer = self._served(asked, path, token, fault)
            except Problem as problem:
                answer = Answer(problem.status, dict(problem.headers), _dumped(problem.body))
            except Mismatch as mismatch:
                self.hub.problems.append(f"{line}: {mismatch}")
                answer = Answer(500, {}, _dumped({"message": f"The test GitHub is wrong: {mismatch}"}))
            except Exception as error:
                self.hub.problems.append(f"{line}: {error!r}")
                raise
            answer.fault = fault
            self._finish(asked, answer, token or anonymous(), graphql)
            self._log(asked, answer)
            return answer

    def _log(self, asked: Asked, answer: Answer) -> None:
        """With the status that goes out: 0 where none does."""
        kind = answer.fault.kind if answer.fault else None
        status = {"500": 500, "502": 502, "503": 503, "reset": 0}.get(kind or "", answer.status)
        seen = Seen(
            asked.method, asked.path, asked.query, answer.counted, status, answer.resource, answer.cost, kind
        )  # fmt: skip
        self.hub.requests.append(seen)

    def _inner_path(self, path: str) -> str:
        """Without what an Enterprise server puts before; the paths of the other kind of server are not there."""
        if not self.hub.enterprise:
            return path
        if path == "/api/graphql":
            return "/graphql"
        return path.removeprefix("/api/v3") or "/" if path.startswith("/api/v3") else "/not-here"

    # Who asks.

    def _token(self, asked: Asked, fault: Fault | None) -> Token:
        if "user-agent" not in asked.headers:
            raise Problem(
                403, "Request forbidden by administrative rules. Please make sure your request has a User-Agent header"
            )
        version = asked.headers.get("x-github-api-version", VERSIONS[0])
        if version not in VERSIONS:
            raise Problem(400, f'"{version}" is not a valid version of the API. Supported: {", ".join(VERSIONS)}')
        scheme, _, value = asked.headers.get("authorization", "").partition(" ")
        if not scheme:
            return self.hub.anonymous
        if scheme.lower() not in ("bearer", "token") or (fault and fault.kind == "401"):
            raise Problem(401, "Bad credentials")
        if value.count(".") == 2:
            return Token(value, "jwt", str(apps.checked(self.world, value).id), permissions={"metadata": "read"})
        token = self.world.tokens.get(value)
        if token is None or token.revoked or (token.expires_at is not None and token.expires_at <= self.world.now()):
            raise Problem(401, "Bad credentials")
        return token

    # Where it leads.

    def _served(self, asked: Asked, path: str, token: Token, fault: Fault | None) -> Answer:
        if path == "/graphql":
            body, cost = graphql_door.answer(self.hub, asked, token, fault)
            return Answer(200, {}, _dumped(body), cost=cost)
        inner, repository = path, None
        if match := re.fullmatch(r"/repositories/(\d+)(/.*)?", path):
            repository = self.world.contents.get(int(match[1]))
            row = repository.row if repository else None
            inner = f"/repos/{row['full_name']}{match[2] or ''}" if row else "/not-here"
        found = routes.find(asked.method, inner)
        if found is None:
            raise Problem(404, "Not Found")
        route, names = found
        bucket = token.bucket(route.resource, self.world.clock)
        if inner != "/rate_limit":
            self._limits(token, route.resource)
        if route.app != (token.kind == "jwt") and not (token.kind == "anonymous" and not route.app):
            message = "A JSON web token could not be decoded" if route.app else "Bad credentials"
            raise Problem(401, message)
        if fault and fault.kind.startswith(("403-", "429")):
            self._limited(fault, bucket)
        call = Call(
            self.world, self.hub.url, route, names, asked.query, token, asked.body, repository, self.hub.doubles
        )
        if route.about_repository and repository is None:
            self._lead(call, inner, asked)
        if fault and fault.kind.startswith("301"):
            raise self._sent_away(fault.kind, call, inner, asked)
        if call.repository and not route.app and not self._sees(token, call.repo.row):
            raise Problem(404, "Not Found")
        accepted = (
            {} if token.permissions is None else {"X-Accepted-GitHub-Permissions": f"{route.permission}={route.level}"}
        )
        if not route.app and not self._may(token, call):
            who = "integration" if token.kind == "app" else "personal access token"
            raise Problem(403, f"Resource not accessible by {who}", accepted)
        if wrong := self.hub.checker.request(route.operation, asked.query):
            self.hub.problems.append(wrong)
        call.doubles = call.doubles or bool(fault and fault.kind == "double")
        try:
            reply = route.handler(call)
        except Problem as problem:
            problem.headers.update(accepted)
            raise
        self.hub.checker.response(route.operation, reply.status, reply.body)
        return self._written(asked, reply, {**accepted, **reply.headers}, token, route.resource)

    def _sees(self, token: Token, row: dict | None) -> bool:
        return row is not None and token.sees(row)

    def _may(self, token: Token, call: Call) -> bool:
        row = call.repository.row if call.repository else None
        if row and not row["private"] and call.route.level == "read":
            return True
        return token.may(call.route.permission, call.route.level)

    def _lead(self, call: Call, inner: str, asked: Asked) -> None:
        """Finds the repository by its name; an old name is answered with the way to the new one."""
        name = f"{call.path['owner']}/{call.path['repo']}"
        repository, old = self.world.find(name)
        if repository is None or not (call.route.app or self._sees(call.token, repository.row)):
            raise Problem(404, "Not Found")
        if old:
            raise self._moved(repository.id, inner, asked)
        call.repository = repository

    def _moved(self, identity: int, inner: str, asked: Asked) -> Problem:
        rest = inner.split("/", 4)[4:]
        url = "/".join([f"{self.hub.url}/repositories/{identity}", *rest])
        url += f"?{asked.query_text}" if asked.query_text else ""
        return Problem(301, "Moved Permanently", {"Location": url}, url=url)

    def _sent_away(self, kind: str, call: Call, inner: str, asked: Asked) -> Problem:
        if kind == "301" and call.repository:
            return self._moved(call.repo.id, inner, asked)
        host = "http://elsewhere.example" if kind == "301-elsewhere" else self.hub.root
        url = f"{host}{asked.path}" + (f"?{asked.query_text}" if asked.query_text else "")
        return Problem(301, "Moved Permanently", {"Location": url}, url=url)

    # What it costs.

    def _limits(self, token: Token, resource: str) -> None:
        bucket = token.bucket(resource, self.world.clock)
        if bucket.remaining <= 0:
            raise Problem(
                self.hub.limit_status, f"API rate limit exceeded for user ID {self._user_id(token)}.", resource=resource
            )
        if self.hub.secondary and token.spent_points(resource, self.world.clock.now()) >= self.hub.secondary:
            raise Problem(403, SECONDARY, {"Retry-After": "60"}, documentation_url=SECONDARY_DOCS)

    def _user_id(self, token: Token) -> int:
        return self.world.users.get(token.login, {}).get("id", 0)

    def _limited(self, fault: Fault, bucket) -> None:
        """A limit that is only pretended; the primary ones say when it ends, a minute from now at the latest."""
        wait = {"Retry-After": str(int(fault.seconds))}
        if fault.kind in ("403-primary", "429-without-retry-after"):
            bucket.used, bucket.reset = bucket.limit, self.world.now() + int(fault.seconds or 2)
            raise Problem(int(fault.kind[:3]), "API rate limit exceeded for user ID 1.")
        if fault.kind == "429":
            raise Problem(429, SECONDARY, wait, documentation_url=SECONDARY_DOCS)
        raise Problem(403, SECONDARY, wait if fault.kind == "403-secondary" else {}, documentation_url=SECONDARY_DOCS)

    # The answer.

    def _written(self, asked: Asked, reply: Reply, headers: dict[str, str], token: Token, resource: str) -> Answer:
        content = b"" if reply.body is None else _dumped(reply.body)
        if asked.method != "GET" or reply.status != 200:
            return Answer(reply.status, headers, content, resource=resource)
        etag = f'W/"{sha_of(content.decode(), headers.get("Link", ""), token.value)}"'
        headers = {**headers, "ETag": etag, "Cache-Control": "private, max-age=60, s-maxage=60"}
        given = {each.strip() for each in asked.headers.get("if-none-match", "").split(",")}
        if etag in given or etag.removeprefix("W/") in given:
            return Answer(304, headers, b"", resource=resource)
        return Answer(200, headers, content, resource=resource)

    def _finish(self, asked: Asked, answer: Answer, token: Token, graphql: bool) -> None:
        """Counts, and puts on the headers that every answer has."""
        self._serial += 1
        answer.resource = "graphql" if graphql else answer.resource
        free = answer.status == 304 or answer.status == 401 or asked.path.endswith("/rate_limit")
        bucket = token.bucket(answer.resource, self.world.clock)
        spent = bucket.remaining <= 0 and answer.status in (403, 429)
        if not graphql:
            answer.counted = not free and not spent
            bucket.used += answer.counted
            points = 1 if asked.method == "GET" else 5
        else:
            bucket.used += answer.cost
            points = 1
        token.spent_points(answer.resource, self.world.clock.now())
        token.recent[answer.resource].append((self.world.clock.now(), points))
        skew = answer.fault.seconds if answer.fault and answer.fault.kind == "skew" else 0.0
        common = {
            "Date": self.world.clock.http_date(skew), "Server": "github.com",
            "Content-Type": "application/json; charset=utf-8",
            "X-GitHub-Media-Type": "github.v3; format=json", "X-GitHub-Request-Id": f"TEST:{self._serial:X}",
            "X-GitHub-Api-Version-Selected": asked.headers.get("x-github-api-version", VERSIONS[0]),
            "Vary": "Accept, Authorization, Cookie, Accept-Encoding",
        }  # fmt: skip
        if answer.status != 401:
            common |= {
                "X-RateLimit-Limit": str(bucket.limit), "X-RateLimit-Remaining": str(bucket.remaining),
                "X-RateLimit-Used": str(bucket.used), "X-RateLimit-Reset": str(bucket.reset),
                "X-RateLimit-Resource": answer.resource,
            }  # fmt: skip
        if token.scopes is not None:
            common |= {"X-OAuth-Scopes": ", ".join(token.scopes), "X-Accepted-OAuth-Scopes": "repo"}
        if token.expires_at is not None and token.kind in ("fine_grained", "classic"):
            common["GitHub-Authentication-Token-Expiration"] = self._expiry(token.expires_at)
        if self.hub.enterprise:
            common["X-GitHub-Enterprise-Version"] = ENTERPRISE_VERSION
        answer.headers = {**common, **answer.headers}

    def _expiry(self, at: int) -> str:
        return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def _dumped(body: object) -> bytes:
    return json.dumps(body, separators=(",", ":"), ensure_ascii=False).encode()
