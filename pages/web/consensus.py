"""The page of whoever takes part in a consensus. Its link is /consensus#<secret>: what stands behind the # stays in the
browser, and the script sends it in the body of what it asks. The page looks every second or two whether something is
new; where it has that already it is told so, in a few bytes."""

import hashlib
import json
from collections.abc import Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from assessments.surveys import consensus as votes
from assessments.surveys.consensus import APART, NEAR, Spread
from assessments.surveys.questionnaire import CHOICE, Item
from data.asked import consensus
from data.asked.answering import NotInvited, NotOpen
from data.asked.consensus import Full, MovedOn, Place, Seen
from pages.web import shell
from pages.web.calls import called, slow_down, text

STATUS = {NotInvited: 404, NotOpen: 410, MovedOn: 409, Full: 403}
BODY = """<header class="bar"><img src="/web/milepost.svg" alt="" width="28" height="28"><span>Milepost</span></header>
<main id="page"><noscript><h1>This page needs JavaScript</h1><p>It votes and shows what others voted while you talk.
Switch JavaScript on for this page and reload it. It comes from this server alone, and sets no cookies.</p></noscript>
<p id="wait" class="quiet" hidden>Opening the session ...</p></main>
"""


async def page(request: Request) -> Response:
    """The page, the same for everybody: only its script sees the secret."""
    return shell.page("Consensus", BODY, script="consensus.js")


async def look(request: Request) -> Response:
    """Where the session is."""
    return await _done(request, lambda body, keys: None)


async def join(request: Request) -> Response:
    """Takes a seat."""
    return await _done(request, lambda body, keys: consensus.join(*keys))


async def vote(request: Request) -> Response:
    """Votes on the question in front; an answer of null takes the vote back."""

    def do(body: dict, keys: tuple[str, str]) -> None:
        ballot = body.get("ballot")
        consensus.vote(*keys, text(body, "item"), ballot if isinstance(ballot, int) else 0, body.get("answer"))

    return await _done(request, do)


ROUTES = [
    Route("/consensus", page),
    Route("/consensus/api/look", look, methods=["POST"]),
    Route("/consensus/api/join", join, methods=["POST"]),
    Route("/consensus/api/vote", vote, methods=["POST"]),
]


async def _done(request: Request, do: Callable[[dict, tuple[str, str]], None]) -> Response:
    """Does it and tells where the session is then; {"same": true} to a page that knows, by the `tag` it `have`."""

    def then(body: dict) -> dict:
        slow_down(body.get("invitation"))
        keys = text(body, "invitation"), text(body, "seat")
        do(body, keys)
        now = plain(consensus.seen(*keys))
        tag = hashlib.sha256(json.dumps(now, sort_keys=True).encode()).hexdigest()[:32]
        return {"same": True} if body.get("have") == tag else {**now, "tag": tag}

    return await called(request, then, STATUS)


def plain(seen: Seen) -> dict[str, Any]:
    """What the script draws; plain values. Votes of others are in it only once they are revealed, without names."""
    room = seen.room
    return {
        "title": room.wave.title,
        "team": room.wave.team,
        "people": room.wave.people,
        "joined": room.joined,
        "voted": room.voted,
        "number": 0 if room.front is None else room.front + 1,
        "of": len(room.places),
        "settled": room.settled,
        "seated": seen.seated,
        "mine": seen.mine,
        "question": _question(room.place) if room.place else None,
        "spread": _spread(room.place.item, room.spread) if room.place and room.spread else None,
        "so_far": [_told(place) for place in room.places if place.settled],
    }


def _question(place: Place) -> dict[str, Any]:
    item = place.item
    return {
        "key": item.key,
        "text": item.text,
        "kind": item.kind,
        "options": [option.text for option in item.options],
        "area": place.block.title,
        "lead": place.block.lead,
        "state": place.state,
        "ballot": place.ballot,
        **_told(place),
    }


def _told(place: Place) -> dict[str, str]:
    said = votes.words(place.item, place.agreed)
    return {"text": place.item.text, "state": place.state, "agreed": said, "note": place.note}


def _spread(item: Item, spread: Spread) -> dict[str, Any]:
    """A row for each option, or each number that was given; `end`: whether it is the lowest or highest that was."""
    values = list(enumerate(spread.counts)) if item.kind == CHOICE else []
    values = values or [(value, spread.values.count(value)) for value in sorted(set(spread.values))]
    rows = [_row(item, {"value": value}, number) for value, number in values]
    if spread.kind in (NEAR, APART):
        for row in rows:
            row["end"] = {spread.low: "low", spread.high: "high"}.get(row["answer"]["value"], "")
    said = ((votes.DONT_KNOW, spread.dont_know), (votes.NOT_APPLICABLE, spread.not_applicable))
    rows += [_row(item, {"said": what}, number) for what, number in said if number]
    return {"rows": rows, "kind": spread.kind, "hint": votes.hint(spread), "votes": spread.votes}


def _row(item: Item, answer: dict, number: int) -> dict[str, Any]:
    return {"answer": answer, "text": votes.words(item, answer), "votes": number, "end": ""}
