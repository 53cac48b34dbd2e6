"""The page of those who take part in a consensus, over HTTP: what its script asks, and what nobody can read."""

import json
import re

import pytest

from data.asked import consensus
from tests.data.asked.sitting import Session
from tests.server.client import Client, serving

LOOK, JOIN, VOTE = "/consensus/api/look", "/consensus/api/join", "/consensus/api/vote"


@pytest.fixture
def client(home):
    with serving() as client:
        yield client


@pytest.fixture
def session(client, who) -> Session:
    return Session(who, questionnaire="capabilities")


def keys(session: Session, person: int = 0, **more) -> dict:
    return {"invitation": session.links[person], "seat": session.seats[person], **more}


def vote(client: Client, session: Session, person: int, answer: dict | None) -> dict:
    return client.post(VOTE, keys(session, person, item=session.items[0], ballot=1, answer=answer)).json


def test_one_joins_votes_sees_the_reveal_and_what_is_agreed(client, session):
    assert client.post(LOOK, keys(session)).json["seated"] is False
    shown = client.post(JOIN, keys(session)).json
    assert (shown["seated"], shown["joined"], shown["people"], shown["question"]) == (True, 1, 3, None)
    session.begin()
    shown = client.post(LOOK, keys(session, have=shown["tag"])).json
    assert (shown["question"]["state"], shown["number"], len(shown["question"]["options"])) == ("voting", 1, 5)
    assert vote(client, session, 0, {"value": 1})["mine"] == {"value": 1}
    assert vote(client, session, 1, {"value": 4})["voted"] == 2
    consensus.reveal(session.who, session.wave, session.step)
    shown = [client.post(LOOK, keys(session, person)).json["spread"] for person in range(3)]
    assert shown[0] == shown[1] == shown[2]
    assert [(row["votes"], row["end"]) for row in shown[0]["rows"]] == [
        (0, ""), (1, "low"), (0, ""), (0, ""), (1, "high"),
    ]  # fmt: skip
    session.agreed(2, "<b>Seen</b>")
    shown = client.post(LOOK, keys(session)).json
    assert (shown["question"]["note"], shown["spread"], shown["settled"]) == ("<b>Seen</b>", None, 1)


def test_a_page_that_knows_is_told_so_in_a_few_bytes(client, session):
    tag = client.post(JOIN, keys(session)).json["tag"]
    assert client.post(LOOK, keys(session, have=tag)).json == {"same": True}


def test_what_others_vote_changes_no_byte_before_the_reveal(client, session):
    session.begin()
    vote(client, session, 0, {"value": 0})
    vote(client, session, 1, {"value": 3})
    before = client.post(LOOK, keys(session, 2)).body
    vote(client, session, 0, {"said": "not_applicable"})
    vote(client, session, 1, {"value": 4})
    assert client.post(LOOK, keys(session, 2)).body == before
    assert json.loads(before)["mine"] is None and json.loads(before)["voted"] == 2


def test_each_refusal_has_its_own_status(client, session):
    session.begin()
    taken = {"item": session.items[0], "ballot": 1, "answer": {"value": 1}}
    for person in range(3):
        client.post(JOIN, keys(session, person))
    assert client.post(LOOK, {**keys(session), "invitation": "0" * 32}).status == 404
    assert client.post(JOIN, {**keys(session), "seat": "0" * 32}).status == 403
    assert client.post(VOTE, {**keys(session), **taken, "ballot": 2}).status == 409
    assert client.post(VOTE, {**keys(session), **taken, "answer": {"value": 9}}).status == 422
    assert client.post(VOTE, {**keys(session), **taken, "answer": 9}).status == 422
    assert client.post(LOOK, {"invitation": session.links[0]}).status == 422
    assert client.get(LOOK).status in (404, 405)
    assert session.room.voted == 0


def test_the_page_holds_nothing_of_a_session_and_runs_its_own_script_alone(client):
    page = client.get("/consensus?wave=1").body.decode()
    assert re.findall(r"<script[^>]*>", page) == ['<script src="/web/consensus.js" type="module">']
    assert client.get("/web/consensus.js").status == 200
