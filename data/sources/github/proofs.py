"""What GitHub knows of a commit and its repository beside the files: what the checks of a proof of concept ask.

Few requests, counted: whoever asks has at most so many, and what they do not reach was not collected. A permission that
is missing is said by its name, and never taken for absence.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import quote

from assessments.poc.known import Artifact, Deployment, Job, Referenced, Refused, Review, Run
from data.sources.github import artifacts, errors, values
from data.sources.github.api import Answer, Api
from data.sources.github.values import SECOND

MOST = 30  # requests of one check
RUNS = 100  # of one page
PAGES = 5  # of runs of the last days
LOOKED_UP = 5  # runs of deployments that are asked for by themselves
PULLS = 30  # merged ones that are looked through for the one that brought the work
_REFUSED = {"FORBIDDEN", "INSUFFICIENT_SCOPES"}
_RUN_IN_LOG = re.compile(r"/actions/runs/(\d+)")


class Spent(Exception):
    """No requests are left."""


@dataclass(frozen=True)
class Asked:
    """A repository that is asked. node: its GraphQL id; base: its path by number. end: how many requests the api may
    have sent by the end."""

    api: Api
    node: str
    base: str
    full_name: str
    end: int
    allow_local: bool = False

    @property
    def left(self) -> int:
        return max(0, self.end - self.api.calls)

    def get(self, path: str, params: dict | None = None, what: str = "") -> Answer:
        """As `Api.get`, below the repository. Raises Spent."""
        self.take()
        return self.api.get(f"{self.base}{path}", params, what=f"{what} of {self.full_name}")

    def get_elsewhere(self, path: str, params: dict | None, what: str) -> Answer:
        self.take()
        return self.api.get(path, params, what=what)

    def ask(self, query: str, what: str, permission: str, **variables: object) -> dict:
        """What a query says of the repository. Raises Spent, MissingPermission, NotFound, and as `Api.graphql`."""
        self.take()
        said = f"{what} of {self.full_name}"
        answer = self.api.graphql(query, {"node": self.node, **variables}, said, partly=True)
        for kind, _, message in answer.errors:
            if kind in _REFUSED:
                text = f"The token may not read {said} ({message}): give it {permission}."
                raise errors.MissingPermission(text, permission)
        found = values.need(answer.json, "node", dict, none=True)
        if found is None:
            raise errors.NotFound(f"There is no {self.full_name} at GitHub, or the token may not see it.")
        return found

    def take(self) -> None:
        """Raises Spent where no request is left."""
        if not self.left:
            raise Spent


# Where branches stand


@dataclass(frozen=True)
class Tip:
    """Where a branch stands. is_default: whether it is the default branch, whose name `default` is."""

    commit: str
    branch: str
    default: str

    @property
    def is_default(self) -> bool:
        return self.branch == self.default


_TIP = """
query($node: ID!, $ref: String!) { node(id: $node) { ... on Repository {
  defaultBranchRef { name target { oid } } ref(qualifiedName: $ref) { name target { oid } } } } }
"""


def tip(at: Asked, branch: str = "") -> Tip:
    """Where a branch stands; the default branch when none is named. Raises NotFound, EmptyRepository and as `ask`."""
    found = at.ask(_TIP, "files", "contents: read", ref=f"refs/heads/{branch}" if branch else "refs/heads/main")
    default = values.need(found, "defaultBranchRef", dict, none=True)
    if default is None:
        raise errors.EmptyRepository(f"{at.full_name} holds no commit yet.")
    ref = values.need(found, "ref", dict, none=True) if branch else default
    if ref is None:
        raise errors.NotFound(
            f"{at.full_name} has no branch {branch[:100]} any more: push it, or choose the default branch."
        )
    return Tip(
        values.need(values.need(ref, "target", dict), "oid", str),
        values.need(ref, "name", str),
        values.need(default, "name", str),
    )


# Runs


def runs_at(at: Asked, commit: str) -> list[Run]:
    """The newest runs of workflows at a commit, a hundred at most. Raises as `Asked.get`."""
    answer = at.get("/actions/runs", {"head_sha": commit, "per_page": RUNS}, "workflow runs")
    return [_run(row) for row in values.rows(answer.json, "workflow_runs")]


def runs_since(at: Asked, branch: str, since: int, workflow: str = "") -> tuple[list[Run], int]:
    """Runs of a branch since an instant, newest first, and from when on they are all that there are (later than `since`
    where they are too many). workflow: the name of its file; all when not given. Raises as `Asked.get`."""
    path = f"/actions/workflows/{quote(workflow, safe='')}/runs" if workflow else "/actions/runs"
    asked = {"branch": branch, "created": f">={values.written(since)}", "per_page": RUNS}
    found: list[Run] = []
    for number in range(1, PAGES + 1):
        if number > 1 and not at.left:
            break
        try:
            answer = at.get(path, asked | ({"page": number} if number > 1 else {}), "workflow runs")
        except errors.NotFound:
            if workflow:  # no such workflow was ever seen
                return [], since
            raise
        found += [_run(row) for row in values.rows(answer.json, "workflow_runs")]
        if not answer.next:
            return found, since
    return found, min((run.instant for run in found), default=since)


def run_path(at: Asked, run: int) -> str:
    """The file of the workflow of a run; empty for one that is gone. Raises as `Asked.get`."""
    try:
        return _run(at.get(f"/actions/runs/{run}", what="a workflow run").json).workflow
    except errors.NotFound:
        return ""


def jobs(at: Asked, run: int) -> tuple[Job, ...]:
    """The jobs of a run, of its last attempt. Raises as `Asked.get`."""
    answer = at.get(f"/actions/runs/{run}/jobs", {"per_page": RUNS}, "jobs of runs")
    return tuple(
        Job(values.need(row, "name", str), values.need(row, "conclusion", str, none=True) or "")
        for row in values.rows(answer.json, "jobs")
    )


def _run(row: dict) -> Run:
    began = values.moment(row, "run_started_at") or values.moment(row, "created_at", none=False)
    is_over = values.need(row, "status", str, none=True) == "completed"
    ended = values.moment(row, "updated_at", none=False)
    return Run(
        id=values.need(row, "id", int),
        sha=values.need(row, "head_sha", str),
        workflow=(values.need(row, "path", str, none=True) or "").partition("@")[0],
        event=values.need(row, "event", str),
        conclusion=(values.need(row, "conclusion", str, none=True) or "") if is_over else "",
        branch=values.need(row, "head_branch", str, none=True) or "",
        instant=began,
        seconds=max(0, ended - began) / SECOND if is_over else None,
        referenced=tuple(
            Referenced(values.need(each, "path", str).partition("@")[0], values.need(each, "sha", str))
            for each in values.need(row, "referenced_workflows", list, none=True) or ()
        ),
    )


def artifact(at: Asked, name: str, commit: str, runs: Iterable[Run], trusted: Collection[int]) -> Artifact | None:
    """The value of that JSON file, from the newest artifact that runs at this commit made; of those that went through a
    `trusted` run where there are any, then of those that ended well. The artifact is called like the file, or like the
    file without its ending. None when there is none. Raises as `Asked.get`."""
    good = {run.id for run in runs if run.conclusion == "success"}
    for called in dict.fromkeys((name, name.removesuffix(".json"))):
        answer = at.get("/actions/artifacts", {"name": called, "per_page": RUNS}, "artifacts of runs")
        here = [row for row in values.rows(answer.json, "artifacts") if _made_at(row) == commit]
        if here:
            newest = sorted(here, key=lambda row: values.need(row, "id", int))
            chosen = max(reversed(newest), key=lambda row: (_made_by(row) in trusted, _made_by(row) in good))
            at.take()
            at.take()
            return artifacts.read(at.api, at.base, chosen, name, at.allow_local)
    return None


def _made_at(row: dict) -> str | None:
    return values.path(row, "workflow_run", "head_sha")


def _made_by(row: dict) -> int | None:
    return values.path(row, "workflow_run", "id")


# Who wrote and reviewed it


@dataclass(frozen=True)
class Pull:
    """A pull request. authors: logins in lower case of whoever opened it or wrote its commits; emails: theirs, in lower
    case; whole: whether these are all of them. head: the commit that it asks to merge. paths: the first files that it
    changes."""

    number: int
    head: str
    branch: str
    merged: int | None
    authors: frozenset[str]
    emails: frozenset[str]
    whole: bool
    reviews: tuple[Review, ...]
    paths: frozenset[str]


_PULL = """
fragment Pull on PullRequest {
  number state isCrossRepository headRefName headRefOid mergedAt author { login }
  commits(first: 50) { totalCount nodes { commit {
    authors(first: 10) { totalCount nodes { email user { login } } } } } }
  reviews(first: 100) { nodes { state submittedAt author { __typename login } commit { oid } comments { totalCount } } }
  files(first: 100) { nodes { path } }
}
"""
_OF_BRANCH = (
    """
query($node: ID!, $head: String!) { node(id: $node) { ... on Repository {
  pullRequests(first: 5, headRefName: $head, orderBy: {field: CREATED_AT, direction: DESC}) { nodes { ...Pull } } } } }
"""
    + _PULL
)
_MERGED = (
    """
query($node: ID!, $base: String!, $most: Int!) { node(id: $node) { ... on Repository {
  pullRequests(first: $most, states: MERGED, baseRefName: $base, orderBy: {field: UPDATED_AT, direction: DESC}) {
    nodes { ...Pull } } } } }
"""
    + _PULL
)


def pull_of(at: Asked, branch: str, commit: str) -> Pull | None:
    """The newest pull request of a branch of this repository, one of this very commit first. Raises as `Asked.ask`."""
    found = _pulls(at.ask(_OF_BRANCH, "pull requests", "pull_requests: read", head=branch), current=commit)
    return max(found, key=lambda pull: (pull.head == commit, pull.number), default=None)


def merged_since(at: Asked, base: str, since: int) -> list[Pull]:
    """Pull requests merged into a branch since an instant, the first of the newest. Raises as `Asked.ask`."""
    found = _pulls(at.ask(_MERGED, "pull requests", "pull_requests: read", base=base, most=PULLS))
    return [pull for pull in found if pull.merged is not None and pull.merged >= since]


def _pulls(found: dict, current: str = "") -> list[Pull]:
    """current: the commit for which a review must have been given; that of the pull request when not said."""
    rows = values.rows(values.need(found, "pullRequests", dict), "nodes")
    return [_pull(row, current) for row in rows if not values.need(row, "isCrossRepository", bool)]


def _pull(row: dict, current: str) -> Pull:
    head = values.need(row, "headRefOid", str)
    commits = [node["commit"] for node in values.rows(values.need(row, "commits", dict), "nodes")]
    written = [_authors(each) for each in commits]
    parts = [(values.need(row, "commits", dict), commits)]
    parts += [(each["authors"], each["authors"]["nodes"]) for each in commits]
    opened = values.path(row, "author", "login")
    reviews = values.rows(values.need(row, "reviews", dict), "nodes")
    files = values.need(row, "files", dict, none=True) or {"nodes": []}
    return Pull(
        number=values.need(row, "number", int),
        head=head,
        branch=values.need(row, "headRefName", str),
        merged=values.moment(row, "mergedAt"),
        authors=frozenset({opened.lower()} if opened else ()).union(*(logins for logins, _ in written)),
        emails=frozenset().union(*(emails for _, emails in written)),
        whole=all(values.need(part, "totalCount", int) <= len(rows) for part, rows in parts),
        reviews=tuple(made for each in reviews if (made := _review(each, current or head)) is not None),
        paths=frozenset(values.need(each, "path", str) for each in values.rows(files, "nodes")),
    )


def _review(row: dict, current: str) -> Review | None:
    """None for one that was not sent, and for one by an account that is gone, of which nobody knows whose it was."""
    login, at = values.path(row, "author", "login"), values.moment(row, "submittedAt")
    if login is None or at is None:
        return None
    return Review(
        author=login.lower(),
        state=values.need(row, "state", str).lower(),
        instant=at,
        comments=values.path(row, "comments", "totalCount") or 0,
        current=values.path(row, "commit", "oid") == current,
        automatic=values.path(row, "author", "__typename") != "User",
    )


def _authors(commit: object) -> tuple[set[str], set[str]]:
    """Logins and addresses of whoever wrote a commit, co-authors too, in lower case."""
    people = values.rows(values.need(values.need({"commit": commit}, "commit", dict), "authors", dict), "nodes")
    logins = {login.lower() for each in people if (login := values.path(each, "user", "login"))}
    return logins, {email.lower() for each in people if (email := values.need(each, "email", str, none=True))}


_WRITTEN = """
query($node: ID!, $commit: GitObjectID!, $since: GitTimestamp!) { node(id: $node) { ... on Repository {
  object(oid: $commit) { ... on Commit { history(first: 50, since: $since) { nodes {
    authors(first: 5) { nodes { email user { login } } } } } } } } } }
"""


def authors_since(at: Asked, commit: str, since: int) -> tuple[frozenset[str], frozenset[str]]:
    """Logins and addresses of whoever wrote what leads to a commit since an instant, its fifty newest commits. Raises
    as `Asked.ask`."""
    found = at.ask(_WRITTEN, "commits", "contents: read", commit=commit, since=values.written(since))
    rows = values.path(found, "object", "history", "nodes") or ()
    written = [_authors(row) for row in rows]
    return frozenset().union(*(each for each, _ in written)), frozenset().union(*(each for _, each in written))


def members(at: Asked, organization: str, team: str) -> frozenset[str]:
    """Logins in lower case of those in a team, the first hundred. Raises MissingPermission also for a team that GitHub
    does not show, and as `Asked.get`."""
    path = f"/orgs/{quote(organization, safe='')}/teams/{quote(team, safe='')}/members"
    try:
        answer = at.get_elsewhere(path, {"per_page": RUNS}, f"members of {organization}/{team}")
    except errors.NotFound:
        raise errors.MissingPermission(f"The token may not read who is in {organization}/{team}.", MEMBERS) from None
    return frozenset(values.need(row, "login", str).lower() for row in values.rows(answer.json))


MEMBERS = "members: read"

# When files came and went

_HISTORY = """history(first: 100, path: %s) { totalCount nodes {
  committedDate associatedPullRequests(first: 1) { nodes { mergedAt } } } }"""


def came_and_went(
    at: Asked, branch: str, added: Collection[str], removed: Collection[str]
) -> tuple[dict[str, int], dict[str, int]]:
    """When these paths came to the default branch and are there since, and when these left it, in microseconds; those
    that are not there (still there) are in neither. What a pull request brought counts from its merge, however old its
    commits say that they are. Raises as `Asked.ask`."""
    paths = list(dict.fromkeys((*added, *removed)))
    if not paths:
        return {}, {}
    parts = []
    variables: dict[str, object] = {}
    for place, path in enumerate(paths):
        variables[f"p{place}"], variables[f"e{place}"] = path, f"{branch}:{path}"
        parts.append(f"t{place}: object(expression: $e{place}) {{ __typename }}")
        history = _HISTORY % f"$p{place}"
        parts.append(f"h{place}: defaultBranchRef {{ target {{ ... on Commit {{ {history} }} }} }}")
    named = " ".join(f"$p{place}: String!, $e{place}: String!" for place in range(len(paths)))
    query = f"query($node: ID!, {named}) {{ node(id: $node) {{ ... on Repository {{ {' '.join(parts)} }} }} }}"
    found = at.ask(query, "the history of files", "contents: read", **variables)
    came, went = {}, {}
    for place, path in enumerate(paths):
        history = values.path(found, f"h{place}", "target", "history") or {"totalCount": 0, "nodes": []}
        times = [_arrived(row) for row in values.rows(history, "nodes")]
        is_there = values.path(found, f"t{place}", "__typename") is not None
        if not times or values.need(history, "totalCount", int) > len(times):
            continue
        if path in added and is_there:
            came[path] = min(times)
        if path in removed and not is_there:
            went[path] = times[0]
    return came, went


def _arrived(row: dict) -> int:
    committed = values.moment(row, "committedDate", none=False)
    pulls = values.path(row, "associatedPullRequests", "nodes") or ()
    merged = [at for each in pulls if (at := values.moment(each, "mergedAt")) is not None]
    return max([committed, *merged])


# Deployments and settings

_DEPLOYMENTS = """
query($node: ID!) { node(id: $node) { ... on Repository {
  deployments(first: 100, orderBy: {field: CREATED_AT, direction: DESC}) {
    nodes { environment createdAt statuses(first: 30) { nodes { state createdAt logUrl } } } } } } }
"""


def deployments(at: Asked, paths: Mapping[int, str] | None) -> list[Deployment]:
    """The newest hundred, with what became of them. paths: files of workflows by run, to tell which deployed; of runs
    that are not in it the first few are asked for. None: nobody wants to know. Raises as `Asked.ask`."""
    found = at.ask(_DEPLOYMENTS, "deployments", "deployments: read")
    known = dict(paths or {})
    made = []
    for row in values.rows(values.need(found, "deployments", dict), "nodes"):
        states = [
            (values.need(each, "state", str).lower(), values.moment(each, "createdAt", none=False))
            for each in values.rows(values.need(row, "statuses", dict), "nodes")
        ]
        run = None if paths is None else _run_of(row)
        if run is not None and run not in known:
            known[run] = run_path(at, run) if at.left and len(known) < len(paths) + LOOKED_UP else ""
        made.append(
            Deployment(
                environment=values.need(row, "environment", str, none=True) or "",
                states=tuple(sorted(states, key=lambda each: each[1])),
                workflow=known.get(run, "") if run is not None else "",
            )
        )
    return made


def _run_of(row: dict) -> int | None:
    for each in values.rows(values.need(row, "statuses", dict), "nodes"):
        if found := _RUN_IN_LOG.search(each.get("logUrl") or ""):
            return int(found[1])
    return None


@dataclass(frozen=True)
class Rules:
    """What a change to a branch needs, as far as every reader may see. checks: names of status checks. approvals: by
    rulesets. is_protected: whether there are rules of the older kind, too, which only administrators read whole."""

    checks: tuple[str, ...]
    approvals: int
    is_protected: bool


def rules(at: Asked, branch: str) -> Rules:
    """Two requests. Raises as `Asked.get`."""
    name = quote(branch, safe="")
    listed = values.rows(at.get(f"/rules/branches/{name}", {"per_page": RUNS}, "the rules of a branch").json)
    older = at.get(f"/branches/{name}", what="a branch").json
    required = [
        values.need(each, "context", str)
        for rule in _of_kind(listed, "required_status_checks")
        for each in values.rows(values.need(rule, "required_status_checks", list))
    ]
    checks = values.path(older, "protection", "required_status_checks")
    if checks and checks.get("enforcement_level") != "off":
        required += [str(each) for each in values.need(checks, "contexts", list, none=True) or ()]
    counts = [values.need(rule, "required_approving_review_count", int) for rule in _of_kind(listed, "pull_request")]
    is_protected = bool(values.path(older, "protection", "enabled"))
    return Rules(tuple(dict.fromkeys(required)), max(counts, default=0), is_protected)


def _of_kind(listed: list[dict], kind: str) -> list[dict]:
    return [values.need(rule, "parameters", dict, none=True) or {} for rule in listed if rule.get("type") == kind]


def approvals(at: Asked, branch: str, known: Rules, wanted: int) -> int | Refused:
    """How many approvals a change to that branch needs; a request where `known` does not show that it is enough. Raises
    as `Asked.get`."""
    if known.approvals >= wanted or not known.is_protected:
        return known.approvals
    try:
        rule = at.get(f"/branches/{quote(branch, safe='')}/protection", what="the rules of a branch").json
    except (errors.MissingPermission, errors.NotFound) as error:  # GitHub hides it from whoever may not administer
        return Refused(getattr(error, "needed", "") or "administration: read")
    by_rule = values.path(rule, "required_pull_request_reviews", "required_approving_review_count") or 0
    return max(known.approvals, by_rule)


def reviewers(at: Asked) -> dict[str, int]:
    """How many people or teams must agree to a deployment, by environment. Raises as `Asked.get`."""
    answer = at.get("/environments", {"per_page": RUNS}, "environments")
    found = {}
    for row in values.rows(answer.json, "environments"):
        rules = values.need(row, "protection_rules", list, none=True) or ()
        asked = [each for each in rules if isinstance(each, dict) and each.get("type") == "required_reviewers"]
        found[values.need(row, "name", str)] = sum(len(each.get("reviewers") or ()) for each in asked)
    return found


def releases(at: Asked) -> tuple[tuple[str, int], ...]:
    """(tag, number of files) of the newest published releases. Raises as `Asked.get`."""
    rows = values.rows(at.get("/releases", {"per_page": RUNS}, "releases").json)
    return tuple(
        (values.need(row, "tag_name", str), len(values.need(row, "assets", list)))
        for row in rows
        if not values.need(row, "draft", bool)
    )
