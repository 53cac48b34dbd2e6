"""A wave in the browser: opened in the portal, answered on phones in several ways, closed and read by the lead."""

import json
import os
from pathlib import Path
from unittest.mock import patch

import pytest
from playwright.sync_api import expect

from data import people, store, teams
from data.asked import answering
from tests.browser.portal import running
from tests.browser.test_journey import settled, stored
from tests.browser.wave import COMMENT, PAIN, WAIT, answer, close_wave, open_wave

NAMES = [f"Developer {each}" for each in range(1, 7)]


def a_team(home: Path) -> int:
    """A team without any service in the store of a portal; its id."""
    with patch.dict(os.environ, {"MILEPOST_HOME": str(home)}):
        who = people.local_person()
        team_id = teams.create_team(who, people.home_organization(who), "Checkout")
        store.dispose()
    return team_id


@pytest.fixture
def home(tmp_path_factory):
    return tmp_path_factory.mktemp("home")


@pytest.fixture
def portal(home):
    with running(home, worker=False) as address:
        yield address


def test_a_wave_from_the_first_link_to_the_result(portal, browser, page, home, monkeypatch):
    team_id = a_team(home)
    links = open_wave(page, portal, team_id, NAMES, "Friction now")
    for number, way in enumerate(("keyboard", "reload", "offline")):
        answer(browser, links[NAMES[number]], number, way)
    monkeypatch.setenv("MILEPOST_HOME", str(home))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    for number in (3, 4):
        answering.hand_in(links[NAMES[number]].partition("#")[2], f"{number:032x}", {"waiting": {"value": number}})
    store.dispose()
    sheets = [json.loads(answers) for (answers,) in stored(home, "SELECT answers FROM answer_sheet")]
    assert sorted(len(sheet) for sheet in sheets) == [1, 1, 12, 12, 12]
    comments = sorted(sheet["comment"]["value"] for sheet in sheets if "comment" in sheet)
    assert comments == [COMMENT.format(number=number) for number in range(3)]
    pains = [point for sheet in sheets for point in sheet.get("pain-points", {}).get("value", [])]
    assert sorted((point["hours"], point["text"]) for point in pains) == [
        (2, PAIN.format(number=1)),
        (3, PAIN.format(number=2)),
    ]
    late = page.context.new_page()
    late.goto(links[NAMES[5]])
    late.get_by_role("button", name="Begin").click()
    late.locator(".option").first.click()
    expect(late.locator("#saved")).to_have_text("Saved", timeout=WAIT)
    close_wave(page, portal, team_id, 5)
    late.locator(".option").nth(1).click()
    expect(late.get_by_role("heading", name="This survey is closed")).to_be_visible(timeout=WAIT)
    expect(late.get_by_role("button", name="Copy my answers")).to_be_visible(timeout=WAIT)
    expect(page.get_by_role("heading", name="Friction now")).to_be_visible(timeout=WAIT)
    for name in NAMES[:3]:
        answered_again = page.context.new_page()
        answered_again.goto(links[name])
        expect(answered_again.get_by_role("heading", name="This link opens nothing")).to_be_visible(timeout=WAIT)
        answered_again.close()
    settled(page)
    log = (home / "portal.log").read_text()
    assert [name for name, link in links.items() if link.partition("#")[2] in log] == []
