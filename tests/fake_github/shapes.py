"""REST bodies of people, repositories, commits, branches, tags and releases."""

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from tests.fake_github.clock import stamp
from tests.fake_github.records import Row, node_id

if TYPE_CHECKING:
    from tests.fake_github.repository import Repository
    from tests.fake_github.world import World

WEB = "https://github.example"
REPOSITORY_URLS = {
    "archive": "{archive_format}{/ref}", "assignees": "{/user}", "blobs": "git/blobs{/sha}", "branches": "{/branch}",
    "collaborators": "{/collaborator}", "comments": "{/number}", "commits": "{/sha}", "compare": "{base}...{head}",
    "contents": "contents/{+path}", "contributors": "", "deployments": "", "downloads": "", "events": "", "forks": "",
    "git_commits": "git/commits{/sha}", "git_refs": "git/refs{/sha}", "git_tags": "git/tags{/sha}", "hooks": "",
    "issue_comment": "issues/comments{/number}", "issue_events": "issues/events{/number}", "issues": "{/number}",
    "keys": "{/key_id}", "labels": "{/name}", "languages": "", "merges": "", "milestones": "{/number}",
    "notifications": "{?since,all,participating}", "pulls": "{/number}", "releases": "{/id}", "stargazers": "",
    "statuses": "statuses/{sha}", "subscribers": "", "subscription": "", "tags": "", "teams": "",
    "trees": "git/trees{/sha}",
}  # fmt: skip


@lru_cache(20_000)
def _user(url: str, login: str, identity: int, kind: str) -> Row:
    here = f"{url}/users/{login.replace('[', '%5B').replace(']', '%5D')}"
    return {
        "login": login, "id": identity,
        "node_id": node_id("organization" if kind == "Organization" else "user", identity),
        "avatar_url": f"{WEB}/avatars/u/{identity}?v=4", "gravatar_id": "", "url": here, "html_url": f"{WEB}/{login}",
        "followers_url": f"{here}/followers", "following_url": f"{here}/following{{/other_user}}",
        "gists_url": f"{here}/gists{{/gist_id}}", "starred_url": f"{here}/starred{{/owner}}{{/repo}}",
        "subscriptions_url": f"{here}/subscriptions", "organizations_url": f"{here}/orgs", "repos_url": f"{here}/repos",
        "events_url": f"{here}/events{{/privacy}}", "received_events_url": f"{here}/received_events", "type": kind,
        "user_view_type": "public", "site_admin": False,
    }  # fmt: skip


class Shapes:
    """Makes bodies with the addresses of one server."""

    def __init__(self, world: "World", url: str):
        self.world, self.url = world, url
        self._minimal: dict[int, Row] = {}

    def user(self, login: str | None) -> Row | None:
        """A simple user; None stays null (a deleted account, or nobody)."""
        if login is None:
            return None
        row = self.world.user(login)
        return _user(self.url, row["login"], row["id"], row["type"])

    def repository_url(self, row: Row) -> str:
        return f"{self.url}/repos/{row['full_name']}"

    def minimal(self, row: Row) -> Row:
        """What is inside other bodies."""
        if row["id"] not in self._minimal:
            self._minimal[row["id"]] = self._made(row)
        return self._minimal[row["id"]]

    def _made(self, row: Row) -> Row:
        here, (_, name) = self.repository_url(row), row["full_name"].split("/")
        urls = {}
        for key, tail in REPOSITORY_URLS.items():
            path = tail if "/" in tail and not tail.startswith("{") else f"{key.replace('_', '/')}{tail}"
            urls[f"{key}_url"] = f"{here}/{path}"
        return {
            "id": row["id"], "node_id": node_id("repository", row["id"]), "name": name, "full_name": row["full_name"],
            "private": row["private"], "owner": self.user(row["full_name"].split("/")[0]), "fork": row["fork"],
            "html_url": f"{WEB}/{row['full_name']}", "description": row["description"], "url": here, **urls,
        }  # fmt: skip

    def repository(self, row: Row, whole: bool = False) -> Row:
        """As in lists; `whole` adds what GET of one repository has."""
        contents = self.world.contents[row["id"]]
        open_issues = sum(1 for each in contents.issues.rows() if each["state"] == "open") if whole else 0
        web = f"{WEB}/{row['full_name']}"
        body = {
            **self.minimal(row), "created_at": stamp(row["created_at"]), "updated_at": stamp(row["updated_at"]),
            "pushed_at": stamp(row["pushed_at"]), "git_url": f"git:{web[6:]}.git",
            "ssh_url": f"git@github.example:{row['full_name']}.git",
            "clone_url": f"{web}.git", "svn_url": web, "homepage": None, "size": row["size"], "stargazers_count": 0,
            "watchers_count": 0, "language": row["language"], "has_issues": True, "has_projects": True,
            "has_downloads": True, "has_wiki": False, "has_pages": False, "has_discussions": False, "forks_count": 0,
            "mirror_url": None, "archived": row["archived"], "disabled": False, "open_issues_count": open_issues,
            "license": None, "allow_forking": True, "is_template": False, "web_commit_signoff_required": False,
            "topics": row["topics"], "visibility": "private" if row["private"] else "public", "forks": 0,
            "open_issues": open_issues, "watchers": 0, "default_branch": row["default_branch"],
            "permissions": {"admin": False, "maintain": False, "push": False, "triage": False, "pull": True},
        }  # fmt: skip
        if whole:
            body |= {
                "network_count": 0, "subscribers_count": 1, "organization": body["owner"], "temp_clone_token": None,
                "allow_squash_merge": True, "allow_merge_commit": True, "allow_rebase_merge": True,
                "allow_auto_merge": False, "delete_branch_on_merge": False, "allow_update_branch": False,
            }  # fmt: skip
        return body

    def label(self, repository: "Repository", name: str) -> Row:
        identity = repository.label_id(name)
        here = self.repository_url(repository.row or {"full_name": "gone/gone"})
        return {
            "id": identity, "node_id": node_id("label", identity), "url": f"{here}/labels/{name.replace(' ', '%20')}",
            "name": name, "color": "d73a4a", "default": name == "bug", "description": "",
        }  # fmt: skip

    def commit(self, here: str, row: Row, single: bool = False) -> Row:
        """`here` is the repository's address. `single` adds stats and files."""
        sha = row["sha"]
        web = here.replace(f"{self.url}/repos", WEB)
        body: dict[str, Any] = {
            "sha": sha, "node_id": node_id("commit", sha), "url": f"{here}/commits/{sha}",
            "html_url": f"{web}/commit/{sha}",
            "comments_url": f"{here}/commits/{sha}/comments", "author": self.user(row["author"]["login"]),
            "committer": self.user(row["committer"]["login"]),
            "commit": {
                "author": signature(row["author"]), "committer": signature(row["committer"]), "message": row["message"],
                "tree": {"sha": row["tree"], "url": f"{here}/git/trees/{row['tree']}"}, "comment_count": 0,
                "url": f"{here}/git/commits/{sha}",
                "verification": {
                    "verified": False, "reason": "unsigned", "signature": None, "payload": None, "verified_at": None,
                },
            },
            "parents": [
                {"sha": parent, "url": f"{here}/commits/{parent}", "html_url": f"{web}/commit/{parent}"}
                for parent in row["parents"]
            ],
        }  # fmt: skip
        if single:
            body |= {"stats": {"total": 0, "additions": 0, "deletions": 0}, "files": []}
        return body

    def branch(self, here: str, row: Row, protected: bool) -> Row:
        name = row["name"].removeprefix("refs/heads/")
        commit = {"sha": row["sha"], "url": f"{here}/commits/{row['sha']}"}
        return {"name": name, "commit": commit, "protected": protected}

    def tag(self, here: str, row: Row) -> Row:
        name = row["name"].removeprefix("refs/tags/")
        return {
            "name": name, "commit": {"sha": row["sha"], "url": f"{here}/commits/{row['sha']}"},
            "zipball_url": f"{here}/zipball/refs/tags/{name}", "tarball_url": f"{here}/tarball/refs/tags/{name}",
            "node_id": node_id("ref", row["name"]),
        }  # fmt: skip

    def release(self, here: str, row: Row) -> Row:
        identity, tag = row["id"], row["tag"]
        web = here.replace(f"{self.url}/repos", WEB)
        return {
            "url": f"{here}/releases/{identity}", "html_url": f"{web}/releases/tag/{tag}", "id": identity,
            "assets_url": f"{here}/releases/{identity}/assets",
            "upload_url": f"{here}/releases/{identity}/assets{{?name,label}}",
            "tarball_url": f"{here}/tarball/{tag}", "zipball_url": f"{here}/zipball/{tag}",
            "node_id": node_id("release", identity), "tag_name": tag, "target_commitish": row["target"],
            "name": row["name"],
            "body": row["body"], "draft": row["draft"], "prerelease": row["prerelease"], "immutable": False,
            "created_at": stamp(row["created_at"]), "published_at": stamp(row["published_at"]),
            "updated_at": stamp(row["updated_at"]), "author": self.user(row["author"]),
            "assets": [self._asset(here, row, place, name) for place, name in enumerate(row["assets"])],
        }  # fmt: skip

    def _asset(self, here: str, release: Row, place: int, name: str) -> Row:
        identity = release["id"] * 100 + place
        return {
            "url": f"{here}/releases/assets/{identity}", "id": identity, "node_id": node_id("release", identity),
            "browser_download_url": f"{WEB}/download/{release['tag']}/{name}", "name": name, "label": None,
            "state": "uploaded", "content_type": "application/octet-stream", "size": 1, "digest": None,
            "download_count": 0, "created_at": stamp(release["created_at"]),
            "updated_at": stamp(release["updated_at"]), "uploader": self.user(release["author"]),
        }  # fmt: skip


def signature(row: Row) -> Row:
    return {"name": row["name"], "email": row["email"], "date": stamp(row["date"])}
