"""A wave from end to end, with as many browsers as wanted: `python -m tests.browser.wave 10` in the root.

A lead opens it in the portal, everybody answers in a browser context of their own on a phone's width, each in another
way, the lead closes it and reads the result. Pictures and times are left in tests/artifacts.
"""

import re
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from playwright.sync_api import Browser, Locator, Page, Route, expect

from tests.browser.portal import ARTIFACTS, QUIET, running
from tests.browser.test_journey import settled
from tests.need import need

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "locale": "en-GB", "timezone_id": "UTC"}
WAYS = ("keyboard", "reload", "offline", "lost answer", "taps", "in a hurry", "another device")
COMMENT = "**Smaller** steps <script>alert(1)</script> \U0001f680 \u05e9\u05dc\u05d5\u05dd {number}"
PAIN = "Waiting for <b>{number}</b>"
WAIT = 60_000  # milliseconds
QUESTIONS = "Pain and friction"  # choices, pain points and a comment


def open_wave(page: Page, address: str, team_id: int, names: Sequence[str], title: str) -> dict[str, str]:
    """Through the page of the team; the link of each person."""
    page.goto(f"{address}/surveys?team={team_id}")
    page.get_by_role("button", name="Open a survey").click()
    page.get_by_role("textbox", name="One name a line").fill("\n".join(names))
    page.get_by_label("Questionnaire").click()
    page.get_by_role("option", name=re.compile(QUESTIONS)).click()
    settled(page)
    page.get_by_label("Title").fill(title)
    page.keyboard.press("Tab")
    settled(page)
    page.get_by_role("button", name=f"Ask {len(names)} people").click()
    expect(page.get_by_text("I have them, put them away")).to_be_visible(timeout=WAIT)
    settled(page)
    shown = page.get_by_test_id("stCode").filter(has_text="/answer#")
    expect(shown).to_have_count(len(names), timeout=WAIT)
    told = shown.all_inner_texts()
    links = [re.search(r"http\S+/answer#[0-9a-f]{32}", re.sub(r"\n", "", each))[0] for each in told]
    return dict(zip(names, links, strict=True))


def answer(browser: Browser, link: str, number: int, way: str = "taps", pictures: bool = False) -> None:
    """One person in a context of their own, from the link to the thanks."""
    context = browser.new_context(**PHONE)
    context.set_default_timeout(60_000)
    page, wrong = context.new_page(), []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.goto(link)
    if way == "keyboard":
        _by_keyboard(page, number)
    else:
        page.get_by_role("button", name="Begin").click()
        page = _by_hand(page, number, way, pictures)
    expect(page.get_by_role("heading", name="Thank you")).to_be_visible(timeout=WAIT)
    page.evaluate(
        "() => new Promise(done => { addEventListener('popstate', () => setTimeout(done)); history.back(); })"
    )
    expect(page.get_by_role("heading", name="Thank you")).to_be_visible()
    assert wrong == []
    context.close()


def _by_hand(page: Page, number: int, way: str, pictures: bool) -> Page:
    part = 0
    while page.locator("fieldset.question").count():
        part += 1
        title = page.get_by_role("heading", level=2).inner_text()
        if part == 2 and way == "offline":
            page.context.set_offline(True)
        for question in page.locator("fieldset.question").all():
            _say(question, number)
        if pictures:
            _picture(page, f"answer-{part}")
        if part == 2 and way == "offline":
            expect(page.get_by_role("status").first).to_have_text("Not saved yet, trying again", timeout=WAIT)
            page.context.set_offline(False)
        if way != "in a hurry" or part == 2:
            expect(page.locator("#saved")).to_have_text("Saved", timeout=WAIT)
        if part == 2 and way in ("reload", "another device"):
            page = _again(page, way)
            assert page.get_by_role("heading", level=2).inner_text() != title
            continue
        page.locator("#next").click()
    expect(page.get_by_role("heading", name=re.compile("All answered|Nearly done"))).to_be_visible(timeout=WAIT)
    if way == "lost answer":
        page.route("**/answer/api/hand-in", _lose, times=1)
    if pictures:
        _picture(page, "answer-end")
    page.get_by_role("button", name="Hand in").click()
    return page


def _say(question: Locator, number: int) -> None:
    """An answer that depends on the person; a pain point and a comment in their words."""
    key = question.get_attribute("data-key")
    if key == "comment":
        question.locator("textarea").fill(COMMENT.format(number=number))
        question.locator("textarea").blur()
    elif key == "pain-points":
        question.get_by_role("button", name="Name a pain point").click()
        for label, choice in (("Step of the workflow", "review"), ("How often", "3"), ("How bad", "2")):
            question.get_by_label(label, exact=True).select_option(choice)
        question.get_by_role("spinbutton").fill(str(1 + number % 3))
        question.locator("textarea").fill(PAIN.format(number=number))
    else:
        options = question.locator(".option")
        options.nth((number + len(key)) % options.count()).click()


def _again(page: Page, way: str) -> Page:
    """The page anew: by a reload, or in another browser with the link for it."""
    if way == "reload":
        page.reload()
    else:
        page.evaluate("navigator.clipboard.writeText = text => { window.copied = text; return Promise.resolve(); }")
        page.go_back()
        page.go_back()
        page.get_by_role("button", name="Copy the link that continues").click()
        link, browser = page.evaluate("window.copied"), page.context.browser
        page.context.close()
        page = browser.new_context(**PHONE).new_page()
        page.goto(link)
    expect(page.get_by_text("What you have answered is here.")).to_be_visible(timeout=WAIT)
    page.get_by_role("button", name="Continue", exact=True).click()
    return page


def _lose(route: Route) -> None:
    """The server gets it, and its answer is lost."""
    route.fetch()
    route.abort()


def _by_keyboard(page: Page, number: int) -> None:
    """No pointer at all: numbers choose, Enter goes on."""
    _tab_to(page, "Begin")
    page.keyboard.press("Enter")
    while (questions := page.locator("fieldset.question")).count():
        keys = [question.get_attribute("data-key") for question in questions.all()]
        page.keyboard.press("Enter")  # into the first question
        for place, key in enumerate(keys):
            expect(page.locator(f"fieldset.question:focus-within[data-key='{key}']")).to_be_visible(timeout=WAIT)
            if key == "comment":
                page.keyboard.insert_text(COMMENT.format(number=number))
                _tab_to(page, "To the end")
            else:
                page.keyboard.press("n" if key == "pain-points" else str(1 + (number + place) % 5))
            page.keyboard.press("Enter")
    _tab_to(page, "Hand in")
    page.keyboard.press("Enter")


def _tab_to(page: Page, name: str) -> None:
    for _ in range(30):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent") == name:
            assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none", "no visible focus"
            return
    raise AssertionError(f"Tab does not come to {name}")


def _picture(page: Page, name: str) -> None:
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        page.screenshot(path=ARTIFACTS / f"{name}-{scheme}.png", full_page=True)
    page.set_viewport_size({"width": 360, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") <= 360, f"{name} is too wide for a small phone"
    page.set_viewport_size(PHONE["viewport"])


def close_wave(page: Page, address: str, team_id: int, answers: int) -> None:
    """Through the page of the team; leads to the result."""
    page.goto(f"{address}/surveys?team={team_id}")
    page.get_by_role("button", name="Close now").click()
    page.get_by_role("button", name=f"Close with {answers} answers").click()
    page.get_by_role("link", name="Result").first.click()
    page.wait_for_url(re.compile("/survey\\?wave="))
    settled(page)


def main(number: int) -> None:
    from playwright.sync_api import sync_playwright

    from tests.browser.test_answering import a_team

    began = time.monotonic()
    names, title = [f"Developer {each}" for each in range(1, number + 1)], "Friction now"
    with tempfile.TemporaryDirectory() as folder, running(Path(folder)) as address, sync_playwright() as playwright:
        ARTIFACTS.mkdir(parents=True, exist_ok=True)
        team_id = a_team(Path(folder))
        lead = playwright.chromium.launch(executable_path=need("chromium"), args=QUIET)
        page = lead.new_context(viewport={"width": 1280, "height": 900}, locale="en-GB").new_page()
        page.set_default_timeout(60_000)
        links = open_wave(page, address, team_id, names, title)
        for place, name in enumerate(names):
            browser = playwright.chromium.launch(executable_path=need("chromium"), args=QUIET)
            way, start = WAYS[place % len(WAYS)], time.monotonic()
            answer(browser, links[name], place, way, pictures=place == 4)
            browser.close()
            print(f"{name} answered ({way}) in {time.monotonic() - start:.1f} s", flush=True)
        close_wave(page, address, team_id, number)
        expect(page.get_by_role("heading", name=title)).to_be_visible(timeout=WAIT)
        page.screenshot(path=ARTIFACTS / "wave-result.png", full_page=True)
        lead.close()
        log = (Path(folder) / "portal.log").read_text()
        assert [link for link in links.values() if link.partition("#")[2] in log] == []
    print(f"{number} answers, closed and read, in {time.monotonic() - began:.0f} s; pictures are in {ARTIFACTS}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10)
