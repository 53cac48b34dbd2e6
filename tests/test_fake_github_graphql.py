"""GraphQL of the GitHub to test against: executed on the published schema, with GitHub's costs and errors."""

from collections.abc import Iterator

import pytest
import requests

from tests.fake_github import GitHub

NOW = "2026-06-01 12:00"
DETAILS = """query($ids: [ID!]!) {
  nodes(ids: $ids) { ... on PullRequest {
    number additions deletions isDraft mergeCommit { oid } headRepository { nameWithOwner }
    commits(first: 100) { nodes { commit { oid authoredDate } } }
    reviews(first: 50) { nodes { state submittedAt author { login } } }
    timelineItems(first: 50, itemTypes: [READY_FOR_REVIEW_EVENT, CONVERT_TO_DRAFT_EVENT]) {
      nodes { __typename ... on ReadyForReviewEvent { createdAt } } }
    files(first: 50) { nodes { path } } } }
  rateLimit { cost remaining } }"""
SETTINGS = """{ repository(owner: "acme", name: "shop") {
  branchProtectionRules(first: 10) { nodes { pattern requiresApprovingReviews } }
  rulesets(first: 10) { nodes { name rules(first: 20) { nodes { type } } } }
  environments(first: 10) { nodes { name protectionRules(first: 5) { nodes { type timeout } } } }
  object(expression: "HEAD:.github/workflows") { ... on Tree { entries { name object { ... on Blob { text } } } } }
  codeowners { errors { line kind } } } }"""
DEPLOYMENTS = """query($after: String) { repository(owner: "acme", name: "shop") {
  deployments(first: 2, after: $after, orderBy: {field: CREATED_AT, direction: ASC}) {
    pageInfo { hasNextPage endCursor }
    nodes { commitOid state createdAt statuses(first: 10) { nodes { state createdAt } } } } } }"""


ALL_DEPLOYMENTS = """query($after: String) { repository(owner: "acme", name: "shop") {
  deployments(first: 40, after: $after, orderBy: {field: CREATED_AT, direction: DESC}) {
    pageInfo { hasNextPage endCursor }
    nodes { id databaseId environment createdAt updatedAt creator { login } ref { name } commit { oid }
      latestStatus { state } statuses(first: 100) { nodes { state createdAt } } } } } }"""
ALL_PULLS = """query($after: String) { repository(owner: "acme", name: "shop") {
  pullRequests(first: 50, after: $after, states: [OPEN, CLOSED, MERGED]) {
    pageInfo { hasNextPage endCursor }
    nodes { id number state merged mergedBy { login } reviewDecision changedFiles isCrossRepository
      labels(first: 20) { nodes { name } }
      commits(first: 100) { totalCount nodes { commit { oid committedDate author { date user { login } } } } }
      reviews(first: 100, states: [APPROVED, CHANGES_REQUESTED, COMMENTED, DISMISSED]) { totalCount }
      timelineItems(first: 100) { nodes { __typename ... on LabeledEvent { createdAt label { name } }
        ... on ClosedEvent { createdAt actor { login } } ... on MergedEvent { createdAt commit { oid } }
        ... on ReopenedEvent { createdAt } ... on ConvertToDraftEvent { createdAt } } } } } } }"""
EVERYTHING_ELSE = """{ viewer { login } repository(owner: "acme", name: "shop") {
  issues(first: 100) { nodes { number state stateReason timelineItems(first: 50) { totalCount } } }
  releases(first: 100) { nodes { tagName isDraft isPrerelease publishedAt tagCommit { oid } author { login } } }
  refs(refPrefix: "refs/tags/", first: 100) { nodes { name prefix target { oid } } }
  defaultBranchRef { name target { ... on Commit { history(first: 20) { totalCount nodes {
    oid messageHeadline parents(first: 2) { nodes { oid } }
    associatedPullRequests(first: 3) { nodes { number } } } } } } }
  } organization(login: "acme") { repositories(first: 10) { nodes { nameWithOwner } } } }"""


@pytest.fixture
def hub() -> Iterator[GitHub]:
    with GitHub(now=NOW) as hub:
        yield hub


def ask(hub: GitHub, query: str, token: str | None = None, **variables) -> dict:
    headers = {"Authorization": f"Bearer {token or hub.token()}"}
    body = {"query": query, "variables": variables}
    return requests.post(hub.graphql_url, json=body, headers=headers, timeout=10).json()


def node_ids(hub: GitHub, name: str = "acme/shop") -> list[str]:
    headers = {"Authorization": f"Bearer {hub.token()}"}
    feed = requests.get(f"{hub.url}/repos/{name}/issues?state=all&direction=asc", headers=headers, timeout=10).json()
    return [item["node_id"] for item in feed]


def test_details_of_pull_requests_by_the_ids_of_the_feed(hub):
    hub.repository("acme/shop").pull(
        opened="2026-05-01 10:00", ready_at="2026-05-01 12:00", reviews=[("hubot", "APPROVED", "2026-05-02 09:00")]
    )
    [pull] = ask(hub, DETAILS, ids=node_ids(hub))["data"]["nodes"]
    events = [event["createdAt"] for event in pull["timelineItems"]["nodes"]]
    reviews = [(review["state"], review["submittedAt"]) for review in pull["reviews"]["nodes"]]
    assert (events, reviews) == (["2026-05-01T12:00:00Z"], [("APPROVED", "2026-05-02T09:00:00Z")])


def test_fifty_pull_requests_cost_what_their_connections_ask_for(hub):
    repo = hub.repository("acme/shop")
    for _ in range(50):
        repo.pull(opened="2026-05-01")
    rate = ask(hub, DETAILS, ids=node_ids(hub) * 2)["data"]["rateLimit"]  # thirty on a page, twice
    assert rate == {"cost": round((1 + 60 * 4) / 100), "remaining": 4998}


def test_a_deployment_is_inactive_but_keeps_its_success(hub):
    repo = hub.repository("acme/shop")
    for day in (1, 2):
        repo.deploy(created=f"2026-05-0{day}", statuses=[("success", f"2026-05-0{day} 01:00")])
    first, second = ask(hub, DEPLOYMENTS)["data"]["repository"]["deployments"]["nodes"]
    states = [status["state"] for status in first["statuses"]["nodes"]]
    assert (first["state"], states, second["state"]) == ("INACTIVE", ["INACTIVE", "SUCCESS"], "ACTIVE")


def test_a_cursor_holds_its_place_while_rows_come(hub):
    repo = hub.repository("acme/shop")
    made = [repo.deploy(created=f"2026-05-0{day}").row["created_at"] for day in (1, 2, 3)]
    page = ask(hub, DEPLOYMENTS)["data"]["repository"]["deployments"]
    repo.deploy(created="2026-04-01")
    rest = ask(hub, DEPLOYMENTS, after=page["pageInfo"]["endCursor"])["data"]["repository"]["deployments"]["nodes"]
    assert (len(made), [node["createdAt"] for node in rest]) == (3, ["2026-05-03T00:00:00Z"])


def test_the_settings_of_a_repository_in_one_query(hub):
    repo = hub.repository("acme/shop")
    repo.commit(files={".github/workflows/ci.yml": "on: push\n", "CODEOWNERS": "* @mona\n"})
    repo.settings.protect("main", requiresApprovingReviews=True)
    repo.settings.ruleset("trunk", rules=("PULL_REQUEST",))
    repo.settings.environment("production", reviewers=("mona",))
    repo.settings.codeowners_error(3)
    assert ask(hub, SETTINGS)["data"]["repository"] == {
        "branchProtectionRules": {"nodes": [{"pattern": "main", "requiresApprovingReviews": True}]},
        "rulesets": {"nodes": [{"name": "trunk", "rules": {"nodes": [{"type": "PULL_REQUEST"}]}}]},
        "environments": {
            "nodes": [
                {"name": "production", "protectionRules": {"nodes": [{"type": "REQUIRED_REVIEWERS", "timeout": 0}]}}
            ]
        },
        "object": {"entries": [{"name": "ci.yml", "object": {"text": "on: push\n"}}]},
        "codeowners": {"errors": [{"line": 3, "kind": "Unknown owner"}]},
    }


def test_a_missing_permission_refuses_that_part(hub):
    hub.repository("acme/shop").commit()
    query = '{ repository(owner: "acme", name: "shop") { name defaultBranchRef { name } } }'
    answer = ask(hub, query, token=hub.token({"issues": "read"}))
    assert answer["data"]["repository"] == {"name": "shop", "defaultBranchRef": None}
    assert [(error["type"], error["path"]) for error in answer["errors"]] == [
        ("FORBIDDEN", ["repository", "defaultBranchRef"])
    ]


def test_what_is_not_there_is_null_with_an_error_of_its_own(hub):
    hub.repository("acme/shop").pull()
    answer = ask(hub, DETAILS, ids=[*node_ids(hub), "PR_kwDOnothing"])
    assert [bool(node) for node in answer["data"]["nodes"]] == [True, False]
    assert [(error["type"], error["path"]) for error in answer["errors"]] == [("NOT_FOUND", ["nodes", 1])]


@pytest.mark.parametrize("kind", ["RATE_LIMITED", "RATE_LIMIT"])
def test_a_spent_quota_is_a_200_without_data(hub, kind):
    hub.fault({"RATE_LIMITED": "graphql-rate-limited", "RATE_LIMIT": "graphql-rate-limit"}[kind])
    answer = ask(hub, "{ viewer { login } }")
    assert ("data" in answer, answer["errors"][0]["type"]) == (False, kind)


def test_a_number_needs_no_page_but_rows_do(hub):
    hub.repository("acme/shop").issue()
    count, rows = "issues { totalCount }", "issues { nodes { title } }"
    query = '{{ repository(owner: "acme", name: "shop") {{ {} }} }}'
    assert ask(hub, query.format(count))["data"]["repository"] == {"issues": {"totalCount": 1}}
    assert ask(hub, query.format(rows))["errors"][0]["type"] == "MISSING_PAGINATION_BOUNDARIES"


def test_a_field_that_github_does_not_have_is_a_problem():
    with pytest.raises(AssertionError, match="Cannot query field 'mood'"), GitHub(now=NOW) as hub:
        ask(hub, "{ viewer { mood } }")


def all_nodes(hub: GitHub, query: str, name: str) -> list[dict]:
    found, after, token = [], None, hub.token()
    while True:
        answer = ask(hub, query, token, after=after)
        assert "errors" not in answer, answer["errors"]
        page = answer["data"]["repository"][name]
        found += page["nodes"]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            return found


@pytest.mark.parametrize("seed", range(3))
def test_after_many_changes_all_that_is_given_is_true(hub, seed):
    hub.fill("acme/shop", seed=seed, pulls=60, deployments=50)
    hub.mutate(seed, 400)
    truth = hub.truth()
    deployments = {
        node["databaseId"]: [status["state"].lower() for status in node["statuses"]["nodes"]][::-1]
        for node in all_nodes(hub, ALL_DEPLOYMENTS, "deployments")
    }
    assert deployments == {row["id"]: [each["state"] for each in row["statuses"]] for row in truth["deployments"]}
    pulls = {
        node["number"]: (node["merged"], node["commits"]["totalCount"], node["reviews"]["totalCount"])
        for node in all_nodes(hub, ALL_PULLS, "pullRequests")
    }
    assert pulls == {
        row["number"]: (row["merged_at"] is not None, len(row["commits"]), len(row["reviews"]))
        for row in truth["pulls"]
    }
    assert "errors" not in ask(hub, EVERYTHING_ELSE)


def test_a_detail_may_be_older_than_the_feed(hub):
    hub.clock.freeze()
    pull = hub.repository("acme/shop").pull("Old", opened="2026-05-01")
    ids, older = node_ids(hub), 0
    for turn in range(20):
        hub.lag(60)
        pull.edit(f"New {turn}")
        for _ in range(5):
            headers = {"Authorization": f"Bearer {hub.token()}"}
            [item] = requests.get(f"{hub.url}/repos/acme/shop/issues", headers=headers, timeout=10).json()
            query = "query($ids: [ID!]!) { nodes(ids: $ids) { ... on PullRequest { updatedAt } } }"
            [node] = ask(hub, query, ids=ids)["data"]["nodes"]
            older += node["updatedAt"] < item["updated_at"]
            hub.clock.advance(6)
    assert older > 0
