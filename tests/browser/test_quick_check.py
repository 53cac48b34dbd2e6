"""The quick check in a browser that runs no script."""

from playwright.sync_api import expect

from tests.browser.portal import ARTIFACTS
from tests.server.client import serving


def test_five_answers_lead_to_a_result_that_can_be_sent(home, browser):
    with serving() as client:
        context = browser.new_context(
            viewport={"width": 390, "height": 844}, java_script_enabled=False, color_scheme="dark"
        )
        page = context.new_page()
        page.goto(f"http://127.0.0.1:{client.port}/quick-check")
        page.get_by_text("One hour to one day").first.click()
        page.get_by_label("about how many led to a failure").fill("10")
        page.get_by_role("button", name="Show where this stands").click()
        page.wait_for_url("**/quick-check?leadtime=5&changefailure=10")
        expect(page.get_by_text("15 % of 2025 respondents gave this answer")).to_be_visible()
        expect(page.get_by_role("row", name="One hour to one day your answer")).to_be_visible()
        page.screenshot(path=ARTIFACTS / "quick-check-phone-dark.png", full_page=True)
        page.get_by_role("link", name="Change the answers").click()
        expect(page.get_by_label("One hour to one day").first).to_be_checked()
        page.get_by_label("Address of a Quick Check result").fill("https://dora.dev/quickcheck/?leadtime=1&rework=40")
        page.get_by_role("button", name="Read the address").click()
        page.wait_for_url("**/quick-check?leadtime=1&rework=40")
        context.close()
