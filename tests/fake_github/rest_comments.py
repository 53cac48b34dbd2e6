"""Comments on issues and pull requests: the feed of one, written, changed and deleted."""

from tests.fake_github.call import Call, Problem, Reply
from tests.fake_github.clock import stamp
from tests.fake_github.records import Row, node_id
from tests.fake_github.rest_work import REPO, instant, known, numbered, shapes
from tests.fake_github.shapes import WEB
from tests.fake_github.shapes_work import NO_REACTIONS
from tests.fake_github.table import serve

LONGEST = 65_536  # characters
ACTIONS = "github-actions[bot]"  # who writes with the token of a workflow


def shape(call: Call, row: Row) -> Row:
    body, repository = shapes(call), call.repo.row or {}
    here = f"{body.repository_url(repository)}/issues"
    at = f"{here}/comments/{row['id']}"
    return {
        "url": at, "html_url": f"{WEB}/{repository['full_name']}/pull/{row['number']}#issuecomment-{row['id']}",
        "issue_url": f"{here}/{row['number']}", "id": row["id"], "node_id": node_id("comment", row["id"]),
        "user": body.user(row["author"]), "created_at": stamp(row["created_at"]),
        "updated_at": stamp(row["updated_at"]), "body": row["body"], "author_association": "CONTRIBUTOR",
        "reactions": {"url": f"{at}/reactions", "total_count": 0, **NO_REACTIONS}, "performed_via_github_app": None,
    }  # fmt: skip


@serve(f"{REPO}/issues/{{issue_number}}/comments", "pull_requests")
def comments(call: Call) -> Reply:
    number, since = numbered(call, call.path["issue_number"])["number"], instant(call, "since")
    rows = [row for row in call.repo.comments.rows() if row["number"] == number]
    rows = [row for row in rows if since is None or row["updated_at"] >= since]
    return call.page(sorted(rows, key=lambda row: row["id"]), lambda row: shape(call, row))


def _text(call: Call) -> str:
    text = call.json().get("body")
    if not isinstance(text, str) or not text.strip():
        raise Problem(422, "Validation Failed", errors=[{"resource": "IssueComment", "code": "missing_field"}])
    if len(text) > LONGEST:
        raise Problem(422, "Validation Failed", errors=[{"field": "body", "code": "too_long"}])
    return text


@serve(f"{REPO}/issues/{{issue_number}}/comments", "pull_requests", "POST", level="write")
def comment(call: Call) -> Reply:
    item = numbered(call, call.path["issue_number"])
    author = ACTIONS if call.token.kind == "app" else call.token.login
    return Reply(shape(call, call.repo.comment(item["number"], _text(call), by=author)), 201)


def _row(call: Call) -> Row:
    text = call.path["comment_id"]
    return known(call.repo.comments.get(int(text)) if text.isdigit() else None)


@serve(f"{REPO}/issues/comments/{{comment_id}}", "pull_requests", "PATCH", level="write")
def change(call: Call) -> Reply:
    row = _row(call)
    changed = {"body": _text(call), "updated_at": call.world.now()}
    call.repo.comments.change(row["id"], **changed)
    return Reply(shape(call, {**row, **changed}))


@serve(f"{REPO}/issues/comments/{{comment_id}}", "pull_requests", "DELETE", level="write")
def delete(call: Call) -> Reply:
    call.repo.comments.remove(_row(call)["id"])
    return Reply(None, 204)
