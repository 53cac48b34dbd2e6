"""What a fresh process answers before anybody has opened a page: the guard cannot be walked around, scripts are pinned."""

import base64
import re
from urllib.request import urlopen

import pytest

from pages.ui.registry import PAGES
from tests.browser.portal import running


@pytest.fixture(scope="module")
def portal(tmp_path_factory):
    with running(tmp_path_factory.mktemp("home"), worker=False) as address:
        yield address


def test_the_health_of_process_and_database_is_told(portal):
    assert urlopen(f"{portal}/healthz").read() == b'{"status":"ok"}'
    assert b'"status":"ok"' in urlopen(f"{portal}/readyz").read()


def test_every_answer_carries_the_policy_and_only_the_known_inline_script_runs(portal):
    answer = urlopen(portal)
    policy = answer.headers["Content-Security-Policy"]
    script = re.search(r"script-src ([^;]*)", policy)[1].split()
    assert script[0] == "'self'" and len(script) == 2
    assert len(base64.b64decode(script[1].removeprefix("'sha256-").removesuffix("'"))) == 32
    assert "unsafe-eval" not in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_a_host_name_that_is_not_ours_gets_no_session(portal):
    """A page elsewhere whose name was made to point at this computer must not be able to drive the portal."""
    from websockets.exceptions import InvalidStatus
    from websockets.sync.client import connect

    socket = portal.replace("http://127.0.0.1", "ws://127.0.0.1") + "/_stcore/stream"
    port = portal.rsplit(":", 1)[1]
    with pytest.raises(InvalidStatus):
        connect(socket, additional_headers={"Origin": f"http://evil.example:{port}"}, origin=None).close()


@pytest.mark.parametrize("path", [spec.path for spec in PAGES if spec.path])
def test_no_page_breaks_the_policy(portal, page, path):
    told = []
    page.on("console", lambda message: told.append(message.text) if "Content Security Policy" in message.text else None)
    page.goto(f"{portal}/{path}")
    page.get_by_role("heading", level=1).first.wait_for()
    page.wait_for_timeout(500)
    assert told == []
