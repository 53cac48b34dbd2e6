"""What a first reading will take, before it begins: how many requests, how long, and whether the quota will do."""

from dataclasses import dataclass

from data.sources.github import errors, values
from data.sources.github.api import PAGE, Api
from data.sources.github.deployments import _repository
from data.sources.github.repository import Found

DETAILS = 50  # pull requests in one query
SECONDS = 0.6  # of one request of REST, as a rule
SECONDS_OF_A_QUERY = 2.5
_AROUND = 8  # requests that each sync makes, whatever there is

#: By the first of what is counted together; GraphQL does not name it itself.
_PERMISSION = {
    "issues": "issues (read), pull_requests (read) and contents (read)",
    "deployments": "deployments (read)",
    "commits": "contents (read)",
    "runs": "actions (read)",
}
_COUNT = """
query($node: ID!) {
  node(id: $node) { ... on Repository {
    issues(first: 1) { totalCount }
    pullRequests(first: 1) { totalCount }
    merged: pullRequests(first: 1, states: MERGED) { totalCount }
    releases(first: 1) { totalCount }
    refs(refPrefix: "refs/tags/", first: 1) { totalCount }
  } }
}
"""
_DEPLOYMENTS = "query($node: ID!) { node(id: $node) { ... on Repository { deployments(first: 1) { totalCount } } } }"
_COMMITS = """
query($node: ID!) {
  node(id: $node) { ... on Repository {
    defaultBranchRef { target { ... on Commit { history(first: 1) { totalCount } } } }
  } }
}
"""


@dataclass(frozen=True)
class Plan:
    """counts: what there is, None where the token may not read it. rest, queries: requests of either kind. minutes: as
    a rule. rest_left, queries_left: of the quota of this hour, None where GitHub names none. hours: until the quota has
    sufficed, 0 = at once. unknown: what may not be read -> the sentence that says why."""

    name: str
    counts: dict[str, int | None]
    rest: int
    queries: int
    minutes: float
    rest_left: int | None
    queries_left: int | None
    hours: int
    unknown: dict[str, str]

    @property
    def sentence(self) -> str:
        calls = self.rest + self.queries
        said = f"About {calls:,} requests and {max(1, round(self.minutes))} minutes for {self.name}"
        if self.rest_left is not None:
            said += f"; {self.rest_left:,} of this hour are left"
        return said + (f", so it pauses and goes on for {self.hours} more hours." if self.hours else ".")


def plan(api: Api, found: Found) -> Plan:
    """Asks how much there is, in four requests. Raises what `Api` does, but for missing permissions."""
    counts: dict[str, int | None] = {}
    unknown: dict[str, str] = {}

    def ask(names: tuple[str, ...], read) -> None:
        try:
            counts.update(zip(names, read(), strict=True))
        except errors.MissingPermission as error:
            counts.update(dict.fromkeys(names))
            wanted = "" if error.needed else f" (it wants {_PERMISSION[names[0]]})"
            unknown[", ".join(names)] = f"{str(error)[:-1]}{wanted}."
        except errors.NotFound as error:
            counts.update(dict.fromkeys(names))
            unknown[", ".join(names)] = str(error)

    def total(what: str, query: str, *paths: tuple[str, ...]):
        here = _repository(api.graphql(query, {"node": found.node}, f"{what} of {found.full_name}").json)
        return [values.path(here, *path, "totalCount") or 0 for path in paths]

    ask(
        ("issues", "pull requests", "merged", "releases", "tags"),
        lambda: total(
            "issues and pull requests", _COUNT, ("issues",), ("pullRequests",), ("merged",), ("releases",), ("refs",)
        ),
    )
    ask(("deployments",), lambda: total("deployments", _DEPLOYMENTS, ("deployments",)))
    ask(("commits",), lambda: total("commits", _COMMITS, ("defaultBranchRef", "target", "history")))
    ask(("runs",), lambda: [_runs(api, found)])
    known = {name: count or 0 for name, count in counts.items()}
    details = _pages(known["merged"], DETAILS)
    queries = details + max(0, _pages(known["commits"]) - details) + _pages(known["deployments"])
    queries += _pages(max(known["releases"], known["tags"])) + _AROUND
    rest = _pages(known["issues"] + known["pull requests"]) + _pages(known["runs"]) * 10 // 9 + _AROUND
    left = {name: limit.remaining for name, limit in api.quota.items()}
    limits = {name: limit.limit for name, limit in api.quota.items()}
    hours = max(
        -(-max(0, wanted - left[name]) // max(1, limits[name])) if name in left else 0
        for name, wanted in (("core", rest), ("graphql", 3 * queries))
    )
    minutes = (rest * SECONDS + queries * SECONDS_OF_A_QUERY) / 60
    return Plan(
        found.full_name, counts, rest, queries, minutes, left.get("core"), left.get("graphql"), hours, unknown
    )  # fmt: skip


def _runs(api: Api, found: Found) -> int:
    where = f"/repositories/{found.github_id}/actions/runs"
    answer = api.get(where, {"per_page": 1}, what=f"workflow runs of {found.full_name}")
    return values.need(answer.json, "total_count", int)


def _pages(count: int, size: int = PAGE) -> int:
    return -(-count // size)
