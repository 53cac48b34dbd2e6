"""Repositories themselves, commits, trees, blobs, branches, tags, releases."""

import base64

from tests.fake_github.call import Call, Problem, Reply
from tests.fake_github.records import Row, blob_sha, node_id, sha_of
from tests.fake_github.rest_work import REPO, here, instant, known, shapes
from tests.fake_github.settings import Settings
from tests.fake_github.table import serve


@serve(REPO)
def repository(call: Call) -> Reply:
    """What is scanned stands there for who may administer."""
    row = known(call.world.repositories.get(call.repo.id))
    body = shapes(call).repository(row, whole=True)
    if call.repo.settings.security and call.token.may("administration"):
        body["security_and_analysis"] = {
            name: {"status": status} for name, status in call.repo.settings.security.items()
        }
    return Reply(body)


@serve(f"{REPO}/git/trees/{{tree_sha}}", "contents")
def tree(call: Call) -> Reply:
    """All that a branch holds now, folders too, cut at `tree_limit`."""
    not_empty(call)
    if not call.query.get("recursive"):
        raise Problem(501, "The test GitHub gives trees with all that is below them")
    branch, commit = _tip(call, call.path["tree_sha"])
    place, settings = here(call), call.repo.settings
    found = {path: _entry(place, path, "100644", content, settings) for path, content in settings.on(branch).items()}
    for path, sha in settings.submodules.items():
        found[path] = {"path": path, "mode": "160000", "type": "commit", "sha": sha}
    for path in list(found):
        while "/" in path:
            path = path.rsplit("/", 1)[0]
            sha = sha_of("tree", path)
            found[path] = {
                "path": path,
                "mode": "040000",
                "type": "tree",
                "sha": sha,
                "url": f"{place}/git/trees/{sha}",
            }
    rows = [found[path] for path in sorted(found)]
    cut = settings.tree_limit is not None and len(rows) > settings.tree_limit
    body = {"sha": commit["tree"], "url": f"{place}/git/trees/{commit['tree']}", "truncated": cut}
    return Reply({**body, "tree": rows[: settings.tree_limit] if cut else rows})


def _tip(call: Call, asked: str) -> tuple[str, Row]:
    """The branch that a commit, a tree or a name means, and its newest commit: no others have files here."""
    for branch in (call.repo.branch, *call.repo.settings.branches):
        commit = resolved(call, branch)
        if commit and asked in (commit["sha"], commit["tree"], branch, "HEAD"):
            return branch, commit
    if asked not in call.repo.commits:
        raise Problem(404, "Not Found")
    raise Problem(501, "The test GitHub knows the files of the newest commits only")


def _entry(place: str, path: str, mode: str, content: str | bytes, settings: Settings) -> Row:
    sha, size = blob_sha(content), len(content.encode() if isinstance(content, str) else content)
    return {
        "path": path, "mode": settings.modes.get(path, mode), "type": "blob", "sha": sha, "size": size,
        "url": f"{place}/git/blobs/{sha}",
    }  # fmt: skip


@serve(f"{REPO}/git/blobs/{{file_sha}}", "contents")
def blob(call: Call) -> Reply:
    """A file by the name of its content, of any size and kind."""
    not_empty(call)
    sha, settings = call.path["file_sha"], call.repo.settings
    held = (content for content in settings.every() if blob_sha(content) == sha and sha not in settings.vanished)
    content = next(held, None)
    if content is None:
        raise Problem(404, "Not Found")
    data = content.encode() if isinstance(content, str) else content
    return Reply({
        "sha": sha, "node_id": node_id("blob", sha), "size": len(data), "url": f"{here(call)}/git/blobs/{sha}",
        "content": base64.encodebytes(data).decode(), "encoding": "base64",
    })  # fmt: skip


def resolved(call: Call, name: str) -> Row | None:
    """The commit that a branch, tag, ref or sha (also a short one) means to a reader."""
    refs = call.repo.refs
    for full in (f"refs/heads/{name}", f"refs/tags/{name}", f"refs/{name}", name):
        if row := refs.get(full):
            return call.repo.commits.get(row["sha"])
    if name == "HEAD":
        return resolved(call, call.repo.branch)
    if name in call.repo.commits:
        return call.repo.commits[name]
    short = [row for sha, row in call.repo.commits.items() if len(name) >= 7 and sha.startswith(name)]
    return short[0] if len(short) == 1 else None


def not_empty(call: Call) -> None:
    if not any(row["name"].startswith("refs/heads/") for row in call.repo.refs.rows()):
        raise Problem(409, "Git Repository is empty.")


@serve(f"{REPO}/commits", "contents")
def commits(call: Call) -> Reply:
    """From `sha` back; since and until are about the committer date, both inclusive."""
    not_empty(call)
    start = resolved(call, call.query.get("sha") or call.repo.branch)
    if start is None:
        raise Problem(404, "Not Found")
    rows = call.repo.log(start["sha"])
    since, until = instant(call, "since"), instant(call, "until")
    if since is not None:
        rows = [row for row in rows if row["committer"]["date"] >= since]
    if until is not None:
        rows = [row for row in rows if row["committer"]["date"] <= until]
    for name in ("author", "committer"):
        if who := call.query.get(name):
            rows = [row for row in rows if who in (row[name]["login"], row[name]["email"])]
    if "path" in call.query:
        raise Problem(501, "The test GitHub keeps no history of single paths")
    body, place = shapes(call), here(call)
    return call.page(rows, lambda row: body.commit(place, row))


@serve(f"{REPO}/commits/{{ref}}", "contents")
def commit(call: Call) -> Reply:
    not_empty(call)
    if (row := resolved(call, call.path["ref"])) is None:
        raise Problem(422, f"No commit found for SHA: {call.path['ref']}")
    return Reply(shapes(call).commit(here(call), row, single=True))


def _protected(call: Call, name: str) -> bool:
    return any(rule["pattern"] == name for rule in call.repo.settings.protections)


@serve(f"{REPO}/branches", "contents")
def branches(call: Call) -> Reply:
    rows = [
        row for row in call.repo.refs.ordered("name", lambda row: row["name"]) if row["name"].startswith("refs/heads/")
    ]
    if "protected" in call.query:
        wanted = call.query["protected"] == "true"
        rows = [row for row in rows if _protected(call, row["name"].removeprefix("refs/heads/")) == wanted]
    body, place = shapes(call), here(call)
    return call.page(
        rows, lambda row: body.branch(place, row, _protected(call, row["name"].removeprefix("refs/heads/")))
    )


@serve(f"{REPO}/branches/{{branch}}", "contents")
def branch(call: Call) -> Reply:
    name = call.path["branch"]
    row = call.repo.refs.get(f"refs/heads/{name}")
    if row is None:
        raise Problem(404, "Branch not found")
    body, place = shapes(call), here(call)
    web = call.repo.name
    address = f"{place}/branches/{name}"
    rule = next((each for each in call.repo.settings.protections if each["pattern"] == name), {})
    contexts = list(rule.get("requiredStatusCheckContexts") or ()) if rule.get("requiresStatusChecks") else []
    return Reply({
        "name": name, "commit": body.commit(place, call.repo.commits[row["sha"]]), "protected": _protected(call, name),
        "_links": {"self": address, "html": f"https://github.example/{web}/tree/{name}"},
        "protection": {
            "enabled": _protected(call, name),
            "required_status_checks": {
                "enforcement_level": "non_admins" if contexts else "off", "contexts": contexts,
                "checks": [{"context": each, "app_id": None} for each in contexts],
            },
        },
        "protection_url": f"{address}/protection",
    })  # fmt: skip


@serve(f"{REPO}/tags", "contents")
def tags(call: Call) -> Reply:
    """By name backwards, as GitHub lists them."""
    rows = [
        row for row in call.repo.refs.ordered("name", lambda row: row["name"]) if row["name"].startswith("refs/tags/")
    ]
    body, place = shapes(call), here(call)
    return call.page(rows[::-1], lambda row: body.tag(place, row))


@serve(f"{REPO}/releases", "contents")
def releases(call: Call) -> Reply:
    """Newest first by the time of the commit; drafts only for who may write."""
    rows = call.repo.releases.ordered("created", lambda row: (-row["created_at"], -row["id"]))
    if not call.token.may("contents", "write") or call.token.permissions is None:
        rows = [row for row in rows if not row["draft"]]
    body, place = shapes(call), here(call)
    return call.page(rows, lambda row: body.release(place, row))


@serve(f"{REPO}/releases/latest", "contents")
def latest_release(call: Call) -> Reply:
    rows = [row for row in call.repo.releases.rows() if not row["draft"] and not row["prerelease"]]
    row = max(rows, key=lambda row: (row["created_at"], row["id"]), default=None)
    return Reply(shapes(call).release(here(call), known(row)))


@serve(f"{REPO}/releases/tags/{{tag}}", "contents")
def release_by_tag(call: Call) -> Reply:
    rows = [row for row in call.repo.releases.rows() if row["tag"] == call.path["tag"] and not row["draft"]]
    return Reply(shapes(call).release(here(call), known(rows[0] if rows else None)))


@serve(f"{REPO}/releases/{{release_id}}", "contents")
def release(call: Call) -> Reply:
    text = call.path["release_id"]
    return Reply(shapes(call).release(here(call), known(call.repo.releases.get(int(text)) if text.isdigit() else None)))
