"""Who is asking, what they can see, how much is left, what the server is."""

import re

from tests.fake_github.access import LIMITS
from tests.fake_github.call import Call, Problem, Reply
from tests.fake_github.records import Row
from tests.fake_github.rest_work import known, shapes
from tests.fake_github.table import serve

ENTERPRISE_VERSION = "3.19.0"


def visible(call: Call) -> list[Row]:
    """The repositories that the token can see, by name."""
    rows = call.world.repositories.ordered("name", lambda row: row["full_name"].lower())
    return [row for row in rows if call.token.sees(row)]


@serve("/user", "metadata")
def user(call: Call) -> Reply:
    if not call.token.login or call.token.kind == "app":
        raise Problem(403, "Resource not accessible by integration")
    row = shapes(call).user(call.token.login) or {}
    return Reply({**row, **_profile()})


def _profile() -> Row:
    return {
        "name": None, "company": None, "blog": "", "location": None, "email": None, "hireable": None, "bio": None,
        "twitter_username": None, "public_repos": 0, "public_gists": 0, "followers": 0, "following": 0,
        "created_at": "2011-01-25T18:44:36Z", "updated_at": "2026-01-25T18:44:36Z",
    }  # fmt: skip


@serve("/users/{username}", "metadata")
def one_user(call: Call) -> Reply:
    row = known(call.world.users.get(call.path["username"]))
    return Reply({**(shapes(call).user(row["login"]) or {}), **_profile()})


@serve("/user/repos", "metadata")
def user_repositories(call: Call) -> Reply:
    rows = visible(call)
    visibility = call.one_of("visibility", ("all", "public", "private"), "all")
    if visibility != "all":
        rows = [row for row in rows if row["private"] == (visibility == "private")]
    sort = call.one_of("sort", ("created", "updated", "pushed", "full_name"), "full_name")
    backwards = call.one_of("direction", ("asc", "desc"), "asc" if sort == "full_name" else "desc") == "desc"
    field = sort if sort == "full_name" else f"{sort}_at"
    rows = sorted(rows, key=lambda row: row[field], reverse=backwards)
    body = shapes(call)
    return call.page(rows, body.repository)


@serve("/orgs/{org}/repos", "metadata")
def organization_repositories(call: Call) -> Reply:
    owner = call.path["org"].lower()
    if not any(login.lower() == owner for login in call.world.users):
        raise Problem(404, "Not Found")
    body = shapes(call)
    return call.page(
        [row for row in visible(call) if row["full_name"].lower().startswith(f"{owner}/")], body.repository
    )


@serve("/user/orgs", "metadata")
def organizations(call: Call) -> Reply:
    names = sorted({row["full_name"].split("/")[0] for row in visible(call)})

    def shape(row: Row) -> Row:
        person = shapes(call).user(row["login"]) or {}
        here = f"{call.url}/orgs/{row['login']}"
        kept = {name: person[name] for name in ("login", "id", "node_id", "avatar_url")}
        urls = {f"{name}_url": f"{here}/{name}" for name in ("repos", "events", "hooks", "issues")}
        ends = {"members_url": f"{here}/members{{/member}}", "public_members_url": f"{here}/public_members{{/member}}"}
        return {**kept, "url": here, **urls, **ends, "description": None}

    return call.page([{"login": name} for name in names], shape)


@serve("/search/repositories", "metadata", resource="search")
def search_repositories(call: Call) -> Reply:
    """Words are looked for in names; knows user:, org: and repo:. A thousand results at most."""
    text = call.query.get("q", "")
    if not text.strip():
        errors = [{"resource": "Search", "field": "q", "code": "missing"}]
        raise Problem(422, "Validation Failed", errors=errors)
    rows = visible(call)
    for word in text.lower().split():
        if match := re.fullmatch(r"(user|org|repo):(.+)", word):
            end = "" if match[1] == "repo" else "/"
            rows = [row for row in rows if row["full_name"].lower().startswith(match[2] + end)]
        elif not re.match(r"(in|archived|fork|is):", word):
            rows = [row for row in rows if word in row["full_name"].lower()]
    body = shapes(call)
    reply = call.page(rows, lambda row: {**body.repository(row), "score": 1.0}, wrap="items", cap=1000)
    reply.body = {**reply.body, "incomplete_results": False}
    return reply


@serve("/rate_limit", "metadata")
def rate_limit(call: Call) -> Reply:
    """Never counted."""
    resources = {}
    for name in LIMITS:
        bucket = call.token.bucket(name, call.world.clock)
        resources[name] = {
            "limit": bucket.limit,
            "used": bucket.used,
            "remaining": bucket.remaining,
            "reset": bucket.reset,
        }
    return Reply({"resources": resources, "rate": resources["core"]})


@serve("/meta", "metadata")
def meta(call: Call) -> Reply:
    body: Row = {"verifiable_password_authentication": False, "hooks": ["192.0.2.0/24"], "web": ["192.0.2.0/24"]}
    if call.url.endswith("/api/v3"):
        body["installed_version"] = ENTERPRISE_VERSION
    return Reply(body)
