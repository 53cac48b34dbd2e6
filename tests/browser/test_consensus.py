"""A consensus of two in two browsers, led from a third: private until the reveal, then the same for all."""

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from data import people, store, teams
from data.asked import waves
from tests.browser.portal import running
from tests.browser.test_journey import settled, stored


@pytest.fixture(autouse=True, scope="module")
def patience():
    """Three browsers and a portal on two processors: what is waited for comes, but not always within 5 seconds."""
    expect.set_options(timeout=20_000)
    yield
    expect.set_options(timeout=5_000)


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def opened(home):
    """An open session of two, made before the portal starts."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MILEPOST_HOME", str(home))
        patch.delenv("DATABASE_URL", raising=False)
        store.migrate()
        who = people.local_person()
        team = teams.create_team(who, people.home_organization(who), "Till")
        closes = store.from_us(store.now_us()) + timedelta(hours=3)
        made = waves.open_wave(
            who, team, "consensus", "capabilities", ["ci-cd"], "", ["A developer", "A tester"], closes
        )
        store.dispose()
    return made


@pytest.fixture(scope="module")
def portal(home, opened):
    with running(home, worker=False) as address:
        yield address


@pytest.fixture
def others(browser, portal, opened):
    """Each with a browser of their own, at their own link."""
    contexts = [browser.new_context(viewport={"width": 390, "height": 844}, locale="en-GB") for _ in range(2)]
    pages = [context.new_page() for context in contexts]
    for page, invitation in zip(pages, opened.invitations, strict=True):
        page.set_default_timeout(20_000)
        page.goto(f"{portal}/consensus#{invitation.secret}")
    yield pages
    for context in contexts:
        context.close()


def test_two_vote_in_private_see_the_reveal_together_and_agree(portal, page, others, opened, home):
    first, second = others
    expect(first.get_by_text("You are in.")).to_be_visible()
    page.goto(f"{portal}/session?wave={opened.wave_id}")
    expect(page.get_by_text("2 of 2 here")).to_be_visible()
    page.get_by_role("button", name="Begin with the first question").click()

    # By keyboard, on a number; changed once.
    expect(first.get_by_role("group", name="How were changes brought together")).to_be_visible()
    first.keyboard.press("5")
    expect(first.get_by_text("1 of 2 have voted")).to_be_visible()
    first.keyboard.press("2")
    expect(first.get_by_text("Your vote is kept")).to_be_visible()
    expect(page.get_by_text("1 of 2 have voted")).to_be_visible()
    settled(page)
    expect(page.get_by_role("button", name="Reveal the votes")).to_be_disabled()

    # A reload and a lost connection keep the seat and the vote.
    first.reload()
    expect(first.get_by_role("radio", name="One documented command")).to_be_checked()
    second.context.set_offline(True)
    second.get_by_text("Everyone merges at least daily").click()
    expect(second.get_by_text("Vote not sent yet")).to_be_visible()
    assert stored(home, "select count(*) from consensus_vote") == [(1,)]
    second.context.set_offline(False)
    expect(second.get_by_text("2 of 2 have voted")).to_be_visible()

    expect(page.get_by_text("2 of 2 have voted")).to_be_visible()
    assert "1 vote" not in page.content() + first.content() + second.content()
    page.get_by_role("button", name="Reveal the votes").click()
    for each in (first, second):
        expect(each.get_by_text("You are far apart")).to_be_visible()
        expect(each.get_by_role("listitem").filter(has_text="One documented command")).to_contain_text("1 vote")
        expect(each.get_by_role("listitem").filter(has_text="Everyone merges at least daily")).to_contain_text("1 vote")
    expect(page.get_by_text("You are far apart")).to_be_visible()
    settled(page)

    agreed = page.get_by_role("radiogroup", name="You agree on")
    agreed.get_by_text("Every push starts a build").click()
    expect(agreed.get_by_role("radio", name="Every push starts a build")).to_be_checked()
    settled(page)
    page.get_by_label("Note (shown in the result)").fill("Not yet on <b>every</b> branch.")
    page.get_by_label("Note (shown in the result)").blur()
    settled(page)  # a click while the note is sent may meet a button that is being drawn anew
    page.get_by_role("button", name="Agree on this").click()
    expect(page.get_by_role("button", name="Next question")).to_be_visible()
    for each in (first, second):
        expect(each.get_by_text("Not yet on <b>every</b> branch.")).to_be_visible()
    assert stored(home, "select count(*) from consensus_vote") == [(0,)]

    page.get_by_role("button", name="Next question").click()
    expect(second.get_by_role("group", name="What was kept in version control?")).to_be_visible()
    page.get_by_role("button", name="Skip the question").click()
    expect(first.get_by_text("Skipped")).to_be_visible()
    settled(page)
    page.get_by_text("All questions", exact=True).click()
    settled(page)
    page.get_by_role("button", name="Finish the session").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("1 question has an agreed value")).to_be_visible()
    dialog.get_by_role("button", name="Finish the session").click()
    expect(page.get_by_text("This session has ended")).to_be_visible()
    for each in (first, second):
        expect(each.get_by_role("heading", name="The session has ended")).to_be_visible()
        expect(each.get_by_text("Every push starts a build")).to_be_visible()
    assert stored(home, "select count(*) from consensus_seat") == [(0,)]


def test_a_link_that_opens_nothing_says_so(portal, page: Page):
    page.goto(f"{portal}/consensus#{'0' * 32}")
    expect(page.get_by_role("heading", name="This link opens nothing")).to_be_visible()
