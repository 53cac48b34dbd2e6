"""The first journey without a mouse: Tab, Enter and typing reach everything it needs."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.portal import running
from tests.browser.shop import shop
from tests.browser.test_journey import settled


@pytest.fixture(scope="module")
def portal(tmp_path_factory):
    clones = tmp_path_factory.mktemp("clones")
    shop(clones / "shop", releases=8)
    with running(tmp_path_factory.mktemp("home"), roots=clones) as address:
        yield address, clones / "shop"


def tab_to(page: Page, wanted: Locator, most: int = 60) -> None:
    """Presses Tab until that element has the focus, and can be seen to have it."""
    settled(page)
    for _ in range(most):
        page.keyboard.press("Tab")
        if wanted.count() and wanted.first.evaluate("element => element === document.activeElement"):
            return
    raise AssertionError(f"{wanted} cannot be reached by Tab")


def test_from_a_clone_to_a_correction_by_keyboard(portal, page):
    address, clone = portal
    page.goto(address)
    expect(page.get_by_role("heading", name="See how your team delivers")).to_be_visible()

    tab_to(page, page.get_by_label("Path of the clone"))
    page.keyboard.type(str(clone))
    tab_to(page, page.get_by_role("button", name="Read this clone"))
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/rule\?service=\d+"), timeout=60_000)
    expect(page.get_by_text("would count").first).to_be_visible()

    tab_to(page, page.get_by_role("radio").first)
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("radio").nth(1)).to_be_checked()
    page.keyboard.press("ArrowUp")
    expect(page.get_by_role("radio").first).to_be_checked()
    tab_to(page, page.get_by_role("button", name="Use this rule"))
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/delivery\?service=\d+"))
    expect(page.get_by_text("Counted as production: tags that match")).to_be_visible()

    tab_to(page, page.get_by_role("tab", name="Change lead time"))
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(page.get_by_role("tab", name="Deployment frequency")).to_have_attribute("aria-selected", "true")

    tab_to(page, page.get_by_role("button", name="Correct", exact=True), most=120)
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()

    page.keyboard.press("Home")
    tab_to(page, page.get_by_role("link", name="Home"), most=120)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Your services")).to_be_visible()
