"""What every request passes: headers by what is answered, whose pages change something, what a page may say."""

import asyncio
import time

import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from streamlit.proto.BackMsg_pb2 import BackMsg

import gate
import server
from tests.loop import in_a_loop

OURS = "https://milepost.example"


def asked(path: str = "/", method: str = "GET", **headers: str) -> tuple[int, dict[str, str]]:
    """Status and headers of an answer behind the gate. Header names with _ for -."""
    sent = []

    async def inner(scope, receive, send):
        await PlainTextResponse("done", headers={"Server": "x", "X-Frame-Options": "ALLOWALL"})(scope, receive, send)

    async def send(message):
        sent.append(message)

    app = inner
    for each in reversed(gate.MIDDLEWARE):
        app = each.cls(app, *each.args, **each.kwargs)
    named = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    in_a_loop(app({"type": "http", "method": method, "path": path, "headers": named}, None, send))
    return sent[0]["status"], {name.decode(): value.decode() for name, value in sent[0]["headers"]}


# Headers


@pytest.mark.parametrize("path", ["/", "/delivery", "/api/v1/services", "/media/a.svg", "/nothing", "/badge/k.svg"])
def test_every_answer_says_how_it_is_to_be_taken(path):
    _, headers = asked(path)
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY", "in place of what was there"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert "unsafe-eval" not in headers["content-security-policy"]
    assert "camera=()" in headers["permissions-policy"] and "server" not in headers


@pytest.mark.parametrize(
    ("path", "script", "style"),
    [
        ("/", "'self' 'sha256-", "'self' 'unsafe-inline'"),
        ("/answers-of-mine", "'self' 'sha256-", "'self' 'unsafe-inline'"),
        ("/answer", "'self'", "'self'"),
        ("/answer/api/open", "'self'", "'self'"),
        ("/quick-check", "'self'", "'self'"),
        ("/web/answer.js", "'self'", "'self'"),
        ("/reports/team/7/2026-Q3.html", "'self'", "'self' 'unsafe-inline'"),
        ("/reports", "'self' 'sha256-", "'self' 'unsafe-inline'"),
        ("/media/made-by-somebody.svg", None, "'unsafe-inline'"),
        ("/badge/key.svg", None, "'unsafe-inline'"),
        ("/api/v1/services", None, None),
        ("/webhooks/github", None, None),
    ],
)
def test_what_may_run_depends_on_what_is_answered(path, script, style):
    said = dict(each.split(" ", 1) for each in gate.policy(path).split("; ") if " " in each)
    for name, wanted in (("script-src", script), ("style-src", style)):
        found = said.get(name)
        if wanted is None:
            assert found is None and said["default-src"] == "'none'"
        elif wanted.endswith("-"):
            assert found.startswith(wanted) and "unsafe-inline" not in found
        else:
            assert found == wanted


@pytest.mark.parametrize("path", ["/media/a.html", "/badge/a.svg"])
def test_what_somebody_made_is_of_no_origin_when_it_is_opened(path):
    assert gate.policy(path).endswith("; sandbox")


def test_only_badges_are_shown_by_other_sites():
    assert asked("/badge/k.svg")[1]["cross-origin-resource-policy"] == "cross-origin"
    for path in ("/", "/media/a.png", "/api/v1/services", "/badges"):
        assert asked(path)[1]["cross-origin-resource-policy"] == "same-origin"


@pytest.mark.parametrize(("url", "told"), [(OURS, True), ("http://localhost:8501", False), ("", False), ("x", False)])
def test_where_browsers_come_by_https_they_are_told_to_stay_there(url, told, monkeypatch):
    monkeypatch.setenv("MILEPOST_URL", url)
    _, headers = asked("/")
    assert ("strict-transport-security" in headers) is told
    assert ("upgrade-insecure-requests" in headers["content-security-policy"]) is told
    if told:
        assert headers["strict-transport-security"] == "max-age=31536000"


# Who changes something

PATHS = ["/answer/api/save", "/consensus/api/vote", "/_stcore/upload_file/a/b", "/reports/unsubscribe", "/anything"]
ASKED = {
    "our own page": ({"sec_fetch_site": "same-origin", "origin": OURS, "cookie": "a=b"}, 200),
    "our own page, in an older browser": ({"origin": OURS, "cookie": "a=b"}, 200),
    "the address bar": ({"sec_fetch_site": "none", "cookie": "a=b"}, 200),
    "a program without cookies": ({}, 200),
    "another site": ({"sec_fetch_site": "cross-site", "origin": "https://evil.example", "cookie": "a=b"}, 403),
    "a neighbour under the same domain": ({"sec_fetch_site": "same-site", "cookie": "a=b"}, 403),
    "another site, in an older browser": ({"origin": "https://evil.example", "cookie": "a=b"}, 403),
    "a site whose name begins as ours": ({"origin": f"{OURS}.evil.example"}, 403),
    "our name without https": ({"origin": "http://milepost.example", "cookie": "a=b"}, 403),
    "a sandboxed page": ({"origin": "null", "cookie": "a=b"}, 403),
    "a page that says one thing, and another": ({"sec_fetch_site": "same-origin", "origin": "https://e.example"}, 403),
    "somebody who does not say, with a cookie": ({"cookie": "a=b"}, 403),
    "somebody who makes something up": ({"sec_fetch_site": "SAME-ORIGIN", "cookie": "a=b"}, 403),
}  # fmt: skip


@pytest.mark.parametrize("who", ASKED)
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "TRACE", "post"])
def test_only_our_own_pages_change_something(who, method, monkeypatch):
    monkeypatch.setenv("MILEPOST_URL", OURS)
    headers, status = ASKED[who]
    for path in PATHS:
        assert asked(path, method, **{"host": "milepost.example", **headers})[0] == status


@pytest.mark.parametrize("who", ASKED)
def test_looking_is_for_everybody_and_doors_for_programs_have_locks_of_their_own(who, monkeypatch):
    monkeypatch.setenv("MILEPOST_URL", OURS)
    headers, _ = ASKED[who]
    for path, method in (("/delivery", "GET"), ("/delivery", "HEAD"), ("/api/v1/deployments", "POST"),
                         ("/webhooks/github", "POST")):  # fmt: skip
        assert asked(path, method, **{"host": "milepost.example", **headers})[0] == 200


def test_without_a_setting_our_name_is_that_by_which_we_were_asked(monkeypatch):
    monkeypatch.delenv("MILEPOST_URL", raising=False)
    local = {"host": "localhost:8501", "cookie": "a=b"}
    assert asked("/a", "POST", origin="http://localhost:8501", **local)[0] == 200
    assert asked("/a", "POST", origin="http://localhost:8502", **local)[0] == 403
    assert asked("/a", "POST", origin="", host="", cookie="a=b")[0] == 403


def test_every_route_that_changes_something_is_behind_the_gate(home):
    """Each route of ours that takes anything but looking, as it is served: asked by another site, with a cookie."""
    app = Starlette(routes=server.ROUTES, middleware=server.MIDDLEWARE)
    changing = [route for route in server.ROUTES if isinstance(route, Route) and route.methods - set(gate.SAFE)]
    ours = [route for route in changing if not route.path.startswith(gate.MACHINES)]
    assert len(ours) >= 6
    for route in ours:
        sent = []

        async def send(message, sent=sent):
            sent.append(message)

        path = route.path.replace("{", "").replace("}", "")
        headers = [(b"sec-fetch-site", b"cross-site"), (b"cookie", b"a=b"), (b"content-type", b"application/json")]
        scope = {"type": "http", "method": "POST", "path": path, "raw_path": path.encode(), "query_string": b""}
        in_a_loop(app({**scope, "headers": headers, "http_version": "1.1", "root_path": ""}, None, send))
        assert sent[0]["status"] == 403, route.path


# What a page says


def said(**fields) -> bytes:
    message = BackMsg()
    for name, value in fields.items():
        if isinstance(value, dict):
            getattr(message, name).SetInParent()
            for key, each in value.items():
                setattr(getattr(message, name), key, each)
        else:
            setattr(message, name, value)
    return message.SerializeToString()


def heard(*messages: bytes) -> list[bytes]:
    """What comes through to Streamlit of what a page says."""
    waiting, through = [{"type": "websocket.receive", "bytes": each} for each in messages], []
    waiting.append({"type": "websocket.disconnect"})

    async def receive():
        return waiting.pop(0)

    async def inner(scope, receive, send):
        while (message := await receive())["type"] == "websocket.receive":
            through.append(message["bytes"])

    in_a_loop(gate.Spoken(inner)({"type": "websocket"}, receive, None))
    return through


RERUN = said(rerun_script={"page_name": "teams"})


def test_what_pages_say_in_their_work_comes_through():
    working = [
        RERUN,
        said(stop_script=True),
        said(app_heartbeat=True),
        said(file_urls_request={"request_id": "1"}),
        b"",
    ]
    assert heard(*working) == working


@pytest.mark.parametrize(
    "message",
    [said(clear_cache=True), said(set_run_on_save=True), said(load_git_info=True), said(debug_shutdown_runtime=True),
     said(debug_disconnect_websocket=True)],
    ids=["clear_cache", "set_run_on_save", "load_git_info", "debug_shutdown_runtime", "debug_disconnect_websocket"],
)  # fmt: skip
def test_nobody_empties_the_caches_of_everybody_or_stops_the_process(message):
    assert heard(RERUN, message, RERUN) == [RERUN, RERUN]


def test_what_cannot_be_read_is_left_to_streamlit_which_hangs_up():
    assert heard(b"\xff\xff nonsense") == [b"\xff\xff nonsense"]


def test_a_page_that_asks_without_a_pause_waits(monkeypatch):
    """Sixty at once, as many as a slider that is drawn about; then twenty a second."""
    waits, clock = [], [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: clock[0])

    async def sleep(seconds):
        waits.append(seconds)
        clock[0] += seconds

    monkeypatch.setattr(asyncio, "sleep", sleep)
    assert len(heard(*[RERUN] * 160)) == 160, "nothing is lost"
    assert len(waits) == 100 and sum(waits) == pytest.approx(5)


def test_kinds_of_messages_that_a_newer_streamlit_has_are_seen():
    """Whoever raises its version decides which of them a page needs."""
    kinds = {field.name for field in BackMsg.DESCRIPTOR.oneofs_by_name["type"].fields}
    refused = {
        "clear_cache",
        "set_run_on_save",
        "load_git_info",
        "debug_disconnect_websocket",
        "debug_shutdown_runtime",
    }
    assert kinds == gate.SAID | refused
