"""REST bodies of issues, pull requests, deployments, runs and jobs."""

from typing import TYPE_CHECKING, Any

from tests.fake_github.clock import stamp
from tests.fake_github.records import Row, node_id, sha_of
from tests.fake_github.shapes import WEB, Shapes

if TYPE_CHECKING:
    from tests.fake_github.repository import Repository

NO_REACTIONS = {name: 0 for name in ("+1", "-1", "laugh", "hooray", "confused", "heart", "rocket", "eyes")}


class WorkShapes(Shapes):
    """Adds the bodies of what happens in a repository."""

    def issue(self, repository: "Repository", row: Row, single: bool = False) -> Row:
        """An item of the issues feed; a pull request is one too, with `pull_request`."""
        here, web, number = self._places(repository, row["number"])
        kind = "pull" if row["pull_id"] else "issue"
        at = f"{here}/issues/{number}"
        body: dict[str, Any] = {
            "url": at, "repository_url": here, "labels_url": f"{at}/labels{{/name}}", "comments_url": f"{at}/comments",
            "events_url": f"{at}/events", "html_url": f"{web}/{'pull' if row['pull_id'] else 'issues'}/{number}",
            "id": row["id"], "node_id": node_id(kind, row["pull_id"] or row["id"]), "number": number,
            "title": row["title"],
            "user": self.user(row["author"]), "labels": [self.label(repository, name) for name in row["labels"]],
            "state": row["state"], "locked": False, "assignee": None, "assignees": [], "milestone": None,
            "comments": row["comments"], "created_at": stamp(row["created_at"]), "updated_at": stamp(row["updated_at"]),
            "closed_at": stamp(row["closed_at"]), "author_association": "MEMBER", "active_lock_reason": None,
            "body": row["body"], "reactions": {"url": f"{at}/reactions", "total_count": 0, **NO_REACTIONS},
            "timeline_url": f"{at}/timeline", "performed_via_github_app": None, "state_reason": row["state_reason"],
        }  # fmt: skip
        if row["pull_id"]:
            body["draft"] = row["draft"]
            body["pull_request"] = {
                "url": f"{here}/pulls/{number}", "html_url": f"{web}/pull/{number}",
                "diff_url": f"{web}/pull/{number}.diff",
                "patch_url": f"{web}/pull/{number}.patch", "merged_at": stamp(row["merged_at"]),
            }  # fmt: skip
        if single:
            body["closed_by"] = self.user(row["closed_by"])
        return body

    def _places(self, repository: "Repository", number: int) -> tuple[str, str, int]:
        row = repository.row or {"full_name": "gone/gone"}
        return self.repository_url(row), f"{WEB}/{row['full_name']}", number

    def pull(self, repository: "Repository", row: Row, single: bool = False) -> Row:
        """`single` adds what only GET of one pull request has: merged, merged_by, additions, commits..."""
        here, web, number = self._places(repository, row["number"])
        at, issue = f"{here}/pulls/{number}", f"{here}/issues/{number}"
        urls = {
            "self": at, "html": f"{web}/pull/{number}", "issue": issue, "comments": f"{issue}/comments",
            "review_comments": f"{at}/comments", "review_comment": f"{here}/pulls/comments{{/number}}",
            "commits": f"{at}/commits", "statuses": f"{here}/statuses/{row['head_sha']}",
        }  # fmt: skip
        trial = None if row["state"] == "closed" else sha_of("test", row["head_sha"])
        more = ("commits", "review_comments", "review_comment", "comments", "statuses")
        body = {
            "url": at, "id": row["pull_id"], "node_id": node_id("pull", row["pull_id"]), "html_url": urls["html"],
            "diff_url": f"{urls['html']}.diff", "patch_url": f"{urls['html']}.patch", "issue_url": issue,
            "number": number,
            "state": row["state"], "locked": False, "title": row["title"], "user": self.user(row["author"]),
            "body": row["body"], "created_at": stamp(row["created_at"]), "updated_at": stamp(row["updated_at"]),
            "closed_at": stamp(row["closed_at"]), "merged_at": stamp(row["merged_at"]),
            "merge_commit_sha": row["merge_sha"] or trial,
            "assignee": None, "assignees": [], "requested_reviewers": [], "requested_teams": [],
            "labels": [self.label(repository, name) for name in row["labels"]], "milestone": None,
            "draft": row["draft"],
            **{f"{name}_url": urls[name] for name in more},
            "head": self._end(row["head_repo"], row["head"], row["head_sha"]),
            "base": self._end(repository.name, row["base"], row["base_sha"]),
            "_links": {name: {"href": url} for name, url in urls.items()},
            "author_association": "MEMBER", "auto_merge": None, "active_lock_reason": None,
        }  # fmt: skip
        if single:
            merged = row["merged_at"] is not None
            body |= {
                "merged": merged, "mergeable": None, "rebaseable": None, "mergeable_state": "unknown",
                "comments": row["comments"],
                "merged_by": self.user(row["merged_by"]), "review_comments": 0, "maintainer_can_modify": False,
                "commits": len(row["commits"]), "additions": row["additions"], "deletions": row["deletions"],
                "changed_files": len(row["files"]),
            }  # fmt: skip
        return body

    def _end(self, full_name: str | None, ref: str, sha: str) -> Row:
        """One end of a pull request; the repository of a deleted fork is null, as is its owner."""
        owner = full_name.split("/")[0] if full_name else None
        found = self.world.find(full_name)[0] if full_name else None
        row = found.row if found else None
        return {
            "label": f"{owner or 'unknown'}:{ref}", "ref": ref, "sha": sha, "user": self.user(owner),
            "repo": self.repository(row) if row else None,
        }  # fmt: skip

    def review(self, repository: "Repository", pull: Row, row: Row) -> Row:
        here, web, number = self._places(repository, pull["number"])
        html = f"{web}/pull/{number}#pullrequestreview-{row['id']}"
        at = f"{here}/pulls/{number}"
        return {
            "id": row["id"], "node_id": node_id("review", row["id"]), "user": self.user(row["author"]), "body": "",
            "state": row["state"], "html_url": html, "pull_request_url": at, "submitted_at": stamp(row["submitted_at"]),
            "commit_id": row["commit"], "author_association": "MEMBER",
            "_links": {"html": {"href": html}, "pull_request": {"href": at}},
        }  # fmt: skip

    def file(self, repository: "Repository", sha: str, row: Row) -> Row:
        here, web, _ = self._places(repository, 0)
        path, changes = row["path"], row["additions"] + row["deletions"]
        return {
            "sha": sha_of(sha, path), "filename": path, "status": "modified", "additions": row["additions"],
            "deletions": row["deletions"], "changes": changes, "blob_url": f"{web}/blob/{sha}/{path}",
            "raw_url": f"{web}/raw/{sha}/{path}", "contents_url": f"{here}/contents/{path}?ref={sha}",
            "patch": "@@ -1 +1 @@",
        }  # fmt: skip

    def deployment(self, here: str, row: Row) -> Row:
        at = f"{here}/deployments/{row['id']}"
        return {
            "url": at, "id": row["id"], "node_id": node_id("deployment", row["id"]), "task": row["task"],
            "original_environment": row["environment"], "environment": row["environment"], "sha": row["sha"],
            "ref": row["ref"], "description": row["description"], "creator": self.user(row["creator"]),
            "payload": row["payload"], "created_at": stamp(row["created_at"]), "updated_at": stamp(row["updated_at"]),
            "statuses_url": f"{at}/statuses", "repository_url": here, "transient_environment": row["transient"],
            "production_environment": row["production"], "performed_via_github_app": None,
        }  # fmt: skip

    def status(self, here: str, deployment: Row, row: Row) -> Row:
        at = f"{here}/deployments/{deployment['id']}"
        return {
            "url": f"{at}/statuses/{row['id']}", "id": row["id"], "node_id": node_id("status", row["id"]),
            "state": row["state"], "creator": self.user(row["creator"]), "description": row["description"],
            "environment": deployment["environment"], "target_url": f"{WEB}/log/{row['id']}",
            "log_url": f"{WEB}/log/{row['id']}",
            "created_at": stamp(row["created_at"]), "updated_at": stamp(row["created_at"]), "deployment_url": at,
            "repository_url": here, "environment_url": f"{WEB}/environment", "performed_via_github_app": None,
        }  # fmt: skip

    def run(self, repository: "Repository", row: Row, attempt: Row | None = None) -> Row:
        """A run as it is, or one of its attempts."""
        attempt = attempt or row["attempts"][-1]
        here, web, _ = self._places(repository, 0)
        at, number = f"{here}/actions/runs/{row['id']}", attempt["attempt"]
        name, commit = repository.row, repository.commits.get(row["sha"])
        before = f"{at}/attempts/{number - 1}" if number > 1 else None
        return {
            "id": row["id"], "name": row["name"], "node_id": node_id("run", row["id"]), "head_branch": row["branch"],
            "head_sha": row["sha"], "path": row["path"], "display_title": row["title"], "run_number": row["number"],
            "event": row["event"], "status": attempt["status"], "conclusion": attempt["conclusion"],
            "workflow_id": row["workflow"], "check_suite_id": row["suite"],
            "check_suite_node_id": node_id("suite", row["suite"]), "url": at,
            "html_url": f"{web}/actions/runs/{row['id']}",
            "pull_requests": [], "created_at": stamp(row["created_at"]), "updated_at": stamp(attempt["updated_at"]),
            "actor": self.user(row["actor"]), "run_attempt": number, "referenced_workflows": row["through"],
            "run_started_at": stamp(attempt["started_at"]), "triggering_actor": self.user(attempt["actor"]),
            "jobs_url": f"{at}/jobs", "logs_url": f"{at}/logs",
            "check_suite_url": f"{here}/check-suites/{row['suite']}",
            "artifacts_url": f"{at}/artifacts", "cancel_url": f"{at}/cancel", "rerun_url": f"{at}/rerun",
            "previous_attempt_url": before, "workflow_url": f"{here}/actions/workflows/{row['workflow']}",
            "head_commit": self._head_commit(row["sha"], commit, row["created_at"]),
            "repository": self.minimal(name) if name else None, "head_repository": self.minimal(name) if name else None,
        }  # fmt: skip

    def _head_commit(self, sha: str, commit: Row | None, at: int) -> Row:
        person = {"name": "mona", "email": "mona@example.org"}
        if commit is None:
            tree, message, when = sha_of("tree", sha), "Work", at
            author = committer = person
        else:
            tree, message, when = commit["tree"], commit["message"], commit["committer"]["date"]
            author, committer = ({key: commit[who][key] for key in person} for who in ("author", "committer"))
        return {
            "id": sha,
            "tree_id": tree,
            "message": message,
            "timestamp": stamp(when),
            "author": author,
            "committer": committer,
        }

    def job(self, repository: "Repository", run: Row, row: Row) -> Row:
        here, web, _ = self._places(repository, 0)
        runner = row["runner"]
        return {
            "id": row["id"], "run_id": run["id"], "workflow_name": run["name"], "head_branch": run["branch"],
            "run_url": f"{here}/actions/runs/{run['id']}", "run_attempt": row["attempt"],
            "node_id": node_id("job", row["id"]),
            "head_sha": run["sha"], "url": f"{here}/actions/jobs/{row['id']}", "status": row["status"],
            "html_url": f"{web}/actions/runs/{run['id']}/job/{row['id']}", "conclusion": row["conclusion"],
            "created_at": stamp(row["created_at"]), "started_at": stamp(row["started_at"]),
            "completed_at": stamp(row["completed_at"]), "name": row["name"], "steps": [],
            "check_run_url": f"{here}/check-runs/{row['id']}", "labels": row["labels"],
            "runner_id": 1 if runner else None,
            "runner_name": runner, "runner_group_id": 2 if runner else None,
            "runner_group_name": "Actions" if runner else None,
        }  # fmt: skip

    def workflow(self, repository: "Repository", row: Row) -> Row:
        here, web, _ = self._places(repository, 0)
        made = stamp((repository.row or {"created_at": 0})["created_at"])
        return {
            "id": row["id"], "node_id": node_id("workflow", row["id"]), "name": row["name"], "path": row["path"],
            "state": "active", "created_at": made, "updated_at": made, "url": f"{here}/actions/workflows/{row['id']}",
            "html_url": f"{web}/blob/main/{row['path']}",
            "badge_url": f"{web}/workflows/{row['name'].replace(' ', '%20')}/badge.svg",
        }  # fmt: skip
