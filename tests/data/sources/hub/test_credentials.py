"""Where secrets stand, what they may read, and what a first reading will take."""

import os
import stat
import time

import pytest
from cryptography.fernet import Fernet

from data import store
from data.sources.github import errors
from data.sources.github.credentials import KEY, api_of, keep, reveal
from data.sources.github.permissions import expiry, permissions
from data.sources.github.plan import plan
from data.sources.github.repository import listing, look
from data.tables import Connection, PipelineJob, RepositorySettings
from tests.data.sources.hub.arrange import HubClock, hub_with, place
from tests.data.sources.hub.server import TOKEN, Say, Server
from tests.fake_github import GitHub


@pytest.fixture
def hub():
    with GitHub() as hub:
        hub.repository("acme/shop").issue("One")
        hub.repository("acme/store")
        yield hub


def connection(hub, secret, kind="github_token", **more) -> Connection:
    return Connection(organization_id=1, kind=kind, base_url=hub.url, secret=secret, created_at=1, **more)


# Kept


def test_a_token_is_sealed_with_a_key_outside_the_database(home):
    sealed = keep(f" {TOKEN}\n")
    assert sealed.startswith("sealed:") and TOKEN not in sealed and keep(sealed) == sealed
    assert reveal(sealed) == TOKEN
    key = home / "secret.key"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert sorted(path.name for path in home.glob("secret*")) == ["secret.key"]


def test_without_its_key_a_sealed_token_is_lost(home):
    sealed = keep(TOKEN)
    (home / "secret.key").unlink()
    with pytest.raises(errors.NotAllowed, match="store the secret again"):
        reveal(sealed)


def test_the_key_may_come_from_the_environment(home, monkeypatch):
    monkeypatch.setenv(KEY, Fernet.generate_key().decode())
    assert reveal(keep(TOKEN)) == TOKEN
    assert not (home / "secret.key").exists()
    monkeypatch.setenv(KEY, "no key")
    with pytest.raises(errors.NotAllowed, match="holds no key: make one with"):
        keep(TOKEN)


def test_a_reference_stays_one(home, monkeypatch, tmp_path):
    monkeypatch.setenv("SHOP_TOKEN", TOKEN)
    (tmp_path / "token").write_text(TOKEN + "\n")
    for reference in ("env:SHOP_TOKEN", f"file:{tmp_path / 'token'}"):
        assert (keep(reference), reveal(reference)) == (reference, TOKEN)


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ("env:NOT_THERE_AT_ALL", "NOT_THERE_AT_ALL is not set"), ("env:A B", "name of an environment variable"),
        ("file:token", "whole path"), ("file:/not/there", "cannot be read"), ("file:/dev/zero", "plain file"),
        ("", "Give the token"), ("ghp_\x00", "no token"), ("ghp_é", "no token"), ("x" * 70_000, "no token"),
    ],
)  # fmt: skip
def test_what_is_no_secret_says_why(home, given, sentence):
    with pytest.raises(errors.NotAllowed, match=sentence):
        keep(given)


def test_a_stored_secret_in_clear_is_not_used(home):
    with pytest.raises(errors.NotAllowed, match="store it again"):
        reveal(TOKEN)


# Signed in


def test_an_app_signs_in_and_its_token_is_made_anew_before_it_ends(home, hub, monkeypatch):
    late = time.time
    monkeypatch.setattr(time, "time", hub.clock.now)  # by which PyGithub signs
    app = hub.app()
    installed = hub.install(app)
    mine = connection(hub, keep(app.private_key), "github_app", app_id=str(app.id), installation_id=str(installed.id))
    api = api_of(mine, HubClock(hub), gap=0, allow_local=True)
    assert [each.full_name for each in listing(api)] == ["acme/shop", "acme/store"]
    first = api.token()
    assert api.token() == first
    hub.clock.advance(3500)
    assert api.token() != first
    hub.clock.advance(3500)
    monkeypatch.setattr(time, "time", late)
    with pytest.raises(errors.BadToken, match="the clock of this machine"):
        api.token()
    monkeypatch.setattr(time, "time", hub.clock.now)
    found = permissions(api, "acme/shop")
    assert (found.kind, set(found.may.values()), found.too_much) == ("app", {True}, [])


@pytest.mark.parametrize(
    ("secret", "more"),
    [(TOKEN, {"app_id": "1", "installation_id": "2"}), (TOKEN, {"app_id": "1"}),
     (TOKEN, {"app_id": "1", "installation_id": "../2"})],
)  # fmt: skip
def test_an_app_that_is_none_says_so_without_its_key(home, hub, secret, more):
    with pytest.raises(errors.NotAllowed) as raised:
        api_of(connection(hub, keep(secret), "github_app", **more), gap=0, allow_local=True).get("/user")
    assert secret not in str(raised.value) and raised.value.__cause__ is None


def test_a_token_by_reference_signs_in(home, hub, monkeypatch):
    monkeypatch.setenv("SHOP_TOKEN", hub.token(login="ada"))
    api = api_of(connection(hub, "env:SHOP_TOKEN"), gap=0, allow_local=True)
    assert permissions(api).login == "ada"


# What it may


def test_what_a_fine_grained_token_may_is_found_by_asking(home, hub):
    token = hub.token({"metadata": "read", "issues": "read", "contents": "read"})
    api = api_of(connection(hub, keep(token)), gap=0, allow_local=True)
    found = permissions(api, "acme/shop")
    assert (found.kind, found.too_much, found.warning) == ("fine_grained", [], None)
    assert {name for name, may in found.may.items() if may} == {"issues", "commits and tags"}
    assert "deployments (read)" in found.missing["deployments"]


def test_a_classic_token_may_too_much(home, hub):
    api = api_of(connection(hub, keep(hub.token(kind="classic"))), gap=0, allow_local=True)
    found = permissions(api)
    assert (found.kind, found.too_much) == ("classic", ["repo"])
    assert "more than Milepost needs (repo)" in found.warning


def test_an_app_that_may_write_may_too_much(home, hub):
    app = hub.app(permissions={"metadata": "read", "contents": "write", "issues": "read", "secrets": "read"})
    installed = hub.install(app)
    mine = connection(hub, keep(app.private_key), "github_app", app_id=str(app.id), installation_id=str(installed.id))
    found = permissions(api_of(mine, HubClock(hub), gap=0, allow_local=True))
    assert found.too_much == ["contents: write", "secrets: read"]
    assert (found.may["issues"], found.may["deployments"]) == (True, False)


@pytest.mark.parametrize("zone", ["03:04:05 UTC", "03:04:05 +0000", "04:04:05 +0100"])
def test_when_a_token_ends(zone):
    header = f"2026-01-02 {zone}"
    assert expiry(header) == 1_767_323_045_000_000
    assert expiry("soon") is None


def test_the_list_of_repositories_has_all_pages(home, hub):
    for number in range(130):
        hub.repository(f"acme/r{number:03}")
    api = api_of(connection(hub, keep(hub.token())), gap=0, allow_local=True)
    assert len(listing(api)) == 132


# What it will take


def test_a_plan_is_close_to_what_it_takes(home):
    with hub_with(pulls=320, issues=80, deployments=150, runs=250, releases=5, days=60) as hub:
        shop = place(hub)
        api = shop.api()
        found = plan(api, look(api, "acme/shop"))
        report = shop.sync()
        assert found.counts["merged"] == 320 and found.unknown == {}
        assert report.calls <= found.rest + found.queries <= report.calls + 16
        assert (found.hours, found.rest_left > 4900) == (0, True)
        assert "About" in found.sentence and "are left" in found.sentence


def test_a_plan_says_when_the_quota_will_not_do(home):
    with hub_with(pulls=320, issues=80, deployments=150, runs=250, releases=5, days=60) as hub:
        shop = place(hub, limit=20, permissions={"metadata": "read", "issues": "read", "pull_requests": "read",
                                                 "contents": "read"})  # fmt: skip
        api = shop.api()
        found = plan(api, look(api, "acme/shop"))
        assert found.hours >= 1 and "goes on for" in found.sentence
        assert (found.counts["runs"], found.counts["deployments"]) == (None, None)
        assert "give it actions (read)" in found.unknown["runs"]


# How it is set up, and jobs


def test_how_a_repository_is_set_up_comes_in_one_query_a_day(home, hub):
    repo = hub.repository("acme/shop")
    repo.commit("Begin", files={".github/workflows/ci.yml": "on: push\n", "CODEOWNERS": "* @acme/all\n"})
    repo.settings.protect("main", requiresApprovingReviews=True)
    repo.settings.ruleset("main", rules=("PULL_REQUEST", "DELETION"))
    repo.settings.environment("production", reviewers=("ada",))
    repo.settings.codeowners_error(1)
    every = {"metadata", "contents", "pull_requests", "issues", "actions", "deployments", "environments"}
    shop = place(hub, permissions=dict.fromkeys({*every, "administration"}, "read"))
    shop.sync()
    with store.reading() as session:
        row = session.get(RepositorySettings, shop.source_id)
    assert row.unknown is None
    assert row.data["workflows"]["entries"][0]["object"]["text"] == "on: push\n"
    assert row.data["branchProtectionRules"]["nodes"][0]["requiresApprovingReviews"] is True
    assert {rule["type"] for rule in row.data["rulesets"]["nodes"][0]["rules"]["nodes"]} == {"PULL_REQUEST", "DELETION"}
    assert row.data["environments"]["nodes"][0]["name"] == "production"
    assert row.data["codeowners"]["errors"][0]["kind"] == "Unknown owner"
    assert row.data["owners"]["text"] == "* @acme/all\n"
    asked = len(hub.requests)
    shop.sync()
    assert not any(seen.cost and "codeowners" in str(seen.query) for seen in hub.requests[asked:])


def test_settings_that_may_not_be_read_are_unknown_and_not_absent(home, hub):
    every = ("metadata", "contents", "pull_requests", "issues", "actions", "deployments", "environments")
    shop = place(hub, permissions=dict.fromkeys(every, "read"))
    assert shop.sync().problems == {}
    with store.reading() as session:
        row = session.get(RepositorySettings, shop.source_id)
    assert set(row.unknown) == {"protection"} and "may not read protection" in row.unknown["protection"]
    assert "branchProtectionRules" not in row.data and "rulesets" in row.data


def test_jobs_are_read_of_a_sample_whose_rate_is_known(home, hub):
    repo = hub.repository("acme/shop")
    for _ in range(40):
        repo.run("CI", jobs=[("build", 5, 60), ("test", 9, 200)], created=int(hub.clock.now()) - 90_000)
    shop = place(hub, settings={"jobs_at_most": 20})
    shop.sync()
    cursor = shop.feed("jobs").cursor
    rows = shop.rows(PipelineJob, "run_id", "name", "queued_at", "started_at")
    assert (cursor["rate"], cursor["of"]) == (0.5, 40)
    assert 8 <= cursor["sampled"] <= 20 and len(rows) == 2 * cursor["sampled"]
    assert {row[3] - row[2] for row in rows if row[1] == "build"} == {5_000_000}
    assert shop.sync().counted <= 1
    assert shop.feed("jobs").cursor["sampled"] == cursor["sampled"]


def test_a_job_that_waits_has_not_begun(home):
    waits = {
        "id": 1, "run_id": 2, "run_attempt": 1, "name": "build", "status": "queued", "labels": [], "runner_name": None,
        "created_at": "2026-01-01T00:00:00Z", "started_at": "2026-01-01T00:00:00Z", "completed_at": None,
        "conclusion": None,
    }  # fmt: skip
    from data.sources.github.jobs import _job

    assert _job(waits)["started_at"] is None
    skipped = {**waits, "status": "completed", "conclusion": "skipped", "completed_at": "2026-01-01T00:00:01Z"}
    assert _job(skipped)["started_at"] is None
    assert _job({**skipped, "conclusion": "success", "runner_name": "r"})["started_at"] is not None


def test_an_enterprise_server_is_another_address(home):
    with GitHub(enterprise=True) as hub:
        hub.repository("acme/shop").issue("One")
        shop = place(hub)
        shop.sync()
        assert len(shop.held()["issues"]) == 1
    with Server(Say(200, {})) as server, pytest.raises(errors.NotAllowed, match="https"):
        api_of(Connection(kind="github_token", base_url=server.url, secret=keep(TOKEN)), allow_local=False)
    assert os.environ.get("MILEPOST_GITHUB_ALLOW_LOCAL") is None
