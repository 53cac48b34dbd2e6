"""The first journey of somebody with a clone: add, choose what counts, read the numbers, correct, take away."""

import os
import re
import sqlite3

import pytest
from playwright.sync_api import Page, expect

from tests.browser.portal import ARTIFACTS, running
from tests.browser.shop import shop

SIZES = {"desktop": (1280, 900), "phone": (390, 844)}


@pytest.fixture(scope="module")
def clones(tmp_path_factory):
    folder = tmp_path_factory.mktemp("clones")
    shop(folder / "shop")
    return folder


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def portal(home, clones):
    with running(home, roots=clones, fresh=True) as address:  # as people start it, with its worker
        yield address


def settled(page: Page) -> None:
    """The script has run to its end: no element is greyed out and nothing says running."""
    page.wait_for_function(
        "() => document.querySelector('[data-testid=stApp]')?.dataset.testScriptState === 'notRunning'"
    )


def stored(home, question: str):
    with sqlite3.connect(home / "milepost.db") as connection:
        return connection.execute(question).fetchall()


def photograph(page: Page, name: str) -> None:
    """Nothing on the page may be wider than the window, at both widths. With MILEPOST_PICTURES=1 also pictures for
    people to look at, in both schemes: nothing is asserted of them, and they take longer than the rest of a journey."""
    settled(page)
    main = page.get_by_test_id("stMain")
    for size, (width, height) in SIZES.items():
        page.set_viewport_size({"width": width, "height": height})
        page.wait_for_timeout(700)  # figures and tables follow the window after the script has ended
        assert main.evaluate("box => box.scrollWidth - box.clientWidth") <= 1, f"{name} is too wide on a {size}"
        if os.environ.get("MILEPOST_PICTURES"):
            _pictures(page, f"{name}-{size}", width, main.evaluate("box => box.scrollHeight"))
    page.set_viewport_size({"width": 1280, "height": 900})


def _pictures(page: Page, name: str, width: int, tall: int) -> None:
    for scheme in ("dark", "light"):
        page.emulate_media(color_scheme=scheme)
        page.set_viewport_size({"width": width, "height": min(tall + 20, 6000)})
        page.wait_for_timeout(700)
        page.screenshot(path=ARTIFACTS / f"{name}-{scheme}.png")


def test_from_a_clone_to_numbers_and_back(portal, page, home, clones):
    page.goto(portal)
    expect(page.get_by_role("heading", name="See how your team delivers")).to_be_visible()
    photograph(page, "home-new")

    # A path outside the roots is refused in one sentence, and nothing is made of it.
    page.get_by_label("Path of the clone").fill("/etc")
    page.get_by_role("button", name="Read this clone").click()
    expect(page.get_by_test_id("stAlert")).to_be_visible()
    assert stored(home, "select count(*) from service") == [(0,)]

    # A clone below them is read in the background, and the page goes on by itself.
    page.get_by_label("Path of the clone").fill(str(clones / "shop"))
    page.get_by_role("button", name="Read this clone").click()
    page.wait_for_url(re.compile(r"/rule\?service=\d+"), timeout=60_000)

    # The dry run stands there before anything is saved.
    expect(page.get_by_text("Nothing has been saved yet.")).to_be_visible()
    expect(page.get_by_text("25 would count, 1 would not")).to_be_visible()
    assert stored(home, "select settings from service") in ([(None,)], [("null",)])
    photograph(page, "rule")
    page.get_by_role("button", name="Use this rule").click()

    # Delivery: what is known, and what is not.
    page.wait_for_url(re.compile(r"/delivery\?service=\d+"))
    expect(page.get_by_text("Counted as production: tags that match")).to_be_visible()
    expect(page.get_by_text("No incidents have been collected: change fail rate is not known.")).to_be_visible()
    expect(page.get_by_text("per day").first).to_be_visible()
    photograph(page, "delivery")

    # The revert points at a failure; the team says it was none, sees it change, and takes that back.
    expect(page.get_by_text("Candidate", exact=True)).to_be_visible()
    page.get_by_role("button", name="Correct", exact=True).first.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_text("It did not fail").click()
    dialog.get_by_role("button", name="Save the correction").click()
    expect(dialog.get_by_text("Give a reason")).to_be_visible()
    dialog.get_by_label("Why? Others will read this.").fill("Reverted for a *campaign*, users saw nothing")
    dialog.get_by_role("button", name="Save the correction").click()
    expect(page.get_by_text("Not a failure", exact=True).first).to_be_visible()
    expect(page.get_by_text("Reverted for a *campaign*, users saw nothing")).to_be_visible()
    assert stored(home, "select count(*) from correction where undone_at is null") == [(1,)]
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("Candidate", exact=True)).to_be_visible()
    assert stored(home, "select count(*) from correction where undone_at is not null") == [(1,)]

    # The other pages of the journey.
    page.goto(f"{portal}/overview")
    expect(page.get_by_role("heading", name="What is not known")).to_be_visible()
    photograph(page, "overview")
    page.goto(portal)
    expect(page.get_by_role("heading", name="Your services")).to_be_visible()
    photograph(page, "home")

    # Taking the source away takes all that came from it.
    page.goto(f"{portal}/sources")
    page.get_by_role("button", name="Remove").click()
    page.get_by_role("dialog").get_by_label("Type the name to confirm").fill("shop (main)")
    page.get_by_role("dialog").get_by_role("button", name="Remove the source").click()
    expect(page.get_by_text("Nothing is connected here yet.")).to_be_visible()
    assert stored(home, "select count(*) from change") == [(0,)]
    page.goto(f"{portal}/delivery")
    expect(page.get_by_text("Nothing has been collected for this service yet")).to_be_visible()


def test_the_demo_is_labelled_everywhere_and_gone_with_one_click(portal, page, home):
    page.goto(portal)
    page.get_by_role("button", name="Make the demo").click()
    expect(page.get_by_text("You may leave this page")).to_be_visible()
    page.goto(f"{portal}/delivery")  # away and back: the work goes on
    page.goto(portal)
    settled(page)
    expect(page.get_by_text("You may leave this page")).to_be_hidden(timeout=120_000)
    expect(page.get_by_role("heading", name="Demo organisation", exact=True)).to_be_visible()
    services = "select s.name, s.id from service s join team t on t.id = s.team_id join organization o " \
               "on o.id = t.organization_id where o.is_demo"  # fmt: skip
    demo, regional = (dict(stored(home, services))[name] for name in ("payments-api", "identity"))
    team = stored(home, f"select team_id from service where id = {demo}")[0][0]
    for path in ("", f"delivery?service={demo}", f"rule?service={demo}", f"overview?team={team}", "teams", "sources"):
        page.goto(f"{portal}/{path}")
        expect(page.get_by_text("Demo data").first).to_be_visible()
    page.goto(f"{portal}/overview?team={team}")
    expect(page.get_by_role("heading", name="What is not known")).to_be_visible()
    photograph(page, "demo-overview")
    page.goto(f"{portal}/delivery?service={demo}")
    expect(page.get_by_role("heading", name="Failures and corrections")).to_be_visible()
    photograph(page, "demo-delivery")
    page.goto(f"{portal}/delivery?service={regional}")
    page.get_by_role("combobox", name="Environment").click()
    page.get_by_role("option", name="production-eu").click()
    expect(page.get_by_text("Only deployments to production-eu; judged")).to_be_visible()
    page.wait_for_url(re.compile("environment=production-eu"))
    page.reload()  # what one is looking at stands in the address
    expect(page.get_by_text("Only deployments to production-eu; judged")).to_be_visible()
    photograph(page, "demo-environment")
    page.get_by_role("button", name="Remove the demo").click()
    expect(page.get_by_role("button", name="Make the demo")).to_be_visible()
    assert stored(home, "select count(*) from organization where is_demo") == [(0,)]
