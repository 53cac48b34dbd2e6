"""GitHub Apps: who they are, where they are installed, tokens for an installation."""

from tests.fake_github.access import LEVELS
from tests.fake_github.apps import App, Installation, app_of, issue_token
from tests.fake_github.call import Call, Problem, Reply
from tests.fake_github.clock import stamp
from tests.fake_github.records import Row, node_id
from tests.fake_github.rest_account import visible
from tests.fake_github.rest_work import known, shapes
from tests.fake_github.shapes import WEB
from tests.fake_github.table import serve


def _app(call: Call, app: App) -> Row:
    made = "2026-01-01T00:00:00Z"
    return {
        "id": app.id, "slug": app.slug, "client_id": app.client_id, "node_id": node_id("app", app.id), "name": app.slug,
        "owner": shapes(call).user(app.owner), "description": "", "external_url": f"{WEB}/apps", "created_at": made,
        "html_url": f"{WEB}/apps/{app.slug}", "updated_at": made, "permissions": app.permissions, "events": [],
        "installations_count": len(app.installations),
    }  # fmt: skip


def _installation(call: Call, row: Installation) -> Row:
    here = f"{call.url}/app/installations/{row.id}"
    account = shapes(call).user(row.account) or {}
    return {
        "id": row.id, "account": account, "repository_selection": "all" if row.repositories is None else "selected",
        "access_tokens_url": f"{here}/access_tokens", "repositories_url": f"{call.url}/installation/repositories",
        "html_url": f"{WEB}/settings/installations/{row.id}", "app_id": row.app.id, "client_id": row.app.client_id,
        "app_slug": row.app.slug, "target_id": account["id"], "target_type": account["type"],
        "permissions": row.permissions, "events": [], "created_at": "2026-01-01T00:00:00.000Z",
        "updated_at": "2026-01-01T00:00:00.000Z", "single_file_name": None, "has_multiple_single_files": False,
        "single_file_paths": [], "suspended_by": None, "suspended_at": stamp(row.suspended_at),
    }  # fmt: skip


@serve("/app", app=True)
def app(call: Call) -> Reply:
    return Reply(_app(call, app_of(call)))


@serve("/app/installations", app=True)
def installations(call: Call) -> Reply:
    found = app_of(call).installations
    return call.page([{"id": key} for key in found], lambda row: _installation(call, found[row["id"]]))


def _mine(call: Call) -> Installation:
    text = call.path["installation_id"]
    found = app_of(call).installations.get(int(text) if text.isdigit() else -1)
    if found is None:
        raise Problem(404, "Not Found")
    return found


@serve("/app/installations/{installation_id}", app=True)
def installation(call: Call) -> Reply:
    return Reply(_installation(call, _mine(call)))


@serve("/app/installations/{installation_id}/access_tokens", method="POST", app=True)
def access_token(call: Call) -> Reply:
    """A token for an hour; the body may ask for fewer repositories and permissions, never for more."""
    place, asked = _mine(call), call.json()
    if place.suspended_at is not None:
        raise Problem(403, "This installation has been suspended")
    permissions = asked.get("permissions") or place.permissions
    for name, level in permissions.items():
        if LEVELS.get(level, 9) > LEVELS.get(place.permissions.get(name, ""), 0):
            raise Problem(422, "The permissions requested are not granted to this installation.")
    repositories = place.repositories
    if asked.get("repositories") or asked.get("repository_ids"):
        names = {name.lower() for name in asked.get("repositories", [])}
        rows = [row for row in call.world.repositories.truth() if row["full_name"].split("/")[0] == place.account]
        wanted = set(asked.get("repository_ids", []))
        chosen = {row["id"] for row in rows if row["id"] in wanted or row["full_name"].split("/")[1].lower() in names}
        if len(chosen) < len(names) + len(wanted) or (repositories is not None and not chosen <= repositories):
            raise Problem(
                422,
                "There is at least one repository that does not exist or is not accessible to the parent installation.",
            )
        repositories = chosen
    token = issue_token(call.world, place, permissions, repositories)
    body = {
        "token": token.value, "expires_at": stamp(token.expires_at), "permissions": permissions,
        "repository_selection": "all" if repositories is None else "selected",
    }  # fmt: skip
    return Reply(body, 201)


def _of_account(call: Call, account: str) -> Reply:
    for place in app_of(call).installations.values():
        if place.account.lower() == account.lower():
            return Reply(_installation(call, place))
    raise Problem(404, "Not Found")


@serve("/orgs/{org}/installation", app=True)
def organization_installation(call: Call) -> Reply:
    return _of_account(call, call.path["org"])


@serve("/users/{username}/installation", app=True)
def user_installation(call: Call) -> Reply:
    return _of_account(call, call.path["username"])


@serve("/repos/{owner}/{repo}/installation", app=True)
def repository_installation(call: Call) -> Reply:
    return _of_account(call, call.repo.name.split("/")[0])


@serve("/installation/repositories")
def installation_repositories(call: Call) -> Reply:
    if call.token.installation is None:
        raise Problem(403, "Resource not accessible by personal access token")
    body = shapes(call)
    rows = [row for row in visible(call) if row["full_name"].split("/")[0] == call.token.login]
    reply = call.page(rows, body.repository, wrap="repositories")
    reply.body = {**reply.body, "repository_selection": "all" if call.token.repositories is None else "selected"}
    return reply


@serve("/user/installations")
def user_installations(call: Call) -> Reply:
    """Of all Apps, those whose account has a repository that the user can see."""
    if call.token.kind not in ("oauth", "classic"):
        raise Problem(
            403, "You must authenticate with an access token authorized to a GitHub App in order to list installations"
        )
    accounts = {row["full_name"].split("/")[0] for row in visible(call)}
    found = [
        place for app in call.world.apps.values() for place in app.installations.values() if place.account in accounts
    ]
    return call.page(
        [{"place": place} for place in found], lambda row: _installation(call, row["place"]), wrap="installations"
    )


@serve("/user/installations/{installation_id}/repositories")
def user_installation_repositories(call: Call) -> Reply:
    every = {str(place.id): place for app in call.world.apps.values() for place in app.installations.values()}
    place = every.get(call.path["installation_id"])
    account = known({"name": place.account} if place else None)["name"]
    rows = [row for row in visible(call) if row["full_name"].split("/")[0] == account]
    if place and place.repositories is not None:
        rows = [row for row in rows if row["id"] in place.repositories]
    body = shapes(call)
    return call.page(rows, body.repository, wrap="repositories")
