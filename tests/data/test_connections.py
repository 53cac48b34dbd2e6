"""Connections to GitHub: made, checked, used for a list of repositories, taken away. Against the test GitHub."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from data import access, asking_github, connections, jobs, people, store, syncing, teams
from data.people import Who
from data.sources.github import errors
from data.tables import AuditEvent, Connection, Source
from tests.data.hub import added, connected_to, connection, turn


@pytest.fixture
def hub(monkeypatch):
    monkeypatch.setenv("MILEPOST_JOBS", "queued")
    with connected_to(monkeypatch) as hub:
        hub.repository("acme/shop").issue("One")
        hub.repository("acme/store")
        yield hub


def only(who) -> connections.ConnectionView:
    (view,) = connections.listed(who)
    return view


def lead(who) -> Who:
    """Somebody who leads a team of the same organization."""
    organization = people.home_organization(who)
    team = teams.create_team(who, organization, "Leads")
    return Who(who.id, "Ada", team_roles=frozenset({(organization, team, "team_lead")}))


def audited() -> list[tuple]:
    with store.reading() as session:
        return [(row.action, row.detail) for row in session.execute(select(AuditEvent)).scalars()]


# Made


def test_a_token_is_checked_at_once_and_kept_sealed(both, who, hub):
    token = hub.token(login="ada")
    connection_id = connections.add_token(who, f"  {token}\n")
    view = only(who)
    assert (view.id, view.kind, view.token_kind, view.name) == (connection_id, "token", "fine_grained", "Token of ada")
    assert (view.secret_is, view.base_url, view.problem, view.warning) == ("sealed", hub.url, None, None)
    assert set(view.may.values()) == {True} and view.missing == {}
    assert view.quota["core"] > 4_000
    with store.reading() as session:
        assert token not in str(session.get(Connection, connection_id).model_dump())


def test_a_fine_grained_token_says_what_it_may_not(home, who, hub):
    connection(who, hub, permissions={"metadata": "read", "issues": "read", "contents": "read"})
    assert {name for name, may in only(who).may.items() if may} == {"issues", "commits and tags"}
    assert "deployments (read)" in only(who).missing["deployments"]


def test_a_token_that_may_too_much_is_taken_with_a_warning(home, who, hub):
    connection(who, hub, kind="classic", scopes=("repo", "admin:org"))
    view = only(who)
    assert view.too_much == ("admin:org", "repo")
    assert "more than Milepost needs (admin:org, repo)" in view.warning


def test_a_token_that_ends_soon_is_taken_with_a_warning(home, who, hub):
    ends = datetime.now(UTC) + timedelta(days=5)
    connection(who, hub, expires=f"{ends:%Y-%m-%d %H:%M}")
    assert f"This ends on {ends:%Y-%m-%d}" in only(who).warning
    assert only(who).expires_at.date() == ends.date()


def test_a_wrong_or_expired_token_is_refused_with_a_sentence(home, who, hub):
    with pytest.raises(connections.GitHubError, match="does not know this token"):
        connections.add_token(who, "github_pat_wrong0123456789")
    with pytest.raises(connections.GitHubError, match="mistyped, revoked or expired; make a new one"):
        connections.add_token(who, hub.token(expires="2026-01-01"))
    assert connections.listed(who) == ()


def test_a_github_that_is_away_is_no_reason_to_keep_a_token_unchecked(home, who, hub, monkeypatch):
    hub.stop()
    monkeypatch.setattr("data.sources.github.api.WAITS", (0, 0, 0, 0))
    with pytest.raises(connections.GitHubError, match="did not answer properly"):
        connections.add_token(who, "github_pat_0123456789")
    hub.start()
    assert connections.listed(who) == ()


def test_a_token_by_reference_stays_one(home, who, hub, monkeypatch):
    monkeypatch.setenv("SHOP_TOKEN", hub.token(login="mona"))
    connections.add_token(who, "env:SHOP_TOKEN")
    assert (only(who).secret_is, only(who).login) == ("env:SHOP_TOKEN", "mona")


def test_the_same_token_twice_is_one_connection(home, who, hub, monkeypatch):
    token = hub.token()
    connections.add_token(who, token)
    monkeypatch.setenv("SHOP_TOKEN", token)
    for same in (token, "env:SHOP_TOKEN"):
        with pytest.raises(ValueError, match="already a connection with this: Token of"):
            connections.add_token(who, same)


def test_several_tokens_of_one_person_are_told_apart(home, who, hub):
    first, second = (connections.add_token(who, hub.token(login="ada")) for _ in range(2))
    names = [view.name for view in connections.listed(who)]
    assert names == [f"Token of ada, no. {first}", f"Token of ada, no. {second}"]
    connections.remove(who, first)
    assert only(who).name == "Token of ada"


def test_an_app_connects_where_it_is_installed(both, who, hub):
    app = hub.app()
    installed = hub.install(app)
    connections.add_app(who, app.id, installed.id, app.private_key)
    view = only(who)
    assert (view.kind, view.token_kind, view.login) == ("app", "app", "acme")
    assert view.name == f"App {app.id} at acme"
    assert (set(view.may.values()), view.warning, view.secret_is) == ({True}, None, "sealed")


@pytest.mark.parametrize(
    ("app_id", "installation", "key", "sentence"),
    [
        ("../1", "2", "k", "The id of an app is a number"),
        ("1", "https://x", "k", "The id of an installation is a number"),
        ("1", "2", "no key", "The private key of the app is none"),
    ],
)
def test_an_app_that_is_none_is_refused(home, who, hub, app_id, installation, key, sentence):
    with pytest.raises(connections.GitHubError, match=sentence):
        connections.add_app(who, app_id, installation, key)


def test_the_address_of_github_is_for_whoever_runs_milepost(home, who, monkeypatch):
    with connected_to(monkeypatch, enterprise=True) as hub:
        hub.repository("acme/shop")
        connection(who, hub)
        assert only(who).base_url == hub.url and hub.url.endswith("/api/v3")
        monkeypatch.setenv(asking_github.ADDRESS, "https://elsewhere.example/api/v3")
        assert "MILEPOST_GITHUB_URL names another GitHub by now" in connections.check(who, only(who).id).problem
    for address in ("http://github.example.com", "ftp://127.0.0.1", "https://u:p@github.example.com"):
        monkeypatch.setenv(asking_github.ADDRESS, address)
        with pytest.raises(errors.NotAllowed, match="The address of GitHub must"):
            connections.base_url()
    monkeypatch.delenv(asking_github.ADDRESS)
    assert connections.base_url() == "https://api.github.com"


# Whose


def test_only_administrators_make_and_change_them(home, who, hub):
    connection_id, ada = connection(who, hub), lead(who)
    for forbidden in (
        lambda: connections.add_token(ada, hub.token(), people.home_organization(who)),
        lambda: connections.replace_secret(ada, connection_id, hub.token()),
        lambda: connections.check(ada, connection_id),
        lambda: connections.remove(ada, connection_id),
    ):
        with pytest.raises(access.Forbidden):
            forbidden()


def test_who_may_add_sources_sees_and_uses_them(home, who, hub):
    connection_id, ada = connection(who, hub), lead(who)
    assert [view.id for view in connections.listed(ada)] == [connection_id]
    assert connections.repositories(ada, connection_id).rows == ()
    organization = people.home_organization(who)
    for role in ("coach", "leader"):
        stranger = Who(9, "Eve", organization_roles=frozenset({(organization, role)}))
        assert connections.listed(stranger) == ()
        with pytest.raises(access.Forbidden):
            connections.repositories(stranger, connection_id)
    with pytest.raises(access.NotFound):
        connections.repositories(who, 99)


# Changed


def test_a_connection_that_lost_its_right_says_so_until_its_secret_is_replaced(both, who, hub):
    old = hub.token(login="ada")
    connection_id = connections.add_token(who, old)
    hub.revoke(old)
    assert "does not know this token" in connections.check(who, connection_id).problem
    assert only(who).wait_until is not None
    with pytest.raises(connections.GitHubError):
        connections.replace_secret(who, connection_id, "github_pat_wrong0123456789")
    new = hub.token(login="mona")
    connections.replace_secret(who, connection_id, new)
    assert (only(who).problem, only(who).wait_until, only(who).login) == (None, None, "mona")


def test_every_change_is_told_without_the_secret(home, who, hub):
    first, second = hub.token(login="ada"), hub.token(login="ada")
    connection_id = connections.add_token(who, first)
    connections.replace_secret(who, connection_id, second)
    connections.remove(who, connection_id)
    told = [(action, detail) for action, detail in audited() if "connection" in action or "secret" in action]
    assert [action for action, _ in told] == ["add_connection", "replace_secret", "remove_connection"]
    assert told[0][1] == {"kind": "github_token", "name": "Token of ada", "kept": "sealed", "address": hub.url}
    assert first not in str(told) and second not in str(told)


def test_a_removed_connection_leaves_its_sources_with_what_they_read(both, who, hub):
    connection_id = connection(who, hub)
    (shop,) = added(who, connection_id)
    turn(shop.job_id)
    again = syncing.read_again(who, shop.source_id)
    connections.remove(who, connection_id)
    view = syncing.status(who)[shop.source_id]
    assert (view.state, view.connection_id, view.finished_at is not None) == ("stopped", None, True)
    assert view.text == "No connection: add this repository again with another one; what was read stays."
    assert jobs.progress(again).state == "cancelled"
    with pytest.raises(ValueError, match="no connection any more"):
        syncing.read_again(who, shop.source_id)
    (back,) = added(who, connection(who, hub))
    assert (back.source_id, back.is_new) == (shop.source_id, False)
    assert syncing.status(who)[shop.source_id].state == "reading"


# Which repositories


def test_the_list_is_read_in_a_job_and_searched_in_the_store(both, who, hub):
    for number in range(130):
        hub.repository(f"acme/tool-{number:03}")
    connection_id = connection(who, hub)
    assert connections.repositories(who, connection_id).listed_at is None
    job = turn(connections.refresh_repositories(who, connection_id))
    assert (job.state, job.message) == ("done", "132 repositories can be read.")
    page = connections.repositories(who, connection_id, "TOOL-0", limit=3, offset=2)
    assert (page.total, [row.full_name for row in page.rows]) == (100, [f"acme/tool-{n:03}" for n in (2, 3, 4)])
    assert page.listed_at is not None and page.job.state == "done"
    assert (only(who).repositories, page.rows[0].already_added, page.rows[0].is_private) == (132, False, True)
    assert connections.repositories(who, connection_id, "100%_").total == 0
    before = len(hub.requests)
    connections.repositories(who, connection_id, by="pushed")
    assert len(hub.requests) == before


def test_the_list_of_an_app_is_that_of_its_installation(home, who, hub):
    hub.repository("other/thing")
    app = hub.app()
    connection_id = connections.add_app(who, app.id, hub.install(app).id, app.private_key)
    turn(connections.refresh_repositories(who, connection_id))
    names = [row.full_name for row in connections.repositories(who, connection_id).rows]
    assert names == ["acme/shop", "acme/store"]


def test_the_list_says_what_is_read_already(home, who, hub):
    connection_id = connection(who, hub)
    (shop,) = added(who, connection_id)
    turn(connections.refresh_repositories(who, connection_id))
    rows = {row.full_name: row for row in connections.repositories(who, connection_id).rows}
    assert (rows["acme/shop"].already_added, rows["acme/shop"].source_id) == (True, shop.source_id)
    assert (rows["acme/store"].already_added, rows["acme/store"].source_id) == (False, None)


def test_a_limit_in_the_middle_of_the_list_keeps_the_old_one_and_goes_on_later(home, who, hub):
    connection_id = connection(who, hub)
    turn(connections.refresh_repositories(who, connection_id))
    hub.repository("acme/new")
    hub.limit(0, 600)
    job = turn(connections.refresh_repositories(who, connection_id))
    assert (job.state, "limit is used up" in job.message, job.due_at is not None) == ("queued", True, True)
    assert connections.repositories(who, connection_id).total == 2
    assert only(who).wait_until is not None
    hub.limit(5_000, 600)
    turn(job.id)
    assert connections.repositories(who, connection_id).total == 3


def test_the_list_is_not_read_twice_at_once(home, who, hub):
    connection_id = connection(who, hub)
    first = connections.refresh_repositories(who, connection_id)
    assert connections.refresh_repositories(who, connection_id) == first


def test_sources_are_counted(home, who, hub):
    added(who, connection(who, hub), "acme/shop", "acme/store")
    assert only(who).sources == 2
    with store.reading() as session:
        assert set(session.execute(select(Source.connection_id)).scalars()) == {only(who).id}


@pytest.mark.parametrize(
    ("address", "web"),
    [
        ("https://api.github.com", "https://github.com"),
        ("https://github.example.com/api/v3", "https://github.example.com"),
    ],
)
def test_the_way_to_make_a_token_leads_to_the_right_github(address, web):
    assert connections.website(address) == web
