"""What a fresh process answers before anybody has opened a page: no way round the guard, no foreign scripts."""

import base64
import re
import shutil
import time

import pytest

from tests.browser.portal import ROOT, answered, running


@pytest.fixture(scope="module")
def portal(tmp_path_factory):
    with running(tmp_path_factory.mktemp("home"), worker=False, fresh=True) as address:
        yield address


def received(address: str, page: str, seconds: float = 20, origin: str | None = None) -> bytes:
    """What the server sends to a browser that opens that page as the first thing it does, until the page is whole or so
    much time has passed."""
    from streamlit.proto.BackMsg_pb2 import BackMsg
    from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
    from websockets.sync.client import connect

    asked = BackMsg()
    asked.rerun_script.page_name = page
    heard, until = b"", time.monotonic() + seconds
    socket = address.replace("http:", "ws:") + "/_stcore/stream"
    with connect(socket, origin=origin or address, subprotocols=["streamlit"], max_size=None) as connection:
        connection.send(asked.SerializeToString())
        while (left := until - time.monotonic()) > 0:
            try:
                heard += (said := connection.recv(timeout=left))
            except TimeoutError:
                break
            told = ForwardMsg.FromString(said)
            if (told.WhichOneof("type"), told.script_finished) == ("script_finished", ForwardMsg.FINISHED_SUCCESSFULLY):
                break
    return heard


def test_the_health_of_process_and_database_is_told(portal):
    assert answered(portal, "/healthz")[2] == b'{"status":"ok"}'
    assert b'"status":"ok"' in answered(portal, "/readyz")[2]


def test_a_deep_link_on_a_cold_process_goes_through_the_shell(portal):
    """The first page anybody asks this process for: the answer comes from app.py, with the navigation."""
    heard = received(portal, "teams")
    assert b"Teams and services" in heard
    assert b"Sources" in heard, "the navigation came with it"


def test_a_file_left_in_the_pages_folder_never_runs_by_itself(tmp_path):
    """Streamlit would run it for whoever knows its name, past app.py, until somebody has opened another page."""
    code = tmp_path / "code"
    shutil.copytree(ROOT / "pages", code / "pages")
    (code / "pages" / "leak.py").write_text("import streamlit as st\nst.text('this has leaked')\n")
    for name in ("app.py", "gate.py", "server.py", "signin.py", "milepost.py"):
        shutil.copy(ROOT / name, code / name)
    for name in ("assessments", "content", "data", ".streamlit"):
        (code / name).symlink_to(ROOT / name)
    with running(tmp_path / "home", worker=False, fresh=True, code=code) as address:
        heard = received(address, "leak")
    assert b"this has leaked" not in heard
    assert b"See how your team delivers" in heard, "the guard of the shell answered instead"


def test_every_answer_carries_the_policy_and_only_the_known_inline_script_runs(portal):
    for path in ("/", "/teams", "/static/no-such-file.js"):
        headers = answered(portal, path)[1]
        script = re.search(r"script-src ([^;]*)", headers["content-security-policy"])[1].split()
        assert script[0] == "'self'" and len(script) == 2
        assert len(base64.b64decode(script[1].removeprefix("'sha256-").removesuffix("'"))) == 32
        assert headers["x-content-type-options"] == "nosniff" and headers["x-frame-options"] == "DENY"


def test_a_page_of_another_site_gets_no_session(portal):
    from websockets.exceptions import InvalidStatus

    with pytest.raises(InvalidStatus):
        received(portal, "", origin="http://evil.example")


def test_a_name_that_points_at_this_computer_gets_no_session(portal):
    """What a site does that lets its own name resolve to 127.0.0.1: name and origin agree, and neither is ours."""
    from websockets.exceptions import InvalidStatus

    port = portal.rsplit(":", 1)[1]
    named = f"http://evil.example:{port}"
    from websockets.sync.client import connect

    with pytest.raises(InvalidStatus):
        connect(
            f"ws://evil.example:{port}/_stcore/stream", origin=named, sock=_socket(port), subprotocols=["streamlit"]
        )


def _socket(port: str):
    import socket

    return socket.create_connection(("127.0.0.1", int(port)), timeout=10)
