"""Issues, pull requests, deployments."""

from bisect import bisect_left
from datetime import UTC, datetime

from tests.fake_github.call import Call, Problem, Reply
from tests.fake_github.records import Row
from tests.fake_github.shapes_work import WorkShapes
from tests.fake_github.table import serve

REPO = "/repos/{owner}/{repo}"


def shapes(call: Call) -> WorkShapes:
    return WorkShapes(call.world, call.url)


def here(call: Call) -> str:
    return shapes(call).repository_url(call.repo.row or {})


def instant(call: Call, name: str) -> int | None:
    """A time among the parameters. GitHub ignores what it cannot read."""
    text = call.query.get(name)
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())


def known(row: Row | None) -> Row:
    if row is None:
        raise Problem(404, "Not Found")
    return row


@serve(f"{REPO}/issues", "issues")
def issues(call: Call) -> Reply:
    """The feed: issues and pull requests, `since` takes those updated then or later."""
    state = call.one_of("state", ("open", "closed", "all"), "open")
    sort = call.one_of("sort", ("created", "updated", "comments"), "created")
    backwards = call.one_of("direction", ("asc", "desc"), "desc") == "desc"
    field = {"created": "created_at", "updated": "updated_at", "comments": "comments"}[sort]
    rows = call.repo.issues.ordered(sort, lambda row: (row[field], row["number"]))
    if (since := instant(call, "since")) is not None and sort == "updated":
        rows = rows[bisect_left(rows, since, key=lambda row: row["updated_at"]) :]
    elif since is not None:
        rows = [row for row in rows if row["updated_at"] >= since]
    if state != "all":
        rows = [row for row in rows if row["state"] == state]
    if labels := set(filter(None, call.query.get("labels", "").split(","))):
        rows = [row for row in rows if labels <= set(row["labels"])]
    body = shapes(call)
    return call.page(rows[::-1] if backwards else rows, lambda row: body.issue(call.repo, row))


def numbered(call: Call, text: str) -> Row:
    """The issue or pull request of that number; moved and deleted ones have their own answers."""
    number = int(text) if text.isdigit() else -1
    if number in call.repo.moved:
        identity, there = call.repo.moved[number]
        raise Problem(301, "Moved Permanently", {"Location": f"{call.url}/repositories/{identity}/issues/{there}"})
    if (row := call.repo.issues.get(number)) is None:
        raise Problem(410, "This issue was deleted") if number in call.repo.gone else Problem(404, "Not Found")
    return row


@serve(f"{REPO}/issues/{{issue_number}}", "issues")
def issue(call: Call) -> Reply:
    return Reply(shapes(call).issue(call.repo, numbered(call, call.path["issue_number"]), single=True))


@serve(f"{REPO}/pulls", "pull_requests")
def pulls(call: Call) -> Reply:
    state = call.one_of("state", ("open", "closed", "all"), "open")
    sort = call.one_of("sort", ("created", "updated", "popularity", "long-running"), "created")
    backwards = call.one_of("direction", ("asc", "desc"), "desc" if sort == "created" else "asc") == "desc"
    field = {"created": "created_at", "updated": "updated_at"}.get(sort, "comments")
    rows = [row for row in call.repo.issues.ordered(sort, lambda row: (row[field], row["number"])) if row["pull_id"]]
    if state != "all":
        rows = [row for row in rows if row["state"] == state]
    if base := call.query.get("base"):
        rows = [row for row in rows if row["base"] == base]
    body = shapes(call)
    return call.page(rows[::-1] if backwards else rows, lambda row: body.pull(call.repo, row))


def pull_row(call: Call) -> Row:
    row = numbered(call, call.path["pull_number"])
    return known(row if row["pull_id"] else None)


@serve(f"{REPO}/pulls/{{pull_number}}", "pull_requests")
def pull(call: Call) -> Reply:
    return Reply(shapes(call).pull(call.repo, pull_row(call), single=True))


@serve(f"{REPO}/pulls/{{pull_number}}/commits", "pull_requests")
def pull_commits(call: Call) -> Reply:
    """250 at most, as on GitHub."""
    body, place = shapes(call), here(call)
    rows = [call.repo.commits[sha] for sha in pull_row(call)["commits"]]
    return call.page(rows, lambda row: body.commit(place, row), cap=250)


@serve(f"{REPO}/pulls/{{pull_number}}/reviews", "pull_requests")
def pull_reviews(call: Call) -> Reply:
    row, body = pull_row(call), shapes(call)
    return call.page(row["reviews"], lambda review: body.review(call.repo, row, review))


@serve(f"{REPO}/pulls/{{pull_number}}/files", "pull_requests")
def pull_files(call: Call) -> Reply:
    row, body = pull_row(call), shapes(call)
    return call.page(row["files"], lambda file: body.file(call.repo, row["head_sha"], file), cap=3000)


@serve(f"{REPO}/deployments", "deployments")
def deployments(call: Call) -> Reply:
    rows = call.repo.deployments.ordered("id", lambda row: row["id"])[::-1]
    for name in ("sha", "ref", "task", "environment"):
        if (wanted := call.query.get(name)) is not None:
            rows = [row for row in rows if row[name] == wanted]
    body, place = shapes(call), here(call)
    return call.page(rows, lambda row: body.deployment(place, row))


def deployment_row(call: Call) -> Row:
    text = call.path["deployment_id"]
    return known(call.repo.deployments.get(int(text)) if text.isdigit() else None)


@serve(f"{REPO}/deployments/{{deployment_id}}", "deployments")
def deployment(call: Call) -> Reply:
    return Reply(shapes(call).deployment(here(call), deployment_row(call)))


@serve(f"{REPO}/deployments/{{deployment_id}}/statuses", "deployments")
def statuses(call: Call) -> Reply:
    row, body, place = deployment_row(call), shapes(call), here(call)
    return call.page(row["statuses"][::-1], lambda status: body.status(place, row, status))
