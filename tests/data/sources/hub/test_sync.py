"""A source that is read from the test GitHub holds what is true there, for few requests."""

import pytest
from sqlalchemy import select

from data import queries, store
from data.sources.github import commits, errors, issues, runs
from data.sources.github.api import Api
from data.tables import Change, Deployment, Incident, PipelineRun, Repository, Service, Source
from tests.data.sources.hub.arrange import US, hub_with, place, truth
from tests.fake_github import GitHub


@pytest.fixture
def hub():
    with GitHub(now="2026-06-01 12:00", strict=True) as hub:
        hub.clock.freeze()
        yield hub


@pytest.fixture
def repo(hub):
    return hub.repository("acme/shop")


# All of it


def test_a_history_is_read_exactly_and_for_few_requests(both):
    with hub_with(pulls=220, issues=30, deployments=60, runs=150, releases=5, days=120) as hub:
        shop = place(hub)
        report = shop.sync()
        assert shop.held() == truth(hub)
        assert report.calls <= 18
        assert (report.new["change"], report.new["issue"], report.problems) == (220, 250, {})
        assert report.sentence == (
            "Read 220 changes; 70 deployments, releases and tags; 150 runs; 250 issues and pull requests "
            "that are new or other than before in acme/shop."
        )
        (brought,) = queries.brought((shop.source_id,)).values()
        assert (brought.deployments, brought.releases, brought.tags) == (60, 5, 5)


def test_while_nothing_happens_nothing_is_counted(home):
    with hub_with(pulls=120, issues=30, deployments=60, runs=150, releases=5, days=120) as hub:
        shop = place(hub)
        shop.settle()
        before = hub.counted
        report = shop.sync()
        assert (report.counted, hub.counted - before, report.new) == (0, 0, {})
        assert report.calls <= 7


def test_one_changed_pull_request_costs_few_requests(home):
    with hub_with(pulls=120, issues=30, deployments=60, runs=150, releases=5, days=120) as hub:
        shop = place(hub)
        shop.settle()
        hub.repository("acme/shop").item(120).edit("Better")
        report = shop.sync()
        assert report.calls <= 10
        assert shop.rows(Change, "title", number=120) == [("Better",)]


@pytest.mark.parametrize("seed", range(4))
def test_after_many_changes_it_is_exact_again(home, seed):
    with hub_with(seed, pulls=40, issues=15, deployments=20, runs=30, releases=3, days=25) as hub:
        shop = place(hub)
        for turn in range(4):
            shop.sync()
            hub.mutate(10 * seed + turn, 40, step=7)
        shop.settle()
        assert shop.held() == truth(hub)
        assert shop.todos() == [row for row in shop.todos() if row[0] == "deployment"]  # those still under way


@pytest.mark.parametrize("seed", range(6))
def test_what_copies_that_lag_hide_comes_later(home, seed, monkeypatch):
    """Three copies of GitHub, up to four minutes behind, another one answering each request. With small pages, because
    the cursor moves on full ones only."""
    for module in (issues, commits, runs):
        monkeypatch.setattr(module, "PAGE", 10)
    with hub_with(seed, pulls=40, issues=15, deployments=20, runs=30, releases=3, days=25) as hub:
        shop = place(hub)
        hub.lag(240)
        for turn in range(6):
            shop.sync()
            hub.mutate(10 * seed + turn, 30, step=11)
        hub.clock.advance(300)
        shop.settle()
        assert shop.held() == truth(hub)


def test_more_changes_in_one_second_than_a_page_holds(home, hub, repo):
    for number in range(450):
        repo.issue(f"Issue {number}", opened="2026-05-01 10:00:00")
    repo.issue("Later", opened="2026-05-02")
    shop = place(hub)
    shop.sync()
    assert shop.held()["issues"] == truth(hub)["issues"]
    shop.settle()
    for number in range(100, 400):
        repo.item(number).label("sweep")
    shop.sync()
    assert shop.held()["issues"] == truth(hub)["issues"]


def test_lists_that_hold_the_same_thing_twice(home):
    with hub_with(pulls=120, issues=30, deployments=60, runs=150, releases=5, days=120) as hub:
        hub.doubles = True
        shop = place(hub)
        shop.sync()
        assert shop.held() == truth(hub)


# What the facts mean


def test_a_pull_request_as_a_change(home, hub, repo):
    commits = [{"at": "2026-05-01 10:00", "authored": "2026-04-30 09:00"}, {"at": "2026-05-01 11:00"}]
    reviews = [("mona", "COMMENTED", "2026-05-02 01:00"), ("helper[bot]", "APPROVED", "2026-05-02 02:00"),
               ("ada", "CHANGES_REQUESTED", "2026-05-02 03:00"), ("ada", "APPROVED", "2026-05-02 04:00")]  # fmt: skip
    repo.pull("Faster cart", author="mona", opened="2026-05-01 12:00", ready_at="2026-05-01 13:00", commits=commits,
              reviews=reviews, merged="2026-05-03", body="Reverts acme/shop#7")  # fmt: skip
    shop = place(hub)
    shop.sync()
    hour = 3_600 * US
    noon = 1_777_636_800 * US  # 2026-05-01 12:00
    names = ("authored_at", "opened_at", "ready_at", "first_review_at", "first_approval_at", "merged_at")
    assert shop.rows(Change, *names, kind="pull_request") == [
        (noon - 27 * hour, noon, noon + hour, noon + 15 * hour, noon + 16 * hour, noon + 36 * hour)
    ]
    assert shop.rows(Change, "reverts", "paths", kind="pull_request") == [("#7", "src/1.py")]


def test_a_pull_request_to_another_branch_is_no_change(home, hub, repo):
    repo.commit("Begin", "2026-05-01")
    repo.point("refs/heads/side", repo.head())
    repo.pull("Aside", base="side", opened="2026-05-02", merged="2026-05-03")
    repo.pull("Straight", opened="2026-05-02", merged="2026-05-03")
    shop = place(hub)
    shop.settle()
    assert [row for row in shop.rows(Change, "title", kind="pull_request")] == [("Straight",)]
    assert shop.todos() == []


def test_a_default_branch_with_a_new_name_keeps_its_changes(home, hub, repo):
    repo.pull("Before", opened="2026-05-02", merged="2026-05-03")
    repo.point("refs/heads/trunk", repo.head())
    repo.change(default_branch="trunk")
    repo.pull("After", opened="2026-05-04", merged="2026-05-05")
    shop = place(hub)
    shop.sync()
    assert shop.rows(Change, "title", kind="pull_request") == [("After",), ("Before",)]


def test_pushes_without_a_pull_request(home, hub, repo):
    first = repo.commit("Begin", "2026-05-01")
    repo.pull("Merged", opened="2026-05-02", merged="2026-05-03")
    repo.pull("Squashed", opened="2026-05-02", merged="2026-05-04", method="squash")
    last = repo.commit(f"Undo\n\nThis reverts commit {first}.", "2026-05-05")
    shop = place(hub)
    shop.sync()
    assert shop.rows(Change, "position", "change_id", "title", "reverts", kind="direct_push") == [
        (0, first, "Begin", None), (3, last, "Undo", first)
    ]  # fmt: skip
    assert shop.held()["trunk"] == truth(hub)["trunk"]


def test_a_rebased_pull_request_is_one_change(home, hub, repo):
    repo.commit("Begin", "2026-05-01")
    written = [{"at": f"2026-05-02 0{hour}:00", "message": f"Step {hour}"} for hour in (1, 2, 3)]
    rebased = [repo.commit(each["message"], "2026-05-03", authored=each["at"]) for each in written]
    repo.pull("In steps", opened="2026-05-02 04:00", merged="2026-05-03", commits=written, merge_commit=rebased[-1])
    shop = place(hub)
    shop.sync()
    assert shop.rows(Change, "title") == [("Begin",), ("In steps",)]


def test_a_deployment_keeps_the_time_of_its_own_success(home, hub, repo):
    """GitHub's own updatedAt of one that was replaced is the moment when it was."""
    old = repo.deploy("production", created="2026-05-01", statuses=[("success", "2026-05-01 01:00")])
    new = repo.deploy("production", created="2026-05-02", statuses=[("success", "2026-05-02 01:00")])
    assert old.row["statuses"][-1]["state"] == "inactive"
    shop = place(hub)
    shop.sync()
    at = 1_777_597_200 * US  # 2026-05-01 01:00
    assert shop.rows(Deployment, "deployment_id", "status", "finished_at", kind="github_deployment") == [
        (f"deployment:{old.id}", "success", at), (f"deployment:{new.id}", "success", at + 86_400 * US)
    ]  # fmt: skip


def test_a_deployment_that_takes_weeks_is_followed_to_its_end(home, hub, repo):
    slow = repo.deploy("production", created="2026-05-20", statuses=[("in_progress", "2026-05-20")])
    for day in range(3):
        repo.deploy("staging", created=f"2026-06-01 0{day}:00", statuses=[("success", "2026-06-01 05:00")])
    shop = place(hub)
    shop.settle()
    slow.status("success")
    shop.sync()
    mine = shop.rows(Deployment, "status", deployment_id=f"deployment:{slow.id}")
    assert mine == [("success",)]


def test_every_attempt_of_a_run_is_a_row(home, hub, repo):
    run = repo.run("CI", created="2026-05-20", conclusion="failure")
    shop = place(hub)
    shop.settle()
    run.rerun(conclusion="failure")
    run.rerun(conclusion="success")
    shop.sync()
    rows = shop.rows(PipelineRun, "attempt", "conclusion", "queued_at")
    first, now = run.row["created_at"] * US, int(hub.clock.now()) * US
    assert rows == [(1, "failure", first), (2, "failure", now), (3, "success", now)]
    assert shop.held()["runs"] == truth(hub)["runs"]


def test_windows_of_runs_are_split(home, hub, repo):
    """A search ends at its thousandth result, without a word."""
    for number in range(2300):
        repo.run("CI", created=1_770_000_000 + 997 * number)
    shop = place(hub)
    report = shop.sync()
    assert shop.held()["runs"] == truth(hub)["runs"]
    assert report.calls <= 2300 // 100 + 12


# Incidents


def test_issues_with_a_label_are_incidents(home, hub, repo):
    text = "It broke.\n\n**Deployment**: `v1.2`"
    issue = repo.issue("Down", opened="2026-05-01", closed="2026-05-02", labels=["Incident", "bug"], body=text)
    repo.issue("Meh", opened="2026-05-01", labels=["bug"])
    shop = place(hub)
    shop.settle()
    at = 1_777_593_600 * US
    names = ("incident_id", "title", "opened_at", "resolved_at", "deployment")
    assert shop.rows(Incident, *names) == [("issue:1", "Down", at, at + 86_400 * US, "v1.2")]
    issue.reopen()
    shop.sync()
    assert shop.rows(Incident, "resolved_at") == [(None,)]
    issue.unlabel("Incident")
    shop.sync()
    assert shop.rows(Incident, "incident_id") == []


def test_another_label_and_another_service_need_no_new_reading(home, hub, repo):
    repo.issue("Down", labels=["sev1"])
    shop = place(hub)
    shop.settle()
    assert shop.rows(Incident, "incident_id") == []
    with store.writing() as session:
        session.get_one(Source, shop.source_id).settings = {"incident_labels": ["SEV1"]}
        team = session.get_one(Service, shop.service_id).team_id
        session.add(Service(team_id=team, name="Other", repository_id=shop.repository_id, created_at=1))
    report = shop.sync()
    assert len(shop.rows(Incident, "incident_id", "service_id")) == 2
    assert report.counted == 0


def test_no_label_chosen_and_none_found_is_not_none_happened(home, hub, repo):
    repo.issue("Meh")
    shop = place(hub)
    shop.sync()
    with store.reading() as session:
        assert "incidents" not in session.get_one(Source, shop.source_id).cursor["facts"]
    with store.writing() as session:
        session.get_one(Source, shop.source_id).settings = {"incident_labels": ["incident"]}
    shop.sync()
    with store.reading() as session:
        assert "incidents" in session.get_one(Source, shop.source_id).cursor["facts"]


def test_a_deleted_issue_goes_at_the_weekly_count(home, hub, repo):
    repo.issue("Down", labels=["incident"])
    gone = repo.issue("Also down", labels=["incident"])
    shop = place(hub)
    shop.settle()
    gone.delete()
    shop.sync()
    assert len(shop.rows(Incident, "incident_id")) == 2
    hub.clock.advance(8 * 86_400)
    shop.sync()
    assert shop.rows(Incident, "incident_id") == [("issue:1",)]
    assert shop.held()["issues"] == truth(hub)["issues"]


def test_where_issues_are_switched_off_pull_requests_are_read_all_the_same(home, monkeypatch):
    """GitHub answers 410 to the feed then, which has the pull requests too."""
    real = Api.get

    def off(api, path, params=None, etag=None, what="it"):
        if path.endswith("/issues"):
            raise errors.NotFound("Issues are disabled for this repo")
        return real(api, path, params, etag, what)

    monkeypatch.setattr(Api, "get", off)
    monkeypatch.setattr(issues, "PAGE", 10)
    with hub_with(seed=2, pulls=45, issues=0, deployments=3, runs=3, releases=1, days=25) as hub:
        shop = place(hub)
        for turn in range(4):
            assert shop.sync().problems == {}
            hub.mutate(turn, 20, step=7)
        shop.settle()
        assert shop.held()["changes"] == truth(hub)["changes"]
        assert shop.held()["issues"] == [row for row in truth(hub)["issues"] if row[1]]


# The repository itself


def test_a_renamed_repository_is_found_by_its_number(home, hub, repo):
    repo.issue("One", opened="2026-05-01")
    shop = place(hub)
    shop.settle()
    repo.rename("acme/store")
    hub.repository("acme/shop").issue("Of another repository")
    repo.issue("Two")
    shop.sync()
    assert shop.held()["issues"] == truth(hub, "acme/store")["issues"]
    with store.reading() as session:
        found = session.execute(select(Repository.full_name).where(Repository.id == shop.repository_id)).scalar_one()
        notes = session.get_one(Source, shop.source_id).notes
    assert (found, notes) == ("acme/store", ["acme/shop is called acme/store at GitHub now."])


def test_an_old_name_leads_to_the_repository(home, hub, repo):
    repo.issue("One", opened="2026-05-01")
    repo.rename("acme/store")
    shop = place(hub)
    shop.sync()
    assert shop.held()["issues"] == truth(hub, "acme/store")["issues"]


def test_an_archived_repository_is_read_and_an_empty_one_too(home, hub, repo):
    repo.issue("One", opened="2026-05-01")
    repo.archive()
    shop = place(hub)
    assert shop.sync().problems == {}
    assert len(shop.held()["issues"]) == 1
    assert shop.rows(Change, "title") == []


def test_a_deleted_repository_says_so_and_keeps_its_facts(home, hub, repo):
    repo.issue("One", opened="2026-05-01")
    shop = place(hub)
    shop.sync()
    repo.delete()
    with pytest.raises(errors.NotFound, match="check the name"):
        shop.sync()
    assert len(shop.rows(Deployment, "id")) == 0
    assert len(shop.held()["issues"]) == 1
    assert "check the name" in shop.feed("sync").problem


@pytest.mark.parametrize("name", ["/etc/passwd", "https://github.com/a/b", "a/..", "a", "a/b/c", "a b/c", "a/b?x", ""])
def test_a_name_that_is_a_path_or_an_address_is_never_asked_for(home, hub, name):
    shop = place(hub)
    with store.writing() as session:
        session.get_one(Repository, shop.repository_id).full_name = name
    with pytest.raises(errors.NotAllowed, match="owner/name"):
        shop.sync()
    assert hub.requests == []


def test_a_source_that_was_removed_meanwhile(home, hub, repo):
    repo.issue("One", opened="2026-05-01")
    shop = place(hub)

    def remove(done, total, text):
        with store.writing() as session:
            session.delete(session.get_one(Source, shop.source_id))

    for number in range(150):
        repo.issue(f"{number}", opened=1_770_000_000 + number)
    with pytest.raises(errors.GitHubError, match="removed meanwhile"):
        shop.sync(progress=remove)
