"""The answering page: one questionnaire for whoever holds an invitation. Its link is /answer#<secret>: what stands
behind the # stays in the browser, and the script sends it in the body of what it asks."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from assessments.surveys.answers import LONGEST_TEXT, MOST_HOURS
from assessments.surveys.questionnaire import Block, Item
from data.asked import answering
from data.asked.answering import AlreadyAnswered, NotInvited, NotOpen, Sitting
from pages.web import shell
from pages.web.calls import called, slow_down, text

STATUS = {NotInvited: 404, NotOpen: 410, AlreadyAnswered: 409}
BODY = """<header class="bar"><img src="/web/milepost.svg" alt="" width="28" height="28"><span>Milepost</span>
<span id="saved" class="saved" role="status"></span></header>
<main id="page"><noscript><h1>This page needs JavaScript</h1><p>Your answers are saved one by one while you give them,
and your link stays in your browser: both need JavaScript. Switch it on for this page and reload it. It comes from this
server alone, and sets no cookies.</p></noscript><p id="wait" class="quiet" hidden>Opening the survey ...</p></main>
"""


async def page(request: Request) -> Response:
    """The page, the same for everybody: only its script sees the secret."""
    return shell.page("Survey", BODY, script="answer.js")


async def open_(request: Request) -> Response:
    """What is asked, and what this browser has answered so far."""

    def do(body: dict) -> dict:
        return plain(answering.sit_down(*_keys(body)))

    return await called(request, do, STATUS)


async def save(request: Request) -> Response:
    """Keeps answers as they are given: {question: answer, or null to take it back}."""

    def do(body: dict) -> dict:
        return {"answered": answering.save(*_keys(body), body.get("answers"))}

    return await called(request, do, STATUS)


async def hand_in(request: Request) -> Response:
    """Hands in what was answered, with what could not be sent before."""

    def do(body: dict) -> dict:
        seconds = body.get("seconds")
        known = isinstance(seconds, int | float) and not isinstance(seconds, bool) and seconds >= 0
        answering.hand_in(*_keys(body), body.get("answers") or {}, float(seconds) if known else None)
        return {"handed_in": True}

    return await called(request, do, STATUS)


ROUTES = [
    Route("/answer", page),
    Route("/answer/api/open", open_, methods=["POST"]),
    Route("/answer/api/save", save, methods=["POST"]),
    Route("/answer/api/hand-in", hand_in, methods=["POST"]),
]


def plain(sitting: Sitting) -> dict:
    """What the script draws; plain values."""
    asked, wave = sitting.questionnaire, sitting.admitted.wave
    return {
        "title": wave.title,
        "team": wave.team,
        "name": sitting.admitted.name,
        "closes_at": wave.closes_at.isoformat(),
        "purpose": asked.purpose,
        "begun": sitting.begun,
        "blocks": [_block(block) for block in asked.blocks],
        "capabilities": [{"key": key, "text": name} for key, name in sitting.capabilities.items()],
        "answers": dict(sitting.raw),
        "longest_text": LONGEST_TEXT,
        "most_hours": MOST_HOURS,
    }


def _block(block: Block) -> dict:
    items = [_item(item) for item in block.items]
    return {"key": block.key, "title": block.title, "lead": block.lead, "minutes": block.minutes, "items": items}


def _item(item: Item) -> dict:
    return {
        "key": item.key,
        "text": item.text,
        "kind": item.kind,
        "options": [option.text for option in item.options],
        "most": item.most,
        "steps": [vars(step) for step in item.steps],
        "how_often": [option.text for option in item.how_often],
        "how_bad": [option.text for option in item.how_bad],
    }


def _keys(body: dict) -> tuple[str, str]:
    """The secret of the invitation, and the one the browser made for its answers."""
    slow_down(body.get("invitation"))
    return text(body, "invitation"), text(body, "draft")
