"""Sources of GitHub as people have them: planned, added, read turn by turn, stopped, due again. Against the test
GitHub, without a worker process (that is `test_syncing_worker`)."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from assessments.delivery.settings import ProductionRule
from assessments.delivery.settings import Settings as Judging
from data import access, asking_github, collecting, connections, derive, jobs, people, store, syncing, teams, work
from data.people import Who
from data.sources.github import errors
from data.syncing import Settings
from data.tables import Change, Feed, Incident, Issue, PipelineRun, Repository, Service, Source
from tests.data.hub import added, change_row, connected_to, connection, count, turn, view
from tests.data.sources.hub.arrange import HubClock
from tests.fake_github.access import READ

SIZES = {"pulls": 60, "issues": 20, "deployments": 12, "runs": 40, "releases": 3, "days": 60}
MINUTE = 60_000_000


@pytest.fixture(autouse=True)
def no_worker(monkeypatch):
    monkeypatch.setenv("MILEPOST_JOBS", "queued")


@pytest.fixture
def hub(monkeypatch):
    with connected_to(monkeypatch) as hub:
        hub.fill("acme/shop", seed=1, **SIZES)
        yield hub


@pytest.fixture
def shop(who, hub) -> syncing.Added:
    return added(who, connection(who, hub))[0]


# Before


def test_a_plan_tells_counts_calls_minutes_and_what_is_left(both, who, hub):
    hub.repository("acme/store").issue("One")
    job = turn(syncing.plan(who, connection(who, hub), ["acme/shop", "acme/store", "acme/none"]))
    shop, small, none = job.report["repositories"]
    assert (shop["counts"]["pull requests"], shop["counts"]["runs"], shop["problem"]) == (60, 40, None)
    assert shop["rest"] + shop["queries"] > small["rest"] + small["queries"] > 0
    assert "GitHub has no acme/none, or does not show it" in none["problem"]
    totals = job.report["totals"]
    assert (totals["repositories"], totals["sampled"], totals["hours"], totals["unreadable"]) == (3, False, 0, 1)
    assert totals["calls"] == sum(row["rest"] + row["queries"] for row in (shop, small))
    assert 4_000 < totals["rest_left"] < 5_000
    assert job.message.startswith(f"About {totals['calls']} requests and 1 minute for 3 repositories; ")


def test_a_plan_names_what_may_not_be_read(home, who, hub):
    permissions = {name: "read" for name in READ if name != "deployments"}
    job = turn(syncing.plan(who, connection(who, hub, permissions=permissions), ["acme/shop"]))
    (row,) = job.report["repositories"]
    assert row["counts"]["deployments"] is None
    assert "deployments (read)" in row["unknown"]["deployments"]


def test_a_plan_for_many_judges_by_some(home, who, hub):
    names = [f"acme/tool-{number:03}" for number in range(60)]
    for name in names:
        hub.repository(name)
    connection_id = connection(who, hub)
    before = len(hub.requests)
    totals = turn(syncing.plan(who, connection_id, names)).report["totals"]
    assert (totals["repositories"], totals["asked"], totals["sampled"]) == (60, 25, True)
    assert len(hub.requests) - before == 25 * 5
    assert "judging by 25 of them" in totals["sentence"]


def test_a_plan_that_meets_a_limit_goes_on_later(home, who, hub):
    connection_id = connection(who, hub)
    hub.limit(1, 600)
    job = turn(syncing.plan(who, connection_id, ["acme/shop"]))
    assert (job.state, job.due_at is not None) == ("queued", True)
    hub.limit(5_000, 600)
    assert turn(job.id).report["totals"]["asked"] == 1


@pytest.mark.parametrize("name", ["../etc/passwd", "https://github.com/acme/shop", "shop", "acme/..", "a/b/c", ""])
def test_a_name_that_is_a_path_or_an_address_is_refused(home, who, hub, name):
    connection_id, before = connection(who, hub), len(hub.requests)
    for ask in (
        lambda: syncing.plan(who, connection_id, [name]),
        lambda: syncing.add(who, connection_id, [name], "Payments"),
    ):
        with pytest.raises(errors.NotAllowed, match="Write a repository as owner/name"):
            ask()
    assert len(hub.requests) == before


# Added


def test_a_repository_becomes_a_service_that_is_read_and_judged(both, who, hub, shop):
    assert (view(who, shop.source_id).state, view(who, shop.source_id).text) == ("reading", "Waits for its turn.")
    teams.save_settings(who, shop.service_id, Judging(rule=ProductionRule(kind="github_deployment")))
    job = turn(shop.job_id)
    assert job.state == "done"
    assert (count(Change, Change.kind == "pull_request"), count(PipelineRun) >= 40) == (60, True)
    assert derive.stale() == []
    seen = view(who, shop.source_id)
    assert (seen.state, seen.full_name, seen.text) == ("up_to_date", "acme/shop", job.message)
    assert (seen.services, seen.problems, seen.job_id) == (((shop.service_id, "shop"),), {}, shop.job_id)
    assert seen.quota_left < seen.quota == 5_000
    assert timedelta(minutes=13) < seen.next_at - seen.finished_at < timedelta(minutes=17)


def test_the_same_repository_again_is_read_again_not_doubled(both, who, hub, shop):
    turn(shop.job_id)
    (again,) = added(who, connections.listed(who)[0].id, "ACME/Shop", team="payments")
    assert (again.source_id, again.service_id, again.is_new) == (shop.source_id, shop.service_id, False)
    assert turn(again.job_id).message == "Nothing new in acme/shop."
    assert [count(table) for table in (Repository, Service, Source)] == [1, 1, 1]
    assert count(Change, Change.number.is_not(None)) == 60


def test_an_old_name_is_the_same_repository(home, who, hub, shop):
    turn(shop.job_id)
    hub.repository("acme/shop").rename("acme/store")
    (again,) = added(who, connections.listed(who)[0].id, "acme/shop")
    assert (again.source_id, again.full_name) == (shop.source_id, "acme/store")


def test_names_from_the_list_cost_no_request(home, who, hub):
    connection_id = connection(who, hub)
    turn(connections.refresh_repositories(who, connection_id))
    before = len(hub.requests)
    added(who, connection_id, "acme/shop")
    assert len(hub.requests) == before


def test_repositories_of_one_name_get_services_of_two(home, who, hub):
    hub.repository("other/shop")
    hub.repository("acme/store")
    first, second, third = added(
        who, connection(who, hub), "acme/shop", "other/shop", "acme/store", service_names={"acme/Store": "Till"}
    )
    with store.reading() as session:
        names = dict(session.execute(select(Service.id, Service.name)).all())
    assert [names[each.service_id] for each in (first, second, third)] == ["shop", "shop (2)", "Till"]


def test_nothing_is_made_where_one_name_is_unknown(home, who, hub):
    with pytest.raises(syncing.GitHubError, match="GitHub has no acme/none"):
        added(who, connection(who, hub), "acme/shop", "acme/none")
    assert (count(Repository), count(Source), count(Service)) == (0, 0, 0)


def test_only_who_may_add_sources_to_the_team_adds_and_stops(home, who, hub, shop):
    organization, connection_id = people.home_organization(who), connections.listed(who)[0].id
    team = teams.create_team(who, organization, "Others")
    ada = Who(who.id, "Ada", team_roles=frozenset({(organization, team, "team_lead")}))
    hub.repository("acme/store")
    assert added(ada, connection_id, "acme/store", team=team)[0].is_new
    with store.reading() as session:
        payments = session.execute(select(Service.team_id).where(Service.id == shop.service_id)).scalar_one()
    for forbidden in (
        lambda: added(ada, connection_id, "acme/store", team=payments),
        lambda: added(ada, connection_id, "acme/shop", team=team),  # whose facts are those of another team
        lambda: syncing.pause(ada, shop.source_id),
        lambda: syncing.resume(ada, shop.source_id),
        lambda: syncing.read_again(ada, shop.source_id),
        lambda: syncing.save_settings(ada, shop.source_id, Settings(jobs_at_most=1)),
    ):
        with pytest.raises(access.Forbidden):
            forbidden()
    assert set(syncing.status(ada)) == {2}
    assert set(syncing.status(Who(9, "Eve"))) == set()


# Turns


def test_of_two_teams_with_a_service_on_a_repository_neither_alone_changes_how_it_is_read(home, who, hub, shop):
    organization, other = people.home_organization(who), connection(who, hub)
    (also,) = added(who, connections.listed(who)[0].id, team="Search")
    with store.reading() as session:
        team = session.get_one(Service, also.service_id).team_id
    ada = Who(who.id, "Ada", team_roles=frozenset({(organization, team, "team_lead")}))
    with pytest.raises(access.Forbidden):
        added(ada, other, team=team, settings=Settings(jobs_at_most=9))
    assert (view(who, shop.source_id).connection_id, view(who, shop.source_id).settings) == (1, Settings())


def test_added_again_with_more_of_the_history_reads_it(both, who, hub):
    one = connection(who, hub)
    start = store.now_us() - 86_400_000_000
    (shop,) = added(who, one, settings=Settings(history_start=start))
    turn(shop.job_id)
    assert count(Change, Change.kind == "pull_request") < 60
    (again,) = added(who, one, settings=Settings())
    turn(again.job_id)
    assert count(Change, Change.kind == "pull_request") == 60


def few_requests_a_turn(monkeypatch, hub) -> None:
    """A second each, by the clock of the test GitHub, and five seconds a turn."""
    monkeypatch.setitem(asking_github.OPTIONS, "gap", 1)
    monkeypatch.setitem(asking_github.OPTIONS, "clock", HubClock(hub))
    monkeypatch.setattr(collecting, "SLICE", 5)


def test_a_reading_of_many_turns_stands_behind_the_others_after_each(home, who, hub, shop, monkeypatch):
    few_requests_a_turn(monkeypatch, hub)
    job = turn(shop.job_id)
    assert (job.state, job.message, job.attempts) == ("queued", "Waits for its turn.", 0)
    assert view(who, shop.source_id).state == "reading"
    for _ in range(40):
        if (job := turn(shop.job_id)).state == "done":
            break
    assert (job.state, count(Change, Change.kind == "pull_request")) == ("done", 60)


def test_a_limit_ends_the_turn_and_is_waited_for(both, who, hub, shop):
    hub.limit(1, 120)
    job = turn(shop.job_id)
    seen = view(who, shop.source_id)
    assert (job.state, seen.state) == ("queued", "waiting_for_limit")
    assert "limit is used up" in seen.text
    assert timedelta(0) < seen.resume_at - datetime.now(UTC) < timedelta(seconds=125)
    assert connections.listed(who)[0].wait_until == seen.resume_at
    assert work_waits(job.id)
    hub.limit(5_000, 3_600)
    change_row(connections.Connection, 1, wait_until=None)
    assert (turn(shop.job_id).state, view(who, shop.source_id).state) == ("done", "up_to_date")
    assert count(Change, Change.kind == "pull_request") == 60


def work_waits(job_id: int) -> bool:
    """Whether nobody takes up the job now, though it is asked for."""
    work.run(job_id)
    return jobs.progress(job_id).state == "queued" and work.dispatch() == []


def test_others_of_the_connection_do_not_ask_while_one_waits(home, who, hub, shop):
    hub.repository("acme/store")
    (second,) = added(who, connections.listed(who)[0].id, "acme/store")
    hub.limit(0, 120)
    turn(shop.job_id)
    before = len(hub.requests)
    assert turn(second.job_id).state == "queued"
    assert len(hub.requests) == before
    assert view(who, second.source_id).state == "waiting_for_limit"


def test_an_outage_ends_the_turn_and_is_waited_for(home, who, hub, shop, monkeypatch):
    monkeypatch.setattr("data.sources.github.api.WAITS", (0, 0, 0, 0))
    hub.fault("502", times=5)
    assert turn(shop.job_id).state == "queued"
    seen = view(who, shop.source_id)
    assert (seen.state, "did not answer properly" in seen.text, seen.resume_at is not None) == (
        "waiting_for_limit", True, True,
    )  # fmt: skip
    assert connections.listed(who)[0].wait_until is None  # the other repositories may well be read
    assert turn(shop.job_id).state == "done"


def test_a_token_that_is_good_no_more_stops_the_source_until_it_is_replaced(both, who, hub):
    token = hub.token()
    (shop,) = added(who, connections.add_token(who, token))
    turn(shop.job_id)
    hub.revoke(token)
    again = syncing.read_again(who, shop.source_id)
    assert turn(again).state == "failed"
    seen, (kept,) = view(who, shop.source_id), connections.listed(who)
    assert (seen.state, seen.text) == ("stopped", kept.problem)
    assert "make a new one and store it in its place" in seen.text
    assert seen.next_at - datetime.now(UTC) > timedelta(hours=5)
    before = len(hub.requests)
    assert turn(syncing.read_again(who, shop.source_id)).message == kept.problem
    assert len(hub.requests) == before  # a token that is not known is not shown again and again
    connections.replace_secret(who, kept.id, hub.token())
    (job_id,) = collecting.schedule()
    assert (turn(job_id).state, view(who, shop.source_id).state) == ("done", "up_to_date")


def test_what_may_not_be_read_is_named_with_the_permission(both, who, hub):
    permissions = {name: "read" for name in READ if name not in ("deployments", "actions")}
    (shop,) = added(who, connection(who, hub, permissions=permissions))
    job = turn(shop.job_id)
    seen = view(who, shop.source_id)
    assert (job.state, seen.state) == ("done", "up_to_date")
    assert "deployments (read)" in seen.problems["deployments"]
    assert "actions (read)" in seen.problems["workflow runs"]
    assert set(seen.problems) == {"deployments", "workflow runs"}


def test_a_repository_that_was_renamed_is_followed(home, who, hub, shop):
    turn(shop.job_id)
    hub.repository("acme/shop").rename("acme/store")
    assert turn(syncing.read_again(who, shop.source_id)).state == "done"
    seen = view(who, shop.source_id)
    assert (seen.full_name, seen.is_renamed, seen.state) == ("acme/store", True, "up_to_date")
    assert "acme/shop is called acme/store at GitHub now." in seen.notes


def test_a_repository_that_was_transferred_is_followed(home, who, hub, shop):
    turn(shop.job_id)
    hub.repository("acme/shop").transfer("other/shop")
    assert turn(syncing.read_again(who, shop.source_id)).state == "done"
    assert view(who, shop.source_id).full_name == "other/shop"


def test_a_repository_that_was_deleted_stops_with_what_was_read(both, who, hub, shop):
    turn(shop.job_id)
    hub.repository("acme/shop").delete()
    assert turn(syncing.read_again(who, shop.source_id)).state == "failed"
    seen = view(who, shop.source_id)
    assert (seen.state, seen.is_gone) == ("stopped", True)
    assert "GitHub has no acme/shop, or does not show it to this token" in seen.text
    assert count(Change, Change.kind == "pull_request") == 60


def test_a_repository_that_was_emptied_or_archived_is_read_all_the_same(home, who, hub, shop):
    turn(shop.job_id)
    hub.repository("acme/shop").archive()
    assert turn(syncing.read_again(who, shop.source_id)).state == "done"
    seen = view(who, shop.source_id)
    assert (seen.is_archived, seen.state) == (True, "up_to_date")
    assert seen.next_at - seen.finished_at > timedelta(hours=20)  # where nothing happens
    hub.repository("acme/shop").empty()
    assert turn(syncing.read_again(who, shop.source_id)).state == "done"


def test_a_repository_without_any_commit_is_read(home, who, hub):
    hub.repository("acme/new")
    (new,) = added(who, connection(who, hub), "acme/new")
    assert turn(new.job_id).state == "done"
    assert view(who, new.source_id).state == "up_to_date"


def test_no_number_is_made_of_a_part_of_the_history(both, who, hub, shop, monkeypatch):
    teams.save_settings(who, shop.service_id, Judging(rule=ProductionRule(kind="merge")))
    few_requests_a_turn(monkeypatch, hub)
    while turn(shop.job_id).state == "queued":
        derive.refresh(shop.service_id)
        assert derive.load(shop.service_id).changes.is_empty()
        held = derive.facts(shop.service_id).changes.height  # what a rule would mean may be seen before
    assert 0 < held <= derive.load(shop.service_id).changes.filter(kind="pull_request").height == 60


# Stopped and gone on with


def test_stopped_and_gone_on_with_keeps_what_was_read(both, who, hub, shop, monkeypatch):
    few_requests_a_turn(monkeypatch, hub)
    turn(shop.job_id)
    read = count(Issue)
    syncing.pause(who, shop.source_id)
    seen = view(who, shop.source_id)
    assert (seen.state, seen.text) == ("paused", "The reading was stopped; what was read stays.")
    assert (jobs.progress(shop.job_id).state, jobs.progress(shop.job_id).message) == (
        "cancelled", "Stopped; what was read stays.",
    )  # fmt: skip
    assert (read > 0, count(Issue)) == (True, read)
    assert collecting.schedule() == []
    monkeypatch.setattr(collecting, "SLICE", 60)
    before = len([each for each in hub.requests if each.path.endswith("/issues")])
    assert turn(syncing.resume(who, shop.source_id)).state == "done"
    assert (view(who, shop.source_id).state, count(Change, Change.kind == "pull_request")) == ("up_to_date", 60)
    assert len([each for each in hub.requests if each.path.endswith("/issues")]) == before + 1


def test_a_reading_that_is_stopped_in_the_middle_saves_nothing_more(home, who, hub, shop, monkeypatch):
    progress = work.Work.progress

    def stop(self, *said):
        syncing.pause(who, shop.source_id)
        read.append(count(Issue))
        progress(self, *said)

    read = []
    monkeypatch.setattr(work.Work, "progress", stop)
    assert (turn(shop.job_id).state, view(who, shop.source_id).state) == ("cancelled", "paused")
    assert (len(read), read[0] > 0, count(Issue)) == (1, True, read[0])


# Settings


def test_incident_labels_decide_what_an_incident_is(both, who, hub):
    repo = hub.repository("acme/till")
    repo.issue("Down", labels=["outage"])
    repo.issue("Slow", labels=["incident"])
    (till,) = added(who, connection(who, hub), "acme/till")
    turn(till.job_id)
    assert count(Incident) == 1
    job_id = syncing.save_settings(who, till.source_id, Settings(incident_labels=("outage", "Incident ")))
    turn(job_id)
    assert (count(Incident), view(who, till.source_id).settings.incident_labels) == (2, ("outage", "Incident"))
    assert syncing.save_settings(who, till.source_id, view(who, till.source_id).settings) is None


def test_jobs_of_a_sample_of_runs_are_read_and_the_rate_is_told(home, who, hub, shop):
    turn(shop.job_id)
    assert view(who, shop.source_id).jobs_rate is None
    turn(syncing.save_settings(who, shop.source_id, Settings(jobs_at_most=5)))
    seen = view(who, shop.source_id)
    assert 0 < seen.jobs_rate < 1
    assert 0 < seen.jobs_sampled <= seen.jobs_of


@pytest.mark.parametrize(
    ("values", "sentence"),
    [({"poll_minutes": 1}, "every 5 to 1,440 minutes"), ({"jobs_at_most": 5_000}, "jobs of 0 to 1,000 runs"),
     ({"incident_labels": ["x", "y" * 200]}, "20 labels"), ({"history_start": 1 << 62}, "between 1970 and today")],
)  # fmt: skip
def test_settings_that_cannot_be_say_why(values, sentence):
    with pytest.raises(ValueError, match=sentence):
        syncing.settings_of(**values)


def test_a_history_may_begin_later_and_be_completed(both, who, hub):
    start = store.now_us() - 20 * 86_400_000_000
    later = sum((pull["merged_at"] or 0) * 1_000_000 >= start for pull in hub.truth()["pulls"])
    (shop,) = added(who, connection(who, hub), settings=Settings(history_start=start))
    turn(shop.job_id)
    some = count(Change, Change.kind == "pull_request")
    assert 0 < some < 60
    assert count(Change, Change.merged_at < start) == 0
    assert count(Change, Change.kind == "pull_request", Change.merged_at >= start) == later
    with store.reading() as session:
        assert session.get(Source, shop.source_id).history_start == start
    turn(syncing.save_settings(who, shop.source_id, Settings()))
    assert count(Change, Change.kind == "pull_request") == 60
    with store.reading() as session:
        assert session.get(Source, shop.source_id).history_start is None
        assert session.get(Feed, (shop.source_id, "issues")) is not None
