"""The GitHub to test against behaves as GitHub does: the feeds, paging, ETags, limits, names."""

from base64 import b64decode
from collections.abc import Iterator

import pytest
import requests

from tests.fake_github import GitHub

NOW = "2026-06-01 12:00"


@pytest.fixture
def hub() -> Iterator[GitHub]:
    with GitHub(now=NOW, strict=True) as hub:
        yield hub


class Client:
    """Plain HTTP with a token."""

    def __init__(self, hub: GitHub, token: str | None = None):
        self.hub, self.headers = hub, {"Authorization": f"Bearer {token or hub.token()}"}

    def get(self, path: str, **headers: str) -> requests.Response:
        url = path if path.startswith("http") else self.hub.url + path
        return requests.get(url, headers={**self.headers, **headers}, allow_redirects=False, timeout=10)

    def every(self, path: str) -> list[dict]:
        """All pages, by their Link headers."""
        found, url = [], path
        while url:
            answer = self.get(url)
            found += answer.json()
            url = answer.links.get("next", {}).get("url")
        return found


def test_the_feed_is_paged_to_the_end(hub):
    repo = hub.repository("acme/shop")
    for day in range(1, 26):
        repo.pull(f"Change {day}", opened=f"2026-05-{day:02} 09:00")
    feed = Client(hub).every("/repos/acme/shop/issues?state=all&sort=updated&direction=asc&per_page=10")
    assert [item["number"] for item in feed] == list(range(1, 26))


def test_since_takes_what_was_updated_then_or_later(hub):
    repo = hub.repository("acme/shop")
    for hour in (9, 10, 11):
        repo.issue(opened=f"2026-05-01 {hour:02}:00")
    feed = Client(hub).get("/repos/acme/shop/issues?since=2026-05-01T10:00:00Z&sort=updated&direction=asc").json()
    assert [item["number"] for item in feed] == [2, 3]


def test_an_unchanged_list_answers_304_and_costs_nothing(hub):
    hub.repository("acme/shop").issue()
    client = Client(hub)
    etag = client.get("/repos/acme/shop/issues").headers["ETag"]
    again = client.get("/repos/acme/shop/issues", **{"If-None-Match": etag})
    assert (again.status_code, again.content, hub.counted) == (304, b"", 1)


def test_an_old_name_leads_to_the_number(hub):
    repo = hub.repository("acme/shop")
    repo.rename("acme/store")
    answer = Client(hub).get("/repos/acme/shop/issues?state=all")
    assert (answer.status_code, answer.headers["Location"]) == (
        301,
        f"{hub.url}/repositories/{repo.id}/issues?state=all",
    )


def test_a_missing_permission_is_named(hub):
    hub.repository("acme/shop")
    answer = Client(hub, hub.token({"issues": "read"})).get("/repos/acme/shop/deployments")
    assert (answer.status_code, answer.headers["X-Accepted-GitHub-Permissions"]) == (403, "deployments=read")


def test_a_spent_quota_says_when_it_comes_back(hub):
    hub.repository("acme/shop")
    client = Client(hub)
    hub.limit(remaining=1, reset_in=90)
    codes = [client.get("/repos/acme/shop").status_code for _ in range(2)]
    hub.clock.advance(91)
    assert [*codes, client.get("/repos/acme/shop").status_code] == [200, 403, 200]


def test_a_write_is_seen_when_the_replica_has_it(hub):
    repo, client = hub.repository("acme/shop"), Client(hub)
    hub.clock.freeze()
    hub.lag(30, jitter=False)
    repo.issue()
    before = client.get("/repos/acme/shop/issues").json()
    hub.clock.advance(30)
    assert (before, len(client.get("/repos/acme/shop/issues").json())) == ([], 1)


def test_a_run_again_keeps_its_creation(hub):
    run = hub.repository("acme/shop").run(created="2026-05-01")
    run.rerun(at="2026-05-20")
    [listed] = Client(hub).get("/repos/acme/shop/actions/runs?created=2026-05-01").json()["workflow_runs"]
    assert (listed["created_at"], listed["run_attempt"]) == ("2026-05-01T00:00:00Z", 2)


def test_a_success_makes_the_deployment_before_inactive(hub):
    repo = hub.repository("acme/shop")
    first = repo.deploy(created="2026-05-01", statuses=[("success", "2026-05-01 01:00")])
    repo.deploy(created="2026-05-02", statuses=[("success", "2026-05-02 01:00")])
    statuses = Client(hub).get(f"/repos/acme/shop/deployments/{first.id}/statuses").json()
    assert [status["state"] for status in statuses] == ["inactive", "success"]


def test_rules_owners_and_files_can_be_read_one_by_one(hub):
    repo = hub.repository("acme/shop")
    repo.commit(files={".github/workflows/ci.yml": "on: push\n", "CODEOWNERS": "* @mona\n"})
    repo.settings.ruleset(rules=("PULL_REQUEST", "REQUIRED_STATUS_CHECKS", "DELETION"), requiredApprovingReviewCount=2)
    repo.settings.codeowners_error(1)
    here, client = "/repos/acme/shop", Client(hub)
    rules = client.get(f"{here}/rules/branches/main").json()
    assert [rule["type"] for rule in rules] == ["pull_request", "required_status_checks", "deletion"]
    assert rules[0]["parameters"]["required_approving_review_count"] == 2
    assert [error["line"] for error in client.get(f"{here}/codeowners/errors").json()["errors"]] == [1]
    assert [file["name"] for file in client.get(f"{here}/contents/.github/workflows").json()] == ["ci.yml"]
    file = client.get(f"{here}/contents/.github/workflows/ci.yml").json()
    assert b64decode(file["content"]) == b"on: push\n"


def test_a_commit_knows_its_pull_requests(hub):
    pull = hub.repository("acme/shop").pull(opened="2026-05-01", merged="2026-05-02")
    found = Client(hub).get(f"/repos/acme/shop/commits/{pull.row['merge_sha']}/pulls").json()
    assert [each["number"] for each in found] == [pull.number]


def test_comments_are_written_changed_and_deleted_by_who_may(hub):
    repo, writes = hub.repository("acme/shop"), {"pull_requests": "write"}
    number, here = repo.pull(opened="2026-05-01").number, f"{hub.url}/repos/acme/shop/issues"
    headers = {"Authorization": f"Bearer {hub.token(writes, kind='app')}"}
    made = requests.post(f"{here}/{number}/comments", json={"body": "One"}, headers=headers, timeout=10)
    identity = made.json()["id"]
    changed = requests.patch(f"{here}/comments/{identity}", json={"body": "Two"}, headers=headers, timeout=10)
    empty = requests.post(f"{here}/{number}/comments", json={"body": " "}, headers=headers, timeout=10)
    reader = Client(hub, hub.token({"pull_requests": "read"}))
    [listed] = reader.get(f"/repos/acme/shop/issues/{number}/comments").json()
    refused = requests.delete(f"{here}/comments/{identity}", headers=reader.headers, timeout=10)
    gone = requests.delete(f"{here}/comments/{identity}", headers=headers, timeout=10)
    codes = [made.status_code, changed.status_code, empty.status_code, refused.status_code, gone.status_code]
    assert codes == [201, 200, 422, 403, 204]
    assert (listed["body"], listed["user"]["login"], repo.item(number).row["comments"]) == (
        "Two",
        "github-actions[bot]",
        1,
    )
    assert reader.get(f"/repos/acme/shop/issues/{number}/comments").json() == []
