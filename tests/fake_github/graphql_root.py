"""Query, people, repositories and what hangs on them directly."""

from typing import Any

from tests.fake_github.clock import stamp
from tests.fake_github.graphql_engine import Context, Refused, Thing, constant, gives
from tests.fake_github.graphql_paging import connection, ordered_by
from tests.fake_github.records import Row, node_id, parse_node_id
from tests.fake_github.repository import Repository
from tests.fake_github.shapes import WEB


def repository_thing(repository: Repository) -> Thing:
    return Thing("Repository", repository.row or {}, repository)


def person(context: Context, login: str | None) -> Thing | None:
    return None if login is None else Thing(*(lambda row: (row["type"], row))(context.world.user(login)))


def visible(context: Context, identity: int) -> Repository | None:
    """The repository as this reader sees it."""
    row = context.world.repositories.get(identity)
    return context.world.contents[identity] if row and context.token.sees(row) else None


@gives("Query")
def rateLimit(thing: Thing, context: Context, dryRun: bool = False) -> Row:
    return context.rate()


@gives("Query")
def viewer(thing: Thing, context: Context) -> Thing | None:
    if context.token.kind == "app":
        raise Refused("FORBIDDEN", "Resource not accessible by integration")
    return person(context, context.token.login)


@gives("Query", "repository")
def query_repository(thing: Thing, context: Context, owner: str, name: str, followRenames: bool = True) -> Thing | None:
    found, old = context.world.find(f"{owner}/{name}")
    if found is None or visible(context, found.id) is None or (old and not followRenames):
        raise Refused("NOT_FOUND", f"Could not resolve to a Repository with the name '{owner}/{name}'.")
    return repository_thing(found)


@gives("Query")
def organization(thing: Thing, context: Context, login: str) -> Thing:
    row = next((row for row in context.world.users.values() if row["login"].lower() == login.lower()), None)
    if row is None or row["type"] != "Organization":
        raise Refused("NOT_FOUND", f"Could not resolve to an Organization with the login of '{login}'.")
    return Thing("Organization", row)


@gives("Query")
def node(thing: Thing, context: Context, id: str) -> "Thing | Refused":
    return looked_up(context, id)


@gives("Query")
def nodes(thing: Thing, context: Context, ids: list[str]) -> list[Any]:
    """A hundred at most; what is not there is null, with an error of its own."""
    if len(ids) > 100:
        raise Refused("ARGUMENT_LIMIT", f"You may not provide more than 100 node ids; you provided {len(ids)}.")
    return [looked_up(context, each) for each in ids]


#: Kind of a global id -> (type, permission).
NODES = {
    "deployment": ("Deployment", "deployments"), "release": ("Release", "contents"),
    "pull": ("PullRequest", "pull_requests"),
    "issue": ("Issue", "issues"),
}  # fmt: skip


def looked_up(context: Context, identity: str) -> Thing | Refused:
    """What a global id means to this reader, or why it means nothing."""
    missing = Refused("NOT_FOUND", f"Could not resolve to a node with the global id of '{identity}'.")
    kind, number = parse_node_id(identity) or ("", "")
    if kind == "repository":
        found = visible(context, int(number)) if number.isdigit() else None
        return repository_thing(found) if found else missing
    place = context.world.places.get((kind, number))
    repository = visible(context, place[0]) if place else None
    if place is None or repository is None:
        return missing
    table = {"deployment": repository.deployments, "release": repository.releases}.get(kind, repository.issues)
    typename, needs = NODES[kind]
    if not context.token.may(needs) and (repository.row or {}).get("private"):
        who = "integration" if context.token.kind == "app" else "personal access token"
        return Refused("FORBIDDEN", f"Resource not accessible by {who}")
    row = table.get(place[1])
    return Thing(typename, row, repository) if row else missing


# People.


@gives("Actor")
def login(thing: Thing, context: Context) -> str:
    return thing.row["login"]


@gives("Actor", "id")
def actor_id(thing: Thing, context: Context) -> str:
    return node_id("organization" if thing.typename == "Organization" else "user", thing.row["id"])


@gives("Actor", "databaseId")
def actor_database_id(thing: Thing, context: Context) -> int:
    return thing.row["id"]


@gives("Actor", "url")
def actor_url(thing: Thing, context: Context) -> str:
    return f"{WEB}/{thing.row['login']}"


@gives("Actor")
def avatarUrl(thing: Thing, context: Context, size: int | None = None) -> str:
    return f"{WEB}/avatars/u/{thing.row['id']}?v=4"


@gives("Actor")
def resourcePath(thing: Thing, context: Context) -> str:
    return f"/{thing.row['login']}"


constant("Actor", name=None)


@gives("Actor", "repositories")
def repositories(thing: Thing, context: Context, orderBy: Row | None = None, **paging: Any) -> Row:
    """Of an organisation its own, of the viewer all that the token sees."""
    rows = [row for row in context.world.repositories.rows() if context.token.sees(row)]
    if thing.typename == "Organization":
        rows = [row for row in rows if row["full_name"].split("/")[0] == thing.row["login"]]
    archived = paging.pop("isArchived", None)
    rows = [row for row in rows if archived is None or row["archived"] == archived]
    kept = {name: paging[name] for name in ("first", "last", "after", "before") if name in paging}
    fields = {"CREATED_AT": "created_at", "NAME": "full_name", "PUSHED_AT": "pushed_at", "UPDATED_AT": "updated_at"}
    key, down = ordered_by(orderBy, {**fields, "STARGAZERS": "id"}, "id", False)

    def shape(row: Row) -> Thing:
        return repository_thing(context.world.contents[row["id"]])

    return connection("repositories", rows, shape, key=key, backwards=down, **kept, totalDiskUsage=0)


# A repository.


def _field(name: str, key: str, convert: Any = None) -> None:
    @gives("Repository", name)
    def plain(thing: Thing, context: Context) -> Any:
        value = thing.row[key]
        return convert(value) if convert else value


for _name, _key in {
    "databaseId": "id", "nameWithOwner": "full_name", "description": "description", "isArchived": "archived",
    "isPrivate": "private", "isFork": "fork", "diskUsage": "size",
}.items():  # fmt: skip
    _field(_name, _key)
for _name, _key in {"createdAt": "created_at", "updatedAt": "updated_at", "pushedAt": "pushed_at"}.items():
    _field(_name, _key, stamp)
_field("id", "id", lambda value: node_id("repository", value))
_field("name", "full_name", lambda value: value.split("/")[1])
_field("url", "full_name", lambda value: f"{WEB}/{value}")
_field("resourcePath", "full_name", lambda value: f"/{value}")
_field("visibility", "private", lambda value: "PRIVATE" if value else "PUBLIC")
constant(
    "Repository", isDisabled=False, isLocked=False, isMirror=False, isTemplate=False, stargazerCount=0, forkCount=0,
    hasIssuesEnabled=True, hasWikiEnabled=False, primaryLanguage=None, licenseInfo=None, homepageUrl=None, parent=None,
    viewerPermission="READ", isInOrganization=True,
)  # fmt: skip


@gives("Repository")
def owner(thing: Thing, context: Context) -> Thing | None:
    return person(context, thing.row["full_name"].split("/")[0])


@gives("Repository")
def archivedAt(thing: Thing, context: Context) -> str | None:
    return stamp(thing.row["updated_at"]) if thing.row["archived"] else None


@gives("Repository")
def isEmpty(thing: Thing, context: Context) -> bool:
    return not any(row["name"].startswith("refs/heads/") for row in thing.repo.refs.rows())


ISSUE_ORDER = {"CREATED_AT": "created_at", "UPDATED_AT": "updated_at", "COMMENTS": "comments"}


def state_of(row: Row) -> str:
    return "MERGED" if row["merged_at"] is not None else row["state"].upper()


def _items(
    thing: Thing, typename: str, name: str, states: list[str] | None, labels: Any, order: Any, paging: Row
) -> Row:
    pulls = typename == "PullRequest"
    base, head = paging.pop("baseRefName", None), paging.pop("headRefName", None)
    rows = [row for row in thing.repo.issues.rows() if bool(row["pull_id"]) == pulls]
    rows = [row for row in rows if states is None or state_of(row) in states]
    rows = [row for row in rows if not labels or set(labels) & set(row["labels"])]
    rows = [row for row in rows if base in (None, row.get("base")) and head in (None, row.get("head"))]
    key, down = ordered_by(order, ISSUE_ORDER, "created_at", False)
    return connection(name, rows, lambda row: Thing(typename, row, thing.repo), key=key, backwards=down, **paging)


@gives("Repository", needs="pull_requests")
def pullRequests(
    thing: Thing, context: Context, states: Any = None, labels: Any = None, orderBy: Any = None, **paging: Any
) -> Row:
    return _items(thing, "PullRequest", "pullRequests", states, labels, orderBy, paging)


@gives("Repository", needs="issues")
def issues(
    thing: Thing, context: Context, states: Any = None, labels: Any = None, orderBy: Any = None, filterBy: Any = None,
    **paging: Any,
) -> Row:  # fmt: skip
    filterBy = filterBy or {}
    return _items(
        thing, "Issue", "issues", states or filterBy.get("states"), labels or filterBy.get("labels"), orderBy, paging
    )


def _numbered(thing: Thing, number: int, pull: bool) -> Thing:
    row, typename = thing.repo.issues.get(number), "PullRequest" if pull else "Issue"
    if row is None or bool(row["pull_id"]) != pull:
        raise Refused("NOT_FOUND", f"Could not resolve to a {typename} with the number of {number}.")
    return Thing(typename, row, thing.repo)


@gives("Repository", needs="pull_requests")
def pullRequest(thing: Thing, context: Context, number: int) -> Thing:
    return _numbered(thing, number, True)


@gives("Repository", needs="issues")
def issue(thing: Thing, context: Context, number: int) -> Thing:
    return _numbered(thing, number, False)


@gives("Repository", needs="deployments")
def deployments(thing: Thing, context: Context, environments: Any = None, orderBy: Any = None, **paging: Any) -> Row:
    rows = [row for row in thing.repo.deployments.rows() if not environments or row["environment"] in environments]
    key, down = ordered_by(orderBy, {"CREATED_AT": "created_at"}, "created_at", False)
    return connection(
        "deployments", rows, lambda row: Thing("Deployment", row, thing.repo), key=key, backwards=down, **paging
    )


@gives("Repository", needs="contents")
def releases(thing: Thing, context: Context, orderBy: Any = None, **paging: Any) -> Row:
    rows = [row for row in thing.repo.releases.rows() if not row["draft"]]
    key, down = ordered_by(orderBy, {"CREATED_AT": "created_at", "NAME": "tag"}, "created_at", True)
    return connection(
        "releases", rows, lambda row: Thing("Release", row, thing.repo), key=key, backwards=down, **paging
    )
