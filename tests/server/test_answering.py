"""The answering page over HTTP: what its script asks, and what nobody else may."""

import logging
import re
from pathlib import Path

import pytest

from data import rates
from pages.web import calls, shell
from tests.data.asked.asking import Asking
from tests.server.client import Client, serving

ROOT = Path(__file__).parent.parent.parent
OPEN, SAVE, HAND_IN = "/answer/api/open", "/answer/api/save", "/answer/api/hand-in"


@pytest.fixture
def client(home):
    with serving() as client:
        yield client


@pytest.fixture
def asking(client, who) -> Asking:
    return Asking(who)


def keys(asking: Asking, person: int = 0, **more) -> dict:
    return {"invitation": asking.secret(person), "draft": asking.drafts[person], **more}


def test_a_survey_is_opened_answered_and_handed_in(client, asking):
    shown = client.post(OPEN, keys(asking)).json
    assert (shown["title"], shown["name"], shown["begun"]) == ("Pain and friction", "Developer 1", False)
    assert [block["key"] for block in shown["blocks"]][-1] == "comment"
    assert client.post(SAVE, keys(asking, answers={"waiting": {"value": 2}})).json == {"answered": 1}
    assert client.post(OPEN, keys(asking)).json["answers"] == {"waiting": {"value": 2}}
    assert client.post(HAND_IN, keys(asking, answers={}, seconds=30)).json == {"handed_in": True}
    assert asking.answered == [True, False, False, False, False]


def test_pain_points_bring_their_steps_and_capabilities(client, asking):
    shown = client.post(OPEN, keys(asking)).json
    item = next(item for block in shown["blocks"] for item in block["items"] if item["kind"] == "pain-points")
    assert {"key": "review", "text": "Review"} in item["steps"]
    assert {"key": "test-automation", "text": "Test automation"} in shown["capabilities"]


@pytest.mark.parametrize("path", [OPEN, SAVE, HAND_IN])
def test_each_end_of_a_link_has_its_own_status(client, asking, path):
    body = {"answers": {"waiting": {"value": 1}}}
    assert client.post(path, {**keys(asking), **body, "invitation": "0" * 32}).problem["status"] == 404
    asking.hand_in(0, body["answers"])
    assert client.post(path, {**keys(asking), **body}).problem["status"] == 409
    asking.end()
    assert client.post(path, {**keys(asking, 1), **body}).problem["status"] == 410


def test_a_wrong_answer_is_told_in_one_sentence(client, asking):
    said = client.post(SAVE, keys(asking, answers={"comment": {"value": "x" * 5_001}}))
    assert said.problem["detail"] == "comment: the text has 5,001 characters; shorten it to 5,000"
    assert said.status == 422


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"{", 400),
        (b"[]", 400),
        (b'{"invitation": NaN}', 400),
        (b"[" * 100_000, 400),
        (b"{}", 422),
        (b'{"invitation": 5, "draft": []}', 422),
        (b'{"invitation": "\\ud800", "draft": "x"}', 400),
        (b" " * (calls.MOST_BYTES + 1), 413),
    ],
)
def test_a_body_that_cannot_be_is_refused(client, body, status):
    for path in (OPEN, SAVE, HAND_IN):
        assert client.post(path, body).problem["status"] == status


def test_pages_of_other_sites_get_nothing(client, asking):
    assert client.post(OPEN, keys(asking), Sec_Fetch_Site="cross-site").status == 403
    assert client.post(OPEN, keys(asking), Origin="https://evil.example").status == 403
    assert client.post(OPEN, keys(asking), Content_Type="text/plain").problem["status"] == 415
    assert client.get(OPEN).status == 405


def test_nobody_calls_more_often_than_a_person_can(client, asking, monkeypatch):
    monkeypatch.setattr(rates, "CALLS", rates.Rate("calls", 2, 2))
    assert [client.post(OPEN, keys(asking)).status for _ in range(3)] == [200, 200, 429]
    assert client.post(OPEN, keys(asking, 1)).status == 200


def test_who_guesses_invitations_is_slowed_down_and_whoever_has_one_is_not(client, asking, monkeypatch):
    monkeypatch.setattr(rates, "WRONG", rates.Rate("wrong", 2, 2))
    guessed = [client.post(OPEN, {"invitation": f"guess {n}" + "x" * 26, "draft": "d" * 32}) for n in range(3)]
    assert [each.status for each in guessed] == [404, 404, 429] and int(guessed[-1].headers["retry-after"]) <= 30
    assert client.post(OPEN, keys(asking)).status == 200


def test_nothing_is_kept_on_the_way_and_no_cookie_is_set(client, asking):
    said = [client.get("/answer"), client.post(OPEN, keys(asking)), client.post(OPEN, {"invitation": "", "draft": ""})]
    assert [each.headers["cache-control"] for each in said] == ["no-store"] * 3
    assert [each.headers["set-cookie"] for each in said] == [None] * 3
    assert all("script-src 'self'" in each.headers["content-security-policy"] for each in said)


def test_no_secret_reaches_a_log_or_an_error(client, asking, caplog, monkeypatch):
    caplog.set_level(logging.DEBUG)
    monkeypatch.setattr("data.asked.answering.sit_down", lambda *keys: 1 / 0)
    broken = client.post(OPEN, keys(asking))
    wrong = client.post(SAVE, keys(asking, answers={"comment": 5}))
    assert (broken.status, wrong.status) == (500, 422)
    said = caplog.text + str(broken.json) + str(wrong.json)
    assert [secret for secret in (asking.secret(0), asking.drafts[0]) if secret in said] == []
    assert re.search(r"error [0-9a-f]{8} at the door", caplog.text)


def test_the_page_and_its_files_come_from_here_alone(client):
    page = client.get("/answer").body.decode()
    assert "JavaScript" in page.partition("<noscript>")[2]
    files = set(re.findall(r'(?:src|href)="/web/([^"]+)"', page))
    assert files == {"style.css", "milepost.svg", "answer.js"}
    assert re.search(r"https?://", page) is None
    assert re.findall(r"<script>| on\w+=| style=", page) == []
    for name in shell.served():
        found = client.get(f"/web/{name}")
        assert found.status == 200
        assert client.get(f"/web/{name}", If_None_Match=found.headers["etag"]).status == 304


@pytest.mark.parametrize("name", ["shell.py", "..%2f..%2fserver.py", "__init__.py", "none.js", "%00"])
def test_no_other_file_is_served(client, name):
    assert client.get(f"/web/{name}").status == 404


@pytest.mark.parametrize("script", sorted(path.name for path in (ROOT / "pages" / "web").glob("*.js")))
def test_scripts_make_no_html_of_texts(script):
    written = (ROOT / "pages" / "web" / script).read_text(encoding="utf-8")
    assert re.findall(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function", written) == []


def test_the_page_needs_no_sign_in_and_no_pages():
    """As `milepost.py serve` gives it, for phones: see docs/surveys.md."""
    import server

    assert {"/answer", "/web/{name}"} <= {route.path for route in server.ROUTES}


def test_it_works_on_the_other_store(on_postgresql, who):
    asking = Asking(who)
    with serving() as client:
        said: Client = client
        assert said.post(SAVE, keys(asking, answers={"waiting": {"value": 2}})).json == {"answered": 1}
        assert said.post(HAND_IN, keys(asking)).json == {"handed_in": True}
