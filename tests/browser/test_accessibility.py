"""The way in by the rules of WCAG 2.2 AA, in light and in dark. Every other page: `test_every_page.py`."""

from tests.browser.axe import Watched
from tests.browser.portal import running
from tests.browser.test_journey import settled
from tests.provider import SECRET

PHONE = {"width": 390, "height": 844}


def test_the_way_in_can_be_used_by_everybody(tmp_path_factory, page):
    """Where people sign in: an address leads to the question for it, whoever answers there."""
    shared = {
        "MILEPOST_OIDC_METADATA_URL": "https://id.example/.well-known/openid-configuration",
        "MILEPOST_OIDC_CLIENT_ID": "milepost",
        "MILEPOST_OIDC_CLIENT_SECRET": "of the client",
        "MILEPOST_COOKIE_SECRET": SECRET,
        "MILEPOST_ADMINISTRATOR": "group:ops",
    }
    with running(
        tmp_path_factory.mktemp("home"), worker=False, settings=lambda url: {"MILEPOST_URL": url, **shared}
    ) as address:
        watched = Watched(page, address)
        page.goto(address)
        page.get_by_role("heading", name="Sign in to Milepost").wait_for()
        settled(page)
        assert watched.faults() == []
        page.emulate_media(color_scheme="dark")
        page.set_viewport_size(PHONE)
        settled(page)
        assert watched.faults() == []
