"""Learning by doing, whole: recommended, chosen, read, asked, tried, mended, shown, reviewed, decided, counted.

A lead and a coach, each with a browser of their own; a real clone, a GitHub to test against, the real worker.
"""

import re

import pytest
from playwright.sync_api import Page, expect

from content import catalog
from data import store
from tests import provider
from tests.browser import learning
from tests.browser.learning import POC, TEAM, TRACK, Shop
from tests.browser.portal import running
from tests.browser.test_journey import photograph, settled, stored
from tests.browser.test_sign_in import signs_in
from tests.fake_github import GitHub

GROUPS = f'{{"till": "team_lead of {TEAM}", "guides": "coach"}}'
LONG = 60_000  # milliseconds


@pytest.fixture(autouse=True)
def patience():
    """Two browsers, a portal and its worker on two processors: what is waited for comes, but not always soon."""
    expect.set_options(timeout=LONG)
    yield
    expect.set_options(timeout=5_000)


@pytest.fixture
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("learning")


@pytest.fixture
def hub():
    with GitHub() as hub:
        yield hub


@pytest.fixture
def shop(folder, hub) -> Shop:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MILEPOST_HOME", str(folder / "home"))
        patch.setenv("MILEPOST_ROOTS", str(folder))
        patch.setenv("MILEPOST_GITHUB_URL", hub.url)
        patch.setenv("MILEPOST_JOBS", "queued")
        for name in ("DATABASE_URL", "MILEPOST_REDIS_URL"):
            patch.delenv(name, raising=False)
        store.migrate()
        made = learning.shop(folder, hub)
        store.dispose()
    return made


@pytest.fixture
def portal(folder, shop, hub):
    with provider.running() as issuer:
        issuer.knows("lead", "A lead", groups=["till"])
        issuer.knows("coach", "A coach", groups=["guides"])

        def settings(url: str) -> dict[str, str]:
            return issuer.settings(url, MILEPOST_GROUPS=GROUPS, MILEPOST_GITHUB_URL=hub.url)

        with running(folder / "home", roots=folder, settings=settings) as address:
            yield address


@pytest.fixture
def coach(browser, portal):
    """Somebody of another place, signed in."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="en-GB", timezone_id="UTC")
    context.set_default_timeout(LONG)
    page = context.new_page()
    page.goto(f"{portal}/reviews")
    signs_in(page, "coach")
    page.wait_for_url(f"{portal}/reviews")
    yield page
    context.close()


def test_from_a_recommendation_to_a_decision_that_the_funnel_shows(portal, page, coach, shop, folder):
    page.set_default_timeout(LONG)
    page.goto(f"{portal}/plan?team={shop.team_id}&hours=20")
    signs_in(page, "lead")
    chooses(page)
    reads_and_answers(page)
    begins(page, "till")
    fails_then_passes_by_its_files(page, shop)
    shown_through_the_workflow(page, portal, shop)
    reviewed(page, coach)
    decided(page)
    counted(coach, portal, shop)
    events = {kind for (kind,) in stored(folder / "home", "select kind from learning_event where person_id is null")}
    assert {"proof begun", "proof checked", "proof reviewed", "proof decided"} <= events


def chooses(page: Page) -> None:
    """What the plan recommends, with its reason."""
    card = page.locator(f".st-key-plan_{TRACK}")
    expect(card.get_by_text("It works on Monitoring and observability")).to_be_visible()
    settled(page)
    card.get_by_role("button", name="Choose it").click()
    expect(page.get_by_role("heading", name="Under way")).to_be_visible()
    settled(page)
    page.get_by_role("link", name="The track").first.click()
    expect(page.get_by_role("heading", name="Modules")).to_be_visible()
    settled(page)


def reads_and_answers(page: Page) -> None:
    """The first module to its end, and one of its questions."""
    slug, module = next(iter(catalog.modules(TRACK).items()))
    page.get_by_role("button", name="Begin to read").click()
    expect(page.get_by_role("heading", name=module.head["title"])).to_be_visible()
    for number in range(2, len(module.steps) + 1):
        settled(page)
        page.get_by_role("button", name="Go on").click()
        # The button keeps its name: pressed before the next step is there, it leads to the same one again.
        expect(page.get_by_text(re.compile(rf"^Step {number} of {len(module.steps)}, "))).to_be_visible()
    settled(page)
    page.get_by_test_id("stMain").get_by_role("button", name="Questions").click()
    item = module.head["quiz"][0]
    asked = page.locator(f".st-key-quiz_{TRACK}_{slug}_{item['id']}")
    asked.get_by_text(item["choices"][item["answer"][0]], exact=True).click()
    asked.get_by_role("button", name="Answer").click()
    expect(asked.get_by_text("Right is:")).to_be_visible()
    expect(asked.get_by_text(item["because"][:40])).to_be_visible()
    settled(page)
    page.goto(re.sub(r"/module\?.*", f"/track?team={team_of(page)}&track={TRACK}", page.url))
    page.locator(f".st-key-track_poc_{POC}").get_by_role("link", name="Tasks and checks").click()
    expect(page.get_by_role("heading", name="Begin")).to_be_visible()


def team_of(page: Page) -> str:
    return re.search(r"team=(\d+)", page.url)[1]


def begins(page: Page, repository: str) -> None:
    settled(page)
    page.get_by_role("combobox", name="Repository").click()
    page.get_by_role("option", name=repository, exact=True).click()
    settled(page)
    page.get_by_role("button", name="Begin", exact=True).click()
    page.wait_for_url(re.compile(r"/proof\?attempt=\d+"))
    expect(page.get_by_text("Not checked yet")).to_be_visible()


def checks(page: Page) -> None:
    """To its end, whatever the page is doing meanwhile."""
    settled(page)
    before = page.get_by_text(re.compile("^Checked ")).count()
    page.get_by_role("button", name="Check now").click()
    if not before:
        expect(page.get_by_text(re.compile("^Checked "))).to_be_visible()
    expect(page.get_by_role("button", name="Check now")).to_be_visible()
    expect(page.get_by_text("You may leave this page")).to_be_hidden()
    settled(page)


def fails_then_passes_by_its_files(page: Page, shop: Shop) -> None:
    """Each criterion with its reason; after a commit to the clone they pass, at E1 and not above."""
    checks(page)
    rules = page.locator(".st-key-criterion_rules")
    expect(rules.get_by_text(re.compile("fail$"))).to_be_visible()
    expect(rules.get_by_text("has no for that is longer than none")).to_be_visible()
    expect(page.get_by_text("0 of 3 criteria")).to_be_visible()
    photograph(page, "proof-failing")
    shop.mend(learning.example("exemplar"))
    checks(page)
    expect(rules.get_by_text("E1: the files show it")).to_be_visible()
    expect(page.get_by_text("Since the check before")).to_be_visible()
    expect(page.locator(".st-key-criterion_checked").get_by_text("A clone does not show runs")).to_be_visible()


def shown_through_the_workflow(page: Page, portal: str, shop: Shop) -> None:
    """The same in the repository that GitHub is read for."""
    page.goto(f"{portal}/proof?team={shop.team_id}&track={TRACK}&poc={POC}")
    page.get_by_text("Begin it in another repository").click()
    begins(page, "acme/till")
    checks(page)
    expect(page.locator(".st-key-criterion_checked").get_by_text("E3: a run through")).to_be_visible()
    expect(page.locator(".st-key-proof_status").get_by_text(re.compile("Accepted$"))).to_be_visible()
    expect(page.locator(".st-key-criterion_judged").get_by_text(re.compile("unknown$"))).to_be_visible()


def reviewed(page: Page, coach: Page) -> None:
    """By somebody who did not begin it: first not yet, then yes; and it counts."""
    coach.reload()
    waits = coach.locator("[class*=st-key-waits_]").filter(has_text="acme/till")
    expect(waits).to_be_visible()
    photograph(coach, "reviews")
    for name in ("Not yet", "Accept"):
        settled(coach)
        waits.get_by_role("button", name="Review").click()
        dialog = coach.get_by_role("dialog")
        if name == "Accept":
            expect(dialog.get_by_role("button", name="Accept")).to_be_disabled()
            for line in dialog.get_by_role("checkbox").all():
                line.check(force=True)
                settled(coach)
        dialog.get_by_label("Comment").fill(f"{name}, as I followed the runbook of <b>one</b> alert")
        dialog.get_by_label("Comment").blur()
        settled(coach)
        dialog.get_by_role("button", name=name).click()
        expect(dialog).to_be_hidden()
    expect(waits).to_be_hidden()
    page.reload()
    expect(page.get_by_text("Accept, as I followed the runbook of <b>one</b> alert")).to_be_visible()
    checks(page)
    judged = page.locator(".st-key-criterion_judged")
    expect(judged.get_by_text("E4: somebody who did not write it accepted it")).to_be_visible()


def decided(page: Page) -> None:
    """With reasons, which can be taken along."""
    name, record = learning.decides(page, "Adopt")
    assert name.endswith("-adopt.md") and "## Consequences" in record
    with page.expect_download() as taken:
        page.get_by_role("button", name="Download the badge").click()
    assert "OpenBadgeCredential" in taken.value.path().read_text()


def counted(coach: Page, portal: str, shop: Shop) -> None:
    """One team has come so far; of people there is nothing."""
    coach.goto(f"{portal}/learning?team={shop.team_id}")
    expect(coach.get_by_text("1 of 1 team has chosen a track")).to_be_visible()
    expect(coach.get_by_text("Show it by runs or by people: 1 team")).to_be_visible()
    expect(coach.get_by_text("A lead")).to_have_count(0)
    photograph(coach, "learning")
