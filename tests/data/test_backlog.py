"""How far the first readings of GitHub are together, and the names that were seen there."""

from assessments.delivery import production
from data import backlog, connections, derive, intake, people, proposing, queries, seen, syncing, teams
from data.people import Who
from tests.data.hub import connected_to, turn
from tests.hub_shop import history


def test_repositories_are_counted_by_what_becomes_of_them(home, monkeypatch):
    with connected_to(monkeypatch) as hub:
        monkeypatch.setenv("MILEPOST_JOBS", "queued")
        for name in ("acme/one", "acme/two", "acme/three", "acme/four"):
            hub.repository(name).commit("Begin")
        who = people.local_person()
        connection = connections.add_token(who, hub.token())
        names = ["acme/one", "acme/two", "acme/three", "acme/four"]
        one, two, three, four = syncing.add(who, connection, names, "Shop")
        assert backlog.first_readings(who).queued == tuple(each.source_id for each in (one, two, three, four))
        turn(one.job_id)
        syncing.pause(who, two.source_id)
        hub.repository("acme/three").delete()
        turn(three.job_id)
        found = backlog.first_readings(who)
        assert (found.done, found.paused, found.stopped, found.queued) == (
            1, (two.source_id,), (three.source_id,), (four.source_id,)
        )  # fmt: skip
        assert found.services == {four.service_id}, "nobody waits for what has stopped"
        stranger = Who(who.id, "Ada", team_roles=frozenset({(1, 999, "member")}))
        assert backlog.first_readings(stranger).sources == ()


def test_names_that_were_seen_come_with_how_often(home, monkeypatch):
    with connected_to(monkeypatch) as hub:
        monkeypatch.setenv("MILEPOST_JOBS", "immediate")
        history(hub, days=12)
        who = people.local_person()
        (shop,) = syncing.add(who, connections.add_token(who, hub.token()), ["acme/shop"], "Shop")
    monkeypatch.setattr(seen, "MOST", 1)
    most = seen.names(shop.service_id)
    assert [one.name for kind in ("github_deployment", "workflow") for one in most[kind]] == ["staging", "CI"]
    monkeypatch.setattr(seen, "MOST", 500)
    found = seen.names(shop.service_id)
    environments = {one.name: (one.successes, one.times) for one in found["github_deployment"]}
    assert environments == {"staging": (11, 11), "production": (7, 8)}
    assert [one.name for one in found["workflow"]] == ["CI", "Deploy to production"]


def test_workflows_are_counted_without_reading_their_runs(home, monkeypatch):
    """The page of the rule asks so, as there may be some hundred thousand runs; it must be told the same."""
    with connected_to(monkeypatch) as hub:
        monkeypatch.setenv("MILEPOST_JOBS", "immediate")
        history(hub, days=12)
        who = people.local_person()
        (shop,) = syncing.add(who, connections.add_token(who, hub.token()), ["acme/shop"], "Shop")
    by_name = {one.name: one.successes for one in seen.names(shop.service_id)["workflow"]}
    assert seen.workflows(shop.service_id) == tuple(by_name)
    assert seen.successes(shop.service_id, by_name) == by_name
    assert seen.successes(shop.service_id, []) == {}
    assert intake.proposals(shop.service_id) == production.propose(derive.facts(shop.service_id, every_run=True))


def test_rules_are_taken_for_all_that_have_none_and_for_no_other(home, monkeypatch):
    with connected_to(monkeypatch) as hub:
        monkeypatch.setenv("MILEPOST_JOBS", "immediate")
        history(hub, days=12)
        hub.repository("acme/empty")
        who = people.local_person()
        connection = connections.add_token(who, hub.token())
        shop, empty = syncing.add(who, connection, ["acme/shop", "acme/empty"], "Shop")
    job = proposing.accept(who, [shop.service_id, empty.service_id])
    assert queries.service(who, shop.service_id).settings.rule.kind == "github_deployment"
    assert queries.service(who, empty.service_id).settings is None
    from data import jobs

    assert jobs.progress(job).report == {"without": ["empty"]}
    chosen = queries.service(who, shop.service_id).settings.model_copy(update={"attribution_hours": 48.0})
    teams.save_settings(who, shop.service_id, chosen)
    proposing.accept(who, [shop.service_id])
    assert queries.service(who, shop.service_id).settings.attribution_hours == 48
