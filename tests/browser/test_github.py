"""From a token that is pasted to Delivery, over a limit of GitHub's and a restart of the portal; and a deployment that
shows on an open page by itself."""

import re
import time

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.portal import running
from tests.browser.test_journey import settled, stored
from tests.fake_github import GitHub
from tests.hub_shop import history


def seen(place: Locator) -> None:
    """It comes in time, however busy the machine is."""
    expect(place).to_be_visible(timeout=20_000)


@pytest.fixture
def hub(monkeypatch):
    with GitHub() as hub:
        history(hub, days=30)
        hub.repository("acme/store")
        monkeypatch.setenv("MILEPOST_GITHUB_URL", hub.url)
        yield hub


def test_from_a_token_to_delivery_over_a_limit_and_a_restart(hub, page, tmp_path):
    token, home = hub.token(), tmp_path / "home"
    with running(home) as portal:
        add(page, portal, token, lambda: hub.limit(3, reset_in=12))
        seen(page.get_by_text("Waits for GitHub", exact=True))
        seen(page.get_by_text("Goes on by itself at"))
        page.reload()
        seen(page.get_by_text("Waits for GitHub", exact=True))
    with running(home) as portal:
        page.goto(portal)
        page.get_by_role("link", name="Choose what counts").click(timeout=40_000)
        seen(page.get_by_text("Seen, with how many succeeded: staging (29 of 29), production"))
        page.get_by_role("button", name="Use this rule").click()
        page.wait_for_url(re.compile(r"/delivery\?service=\d+"))
        seen(page.get_by_text("Counted as production: GitHub deployments into"))
        seen(page.get_by_text("Largest part of lead time: waiting for review"))
        shows_itself(hub, page, portal, home)
    written = b"".join(path.read_bytes() for path in home.rglob("*") if path.is_file())
    assert token.encode() not in written, "the token stands nowhere in clear"


def add(page: Page, portal: str, token: str, before_the_start) -> None:
    page.goto(portal)
    page.get_by_role("link", name="Add from GitHub").click()
    page.get_by_label("Token", exact=True).fill(token)
    page.keyboard.press("Enter")
    seen(page.get_by_text("Token of mona"))
    page.get_by_label("Find a repository").fill("shop")
    expect(page.get_by_role("checkbox", name="acme/store")).to_have_count(0)
    settled(page)
    page.get_by_text("acme/shop", exact=True).click()
    seen(page.get_by_text("1 repository chosen"))
    page.get_by_role("button", name="See the plan").click()
    seen(page.get_by_text("Requests, about"))
    expect(page.get_by_label("Service of acme/shop")).to_have_value("shop")
    before_the_start()
    page.get_by_role("button", name="Start reading").click()
    seen(page.get_by_role("heading", name="Being read"))


def shows_itself(hub: GitHub, page: Page, portal: str, home) -> None:
    """A deployment that the next reading brings, on a page that stays as it is otherwise."""
    counted = page.get_by_text(re.compile(r"changes merged, \d+ production deployments"))
    before = int(re.search(r"(\d+) production", counted.inner_text())[1])
    page.get_by_test_id("stMain").evaluate("box => box.scrollTo(0, 700)")
    page.evaluate("window.stays = true")
    hub.repository("acme/shop").deploy(statuses=[("success", int(time.time()))])
    other = page.context.new_page()
    other.goto(f"{portal}/sources")
    other.get_by_role("button", name="Read now").click()
    seen(page.get_by_text(f"{before + 1} production deployments"))
    assert page.evaluate("window.stays"), "the page was not loaded again"
    assert page.get_by_test_id("stMain").evaluate("box => box.scrollTop") == 700
    # While somebody is in a dialog, nothing moves under it.
    settled(page)
    page.get_by_role("button", name="Correct", exact=True).first.click()
    reason = page.get_by_role("dialog").get_by_label("Why? Others will read this.")
    reason.fill("Half a senten")
    known = int(re.search(r"(\d+) deployments, ", other.get_by_test_id("stMain").inner_text())[1])
    hub.repository("acme/shop").deploy(statuses=[("success", int(time.time()))])
    other.get_by_role("button", name="Read now").click()
    seen(other.get_by_text(f"{known + 1} deployments, "))
    page.wait_for_timeout(3_500)
    expect(reason).to_have_value("Half a senten")
    page.keyboard.press("Escape")
    seen(page.get_by_text(f"{before + 2} production deployments"))
    assert stored(home, "select count(*) from source where kind = 'github'") == [(1,)]
