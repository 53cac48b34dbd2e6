"""Pages in shared mode: who is not signed in, who has no role, who may what, and administration of people."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select, update
from streamlit.testing.v1 import AppTest

from assessments.delivery.settings import ProductionRule, Settings
from data import intake, queries, roles, sessions, store, teams, tokens
from data.tables import Person
from tests.data.test_sessions import SETTINGS, claims
from tests.pages.conftest import ROOT, said
from tests.provider import SECRET
from tests.repos import RepoBuilder

ENVIRONMENT = {
    "MILEPOST_URL": "https://milepost.example",
    "MILEPOST_OIDC_METADATA_URL": "https://id.example/.well-known/openid-configuration",
    "MILEPOST_OIDC_CLIENT_ID": "milepost",
    "MILEPOST_OIDC_CLIENT_SECRET": "of the client",
    "MILEPOST_COOKIE_SECRET": SECRET,
    "MILEPOST_ADMINISTRATOR": "group:ops",
}
AUTH = {
    "redirect_uri": "https://milepost.example/oauth2callback",
    "cookie_secret": SECRET,
    "client_id": "milepost",
    "client_secret": "of the client",
    "server_metadata_url": "https://id.example/.well-known/openid-configuration",
}


@pytest.fixture
def shared(home, monkeypatch):
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)


def key(subject: str = "1", *groups: str) -> str:
    """Of a session of somebody with these groups."""
    return sessions.begin(claims(subject, groups=list(groups)), SETTINGS).key


def portal(key: str | None, file: str = "home/start.py") -> AppTest:
    """That page, opened with that session."""
    at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    at.secrets["auth"] = AUTH
    at.user = {"is_logged_in": True, "sign_in": key} if key else {"is_logged_in": False}
    at.run()
    return at.switch_page(f"pages/{file}").run() if key else at


def titles(at: AppTest) -> list[str]:
    assert not at.exception
    return [each.value for each in at.title]


def test_who_is_not_signed_in_sees_the_way_in_and_nothing_else(shared):
    at = portal(None)
    assert titles(at) == ["Sign in to Milepost"]
    assert [button.label for button in at.button] == ["Sign in"]
    with store.reading() as session:
        assert session.execute(select(Person)).first() is None, "nobody was made by looking"


@pytest.mark.parametrize("claimed", ["x" * 43, "1", None], ids=["unknown key", "a number", "no key"])
def test_claims_without_a_session_are_nobody(shared, claimed):
    at = portal(None)
    at.user = {"is_logged_in": True, "sub": "1", "iss": "https://id.example", "email": "a@b.c", "sign_in": claimed}
    assert titles(at.run()) == ["Sign in to Milepost"]


def test_without_a_role_one_is_told_whom_to_ask(shared, monkeypatch):
    key("admin", "ops")
    begun = key("2")
    assert "Ask Person admin to give you a role" in said(portal(begun))
    assert "counts once you sign out and in again" in said(portal(begun))
    monkeypatch.setenv("MILEPOST_CONTACT", "#platform in the chat")
    assert "Ask #platform in the chat to give you a role" in said(portal(begun))


def test_home_without_anything_says_what_is_missing_and_who_can_help(shared):
    admin, bob = sessions.who(key("admin", "ops")), key("2")
    (organization,) = admin.organizations
    roles.give(admin, organization, sessions.who(bob).id, "leader")
    at = portal(bob)
    assert "There is no team yet" in said(at) and "Ask Person admin to connect a repository" in said(at)
    team = teams.create_team(admin, organization, "Team *One*")
    at = portal(bob)
    assert "Nothing is collected yet" in said(at) and "Team \\*One\\*" in said(at)
    assert [link.proto.page for link in at.get("page_link")] == ["learn"]
    teams.create_service(admin, team, "Shop")
    assert "Nothing is collected yet" not in said(portal(bob)), "its card says what is missing"
    assert "Ask Person" not in said(portal(key("admin", "ops"))), "whoever can add sees the ways to begin"


def test_who_may_make_no_team_is_told_whom_to_ask_and_can_read(shared):
    admin, bob = sessions.who(key("admin", "ops")), key("2")
    (organization,) = admin.organizations
    roles.give(admin, organization, sessions.who(bob).id, "leader")
    at = portal(bob, "team/plan.py")
    assert "Ask Person admin to make one" in said(at) and "Make a team first" not in said(at)
    assert [link.proto.page for link in at.get("page_link")] == ["learn"]
    at = portal(bob, "learn/catalog.py")
    assert "Ask Person admin to make one" in said(at)
    assert "Open the track" in [link.proto.label for link in at.get("page_link")]
    assert "Make a team first" in said(portal(key("admin", "ops"), "team/plan.py"))


def test_who_is_switched_off_is_told_so(shared):
    begun = key("2", "leads")
    at = portal(begun)
    assert titles(at) != ["Your access is switched off"]
    with store.writing() as session:
        session.execute(update(Person).values(is_active=False))
    assert titles(at.run()) == ["Your access is switched off"]


@pytest.mark.parametrize("how", ["ended", "expired"])
def test_an_open_page_is_over_with_the_next_click(shared, how, monkeypatch):
    begun = key("1", "ops")
    at = portal(begun, "admin/people.py")
    assert titles(at) == ["People"]
    if how == "ended":
        sessions.end(begun)
    else:
        later = store.now_us() + 3661 * sessions.SECOND
        monkeypatch.setattr(store, "now_us", lambda: later)
    assert titles(at.run()) == ["Sign in to Milepost"]
    assert "Your session has ended" in said(at)


def test_a_role_taken_is_gone_with_the_next_click(shared):
    admin, bob = sessions.who(key("1", "ops")), key("2")
    (organization,) = admin.organizations
    person = sessions.who(bob).id
    roles.give(admin, organization, person, "admin")
    at = portal(bob, "admin/people.py")
    assert titles(at) == ["People"]
    roles.take(admin, organization, person, "admin")
    assert titles(at.run()) == ["You have no role yet"]
    roles.give(admin, organization, person, "leader")
    assert titles(at.run()) == ["No access"]


def test_the_account_says_who_one_is_and_since_when(shared):
    at = portal(key("1", "leads"), "home/account.py")
    assert "Leader, from your groups" in said(at) and "ends by itself on" in said(at)
    at.button(key="account_everywhere").click().run()
    assert titles(at) == ["Sign in to Milepost"]


def test_local_mode_says_that_there_is_no_password(home):
    at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60).run()
    at.switch_page("pages/home/account.py").run()
    assert "one administrator without a password" in said(at)
    at.switch_page("pages/admin/people.py").run()
    assert "Nobody signs in here yet" in said(at)


def test_names_with_markup_are_shown_as_they_stand(shared):
    sessions.begin(claims("2", name="**Bob** :fire: [x](https://evil.example) <script>"), SETTINGS)
    at = portal(key("1", "ops"), "admin/people.py")
    (shown,) = [each.value for each in at.markdown if "Bob" in each.value]
    assert "[x]" not in shown and "<script>" not in shown and ":fire:" not in shown


def test_tokens_are_listed_without_their_secret(shared):
    begun = key("1", "ops")
    admin = sessions.who(begun)
    assert "There is no token yet." in said(portal(begun, "admin/programs.py"))
    secret = tokens.create(admin, next(iter(admin.organizations)), "Pipeline *of* shop", ["read"])
    at = portal(begun, "admin/programs.py")
    assert secret not in said(at) and secret[:11] in said(at)
    assert [button.label for button in at.button] == ["New token", "Replace", "Revoke"]


def test_a_leader_of_a_team_makes_tokens_for_its_services_alone(shared):
    admin, lead = sessions.who(key("1", "ops")), key("2")
    (organization,) = admin.organizations
    mine, other = (teams.create_team(admin, organization, name) for name in ("Mine", "Other"))
    for team in (mine, other):
        teams.create_service(admin, team, f"service of {team}")
    roles.give(admin, organization, sessions.who(lead).id, "team_lead", mine)
    tokens.create(admin, organization, "Of everything", ["read"])
    at = portal(lead, "admin/programs.py")
    at.button(key="token_new").click().run()
    (choice,) = [each for each in at.selectbox if each.label == "Service"]
    assert choice.options == [f"Mine / service of {mine}"]
    assert "Of everything" not in said(at)


def test_no_link_leads_a_leader_to_a_page_that_they_may_not_see(shared):
    admin, leader = sessions.who(key("1", "ops")), key("2")
    (organization,) = admin.organizations
    teams.create_service(admin, teams.create_team(admin, organization, "Shop"), "checkout")
    roles.give(admin, organization, sessions.who(leader).id, "leader")
    assert "Connect a source" in links(portal(key("1", "ops")))
    home = portal(leader)
    assert "Nothing has been collected for it yet." in said(home) and "Connect a source" not in links(home)
    worth = portal(leader, "lead/worth.py")
    assert "Nothing is measured yet" in said(worth) and "Sources" not in links(worth)
    assert "That is for those who lead the team" in said(worth)


def test_a_member_is_told_who_decides_and_offered_no_page_that_is_not_theirs(shared, tmp_path, monkeypatch):
    monkeypatch.setenv("MILEPOST_ROOTS", str(tmp_path))
    repo = RepoBuilder(tmp_path / "till")
    for number in range(1, 6):
        repo.squash(f"Improve step {number}", number, datetime(2026, 1, number, 9, tzinfo=UTC))
    admin, member = sessions.who(key("1", "ops")), key("2")
    intake.add_clone(admin, repo.path, "Shop", "till")
    (service,) = queries.services(admin)
    roles.give(admin, service.organization_id, sessions.who(member).id, "member", service.team_id)
    assert {"Add from GitHub", "Import files", "Choose what counts"} <= set(links(portal(key("1", "ops"))))
    for file in ("home/start.py", "team/delivery.py", "team/overview.py"):
        at = portal(member, file)
        assert not {"Add from GitHub", "Import files", "Choose what counts"} & set(links(at)), file
        assert "hoever leads the team can" in said(at) and "See what would count" in links(at), file
    teams.save_settings(admin, service.id, Settings(rule=ProductionRule(kind="merge")))
    assert "Import incidents" in links(portal(key("1", "ops"), "team/overview.py"))
    at = portal(member, "team/overview.py")
    assert "Import incidents" not in links(at) and "is for those who lead the team" in said(at)
    proof = portal_at(member, "learn/proof.py", team=service.team_id, track="pipeline-monitoring", poc="alerts-as-code")
    assert "Whoever leads the team chooses it" in said(proof)


def portal_at(key: str, file: str, **address: object) -> AppTest:
    """That page at that address."""
    at = portal(key)
    at.switch_page(f"pages/{file}")
    for name, value in address.items():
        at.query_params[name] = str(value)
    return at.run()


def test_who_may_not_connect_anything_is_not_asked_to(shared):
    admin, member = sessions.who(key("1", "ops")), key("2")
    (organization,) = admin.organizations
    team = teams.create_team(admin, organization, "Shop")
    roles.give(admin, organization, sessions.who(member).id, "member", team)
    home = portal(member)
    assert not {"Add from GitHub", "Import files"} & set(links(home)) and not home.text_input
    assert "No service has been added for Shop" in said(home) and "to connect a repository" in said(home)
    delivery = portal(member, "team/delivery.py")
    assert "Begin on Home" not in links(delivery) and "That is for those who lead the team" in said(delivery)


def test_a_team_lead_begins_with_their_own_team(shared, monkeypatch, tmp_path):
    monkeypatch.setenv("MILEPOST_ROOTS", str(tmp_path))
    admin, lead = sessions.who(key("1", "ops")), key("2")
    (organization,) = admin.organizations
    teams.create_team(admin, organization, "Another")
    roles.give(admin, organization, sessions.who(lead).id, "team_lead", teams.create_team(admin, organization, "Shop"))
    home = portal(lead)
    assert "Four ways" not in said(home), "the demo is the fourth, and for administrators"
    assert "Begin on Home" in links(portal(lead, "team/delivery.py"))
    assert [each.value for each in home.text_input if each.label == "Team"] == ["Shop"]


def links(at: AppTest) -> list[str]:
    assert not at.exception
    return [each.proto.label for each in at.get("page_link")]
