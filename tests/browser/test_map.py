"""A map as a team makes one: from the example, a time typed into the table, saved, the future beside it, all files."""

import json
import re
from xml.etree import ElementTree

import pytest
from playwright.sync_api import Page, expect

from assessments.workflow.model import Map
from content import catalog
from tests.browser.portal import running
from tests.browser.test_journey import photograph, settled, stored


@pytest.fixture
def home(tmp_path_factory):
    return tmp_path_factory.mktemp("home")


@pytest.fixture
def portal(home):
    with running(home) as address:
        yield address


SLOW = 20_000  # milliseconds: a part of the page is fetched for the first time, or was just typed into


def downloaded(page: Page, button: str) -> bytes:
    settled(page)
    with page.expect_download() as taken:
        page.get_by_role("button", name=button, exact=True).click()
    return taken.value.path().read_bytes()


def type_lead_time(page: Page, text: str) -> None:
    """Into the first step, third column. A table that was just drawn may not listen yet."""
    table = page.get_by_test_id("stDataFrame").first
    editor = page.locator(".gdg-input")
    for _ in range(5):
        table.scroll_into_view_if_needed()
        settled(page)
        table.click(position={"x": 450, "y": 52})
        page.keyboard.press("Enter")
        try:
            expect(editor).to_have_value(re.compile("min|soon"), timeout=3_000)
            break
        except AssertionError:
            page.keyboard.press("Escape")
    editor.fill(text)
    expect(editor).to_have_value(text)
    settled(page)
    editor.press("Enter")
    expect(editor).to_be_hidden()


def test_from_the_example_to_a_saved_map_its_future_and_its_files(portal, page, home):
    page.goto(f"{portal}/teams")
    page.get_by_role("button", name="New team").click()
    page.get_by_role("dialog").get_by_label("Name").fill("Shop")
    page.get_by_role("dialog").get_by_role("button", name="Create the team").click()
    expect(page.get_by_role("heading", name="Shop")).to_be_visible()

    page.goto(f"{portal}/map")
    page.get_by_role("button", name="Copy the example").click()
    expect(page.get_by_text("The map is there")).to_be_visible()
    figures = page.get_by_test_id("stMetricValue")
    expect(figures).to_have_text(["4 h", "2 h", "50 %", "70 %"], timeout=SLOW)
    drawing = page.get_by_role("img", name="From request to production: Request the release")
    expect(drawing).to_be_visible()
    photograph(page, "map")

    # What cannot be read is said, and the last good picture stays.
    type_lead_time(page, "soon")
    expect(page.get_by_text("cannot be read").first).to_be_visible(timeout=SLOW)
    expect(figures.first).to_have_text("4 h")
    type_lead_time(page, "2 h")
    expect(figures.first).to_have_text("5 h 30 min", timeout=SLOW)
    expect(page.get_by_text("Not saved")).to_be_visible()
    page.reload()
    expect(page.get_by_text("Not saved")).to_be_visible(timeout=SLOW)
    expect(figures.first).to_have_text("5 h 30 min")
    page.get_by_label("What has changed, and why").fill("Two hours until somebody looks")
    page.get_by_role("button", name="Save as version 2").click()
    expect(page.get_by_text("Version 2 is saved.")).to_be_visible(timeout=SLOW)
    expect(page.get_by_text("Not saved")).to_be_hidden()
    assert stored(home, "select kind, version, note from map_version order by kind desc, version")[1] == (
        "today", 2, "Two hours until somebody looks",
    )  # fmt: skip

    # The future beside it.
    page.get_by_text("Beside each other", exact=True).click()
    expect(page.get_by_text("lead time 5 h 30 min → 10 min")).to_be_visible(timeout=SLOW)
    expect(page.get_by_role("img", name="From request to production: Merge the change")).to_be_visible()

    # All four files of the future.
    page.get_by_text("Future state", exact=True).first.click()
    expect(figures).to_have_text(["10 min", "7 min 42 s", "77 %", "99 %"], timeout=SLOW)
    future = Map.of(catalog.maps()["release-by-hand"]["future"])
    assert Map.of(json.loads(downloaded(page, "JSON"))) == future
    drawn = ElementTree.fromstring(downloaded(page, "SVG"))  # noqa: S314 - our own drawing
    assert drawn.find("{http://www.w3.org/2000/svg}title").text == future.title
    assert downloaded(page, "PNG")[:8] == b"\x89PNG\r\n\x1a\n"
    assert downloaded(page, "Mermaid").decode().startswith("---\ntitle: 'The same release, by the pipeline'\n")
