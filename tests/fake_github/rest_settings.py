"""What can be learnt of a repository's settings without administration: active rules, CODEOWNERS errors, files."""

import base64

from tests.fake_github.call import Call, Problem, Reply
from tests.fake_github.graphql_settings import OWNERS, PARAMETERS
from tests.fake_github.records import Row, blob_sha
from tests.fake_github.rest_work import REPO, here, shapes
from tests.fake_github.shapes import WEB
from tests.fake_github.table import serve

#: Our names of a pull request rule's parameters as REST spells them.
SPELLINGS = {
    "dismissStaleReviewsOnPush": "dismiss_stale_reviews_on_push", "requireCodeOwnerReview": "require_code_owner_review",
    "requireLastPushApproval": "require_last_push_approval",
    "requiredApprovingReviewCount": "required_approving_review_count",
    "requiredReviewThreadResolution": "required_review_thread_resolution",
}  # fmt: skip


def _parameters(kind: str, ruleset: Row) -> Row | None:
    if kind == "PULL_REQUEST":
        return {theirs: ruleset.get(ours, PARAMETERS[ours]) for ours, theirs in SPELLINGS.items()}
    if kind == "REQUIRED_STATUS_CHECKS":
        checks = [{"context": name} for name in ruleset.get("checks", ["build"])]
        return {"required_status_checks": checks, "strict_required_status_checks_policy": False}
    return None


@serve(f"{REPO}/rules/branches/{{branch}}", "metadata")
def rules_of_branch(call: Call) -> Reply:
    """Those of active rulesets; rulesets here are about the default branch."""
    rows: list[Row] = []
    if call.path["branch"] == call.repo.branch:
        for ruleset in call.repo.settings.rulesets:
            if ruleset["enforcement"] == "ACTIVE":
                rows += [{"kind": kind, "ruleset": ruleset} for kind in ruleset["rules"]]

    def shape(row: Row) -> Row:
        parameters = _parameters(row["kind"], row["ruleset"])
        found = {
            "type": row["kind"].lower(), "ruleset_source_type": "Repository", "ruleset_source": call.repo.name,
            "ruleset_id": row["ruleset"]["id"],
        }  # fmt: skip
        return found if parameters is None else {**found, "parameters": parameters}

    return call.page(rows, shape)


@serve(f"{REPO}/codeowners/errors", "contents")
def codeowners_errors(call: Call) -> Reply:
    if not any(name in call.repo.settings.files for name in OWNERS):
        raise Problem(404, "Not Found")
    errors = [
        {
            "line": row["line"], "column": 1, "kind": row["kind"], "source": "* @nobody", "suggestion": None,
            "message": f"{row['kind']} on line {row['line']}", "path": row["path"],
        }
        for row in call.repo.settings.owners_errors
    ]  # fmt: skip
    return Reply({"errors": errors})


@serve(f"{REPO}/contents/{{path}}", "contents")
def contents(call: Call) -> Reply:
    """A file or a folder of the default branch; files above a megabyte come without their content."""
    path, files = call.path["path"].strip("/"), call.repo.settings.files
    if call.query.get("ref", call.repo.branch) not in (call.repo.branch, "HEAD"):
        raise Problem(501, "The test GitHub knows the files of the default branch only")
    if path in files:
        return Reply(_file(call, path, whole=True))
    inside = f"{path}/" if path else ""
    names = sorted({name.removeprefix(inside).split("/")[0] for name in files if name.startswith(inside)})
    if not names:
        raise Problem(404, "Not Found")
    return Reply([_file(call, inside + name, whole=False) for name in names])


def _file(call: Call, path: str, whole: bool) -> Row:
    content, place = call.repo.settings.files.get(path), here(call)
    data = content.encode() if isinstance(content, str) else content or b""
    url, sha = f"{place}/contents/{path}?ref={call.repo.branch}", blob_sha(data)
    git, web = f"{place}/git/blobs/{sha}", f"{WEB}/{call.repo.name}/blob/{call.repo.branch}/{path}"
    found: Row = {
        "type": "file" if content is not None else "dir", "size": len(data), "name": path.split("/")[-1], "path": path,
        "sha": sha, "url": url, "git_url": git, "html_url": web, "_links": {"self": url, "git": git, "html": web},
        "download_url": f"{WEB}/raw/{call.repo.name}/{path}" if content is not None else None,
    }  # fmt: skip
    if whole:
        small = len(data) <= 1_000_000
        text = base64.encodebytes(data).decode() if small else ""
        found |= {"content": text, "encoding": "base64" if small else "none"}
    return found


@serve(f"{REPO}/commits/{{commit_sha}}/pulls", "pull_requests")
def pulls_of_commit(call: Call) -> Reply:
    sha, body = call.path["commit_sha"], shapes(call)
    rows = [row for row in call.repo.issues.rows() if row["pull_id"] and sha in (*row["commits"], row["merge_sha"])]
    return call.page(rows, lambda row: body.pull(call.repo, row))
