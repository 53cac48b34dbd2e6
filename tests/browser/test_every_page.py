"""Every page, full, by the rules of WCAG 2.2 AA: at a desk in light and on a phone in dark. In the same visits nothing
may be wider than the window, refused by the policy or said to the console as an error.

One browser goes from page to page as a click on a link does, so that it compiles the scripts of the portal once.
"""

import os
import shutil
import sqlite3
from dataclasses import dataclass
from datetime import timedelta
from unittest.mock import patch

import pytest
from playwright.sync_api import Page, TimeoutError

from content import catalog
from data import people, store, teams
from data.asked import waves
from pages.ui.registry import PAGES
from tests.browser.axe import EXCUSES, PROBED, Watched
from tests.browser.portal import running
from tests.browser.test_journey import settled

TRACK = "jenkins-to-actions"
DESK = {"viewport": {"width": 1280, "height": 900}, "color_scheme": "light"}
PHONE = {"viewport": {"width": 390, "height": 844}, "color_scheme": "dark"}
#: How pages are opened that want to know more than a team and a service of it; several lines are several visits.
QUERIES = {
    "": [""],
    "surveys": ["team={own}"],
    "session": ["wave={consensus}"],
    "survey": ["team={team}&wave={wave}"],
    "practices": ["team={team}", "team={team}&capability=continuous-integration"],
    "track": [f"team={{team}}&track={TRACK}"],
    "module": [f"team={{team}}&track={TRACK}&module={next(iter(catalog.modules(TRACK)))}"],
    "proof": ["attempt={decided}", "attempt={begun}"],
    "sources": [""],
    "progress": [
        f"organization={{demo}}&view={view}" for view in ("change", "spread", "capabilities", "waiting", "learning")
    ],
    "goals": ["organization={demo}"],
    "change": ["organization={demo}"],
    "worth": ["organization={demo}"],
    "reports": ["team={team}&quarter=2025-Q4"],
}
_GO = """path => {
    const app = document.querySelector('[data-testid=stApp]');
    window.watching?.disconnect();
    window.ended = false;
    window.before = document.title;
    window.watching = new MutationObserver(() => { window.ended = app.dataset.testScriptState === 'notRunning'; });
    window.watching.observe(app, {attributes: true, attributeFilter: ['data-test-script-state']});
    history.pushState({}, '', path);
    dispatchEvent(new PopStateEvent('popstate'));
}"""
#: A short run may begin and end between two looks of the browser: then the title tells that it was.
_THERE = """() => document.querySelector('[data-testid=stApp]').dataset.testScriptState === 'notRunning'
    && (window.ended || document.title !== window.before)"""


@dataclass(frozen=True)
class Place:
    """Where a portal is, the ids of what is in it, and the secrets of who is asked there."""

    address: str
    ids: dict[str, int]
    answer: str
    seat: str


@pytest.fixture(scope="module")
def place(tmp_path_factory, demo_folder):
    """A portal with the demo, and a team of its own that is being asked."""
    home = tmp_path_factory.mktemp("home")
    shutil.copy(demo_folder / "milepost.db", home / "milepost.db")
    with patch.dict(os.environ, {"MILEPOST_HOME": str(home)}):
        os.environ.pop("DATABASE_URL", None)
        who = people.local_person()
        own = teams.create_team(who, people.home_organization(who), "Till")
        closes = store.from_us(store.now_us()) + timedelta(hours=3)
        asked, seats = (
            waves.open_wave(
                who, own, kind, "capabilities", ["ci-cd"], "", [f"Role {each}" for each in range(5)], closes
            )
            for kind in ("survey", "consensus")
        )
        store.dispose()
    with sqlite3.connect(home / "milepost.db") as connection:

        def one(question: str, *values) -> int:
            return connection.execute(question, values).fetchone()[0]

        team = one("select id from team where name = 'Checkout'")
        ids = {
            "own": own,
            "team": team,
            "demo": one("select organization_id from team where id = ?", team),
            "service": one("select min(id) from service where team_id = ?", team),
            "wave": one("select max(id) from wave where team_id = ? and kind = 'survey'", team),
            "consensus": seats.wave_id,
            "decided": one("select min(id) from proof_attempt where state = 'decided'"),
            "begun": one("select min(id) from proof_attempt where state = 'under_way'"),
        }
    with running(home, worker=False) as address:
        yield Place(address, ids, asked.invitations[0].secret, seats.invitations[0].secret)


def visits(ids: dict[str, int]) -> list[str]:
    """The addresses of all pages of the registry."""
    found = []
    for spec in PAGES:
        for query in QUERIES.get(spec.path, ["team={team}&service={service}"]):
            found.append(f"/{spec.path}?{query.format(**ids)}".removesuffix("?"))
    return found


def go(page: Page, address: str, path: str) -> None:
    """As a link of the portal does; as an address that is typed, where nothing came of that."""
    page.evaluate(_GO, path)
    try:
        page.wait_for_function(_THERE, timeout=15_000)
        page.wait_for_timeout(300)  # what comes by itself afterwards: figures, tables
        page.wait_for_function(_THERE, timeout=15_000)
    except TimeoutError:
        page.goto(address + path)
        page.get_by_role("heading", level=1).first.wait_for()
        settled(page)


@pytest.mark.parametrize("kind", [DESK, PHONE], ids=["desk-light", "phone-dark"])
def test_every_page_can_be_used_by_everybody(place, browser, kind):
    context = browser.new_context(locale="en-GB", timezone_id="UTC", **kind)
    context.set_default_timeout(60_000)  # a cold page on a busy machine
    page, wrong, shown = context.new_page(), {}, 0
    watched = Watched(page, place.address)
    page.goto(place.address)
    page.get_by_role("heading", level=1).first.wait_for()
    settled(page)
    for path in visits(place.ids):
        go(page, place.address, path)
        assert page.get_by_role("heading", level=1).count() == 1, path
        shown += page.locator(".js-plotly-plot, [data-testid=stDataFrame], [data-testid=stMain] img, table").count()
        if found := watched.faults():
            wrong[path] = found
    assert shown > 40, "the pages are full"
    for path in (
        f"/answer#{place.answer}", f"/consensus#{place.seat}", "/quick-check",
        "/quick-check?leadtime=5&changefailure=10",
        f"/reports/team/{place.ids['team']}/2025-Q4.html", f"/reports/organization/{place.ids['demo']}/2025-Q4.html",
    ):  # fmt: skip
        page.goto(place.address + path)
        page.get_by_role("heading", level=1).first.wait_for()
        if begin := page.get_by_role("button", name="Begin").all():
            if found := watched.faults():
                wrong[f"{path}, before"] = found
            begin[0].click()
            page.locator(".option").first.wait_for()
        if found := watched.faults():
            wrong[path] = found
    context.close()
    assert wrong == {}
    if kind is PHONE:
        assert {*EXCUSES, PROBED} - watched.excused == set(), "no longer needed"
