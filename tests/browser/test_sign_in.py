"""Signing in for real: a provider, a portal that others reach, and a browser with the cookies it was given."""

import re

import pytest
from playwright.sync_api import Page, expect

from data import people, sessions, store, teams
from tests import provider
from tests.browser.portal import running
from tests.browser.test_journey import photograph, settled, stored

GROUPS = '{"leads": "leader", "payments": "member of Payments"}'


@pytest.fixture(scope="module")
def issuer():
    with provider.running() as found:
        yield found


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def portal(home, issuer):
    with running(home, worker=False, settings=lambda url: issuer.settings(url, MILEPOST_GROUPS=GROUPS)) as address:
        yield address


@pytest.fixture
def inside(home, monkeypatch):
    """This process looks into the store of the portal."""
    monkeypatch.setenv("MILEPOST_HOME", str(home))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    yield
    store.dispose()


def signs_in(page: Page, subject: str) -> None:
    """From the sign-in page through the provider and back."""
    settled(page)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(re.compile("/oauth2/authorize"))
    page.locator("input[name=sub]").fill(subject)
    page.locator("button[type=submit], input[type=submit]").first.click()


def test_a_deep_link_survives_the_sign_in_and_the_role_comes_from_the_group(portal, page, issuer, home):
    told = []
    page.on("console", lambda message: told.append(message.text) if "Content Security Policy" in message.text else None)
    issuer.knows("ann", "Ann <b>Archer</b>", groups=["leads", "milepost-admins"])
    page.goto(f"{portal}/delivery?service=7")
    expect(page.get_by_role("heading", name="Sign in to Milepost")).to_be_visible()
    photograph(page, "sign-in")
    signs_in(page, "ann")
    page.wait_for_url(f"{portal}/delivery?service=7")
    expect(page.get_by_role("heading", name="Delivery")).to_be_visible()
    assert stored(home, "select name, role from person join provided_role on person_id = person.id order by role") == [
        ("Ann <b>Archer</b>", "admin"),
        ("Ann <b>Archer</b>", "leader"),
    ]
    cookies = {each["name"]: each for each in page.context.cookies()}
    assert cookies["_streamlit_user"]["httpOnly"] and cookies["_streamlit_user"]["sameSite"] == "Lax"
    assert "milepost_next" not in cookies
    assert told == []


def test_signing_out_ends_it_here_and_at_the_provider_and_a_kept_cookie_is_nobody(portal, page, issuer):
    issuer.knows("ann", "Ann <b>Archer</b>", groups=["leads", "milepost-admins"])
    page.goto(f"{portal}/account")
    signs_in(page, "ann")
    page.wait_for_url(f"{portal}/account")
    kept = page.context.cookies()
    page.get_by_role("button", name="Sign out", exact=True).click()
    page.get_by_role("button", name="End session").click()  # the provider asks
    page.wait_for_url(f"{portal}/")
    expect(page.get_by_role("heading", name="Sign in to Milepost")).to_be_visible()
    page.context.add_cookies(kept)
    page.goto(f"{portal}/account")
    expect(page.get_by_text("Your session has ended")).to_be_visible()
    for cookie in kept:
        if cookie["name"] == "_streamlit_user":
            letters = list(cookie["value"])
            letters[20] = "A" if letters[20] != "A" else "B"
            cookie["value"] = "".join(letters)
    page.context.add_cookies(kept)
    page.goto(f"{portal}/account")
    expect(page.get_by_text("with the evidence behind each number")).to_be_visible()


def test_an_administrator_gives_a_role_and_switches_somebody_off_who_is_out_at_once(
    portal, page, browser, issuer, inside
):
    issuer.knows("ann", "Ann <b>Archer</b>", groups=["leads", "milepost-admins"])
    issuer.knows("bob", "Bob Baker", email="bob@acme.example", email_verified=True, groups="payments")
    page.goto(f"{portal}/people")
    signs_in(page, "ann")
    page.wait_for_url(f"{portal}/people")
    other = browser.new_context(viewport={"width": 1280, "height": 900}, locale="en-GB", timezone_id="UTC")
    other.set_default_timeout(20_000)
    bob = other.new_page()
    bob.goto(f"{portal}/people")
    signs_in(bob, "bob")
    bob.wait_for_url(f"{portal}/people")
    expect(bob.get_by_text("You have no role yet")).to_be_visible()
    expect(bob.get_by_text("Ask Ann <b>Archer</b> to give you a role")).to_be_visible()

    page.reload()
    expect(page.get_by_text("1 person has signed in and may see nothing yet")).to_be_visible()
    photograph(page, "people")
    chooses(page, 1, "Give a role")
    dialog = page.get_by_role("dialog")
    dialog.get_by_text("Administrator").click()
    dialog.get_by_role("button", name="Give the role").click()
    expect(page.get_by_text("Administrator, by hand")).to_be_visible()
    bob.reload()
    expect(bob.get_by_role("heading", name="People")).to_be_visible()

    # His page stays open, with its connection; the dialog on it was drawn while he was administrator.
    chooses(bob, 0, "Sign out everywhere")
    expect(bob.get_by_role("button", name="End the sessions")).to_be_visible()
    chooses(page, 1, "Switch off")
    page.get_by_role("dialog").get_by_role("button", name="Switch off").click()
    expect(page.get_by_text("Switched off", exact=True)).to_be_visible()
    bob.get_by_role("button", name="End the sessions").click()
    expect(bob.get_by_text("You may not do this")).to_be_visible()
    bob.keyboard.press("Escape")
    bob.goto(f"{portal}/people")
    expect(bob.get_by_text("Your session has ended")).to_be_visible()
    signs_in(bob, "bob")
    expect(bob.get_by_text("Your access is switched off")).to_be_visible()
    other.close()


def chooses(page: Page, place: int, item: str) -> None:
    settled(page)
    page.get_by_role("button", name="Person", exact=True).nth(place).click()
    page.get_by_text(item, exact=True).last.click()
    expect(page.get_by_role("dialog")).to_be_visible()


def test_a_token_is_made_shown_once_and_revoked(portal, page, issuer, inside, home):
    issuer.knows("ann", "Ann <b>Archer</b>", groups=["leads", "milepost-admins"])
    page.goto(f"{portal}/programs")
    signs_in(page, "ann")
    page.wait_for_url(f"{portal}/programs")
    expect(page.get_by_text("There is no token yet.")).to_be_visible()
    page.get_by_role("button", name="New token").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("What is it for?").fill("Pipeline of *shop*")
    dialog.get_by_role("button", name="Make the token").click()
    expect(dialog.get_by_text("Choose what the token may do")).to_be_visible()
    dialog.get_by_text("Read services and their metrics").click()
    photograph(page, "programs-new")
    dialog.get_by_role("button", name="Make the token").click()
    expect(dialog.get_by_text("Copy the token now")).to_be_visible()
    secret = dialog.get_by_test_id("stCode").inner_text().strip()
    assert re.fullmatch(r"mp_[A-Za-z0-9_-]{43}", secret)
    asked = page.request.get(f"{portal}/api/v1/services", headers={"Authorization": f"Bearer {secret}"})
    assert asked.status == 200
    page.keyboard.press("Escape")
    expect(page.get_by_text("Pipeline of *shop*")).to_be_visible()
    assert secret not in page.content() and secret not in (home / "portal.log").read_text(errors="replace")
    who = people.who(stored(home, "select id from person where name like 'Ann%'")[0][0])
    team = teams.create_team(who, people.home_organization(who), "Payments")
    teams.create_service(who, team, "checkout")
    page.get_by_role("tab", name="Incident webhooks").click()
    page.get_by_role("button", name="Switch on").click()
    page.get_by_role("dialog").get_by_label("Secret").fill("a secret of the tool")
    page.get_by_role("dialog").get_by_role("button", name="Save the secret").click()
    expect(page.get_by_text(f"{portal}/webhooks/pagerduty/")).to_be_visible()
    photograph(page, "programs-hooks")
    page.get_by_role("tab", name="Badges").click()
    page.get_by_role("button", name="Switch on").click()
    expect(page.get_by_text(f"{portal}/badge/")).to_be_visible()
    page.get_by_role("tab", name="Tokens").click()
    page.get_by_role("button", name="Revoke").click()
    page.get_by_role("dialog").get_by_role("button", name="Revoke the token").click()
    expect(page.get_by_text("Revoked", exact=True)).to_be_visible()
    asked = page.request.get(f"{portal}/api/v1/services", headers={"Authorization": f"Bearer {secret}"})
    assert asked.status == 401


def test_a_session_that_ends_while_its_page_is_open_leads_back_there(portal, page, issuer, inside, home):
    issuer.knows("ann", "Ann <b>Archer</b>", groups=["leads", "milepost-admins"])
    page.goto(portal)
    signs_in(page, "ann")
    page.wait_for_url(f"{portal}/")
    settled(page)
    page.get_by_role("link", name="Import files").click()
    page.wait_for_url(f"{portal}/sources")
    settled(page)
    for (digest,) in stored(home, "select digest from sign_in"):
        with store.writing() as session:
            session.delete(session.get(sessions.SignIn, digest))
    page.get_by_role("tab", name="Past jobs").click()
    expect(page.get_by_text("Your session has ended")).to_be_visible()
    signs_in(page, "ann")
    page.wait_for_url(f"{portal}/sources")
    expect(page.get_by_role("heading", name="Sources")).to_be_visible()
