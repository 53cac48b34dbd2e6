"""What GitHub tells by itself makes rows fresh, and never wrong, in whatever order it comes."""

import copy
import json
import random

import pytest

from data import store
from data.sources.github import errors, webhooks
from data.tables import Connection, Deployment, Incident, PipelineJob, PipelineRun, Repository, Source, Todo
from tests.data.sources.hub.arrange import US, hub_with, place, truth
from tests.data.sources.hub.deliveries import Sender
from tests.fake_github import GitHub

SIZES = {"pulls": 12, "issues": 8, "deployments": 8, "runs": 12, "releases": 3, "days": 10}
TOLD = ("issues", "deployments", "releases", "runs", "incidents")


@pytest.fixture
def hub():
    with GitHub(now="2026-06-01 12:00") as hub:
        hub.clock.freeze()
        yield hub


@pytest.fixture
def repo(hub):
    return hub.repository("acme/shop")


@pytest.fixture
def shop(home, hub, repo):
    """A source that has been read once."""
    repo.issue("Before", opened="2026-05-01")
    shop = place(hub)
    shop.settle()
    return shop


def tell(*deliveries) -> webhooks.Told:
    every = webhooks.Told()
    for event, payload in deliveries:
        every.add(webhooks.process(event, copy.deepcopy(payload)))
    return every


def loaded(body: bytes) -> dict:
    return json.loads(body)


def told_of(hub, repo, event: str, action: str | None = None, **fields) -> tuple[str, dict]:
    """A delivery about a repository as it is now."""
    return event, {**loaded(hub.webhook(event, about=repo, **fields)[1]), "action": action}


def said(rows: dict) -> dict:
    """What a delivery can say: all but the exact version of issues."""
    return {name: [row[:5] + row[6:] if name == "issues" else row for row in rows[name]] for name in TOLD}


def was_true(rows: dict, ever: dict[str, set]) -> bool:
    """Whether each row was true at some time; when a deployment began may not be known."""
    loose = {(*row[:4], None, *row[5:]) for row in ever["deployments"]}
    known = {**ever, "deployments": ever["deployments"] | loose}
    return all(set(rows[name]) <= known[name] for name in TOLD)


def remember(ever: dict[str, set], hub) -> None:
    for name, rows in said(truth(hub)).items():
        ever.setdefault(name, set()).update(rows)


# Exactly


@pytest.mark.parametrize("seed", range(2))
def test_what_is_told_in_order_is_true_at_once(home, seed):
    with hub_with(seed, **SIZES) as hub:
        shop, sender = place(hub), Sender(hub)
        shop.settle()
        for number in range(70):
            hub.mutate(1000 * seed + number, 1, step=40)
            tell(*sender.changes())
        now, told = said(truth(hub)), said(shop.held())
        for name in ("issues", "releases", "runs", "incidents"):
            assert told[name] == now[name]
        assert [ended(row) for row in told["deployments"]] == [ended(row) for row in now["deployments"]]


def ended(row: tuple) -> tuple:
    """A deployment without when it began; nobody tells that one is given up, or replaced before it ended."""
    return row[:4] + row[5:6] + ("in_progress" if row[6] == "cancelled" else row[6],)


@pytest.mark.parametrize("seed", range(4))
def test_any_of_them_in_any_order_say_only_what_was_true_and_a_sync_makes_it_whole(home, seed):
    """Some are lost, some come twice, much happens in one second, and all of them come again when it is over."""
    dice = random.Random(seed)
    with hub_with(seed, **SIZES) as hub:
        shop, sender, every, ever = place(hub), Sender(hub), [], {}
        shop.settle()
        for number in range(60):
            remember(ever, hub)
            hub.mutate(1000 * seed + number, 1, step=dice.choice((0, 0, 30)))
            every += sender.changes()
        remember(ever, hub)
        dice.shuffle(every)
        tell(*(each for each in every for _ in range(dice.choice((0, 1, 1, 2)))))
        assert was_true(said(shop.held()), ever)
        shop.settle()
        assert shop.held() == truth(hub)
        dice.shuffle(every)
        tell(*every)
        assert shop.held() == truth(hub)


@pytest.mark.parametrize("seed", range(3))
def test_they_come_while_it_is_read_and_copies_lag(home, seed):
    dice = random.Random(seed)
    with hub_with(seed, **SIZES) as hub:
        shop, sender, late = place(hub), Sender(hub), []
        shop.sync()
        hub.lag(240)
        for turn in range(6):
            hub.mutate(100 * seed + turn, 6, step=9)
            late += sender.changes()
            dice.shuffle(late)
            now, late = late[: len(late) // 2], late[len(late) // 2 :]

            def during(done, total, text, now=now):
                if now:
                    tell(now.pop())

            shop.sync(progress=during)
            tell(*now)
        hub.clock.advance(300)
        shop.settle()
        tell(*late)
        assert shop.held() == truth(hub)


# One by one


def test_a_deployment_is_there_at_once_and_in_the_numbers(shop, hub, repo):
    sender = Sender(hub)
    with store.reading() as session:
        before = session.get_one(Source, shop.source_id).collected_until
    hub.clock.advance(600)
    shipped = repo.deploy("production")
    hub.clock.advance(60)
    shipped.status("success")
    told = tell(*sender.changes())
    at = int(hub.clock.now()) * US
    assert shop.rows(Deployment, "environment", "status", "finished_at", "started_at") == [
        ("production", "success", at, None)
    ]
    assert told == webhooks.Told({shop.service_id}, {shop.source_id})
    with store.reading() as session:
        source = session.get_one(Source, shop.source_id)
        assert before < source.collected_until == at
        assert source.heard_at > 0 and source.due_at is None
    shop.sync()
    assert shop.held()["deployments"] == truth(hub)["deployments"]


def test_what_began_is_known_where_it_was_read(shop, hub, repo):
    shipped = repo.deploy("production", created="2026-06-01 11:00", statuses=[("in_progress", "2026-06-01 11:30")])
    shop.sync()
    sender = Sender(hub)
    shipped.status("success")
    tell(*sender.changes())
    assert shop.held()["deployments"] == truth(hub)["deployments"]


def test_an_end_of_the_same_second_is_not_undone(shop, hub, repo):
    sender = Sender(hub)
    shipped = repo.deploy("production")
    shipped.status("in_progress")
    shipped.status("success")
    deliveries = sender.changes()
    assert len(deliveries) == 3
    for order in (deliveries, reversed(deliveries)):
        tell(*order)
        assert shop.rows(Deployment, "status") == [("success",)]


def test_one_that_was_replaced_says_nothing_of_its_end(shop, hub, repo):
    """It may have ended well or not at all: it is put down to be read."""
    sender = Sender(hub)
    shipped = repo.deploy("production")
    shipped.status("success")
    shipped.status("inactive")
    *_, last = sender.changes()
    tell(last)
    assert shop.rows(Deployment, "status") == []
    assert [kind for kind, _ in shop.todos()] == ["deployment"]
    shop.sync()
    assert shop.rows(Deployment, "status") == [("success",)]


def test_a_merged_pull_request_is_put_down_to_be_read(shop, hub, repo):
    sender = Sender(hub)
    pull = repo.pull("Faster")
    assert tell(*sender.changes()).sources == set()
    pull.merge()
    told = tell(*sender.changes())
    assert (told.sources, shop.rows(Todo, "kind", "key")) == ({shop.source_id}, [("pull", str(pull.number))])
    calls = shop.sync().calls
    assert shop.held() == truth(hub)
    assert calls <= 10


def test_an_incident_is_there_at_once(shop, hub, repo):
    sender = Sender(hub)
    issue = repo.issue("Down", labels=["incident"])
    told = tell(*sender.changes())
    assert told.services == {shop.service_id}
    assert shop.rows(Incident, "title", "resolved_at") == [("Down", None)]
    issue.close()
    tell(*sender.changes())
    assert shop.rows(Incident, "resolved_at") == [(int(hub.clock.now()) * US,)]


def test_an_issue_that_is_no_more_is_not_brought_back(shop, hub, repo):
    sender = Sender(hub)
    issue = repo.issue("Down", labels=["incident"])
    opened = sender.changes()
    issue.delete()
    tell(*sender.changes())
    tell(*opened)
    assert shop.rows(Incident, "title") == []


def test_jobs_are_told_for_free_and_at_what_rate_is_said(shop, hub, repo):
    sender = Sender(hub)
    repo.run("CI", jobs=[("build", 7, 60), ("test", 9, 60)])
    tell(*sender.changes())
    repo.run("CI", jobs=[("build", 3, 60)])
    sender.changes()  # lost
    shop.sync()
    waited = [begun - queued for queued, begun in shop.rows(PipelineJob, "queued_at", "started_at")]
    assert sorted(waited) == [7 * US, 9 * US]
    told = shop.feed("jobs").cursor
    assert {name: told[name] for name in ("from", "of", "sampled", "rate")} == {
        "from": "webhooks", "of": 2, "sampled": 1, "rate": 0.5,
    }  # fmt: skip


def test_a_job_that_is_over_does_not_wait_again(shop, hub, repo):
    sender = Sender(hub)
    run = repo.run("CI", conclusion=None)
    queued = sender.changes()
    run.start()
    started = sender.changes()
    run.finish()
    over = sender.changes()
    for order in (queued + started + over, over + started + queued, started + over + queued):
        tell(*order)
        (row,) = shop.rows(PipelineJob, "conclusion", "started_at")
        assert row == ("success", int(hub.clock.now()) * US)
        assert shop.rows(PipelineRun, "conclusion") == [("success",)]


def test_a_release_is_of_the_commit_of_its_tag(shop, hub, repo):
    sha = repo.commit("Work", "2026-06-01")
    repo.tag("v2", sha)
    shop.sync()
    sender = Sender(hub)
    repo.release("v2")
    tell(*sender.changes())
    assert shop.rows(Deployment, "sha", "ref", kind="release") == [(sha, "v2")]


def test_a_push_to_the_default_branch_is_to_be_read_and_others_are_not(shop, hub, repo):
    repo.commit("Work")
    for ref, wanted in (("refs/heads/main", True), ("refs/heads/side", False), ("refs/tags/v1", True)):
        assert bool(tell(told_of(hub, repo, "push", ref=ref)).sources) == wanted


@pytest.mark.parametrize(
    ("path", "again"), [(".github/workflows/ci.yml", True), ("CODEOWNERS", True), ("src/a.py", False)]
)
def test_settings_are_read_again_after_a_push_that_may_change_them(shop, hub, repo, path, again):
    commits = [{"added": [], "removed": [], "modified": [path]}]
    tell(told_of(hub, repo, "push", ref="refs/heads/main", commits=commits))
    assert ("at" not in shop.feed("settings").cursor) == again


def test_a_new_rule_has_the_settings_read_again(shop, hub, repo):
    told = tell(told_of(hub, repo, "branch_protection_rule", "created"))
    assert told.sources == {shop.source_id} and "at" not in shop.feed("settings").cursor


def test_a_new_name_is_there_at_once_and_an_old_one_that_comes_late_does_not_stay(shop, hub, repo):
    old = told_of(hub, repo, "repository", "renamed")
    repo.rename("acme/store")
    tell(told_of(hub, repo, "repository", "renamed"))
    assert names(shop) == ("acme/store", "acme/store")
    tell(old)
    assert names(shop)[0] == "acme/shop"
    shop.sync()
    assert names(shop) == ("acme/store", "acme/store")


def names(shop) -> tuple:
    with store.reading() as session:
        source = session.get_one(Source, shop.source_id)
        return session.get_one(Repository, shop.repository_id).full_name, source.name


def test_a_deleted_repository_says_so_at_once(shop, hub, repo):
    tell(told_of(hub, repo, "repository", "deleted"))
    assert "deleted at GitHub" in shop.feed("sync").problem
    shop.sync()
    assert shop.feed("sync").problem is None


# Whose


def test_a_repository_that_nobody_collects_is_ignored(shop, hub):
    other = hub.repository("acme/other")
    sender = Sender(hub, "acme/other")
    other.deploy("production").status("success")
    assert tell(*sender.changes()) == webhooks.Told()
    assert shop.rows(Deployment, "id") == []


def test_the_same_number_at_another_server_is_another_repository(shop, hub, repo):
    sender = Sender(hub)
    repo.deploy("production")
    ((event, payload),) = sender.changes()
    payload["repository"]["html_url"] = "https://elsewhere.example/acme/shop"
    assert tell((event, payload)) == webhooks.Told()


def test_a_source_that_was_never_read_waits_for_its_first_sync(home, hub, repo):
    shop, sender = place(hub), Sender(hub)
    with store.writing() as session:
        row = session.get_one(Repository, shop.repository_id)
        row.github_id, row.web_url = repo.id, "https://github.example/acme/shop"
    repo.deploy("production")
    assert tell(*sender.changes()) == webhooks.Told()
    assert shop.rows(Deployment, "id") == []


def test_two_sources_of_a_repository_are_both_told(shop, hub, repo):
    other, sender = place(hub, alone="twin"), Sender(hub)
    other.settle()
    repo.deploy("production")
    told = tell(*sender.changes())
    assert told.sources == {shop.source_id, other.source_id}
    assert len(shop.rows(Deployment, "id")) == len(other.rows(Deployment, "id")) == 1


@pytest.mark.parametrize("event", ["deployment_status", "issues", "workflow_run", "workflow_job", "release"])
def test_a_payload_of_another_shape_is_refused_and_saves_nothing(shop, hub, repo, event):
    part = {"deployment_status": "deployment", "issues": "issue"}.get(event, event)
    for wrong in ({}, None, [], "x", {"id": "7", "number": "7"}):
        with pytest.raises(errors.BadAnswer):
            tell(told_of(hub, repo, event, "edited", **{part: wrong}))
    assert shop.held() == truth(hub)


# The app


def connected(shop, installation: str) -> None:
    with store.writing() as session:
        source = session.get_one(Source, shop.source_id)
        made = Connection(organization_id=source.organization_id, kind="github_app", base_url=shop.hub.url,
                          secret="env:X", installation_id=installation, created_at=1)  # fmt: skip
        session.add(made)
        session.flush()
        source.connection_id = made.id


def test_an_app_that_was_taken_away_is_told_with_its_sources(shop, hub):
    connected(shop, "2")
    installation = {"id": 2}
    told = tell(("installation", {"action": "suspend", "installation": installation}))
    assert told.sources == {shop.source_id} and "suspended" in shop.feed("sync").problem
    shop.sync()
    assert shop.feed("sync").problem is None
    tell(("installation", {"action": "unsuspend", "installation": installation}))
    assert shop.feed("sync").problem is None
    assert tell(("installation", {"action": "deleted", "installation": {"id": 3}})) == webhooks.Told()


def test_a_repository_that_was_taken_from_the_app_says_so(shop, hub, repo):
    connected(shop, "2")
    for number, problem in ((repo.id + 1, None), (repo.id, "give it the repository again")):
        gone = {"action": "removed", "installation": {"id": 2}, "repositories_removed": [{"id": number}]}
        tell(("installation_repositories", gone))
        feed = shop.feed("sync")
        assert (feed.problem is None) if problem is None else (problem in feed.problem)


def test_every_event_that_is_kept_is_handled_or_tells_only_that_something_is_to_be_read():
    from data import inbox

    silent = {"pull_request_review_thread"}
    apps = {"installation", "installation_repositories"}
    assert set(webhooks._HANDLERS) | apps | silent == inbox.EVENTS
