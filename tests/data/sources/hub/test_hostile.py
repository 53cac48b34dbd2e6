"""A repository that anybody may write to, and a server that is not what it says: neither stops the reading for good."""

import copy

import pytest
from sqlalchemy import select

from assessments.delivery.settings import ProductionRule, Settings
from data import connections, derive, queries, store, teams
from data.sources.github import errors, values
from data.tables import Deployment, SourceCommit
from tests.data.hub import added, connected_to, connection, turn
from tests.data.sources.hub.arrange import place
from tests.data.sources.hub.server import NOW, Say, Server, StillClock
from tests.data.sources.hub.test_webhooks import tell, told_of
from tests.fake_github.shipping import Deployment as Shipped

SIGN = "\N{REPLACEMENT CHARACTER}"
SAYS_LIMIT = {"x-ratelimit-limit": "5000", "x-ratelimit-remaining": "4999"}


@pytest.fixture(autouse=True)
def no_worker(monkeypatch):
    monkeypatch.setenv("MILEPOST_JOBS", "queued")


@pytest.fixture
def hub(monkeypatch):
    with connected_to(monkeypatch) as hub:
        hub.repository("acme/shop").commit("First")
        yield hub


def found(column) -> list:
    with store.reading() as session:
        return list(session.execute(select(column)).scalars())


# What stores do not keep


def test_a_nul_in_any_name_stops_nothing(on_postgresql, who, hub):
    repo = hub.repository("acme/shop")
    repo.deploy("prod\x00uction").status("success")
    repo.run("CI", branch="a\x00b")
    repo.issue("Broken", labels=["inci\x00dent"])
    job = turn(added(who, connection(who, hub))[0].job_id)
    assert (job.state, "Not read" in job.message) == ("done", False)
    assert found(Deployment.environment) == [f"prod{SIGN}uction"]


def test_half_a_character_is_replaced_and_a_whole_one_stays():
    with Server(Say(200, b'[{"name": "a\\ud800b \\ud83d\\ude00 \\u0000"}]')) as server:
        (row,) = server.api().get("/x").json
    assert row == {"name": f"a{SIGN}b \U0001f600 {SIGN}"}


def test_a_nul_in_what_is_told_is_replaced(on_postgresql, hub):
    repo = hub.repository("acme/shop")
    shop = place(hub)
    shop.sync()
    shipped = Shipped(repo, repo.deploy("production").id)
    event, payload = told_of(hub, shipped, "deployment", "created")
    payload = copy.deepcopy(payload)
    payload["deployment"]["environment"] = "prod\x00"
    payload["deployment"]["task"] = "deploy\ud800"
    tell((event, payload), (event, payload))
    assert found(Deployment.environment) == [f"prod{SIGN}"]


@pytest.mark.parametrize("number", [2**63, -(2**63) - 1, 10**40])
def test_a_number_that_no_store_holds_is_no_answer_of_github(number):
    with pytest.raises(errors.BadAnswer, match="id"):
        values.need({"id": number}, "id", int)


# Clocks gone wrong


@pytest.mark.parametrize(
    "written",
    ["33658-09-27T01:46:39Z", "9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00", "-0044-03-15T12:00:00Z",
     "0001-01-01T00:00:00Z"],
)  # fmt: skip
def test_a_time_that_no_calendar_holds_is_the_first_or_last_that_does(written):
    at = values.instant(written)
    assert at >= 0 and store.from_us(at).year in (1970, 9999)
    assert values.instant(values.written(at - values.SECOND)) <= at


def test_a_commit_of_the_year_33658_stops_nothing(both, who, hub, monkeypatch):
    """Whoever commits says when that was."""
    far = "33658-09-27T01:46:39Z"
    real = values.moment
    monkeypatch.setattr(
        values, "moment", lambda row, name, none=True: values.instant(far) if "Date" in name else real(row, name, none)
    )
    hub.repository("acme/shop").deploy("production").status("success")
    (shop,) = added(who, connection(who, hub))
    teams.save_settings(who, shop.service_id, Settings(rule=ProductionRule(kind="github_deployment")))
    assert (turn(shop.job_id).state, len(found(SourceCommit.sha))) == ("done", 1)
    assert derive.stale() == []


def test_a_server_whose_clock_is_years_ahead_is_not_believed():
    """Numbers would end there, and every week until then would be one without a deployment."""
    with Server(Say(200, [], {"Date": "Fri, 31 Dec 2100 23:59:59 GMT"})) as server:
        api = server.api(clock=StillClock(NOW))
        api.get("/x")
    assert api.date == NOW * 1_000_000


@pytest.mark.parametrize("at", ["9999-12-30T00:00:00Z", "1970-01-01T00:00:01Z"])
def test_a_deployment_of_no_sensible_time_leaves_the_numbers_whole(both, who, hub, at):
    repo = hub.repository("acme/shop")
    (shop,) = added(who, connection(who, hub))
    teams.save_settings(who, shop.service_id, Settings(rule=ProductionRule(kind="github_deployment")))
    turn(shop.job_id)
    event, payload = told_of(hub, Shipped(repo, repo.deploy("production").id), "deployment_status", "created")
    payload = copy.deepcopy(payload)
    for name in ("deployment", "deployment_status"):
        payload[name] |= {"created_at": at, "updated_at": at}
    payload["deployment_status"]["state"] = "success"
    tell((event, payload))
    derive.refresh([shop.service_id])
    assert derive.stale() == []
    assert queries.service(who, shop.service_id).ready


# Limits that never end


@pytest.mark.parametrize("header", [{"retry-after": "inf"}, {"retry-after": "1e18"}, {"retry-after": "nan"}])
def test_a_wait_without_end_is_no_longer_than_a_day(header):
    with Server(Say(429, {"message": "slow down"}, header)) as server, pytest.raises(errors.Limited) as raised:
        server.api(clock=StillClock(NOW)).get("/x")
    assert raised.value.resume_at <= NOW + 86_400


@pytest.mark.parametrize("reset", ["99999999999999", "1e30"])
def test_a_limit_that_begins_anew_in_a_thousand_years_is_asked_again_tomorrow(reset):
    used_up = {**SAYS_LIMIT, "x-ratelimit-remaining": "0", "x-ratelimit-reset": reset}
    with Server(Say(403, {"message": "API rate limit exceeded"}, used_up)) as server:
        api = server.api(clock=StillClock(NOW))
        with pytest.raises(errors.Limited) as raised:
            api.get("/x")
    assert raised.value.resume_at <= NOW + 86_401
    assert api.quota["core"].resets_at <= NOW + 86_401


@pytest.mark.parametrize(
    "headers", [{**SAYS_LIMIT, "x-ratelimit-reset": "inf"}, {"date": "Fri, 31 Dec 9999 23:59:59 -2359"}, {"date": "x"}]
)
def test_headers_that_make_no_sense_break_nothing_else(headers):
    with Server(Say(200, [], headers), Say(200, [])) as server:
        assert server.api().get("/x").json == []


# Names


@pytest.mark.parametrize("name", ["octo-cat_corp/notes", "acme/.github", "a/b_c.d-e"])
def test_owners_whose_company_manages_them_have_an_underscore(home, who, hub, name):
    """One such name in the list must not take the whole list away."""
    hub.repository(name)
    connection_id = connection(who, hub)
    job = turn(connections.refresh_repositories(who, connection_id))
    assert job.state == "done"
    assert name in [row.full_name for row in connections.repositories(who, connection_id).rows]
    assert added(who, connection_id, name)[0].full_name == name
