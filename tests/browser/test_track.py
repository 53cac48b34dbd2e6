"""A track with a clone alone: found, chosen, read, asked, tried from a stub that fails to what passes, decided.

One person on one machine without GitHub and without anybody who could review: what that cannot show is said.
"""

import re
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from content import catalog, reading
from data import intake, people, store
from tests.browser import learning
from tests.browser.portal import running
from tests.browser.test_journey import photograph, settled
from tests.repos import RepoBuilder

TRACK, POC, TEAM = "container-startup", "slim-image", "Team of Checkout"
EXAMPLES = Path(catalog.__file__).parent / "tracks" / TRACK / "pocs" / POC


@pytest.fixture(autouse=True, scope="module")
def patience():
    """What is waited for comes, but not always soon."""
    expect.set_options(timeout=20_000)
    yield
    expect.set_options(timeout=5_000)


@pytest.fixture
def clone(tmp_path) -> RepoBuilder:
    """Of a service of a team, with what the proof of concept begins from."""
    made = RepoBuilder(tmp_path / "shop")
    made.commit("Begin", "2026-01-05", files=files("stub"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MILEPOST_HOME", str(tmp_path / "home"))
        patch.setenv("MILEPOST_ROOTS", str(tmp_path))
        patch.setenv("MILEPOST_JOBS", "queued")
        for name in ("DATABASE_URL", "MILEPOST_REDIS_URL"):
            patch.delenv(name, raising=False)
        store.migrate()
        intake.add_clone(people.local_person(), made.path, TEAM, "shop")
        learning.work_off()
        store.dispose()
    return made


def files(part: str) -> dict[str, str]:
    """Texts of an example of the proof of concept, by their paths."""
    found = (path for path in sorted((EXAMPLES / part).rglob("*")) if path.is_file())
    return {str(path.relative_to(EXAMPLES / part)): path.read_text(encoding="utf-8") for path in found}


@pytest.fixture
def portal(tmp_path, clone):
    with running(tmp_path / "home", roots=tmp_path) as address:
        yield address


def test_from_the_catalogue_to_a_decision_with_a_clone_alone(portal, page, clone):
    page.goto(f"{portal}/learn")
    finds_and_chooses(page)
    reads_and_is_asked(page)
    tries(page, clone)
    decides(page)
    page.goto(f"{portal}/learning")
    expect(page.get_by_text("An image of half the size").first).to_be_visible()
    expect(page.get_by_text(re.compile("Decided: stop")).first).to_be_visible()


def finds_and_chooses(page: Page) -> None:
    """By a word of its title, without a recommendation: of the team nothing is known yet."""
    settled(page)
    page.get_by_label("Search").fill("start fast")
    page.get_by_label("Search").press("Enter")
    expect(page.get_by_role("link", name="Open the track")).to_have_count(1)
    settled(page)
    page.get_by_role("link", name="Open the track").click()
    page.wait_for_url(re.compile(f"/track.*track={TRACK}"))
    expect(page.get_by_role("heading", name="Containers that start fast")).to_be_visible()
    settled(page)
    page.get_by_role("button", name="Choose it for the team").click()
    page.get_by_role("button", name="Begin", exact=True).click()
    expect(page.get_by_role("button", name="Begin", exact=True)).to_be_hidden()
    settled(page)


def reads_and_is_asked(page: Page) -> None:
    """Two steps, where one stopped after a reload, and a question: first wrong, then right."""
    slug, module = next(iter(catalog.modules(TRACK).items()))
    page.get_by_role("button", name="Begin to read").click()
    expect(page.get_by_text(re.compile(rf"^Step 1 of {len(module.steps)}, about \d+ min to go"))).to_be_visible()
    settled(page)
    page.get_by_role("button", name="Go on").click()
    second = page.get_by_text(re.compile(rf"^Step 2 of {len(module.steps)}, about \d+ min to go"))
    expect(second).to_be_visible()
    settled(page)
    page.goto(page.url.split("&step=")[0])
    expect(second).to_be_visible()
    settled(page)
    page.get_by_test_id("stSidebar").get_by_role("button", name="Questions, and").click()
    item = module.head["quiz"][0]
    asked = page.locator(f".st-key-quiz_{TRACK}_{slug}_{item['id']}")
    right = item["answer"][0]
    wrong = next(place for place in range(len(item["choices"])) if place != right)
    for answered, place in enumerate((wrong, right)):
        order = reading.order(item["id"], answered, len(item["choices"]))
        expect(asked.get_by_role("radio")).to_have_count(len(order))
        settled(page)
        asked.get_by_text(item["choices"][place], exact=True).click()
        asked.get_by_role("button", name="Answer").click()
        expect(asked.get_by_text(re.compile("Not right$" if place == wrong else "check *Right$"))).to_be_visible()
        expect(asked.get_by_text(item["because"][:40])).to_be_visible()
        settled(page)
        if place == wrong:
            asked.get_by_role("button", name="Ask me again").click()
    page.get_by_role("link", name="Back to the track").click()
    page.locator(f".st-key-track_poc_{POC}").get_by_role("link", name="Tasks and checks").click()
    expect(page.get_by_role("heading", name="Begin")).to_be_visible()


def checks(page: Page, verdict: str) -> None:
    """To its end: the button goes away while it is looked, and comes back."""
    settled(page)
    page.get_by_role("button", name="Check now").click()
    status = page.locator(".st-key-proof_status")
    expect(status.get_by_text(re.compile(f"{verdict}$"))).to_be_visible()
    expect(page.get_by_role("button", name="Check now")).to_be_visible()
    settled(page)


def tries(page: Page, clone: RepoBuilder) -> None:
    """The stub fails, each criterion with a reason in words; what the track shows passes as far as files can tell."""
    settled(page)
    with page.expect_download() as taken:
        page.get_by_role("button", name="Download the starter").click()
    with zipfile.ZipFile(taken.value.path()) as starter:
        assert {name.partition("/")[2] for name in starter.namelist()} == set(files("stub"))
    page.get_by_role("button", name="Begin", exact=True).click()
    page.wait_for_url(re.compile(r"/proof\?attempt=\d+"))
    expect(page.get_by_text("Not checked yet").first).to_be_visible()
    checks(page, "Not yet")
    installed = page.locator(".st-key-criterion_nothing-installed")
    expect(installed.get_by_text("the final stage runs apt-get install.")).to_be_visible()
    expect(page.locator(".st-key-criterion_baseline").get_by_text("measured_on is nothing")).to_be_visible()
    expect(page.get_by_text("0 of 4 criteria")).to_be_visible()
    photograph(page, "track-failing")
    clone.commit("Build in one stage, run in another", "2026-02-01", files=files("exemplar"))
    checks(page, "Practised")
    expect(page.get_by_text("4 of 4 criteria")).to_be_visible()
    expect(installed.get_by_text("E1: the files show it")).to_be_visible()
    size = page.locator(".st-key-criterion_size")
    expect(size.get_by_text(re.compile("unknown$"))).to_be_visible()
    expect(size.get_by_text("A clone does not show artifacts of runs")).to_be_visible()
    expect(page.get_by_role("link", name="Connect GitHub, to show more than files")).to_be_visible()
    page.get_by_role("button", name="Ask somebody for a review").click()
    expect(page.get_by_role("dialog").get_by_text("There is nobody else who could be asked")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()


def decides(page: Page) -> None:
    """To stop, which is a result, with a record to take along."""
    name, record = learning.decides(page, "Stop")
    assert name.endswith("-stop.md")
    assert "What we say of consequences" in record
