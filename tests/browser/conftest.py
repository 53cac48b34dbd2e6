"""One browser for all browser tests; each test has its own context and, where it writes, its own portal."""

from pathlib import Path

import pytest

from tests.browser.portal import ARTIFACTS, QUIET
from tests.need import need

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items) -> None:
    """A journey through a browser may meet a machine that stands still for a while: it is tried a second time, and the
    end of the run names it. What is broken fails twice."""
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.flaky(reruns=1))


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item) -> None:
    """The second time begins with a store and a portal of its own: in those of the module stands what the first did."""
    if getattr(item, "execution_count", 1) > 1:
        # pytest has no public way to what a module made.
        for definitions in item._fixtureinfo.name2fixturedefs.values():
            for definition in definitions:
                if definition.scope == "module":
                    definition.finish(item._request)


@pytest.fixture(scope="session")
def browser():
    path = need("chromium")
    from playwright.sync_api import sync_playwright

    ARTIFACTS.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=QUIET)
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser):
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="en-GB", timezone_id="UTC")
    context.set_default_timeout(20_000)
    yield context.new_page()
    context.close()
