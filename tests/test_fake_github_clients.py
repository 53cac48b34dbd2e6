"""The GitHub to test against, seen by PyGithub; and its Apps, webhooks, histories and processes."""

import hashlib
import hmac
import json
import time

import jwt
import pytest
import requests
from github import Auth, Github, GithubIntegration, GithubRetry

from tests.fake_github import GitHub, webhooks
from tests.fake_github.remote import Remote
from tests.fake_github.routes import TABLE
from tests.fake_github.schema import Mismatch, description
from tests.repos import RepoBuilder

NOW = "2026-06-01 12:00"


def client(hub: GitHub, **options) -> Github:
    return Github(auth=Auth.Token(hub.token()), base_url=hub.url, retry=GithubRetry(total=0), **options)


def test_pygithub_reads_all_kinds_of_things():
    with GitHub(now=NOW, strict=True) as hub:
        repo = hub.repository("acme/shop")
        pull = repo.pull(opened="2026-05-01", merged="2026-05-03", reviews=[("hubot", "APPROVED", "2026-05-02")])
        repo.deploy(created="2026-05-04", statuses=[("success", "2026-05-04 01:00")])
        run = repo.run(created="2026-05-05").rerun("2026-05-06")
        repo.release("v1", published="2026-05-07")
        found = client(hub).get_repo("acme/shop")
        seen = found.get_pull(pull.number)
        assert (seen.merged, seen.commits, seen.get_reviews()[0].state) == (True, 1, "APPROVED")
        assert [status.state for status in found.get_deployments()[0].get_statuses()] == ["success"]
        assert [(each.id, each.run_attempt) for each in found.get_workflow_runs(created="2026-05-05")] == [(run.id, 2)]
        assert [release.tag_name for release in found.get_releases()] == ["v1"]
        assert found.get_commits().totalCount == 2
        assert [each.full_name for each in client(hub).search_repositories("shop")] == ["acme/shop"]


def test_an_enterprise_server_is_found_under_its_own_paths():
    with GitHub(enterprise=True) as hub:
        hub.repository("acme/shop")
        hub_client = client(hub)
        assert hub_client.get_repo("acme/shop").url == f"{hub.url}/repos/acme/shop"
        assert hub_client.requester.graphql_query("{ viewer { login } }", {})[1]["data"]["viewer"]["login"] == "mona"
        assert requests.get(f"{hub.root}/meta", timeout=10).status_code == 404


def test_an_app_signs_in_and_reads_what_it_was_given():
    with GitHub(strict=True) as hub:
        hub.repository("acme/shop"), hub.repository("acme/secret")
        app = hub.app()
        place = hub.install(app, "acme", ["acme/shop"])
        door = GithubIntegration(auth=Auth.AppAuth(app.id, app.private_key), base_url=hub.url)
        assert door.get_repo_installation("acme", "shop").id == place.id
        assert [repo.full_name for repo in door.get_installations()[0].get_repos()] == ["acme/shop"]
        assert door.get_github_for_installation(place.id).get_repo("acme/shop").full_name == "acme/shop"


@pytest.mark.parametrize(
    ("claims", "status"),
    [
        ({}, 200),
        ({"exp": 3600}, 401),
        ({"exp": -1}, 401),
        ({"iat": 600}, 401),
        ({"iss": "1"}, 401),
        ({"key": None}, 401),
    ],
)
def test_a_json_web_token_is_looked_at_closely(claims, status):
    with GitHub() as hub:
        app, now = hub.app(), int(time.time())
        other = hub.app("other")
        key = other.private_key if "key" in claims else app.private_key
        issued, expires = now + claims.get("iat", -30), now + claims.get("exp", 300)
        token = jwt.encode({"iss": claims.get("iss", str(app.id)), "iat": issued, "exp": expires}, key, "RS256")
        answer = requests.get(f"{hub.url}/app", headers={"Authorization": f"Bearer {token}"}, timeout=10)
        assert answer.status_code == status


def test_an_installation_token_lasts_an_hour_and_may_be_narrowed():
    with GitHub(now=None) as hub:
        hub.repository("acme/shop")
        app = hub.app()
        place = hub.install(app)
        now = int(time.time())
        proof = jwt.encode({"iss": app.client_id, "iat": now - 30, "exp": now + 300}, app.private_key, "RS256")
        url = f"{hub.url}/app/installations/{place.id}/access_tokens"
        headers = {"Authorization": f"Bearer {proof}"}
        made = requests.post(url, json={"permissions": {"issues": "read"}}, headers=headers, timeout=10).json()
        more = requests.post(url, json={"permissions": {"issues": "write"}}, headers=headers, timeout=10)
        with_token = {"Authorization": f"Bearer {made['token']}"}
        codes = [
            requests.get(f"{hub.url}/repos/acme/shop/{what}", headers=with_token, timeout=10).status_code
            for what in ("issues", "pulls")
        ]
        hub.clock.advance(3601)
        codes.append(requests.get(f"{hub.url}/repos/acme/shop/issues", headers=with_token, timeout=10).status_code)
        assert (codes, more.status_code) == ([200, 403, 401], 422)


def test_an_app_sees_nothing_of_other_accounts():
    with GitHub() as hub:
        hub.repository("acme/shop"), hub.repository("other/shop")
        headers = {"Authorization": f"Bearer {hub.token(kind='app')}"}
        names = [
            requests.get(f"{hub.url}/repos/{name}", headers=headers, timeout=10).status_code
            for name in ("acme/shop", "other/shop")
        ]
        assert names == [200, 404]


def test_a_real_history_becomes_pull_requests(tmp_path):
    real = RepoBuilder(tmp_path / "shop")
    real.commit("Begin", "2026-01-05 09:00", files={".github/workflows/ci.yml": "on: push\n"})
    merge = real.pull_request(12, "Write it", "2026-01-06 09:00", "2026-01-07 09:00", commits=2)
    squash = real.squash("Polish it", 13, "2026-01-08 09:00")
    real.tag("v1", "2026-01-09 09:00")
    with GitHub(now=NOW, strict=True) as hub:
        repo = hub.repository("acme/shop", git=real.path)
        found = {row["number"]: (row["merge_sha"], len(row["commits"])) for row in hub.truth()["pulls"]}
        commits = [commit.sha for commit in client(hub).get_repo("acme/shop").get_commits()]
        assert (found, commits[0], len(commits)) == ({12: (merge, 2), 13: (squash, 1)}, squash, 5)
        assert repo.settings.files == {".github/workflows/ci.yml": "on: push\n"} | {
            name: repo.settings.files[name] for name in repo.settings.files if name.startswith("file")
        }


def test_changes_are_the_same_for_the_same_seed():
    def history() -> str:
        hub = GitHub(now=NOW)
        hub.clock.freeze(NOW)
        hub.fill("acme/shop", seed=2, pulls=30)
        hub.mutate(seed=4, n=300, step=30)
        hub.stop()
        return json.dumps(hub.truth(), sort_keys=True)

    assert history() == history()


@pytest.mark.parametrize("seed", range(3))
def test_whatever_changed_is_still_sent_as_described(seed):
    with GitHub(strict=True) as hub:
        repo = hub.fill("acme/shop", seed=seed, pulls=20)
        hub.mutate(seed, 300)
        token = {"Authorization": f"Bearer {hub.token()}"}
        for path in ("issues?state=all", "pulls?state=all", "deployments?", "actions/runs?", "releases?", "commits?"):
            answer = requests.get(f"{hub.url}/repos/acme/shop/{path}&per_page=100", headers=token, timeout=30)
            assert answer.ok, answer.text
        for row in list(repo.deployments.truth())[:5]:
            assert requests.get(
                f"{hub.url}/repos/acme/shop/deployments/{row['id']}/statuses", headers=token, timeout=10
            ).ok
        for row in list(repo.runs.truth())[:5]:
            url = f"{hub.url}/repos/acme/shop/actions/runs/{row['id']}/jobs?filter=all"
            assert requests.get(url, headers=token, timeout=10).ok


def test_the_truth_is_what_a_reader_of_everything_has():
    with GitHub() as hub:
        hub.fill("acme/shop", pulls=120)
        hub.mutate(7, 200)
        read = client(hub, per_page=100).get_repo("acme/shop").get_issues(state="all")
        truth = hub.truth()
        known = {row["number"]: row["state"] for row in truth["pulls"] + truth["issues"]}
        assert {item.number: item.state for item in read} == known


def test_a_delivery_is_signed_and_about_what_it_says():
    with GitHub() as hub:
        deployment = hub.repository("acme/shop").deploy(statuses=[("success", NOW)])
        headers, body = hub.webhook("deployment_status", "created", about=deployment, secret="s")
    payload = json.loads(body)
    assert headers["X-Hub-Signature-256"] == "sha256=" + hmac.new(b"s", body, hashlib.sha256).hexdigest()
    assert (headers["X-GitHub-Event"], payload["deployment"]["id"]) == ("deployment_status", deployment.id)
    assert (payload["repository"]["full_name"], payload["deployment_status"]["state"]) == ("acme/shop", "success")


@pytest.mark.parametrize(
    ("event", "action", "made", "part"),
    [
        ("pull_request", "closed", lambda repo: repo.pull(opened=NOW, merged=NOW), "pull_request"),
        ("issues", "labeled", lambda repo: repo.issue(labels=["incident"]), "issue"),
        ("workflow_run", "completed", lambda repo: repo.run(), "workflow_run"),
        ("workflow_job", "completed", lambda repo: repo.run(), "workflow_job"),
        ("release", "published", lambda repo: repo.release("v1"), "release"),
        ("repository", "renamed", lambda repo: repo, "repository"),
    ],
)
def test_a_delivery_may_be_about_anything(event, action, made, part):
    hub = GitHub()
    thing = made(hub.repository("acme/shop"))
    payload = json.loads(hub.webhook(event, action, about=thing)[1])
    hub.stop()
    assert payload["repository"]["full_name"] == "acme/shop"
    assert "/repos/acme/shop" in payload[part]["url"]


def test_every_published_payload_can_be_delivered():
    deliveries = list(webhooks.every("s"))
    assert len(deliveries) > 300
    assert all(headers["X-Hub-Signature-256"].startswith("sha256=") for _, (headers, _) in deliveries)


def test_a_process_of_its_own_takes_the_same_calls():
    with Remote.start("--pulls", "3", "--issues", "0") as hub:
        pull = hub.on("acme/shop", "pull", "Faster cart")
        hub.call("fault", "502")
        headers = {"Authorization": f"Bearer {hub.token}"}
        codes = [requests.get(f"{hub.url}/repos/acme/shop", headers=headers, timeout=10).status_code for _ in range(2)]
        assert (pull["title"], len(hub.truth()["pulls"]), codes) == ("Faster cart", 4, [502, 200])


def test_a_body_with_a_property_of_our_own_is_found_out(monkeypatch):
    with GitHub() as hub:
        hub.repository("acme/shop").tag("v1", hub.repository("acme/shop").commit())
        body = client(hub).get_repo("acme/shop").get_tags()[0].raw_data
        with pytest.raises(Mismatch, match="mood"):
            hub.checker.response("GET /repos/{owner}/{repo}/tags", 200, [{**body, "mood": "good"}])


def test_every_route_is_one_that_github_describes():
    with GitHub() as hub:
        for route in TABLE:
            assert hub.checker.request(route.operation, {}) is None
            if route.method == "DELETE":  # answers without a body
                assert "204" in description()["operations"][route.operation]["responses"]
                continue
            if route.template.endswith("/{archive_format}"):  # leads elsewhere
                assert "302" in description()["operations"][route.operation]["responses"]
                continue
            with pytest.raises(Mismatch):
                hub.checker.response(route.operation, 201 if route.method == "POST" else 200, "not this")
