"""What a token may read, what it may not, and what it may do that it need not."""

from dataclasses import dataclass, field

from data.sources.github import errors, values
from data.sources.github.api import Api
from data.sources.github.credentials import InstallationToken

#: What Milepost reads -> (permission that GitHub wants for it, where one page of it is).
NEEDED = {
    "commits and tags": ("contents", "commits"),
    "pull requests": ("pull_requests", "pulls"),
    "issues": ("issues", "issues"),
    "workflow runs": ("actions", "actions/runs"),
    "deployments": ("deployments", "deployments"),
    "environments": ("actions", "environments"),
}
#: What else is worth reading: administration is for branch protection, members are for reviews by a team.
_BESIDE = {"metadata", "checks", "statuses", "environments", "administration", "members"}
_READ = _BESIDE | {need for need, _ in NEEDED.values()}
_SCOPES = {"repo:status", "repo_deployment", "public_repo", "read:org", "read:user", "read:project", "user:email", ""}


@dataclass
class Permissions:
    """kind: fine_grained | classic | app | oauth | unknown. may: what is read -> yes, no, or None where it was not
    asked. missing: what is not read -> the sentence that says what to give. too_much: permissions that Milepost does
    not need, each as GitHub names it. expires_at: microseconds."""

    kind: str
    login: str | None = None
    may: dict[str, bool | None] = field(default_factory=dict)
    missing: dict[str, str] = field(default_factory=dict)
    too_much: list[str] = field(default_factory=list)
    expires_at: int | None = None

    @property
    def warning(self) -> str | None:
        """One sentence where the token may do more than it should."""
        if not self.too_much:
            return None
        return (
            f"This may do more than Milepost needs ({', '.join(self.too_much)}): use a token or app that may only read."
        )


def permissions(api: Api, repository: str | None = None) -> Permissions:
    """Asks GitHub, one request and, with a repository (owner/name, or /repositories/id), one for each of `NEEDED`.

    Only by asking does one learn what a fine-grained token may read. Raises what `Api.get` does, but for missing
    permissions, which are the answer.
    """
    token = api.token
    if isinstance(token, InstallationToken):
        token()
        found = Permissions("app", may={name: _allowed(token.permissions, need) for name, (need, _) in NEEDED.items()})
        found.too_much = sorted(f"{name}: {level}" for name, level in token.permissions.items() if level != "read")
        found.too_much += sorted(f"{name}: read" for name, level in token.permissions.items()
                                 if level == "read" and name not in _READ)  # fmt: skip
    else:
        found = _of_token(api)
    if repository:
        ask(api, repository, found)
    return found


def _allowed(granted: dict, need: str) -> bool:
    return granted.get(need) in ("read", "write", "admin")


def _of_token(api: Api) -> Permissions:
    text = api.token()
    kinds = {"github_pat_": "fine_grained", "ghp_": "classic", "gho_": "oauth", "ghu_": "oauth"}
    kind = next((kind for start, kind in kinds.items() if text.startswith(start)), "unknown")
    answer = api.get("/user", what="the account of the token")
    found = Permissions(kind, values.need(answer.json, "login", str), dict.fromkeys(NEEDED))
    if ends := answer.headers.get("github-authentication-token-expiration"):
        found.expires_at = expiry(ends)
    if "x-oauth-scopes" in answer.headers and kind != "fine_grained":
        scopes = {scope.strip() for scope in answer.headers["x-oauth-scopes"].split(",")}
        found.kind = "classic" if kind == "unknown" else kind
        found.too_much = sorted(scopes - _SCOPES)
        if "repo" in scopes:
            found.may = dict.fromkeys(NEEDED, True)
    return found


def expiry(header: str) -> int | None:
    """Microseconds of "2026-01-02 03:04:05 UTC" or "2026-01-02 03:04:05 +0000"; None for what cannot be read."""
    text = header.strip().replace(" UTC", "+00:00").replace(" +", "+").replace(" -", "-").replace(" ", "T", 1)
    try:
        return values.instant(text)
    except errors.BadAnswer:
        return None


def ask(api: Api, repository: str, found: Permissions) -> None:
    """Completes `found` by what may be read of that repository, see `permissions`."""
    named = not repository.startswith("/repositories/")
    base, of = (f"/repos/{repository}", f" of {repository}") if named else (repository, "")
    for name, (_, path) in NEEDED.items():
        try:
            api.get(f"{base}/{path}", {"per_page": 1}, what=f"{name}{of}")
            found.may[name] = True
        except errors.EmptyRepository:
            found.may[name] = True
        except errors.MissingPermission as error:
            found.may[name], found.missing[name] = False, str(error)
