"""The Quick Check for anyone, over plain HTTP: nobody signs in, nothing is kept."""

import re
from html import unescape
from pathlib import Path
from urllib.parse import quote

import pytest

from data import store
from pages.web import quick_check
from tests.server.client import serving

ALL = "leadtime=5&deployfreq=4&failurerecovery=6&changefailure=10&rework=5"


@pytest.fixture
def client(home):
    with serving() as asked:
        yield asked


def text(reply) -> str:
    """What a reader sees of a page, on one line."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", reply.body.decode())).split())


def test_the_form_asks_five_questions_without_a_script_or_a_sign_in(client):
    reply = client.get("/quick-check")
    body = reply.body.decode()
    assert (reply.status, body.count("<fieldset"), "<script" in body) == (200, 5, False)
    assert set(re.findall(r'name="(\w+)"', body)) - {"viewport"} >= {"leadtime", "rework", "url"}
    assert "no sign-in, and keeps nothing" in text(reply)


def test_the_result_says_where_each_answer_stands_and_the_number(client):
    reply = client.get(f"/quick-check?{ALL}")
    said = text(reply)
    assert reply.status == 200
    assert "You said: One hour to one day" in said
    assert "15 % of 2025 respondents gave this answer, 9 % a better one, 75 % a worse one." in said
    assert "26 % of 2025 respondents gave this band" in said  # 10 % of deployments failing: 8 to 16
    assert "Overall 8.5 of 10" in said and "Throughput 8.0 of 10" in said and "Stability 9.2 of 10" in said
    assert "estimates of one person" in said and "the whole team instead of one person" in said


def test_what_is_not_answered_is_not_counted_as_good_or_bad(client):
    said = text(client.get("/quick-check?leadtime=5&changefailure=0"))
    assert said.count("Not answered, so nothing can be said.") == 3
    assert "Overall not known" in said and "Three of the answers are missing" in said


@pytest.mark.parametrize(
    "asked",
    [
        "leadtime=5&deployfreq=-1&changefailure=&rework=+7+",  # as the form sends it
        "rework=7&leadtime=5&utm_source=mail",
        "url=" + quote("https://dora.dev/quickcheck/?leadtime=5&rework=7&changefailure=-1&v=2025#top"),
        "url=" + quote("javascript:alert(1)?leadtime=5&rework=7"),
        "url=" + quote("http://10.0.0.1/?rework=7&leadtime=5"),
    ],
)
def test_every_way_in_leads_to_one_address_that_can_be_shared(client, asked):
    reply = client.get(f"/quick-check?{asked}")
    assert (reply.status, reply.headers["location"]) == (303, "/quick-check?leadtime=5&rework=7")


def test_answers_can_be_changed(client):
    body = client.get(f"/quick-check?edit=1&{ALL}").body.decode()
    assert body.count(" checked") == 3 and 'name="rework" min="0" max="100" step="1"' in " ".join(body.split())


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ("leadtime=7", "Leadtime is a number from 1 to 6"),
        ("leadtime=%D9%A3", "Leadtime is a number"),
        ("leadtime=5&rework=101", "Rework is a number from 0 to 100"),
        ("rework=1e9", "Rework is a number"),
        ("changefailure=%00", "Changefailure is a number"),
        ("leadtime=<script>alert(1)</script>", "Leadtime is a number"),
        ("leadtime=-1&rework=", "Answer at least one question"),
        ("url=", "holds no answers"),
        ("url=https://dora.dev/quickcheck/", "holds no answers"),
        ("url=" + quote("https://x.example/?leadtime=<b>5</b>"), "Leadtime is a number"),
        ("url=%FF%FE%3Fleadtime=%80", "Leadtime is a number"),
        ("leadtime=5&a=" + "x" * 3_000, "too long"),
    ],
)
def test_what_is_no_answer_gets_a_sentence_and_the_form(client, asked, sentence):
    reply = client.ask("GET", f"/quick-check?{asked}", None)
    assert (reply.status, reply.headers["cache-control"]) == (400, "no-store")
    assert sentence in text(reply) and b"<fieldset" in reply.body
    assert b"<script" not in reply.body and b"<b>5" not in reply.body


def test_what_was_read_once_is_not_sent_again_and_head_has_no_body(client):
    first = client.get(f"/quick-check?{ALL}")
    again = client.get(f"/quick-check?{ALL}", If_None_Match=first.headers["etag"])
    head = client.ask("HEAD", f"/quick-check?{ALL}", None)
    assert (again.status, again.body, head.status, head.body) == (304, b"", 200, b"")
    assert first.headers["cache-control"] == again.headers["cache-control"] == "public, max-age=300"
    assert head.headers["etag"] == first.headers["etag"]


def test_nothing_is_kept(client):
    before = store.version()
    client.get(f"/quick-check?{ALL}")
    assert (store.version(), client.post("/quick-check", {}).status) == (before, 405)


def test_its_address_is_counted_by_itself(client):
    client.get(f"/quick-check?{ALL}")
    assert 'route="/quick-check"' in client.get("/metrics").body.decode()


def test_no_address_is_ever_fetched():
    """There is nothing in its code that could."""
    source = Path(quick_check.__file__).read_text(encoding="utf-8")
    assert not {"httpx", "requests", "urllib", "socket"} & set(re.findall(r"(?:import|from) (\w+)", source))
