"""Artifacts of runs, the rules that hold for a branch, members of teams."""

from tests.fake_github.call import Call, Problem, Reply
from tests.fake_github.clock import stamp
from tests.fake_github.records import Row, node_id
from tests.fake_github.rest_actions import ACTIONS
from tests.fake_github.rest_work import REPO, here, known, shapes
from tests.fake_github.table import serve

DAYS_KEPT = 90 * 86_400


@serve(f"{ACTIONS}/artifacts", "actions")
def artifacts(call: Call) -> Reply:
    """Newest first; by their whole name, if one is given."""
    rows = call.repo.artifacts.ordered("newest", lambda row: -row["id"])
    rows = [row for row in rows if call.query.get("name", row["name"]) == row["name"]]
    return call.page(rows, lambda row: _artifact(call, row), wrap="artifacts")


def _artifact(call: Call, row: Row) -> Row:
    at, run = f"{here(call)}/actions/artifacts/{row['id']}", known(call.repo.runs.get(row["run"]))
    return {
        "id": row["id"], "node_id": node_id("artifact", row["id"]), "name": row["name"], "size_in_bytes": row["size"],
        "url": at, "archive_download_url": f"{at}/zip", "expired": row["expired"], "digest": None,
        "created_at": stamp(row["created_at"]), "updated_at": stamp(row["created_at"]),
        "expires_at": stamp(row["created_at"] + DAYS_KEPT),
        "workflow_run": {
            "id": run["id"], "repository_id": call.repo.id, "head_repository_id": call.repo.id,
            "head_branch": run["branch"], "head_sha": run["sha"],
        },
    }  # fmt: skip


@serve(f"{ACTIONS}/artifacts/{{artifact_id}}/{{archive_format}}", "actions")
def archive(call: Call) -> Reply:
    """The way to it: it lies elsewhere. 410 once it has expired."""
    text = call.path["artifact_id"]
    row = known(call.repo.artifacts.get(int(text)) if text.isdigit() else None)
    if call.path["archive_format"] != "zip":
        raise Problem(404, "Not Found")
    if row["expired"]:
        raise Problem(410, "Artifact has expired")
    return Reply(None, 302, {"Location": row["address"]})


@serve(f"{REPO}/rules/branches/{{branch}}", "metadata")
def rules(call: Call) -> Reply:
    """Of the active rulesets; all of them are of the default branch."""
    found = []
    for each in call.repo.settings.rulesets:
        if each["enforcement"] == "ACTIVE" and call.path["branch"] == call.repo.branch:
            found += [_rule(call, each, kind) for kind in each["rules"]]
    return call.page(found, lambda row: row)


def _rule(call: Call, ruleset: Row, kind: str) -> Row:
    made: Row = {
        "type": kind.lower(), "ruleset_source_type": "Repository", "ruleset_source": call.repo.name,
        "ruleset_id": ruleset["id"],
    }  # fmt: skip
    if kind == "PULL_REQUEST":
        made["parameters"] = {
            "dismiss_stale_reviews_on_push": ruleset.get("dismissStaleReviewsOnPush", False),
            "require_code_owner_review": ruleset.get("requireCodeOwnerReview", False),
            "require_last_push_approval": False,
            "required_approving_review_count": ruleset.get("requiredApprovingReviewCount", 1),
            "required_review_thread_resolution": False,
        }
    elif kind == "REQUIRED_STATUS_CHECKS":
        checks = [{"context": each["context"]} for each in ruleset.get("requiredStatusChecks", ())]
        made["parameters"] = {"required_status_checks": checks, "strict_required_status_checks_policy": False}
    return made


@serve(f"{REPO}/branches/{{branch}}/protection", "administration")
def protection(call: Call) -> Reply:
    rule = next((each for each in call.repo.settings.protections if each["pattern"] == call.path["branch"]), None)
    if rule is None:
        raise Problem(404, "Branch not protected")
    at = f"{here(call)}/branches/{call.path['branch']}/protection"
    body: Row = {"url": at, "enforce_admins": {"url": f"{at}/enforce_admins", "enabled": False}}
    if rule.get("requiresApprovingReviews"):
        body["required_pull_request_reviews"] = {
            "url": f"{at}/required_pull_request_reviews", "dismiss_stale_reviews": False,
            "require_code_owner_reviews": False,
            "required_approving_review_count": rule.get("requiredApprovingReviewCount", 1),
        }  # fmt: skip
    return Reply(body)


@serve("/orgs/{org}/teams/{team_slug}/members", "members")
def members(call: Call) -> Reply:
    """404 for a team that is none, and for whoever may not read members: GitHub hides which."""
    found = call.world.teams.get(f"{call.path['org']}/{call.path['team_slug']}".lower())
    if found is None:
        raise Problem(404, "Not Found")
    return call.page([{"login": login} for login in found], lambda row: shapes(call).user(row["login"]))
