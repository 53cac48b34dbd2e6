"""Releases, commits, refs, trees and blobs."""

import re
from datetime import datetime
from typing import Any

from tests.fake_github.clock import stamp
from tests.fake_github.graphql_engine import Context, Refused, Thing, constant, gives
from tests.fake_github.graphql_paging import connection
from tests.fake_github.graphql_root import repository_thing, state_of
from tests.fake_github.graphql_work import commit_thing, fields, people
from tests.fake_github.records import Row, blob_sha, node_id, sha_of
from tests.fake_github.shapes import WEB

fields("Release", databaseId="id", tagName="tag", name="name", description="body", isDraft="draft")
fields("Release", isPrerelease="prerelease")
fields("Release", stamp, createdAt="created_at", publishedAt="published_at", updatedAt="updated_at")
fields("Release", lambda value: node_id("release", value), id="id")
people("Release", author="author")


@gives("Release", "url")
def release_url(thing: Thing, context: Context) -> str:
    return f"{WEB}/{thing.repo.name}/releases/tag/{thing.row['tag']}"


@gives("Release")
def shortDescriptionHTML(thing: Thing, context: Context, limit: int = 200) -> str:
    return f"<p>{thing.row['body'][:limit]}</p>" if thing.row["body"] else ""


@gives("Release")
def releaseAssets(thing: Thing, context: Context, name: Any = None, **paging: Any) -> Row:
    rows = [{"name": each} for each in thing.row.get("assets", ()) if name in (None, each)]
    return connection("releaseAssets", rows, lambda row: Thing("ReleaseAsset", row, thing.repo), **paging)


fields("ReleaseAsset", name="name")


@gives("Release")
def tagCommit(thing: Thing, context: Context) -> Thing | None:
    ref = thing.repo.refs.get(f"refs/tags/{thing.row['tag']}")
    return commit_thing(thing, ref["sha"] if ref else None)


# Commits.

fields("Commit", oid="sha", message="message")
fields("Commit", lambda value: value.split("\n")[0], messageHeadline="message")
fields("Commit", lambda value: "\n".join(value.split("\n")[2:]), messageBody="message")
fields("Commit", lambda value: stamp(value["date"]), authoredDate="author", committedDate="committer")
fields("Commit", lambda value: node_id("commit", value), id="sha")
fields("Commit", lambda value: value[:7], abbreviatedOid="sha")
constant(
    "Commit",
    statusCheckRollup=None,
    signature=None,
    pushedDate=None,
    additions=0,
    deletions=0,
    changedFilesIfAvailable=0,
)


@gives("Commit", "url")
def commit_url(thing: Thing, context: Context) -> str:
    return f"{WEB}/{thing.repo.name}/commit/{thing.row['sha']}"


for _role in ("author", "committer"):

    @gives("Commit", _role)
    def git_actor(thing: Thing, context: Context, role: str = _role) -> Thing:
        return Thing("GitActor", thing.row[role], thing.repo)


fields("GitActor", name="name", email="email")
fields("GitActor", stamp, date="date")
people("GitActor", user="login")


@gives("Commit", "authors")
def authors(thing: Thing, context: Context, **paging: Any) -> Row:
    """Whoever wrote it, and the co-authors that its message names."""
    rows = [thing.row["author"]]
    for name, email in re.findall(r"(?im)^co-authored-by: *(.*?) *<(.*?)>", thing.row["message"]):
        rows.append({**thing.row["author"], "name": name, "email": email, "login": email.split("@")[0]})
    return connection("authors", rows, lambda row: Thing("GitActor", row, thing.repo), **paging)


@gives("Commit", "parents")
def parents(thing: Thing, context: Context, **paging: Any) -> Row:
    rows = [{"sha": sha} for sha in thing.row["parents"]]
    return connection("parents", rows, lambda row: commit_thing(thing, row["sha"]), **paging)


@gives("Commit")
def history(thing: Thing, context: Context, since: str | None = None, until: str | None = None, **paging: Any) -> Row:
    assert paging.pop("author", None) is None, "history by author is not served"
    rows = thing.repo.log(thing.row["sha"])
    if (path := paging.pop("path", None)) is not None:
        rows = [row for row in rows if path in row.get("paths", ())]
    first, last = (datetime.fromisoformat(text).timestamp() if text else None for text in (since, until))
    if first is not None:
        rows = [row for row in rows if row["committer"]["date"] >= first]
    if last is not None:
        rows = [row for row in rows if row["committer"]["date"] <= last]
    return connection("history", rows, lambda row: Thing("Commit", row, thing.repo), **paging)


@gives("Commit")
def associatedPullRequests(thing: Thing, context: Context, orderBy: Any = None, **paging: Any) -> Row:
    sha = thing.row["sha"]
    rows = [
        row for row in thing.repo.issues.rows() if row["pull_id"] and (sha in row["commits"] or row["merge_sha"] == sha)
    ]
    return connection("associatedPullRequests", rows, lambda row: Thing("PullRequest", row, thing.repo), **paging)


# Refs.


@gives("Ref", "name")
def ref_name(thing: Thing, context: Context) -> str:
    return thing.row["name"].split("/", 2)[2]


@gives("Ref")
def prefix(thing: Thing, context: Context) -> str:
    return "/".join(thing.row["name"].split("/")[:2]) + "/"


@gives("Ref", "id")
def ref_id(thing: Thing, context: Context) -> str:
    return node_id("ref", f"{thing.repo.id}:{thing.row['name']}")


@gives("Ref", needs="contents")
def target(thing: Thing, context: Context) -> Thing | None:
    return commit_thing(thing, thing.row["sha"])


@gives("Ref", "associatedPullRequests")
def pulls_of_ref(thing: Thing, context: Context, states: Any = None, orderBy: Any = None, **paging: Any) -> Row:
    """Those that would merge this branch."""
    name = thing.row["name"].removeprefix("refs/heads/")
    rows = [row for row in thing.repo.issues.rows() if row["pull_id"] and row["head"] == name]
    rows = [row for row in rows if states is None or state_of(row) in states]
    return connection("associatedPullRequests", rows, lambda row: Thing("PullRequest", row, thing.repo), **paging)


@gives("Repository", needs="contents")
def defaultBranchRef(thing: Thing, context: Context) -> Thing | None:
    row = thing.repo.refs.get(f"refs/heads/{thing.row['default_branch']}")
    return Thing("Ref", row, thing.repo) if row else None


@gives("Repository", needs="contents")
def ref(thing: Thing, context: Context, qualifiedName: str) -> Thing | None:
    for name in (qualifiedName, f"refs/heads/{qualifiedName}", f"refs/tags/{qualifiedName}"):
        if row := thing.repo.refs.get(name):
            return Thing("Ref", row, thing.repo)
    return None


@gives("Repository", needs="contents")
def refs(
    thing: Thing, context: Context, refPrefix: str, query: Any = None, direction: Any = None, **paging: Any
) -> Row:
    paging.pop("orderBy", None)
    rows = [row for row in thing.repo.refs.rows() if row["name"].startswith(refPrefix)]
    shape = {"key": lambda row: [row["name"]], "backwards": direction == "DESC"}
    return connection("refs", rows, lambda row: Thing("Ref", row, thing.repo), **shape, **paging)


# Trees: only the files of the default branch are known.


@gives("Repository", "object", needs="contents")
def git_object(thing: Thing, context: Context, expression: str | None = None, oid: str | None = None) -> Thing | None:
    """HEAD:path, main:path, or a commit by any name; null where nothing is."""
    if expression is None or ":" not in expression:
        name = oid or expression or ""
        if (found := _blob(thing, name)) is not None:
            return found
        row = thing.repo.refs.get(f"refs/heads/{thing.row['default_branch'] if name == 'HEAD' else name}")
        return commit_thing(thing, row["sha"] if row else name)
    name, path = expression.split(":", 1)
    if name not in ("HEAD", thing.row["default_branch"], f"refs/heads/{thing.row['default_branch']}"):
        raise Refused("NOT_SERVED", "the test GitHub knows the files of the default branch only")
    return _at(thing, path.strip("/"))


def _blob(thing: Thing, sha: str) -> Thing | None:
    """A file of any branch by the name of its content."""
    settings = thing.repo.settings
    if sha in settings.vanished:
        return None
    content = next((content for content in settings.every() if blob_sha(content) == sha), None)
    return _file(thing, "", content) if content is not None else None


def _file(thing: Thing, path: str, content: str | bytes) -> Thing:
    data = content if isinstance(content, bytes) else content.encode()
    return Thing("Blob", {"path": path, "data": data, "sha": blob_sha(content)}, thing.repo)


def _at(thing: Thing, path: str) -> Thing | None:
    files = thing.repo.settings.files
    if path in files:
        return _file(thing, path, files[path])
    inside = path + "/" if path else ""
    names = sorted({name.removeprefix(inside).split("/")[0] for name in files if name.startswith(inside)})
    if not names:
        return None
    return Thing("Tree", {"path": path, "names": names, "sha": sha_of("tree", path, *names)}, thing.repo)


fields("Tree", lambda value: node_id("tree", value), id="sha")


@gives("Commit")
def tree(thing: Thing, context: Context) -> Thing:
    """Its name only, unless it is that of the default branch."""
    found = _at(thing, "") if thing.row["sha"] == thing.repo.head() else None
    return Thing("Tree", {**(found.row if found else {"path": "", "names": []}), "sha": thing.row["tree"]}, thing.repo)


@gives("Tree")
def entries(thing: Thing, context: Context) -> list[Thing]:
    here = f"{thing.row['path']}/" if thing.row["path"] else ""
    return [Thing("TreeEntry", {"name": name, "path": here + name}, thing.repo) for name in thing.row["names"]]


fields("TreeEntry", name="name", path="path")


@gives("TreeEntry", "object")
def entry_object(thing: Thing, context: Context) -> Thing | None:
    return _at(thing, thing.row["path"])


@gives("TreeEntry", "type")
def entry_type(thing: Thing, context: Context) -> str:
    return "blob" if thing.row["path"] in thing.repo.settings.files else "tree"


@gives("TreeEntry", "mode")
def entry_mode(thing: Thing, context: Context) -> int:
    return 33188 if thing.row["path"] in thing.repo.settings.files else 16384


@gives("TreeEntry", "oid")
def entry_oid(thing: Thing, context: Context) -> str:
    found = _at(thing, thing.row["path"])
    return found.row["sha"] if found else ""


@gives("TreeEntry")
def size(thing: Thing, context: Context) -> int:
    found = _at(thing, thing.row["path"])
    return len(found.row.get("data", b"")) if found else 0


@gives("TreeEntry")
def extension(thing: Thing, context: Context) -> str:
    name = thing.row["name"]
    return f".{name.rsplit('.', 1)[1]}" if "." in name else ""


for _type in ("Blob", "Tree"):
    fields(_type, oid="sha")
    fields(_type, lambda value: value[:7], abbreviatedOid="sha")

    @gives(_type, "repository")
    def object_repository(thing: Thing, context: Context) -> Thing:
        return repository_thing(thing.repo)


fields("Blob", len, byteSize="data")
fields("Blob", lambda data: b"\0" in data, isBinary="data")
#: GitHub cuts texts of more than 512,000 bytes.
MOST_TEXT = 512_000
fields("Blob", lambda data: len(data) > MOST_TEXT, isTruncated="data")


@gives("Blob")
def text(thing: Thing, context: Context) -> str | None:
    """Null for binary files."""
    data = thing.row["data"]
    return None if b"\0" in data else data[:MOST_TEXT].decode("utf-8", "replace")
