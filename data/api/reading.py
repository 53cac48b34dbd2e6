"""What is asked: services, their metrics and cells; the same numbers, states and intervals as on the pages."""

import base64
import binascii
import hashlib
import json
from collections.abc import Callable
from dataclasses import asdict

from assessments.delivery import present
from assessments.delivery.results import Summary
from data import derive, queries, store
from data.api.answers import Answer, Problem, Request
from data.api.outgoing import CellsOut, MetricsOut, Outgoing, ServicesOut
from data.queries import ServiceView
from data.tokens import Token

WEEKS, MOST_WEEKS = 13, 1_040
PAGE, MOST_ON_PAGE = 100, 500
_ATTEMPTS = 3  # when the numbers are replaced while they are read
_FORM = 1  # of the answers; raise it when they change, so that nobody keeps an old one


def services(token: Token, request: Request) -> Answer:
    """The services that the token is for, by id. Raises Problem."""
    limit = _number(request, "limit", PAGE, MOST_ON_PAGE)
    after = _cursor(request, 1)[0] if "cursor" in request.query else 0
    return _tagged(request, (token.id, store.version(), limit, after), lambda: _services(token, limit, after))


def _services(token: Token, limit: int, after: int) -> Outgoing:
    mine = sorted((one for one in queries.services(token.who) if _may(token, one)), key=lambda one: one.id)
    left = [one for one in mine if one.id > after]
    last = left[limit - 1].id if len(left) > limit else None
    return ServicesOut(services=[_service(one) for one in left[:limit]], next=last and _as_cursor(last))


def metrics(token: Token, request: Request, service_id: str) -> Answer:
    """The metrics of the last weeks of a service. Raises Problem."""
    weeks = _number(request, "weeks", WEEKS, MOST_WEEKS)

    def read() -> Answer:
        one = _one(token, service_id)
        return _tagged(request, (*_state(one), weeks), lambda: _metrics(one, weeks))

    return _of_one_version(read)


def cells(token: Token, request: Request, service_id: str) -> Answer:
    """The weekly cells of the last weeks of a service, by week and metric. Raises Problem."""
    weeks = _number(request, "weeks", WEEKS, MOST_WEEKS)
    limit = _number(request, "limit", PAGE, MOST_ON_PAGE)
    metric = request.query.get("metric")

    def read() -> Answer:
        one = _one(token, service_id)
        version, after = _cursor(request, 2) if "cursor" in request.query else (one.derived_version, 0)
        if version != one.derived_version:
            raise Problem(409, "The numbers were worked out anew meanwhile: begin again without the cursor.")
        asked = (weeks, limit, metric, after)
        return _tagged(request, (*_state(one), *asked), lambda: _cells(one, *asked))

    return _of_one_version(read)


def _cells(one: ServiceView, weeks: int, limit: int, metric: str | None, after: int) -> Outgoing:
    if not one.judged or one.collected_until is None:
        return CellsOut(service=one.id, cells=[], next=None)
    frame = queries.cells(one.id, *queries.window(one, weeks), version=one.derived_version)
    if metric is not None:
        frame = frame.filter(metric=metric)
    more = len(frame) > after + limit
    rows = frame.select(*(name for name in frame.columns if name != "rules_version")).slice(after, limit).to_dicts()
    return CellsOut(service=one.id, cells=rows, next=_as_cursor(one.derived_version, after + limit) if more else None)


def _metrics(one: ServiceView, weeks: int) -> Outgoing:
    if why := why_not(one):
        return MetricsOut(
            service=one.id, judged=False, why=why, up_to_date=one.ready, start=None, end=None, metrics={}, stages=[],
            coverage=None, rules_version=one.rules_version,
        )  # fmt: skip
    found = summary(one, weeks)
    return MetricsOut(
        service=one.id,
        judged=True,
        why="",
        up_to_date=one.ready,
        start=found.start,
        end=found.end,
        metrics={key: {**asdict(metric), "says": _says(metric)} for key, metric in found.metrics.items()},
        stages=[asdict(stage) for stage in found.stages],
        coverage=asdict(found.coverage),
        rules_version=found.rules_version,
    )


def why_not(one: ServiceView) -> str:
    """Why a service has no numbers; empty when it has."""
    if one.settings is None:
        return "Nobody has chosen yet what counts as a production deployment."
    if one.collected_until is None:
        return "Nothing has been collected yet."
    return "" if one.judged else "The numbers are being worked out for the first time."


def summary(one: ServiceView, weeks: int) -> Summary:
    """The metrics of its last weeks, of the version that the view is of. Raises derive.Outdated."""
    return derive.summaries({one.id: queries.window(one, weeks)}, {one.id: one.derived_version})[one.id]


def _says(metric) -> str:
    parts = (present.headline(metric), present.interval(metric), present.p90(metric), present.counted(metric))
    return "; ".join(part for part in parts if part)


def _service(one: ServiceView) -> dict:
    return {
        "id": one.id,
        "name": one.name,
        "team": {"id": one.team_id, "name": one.team},
        "rule": one.settings.rule.kind if one.settings else None,
        "judged": one.judged,
        "up_to_date": one.ready,
        "collected_until": one.collected_until,
        "incidents_collected": one.incidents_collected,
        "environments": list(one.environments),
    }


# Who may, and of which version


def _may(token: Token, one: ServiceView) -> bool:
    """The demo is everybody's on the pages, and no program's."""
    return one.organization_id == token.organization_id and token.service_id in (None, one.id)


def _one(token: Token, service_id: str) -> ServiceView:
    number = int(service_id) if service_id.isascii() and service_id.isdecimal() and len(service_id) < 10 else 0
    one = queries.service(token.who, number)
    if one is None or not _may(token, one):
        raise Problem(404, "There is no such service for this token.")
    return one


def _state(one: ServiceView) -> tuple:
    """Tells what is answered of a service from what was answered before."""
    return (one.id, *one.version, one.rules_version, one.ready, store.to_us(one.collected_until), why_not(one))


def _of_one_version(read: Callable[[], Answer]) -> Answer:
    for _ in range(_ATTEMPTS):
        try:
            return read()
        except derive.Outdated:
            continue
    raise Problem(503, "The numbers are being worked out anew: ask again shortly.", headers={"Retry-After": "2"})


def _tagged(request: Request, state: tuple, make: Callable[[], Outgoing]) -> Answer:
    """The answer with its ETag; 304 when the asker has it already."""
    tag = etag((_FORM, request.path, *state))
    headers = {"ETag": tag, "Cache-Control": "private, no-cache"}
    if has(request, tag):
        return Answer(304, headers=headers)
    return Answer(200, make().model_dump_json().encode(), headers=headers)


def etag(state: tuple) -> str:
    return f'"{hashlib.sha256(repr(state).encode()).hexdigest()[:32]}"'


def has(request: Request, tag: str) -> bool:
    """Whether the asker says it has the answer with that ETag."""
    shown = [each.strip().removeprefix("W/") for each in request.headers.get("if-none-match", "").split(",")]
    return tag in shown or shown == ["*"]


# The query


def _number(request: Request, name: str, usual: int, most: int) -> int:
    given = request.query.get(name)
    if given is None:
        return usual
    if not (given.isascii() and given.isdecimal() and len(given) < 9) or not 1 <= int(given) <= most:
        raise Problem(400, f"{name} must be a whole number from 1 to {most:,}.")
    return int(given)


def _as_cursor(*numbers: int) -> str:
    return base64.urlsafe_b64encode(json.dumps(numbers).encode()).decode().rstrip("=")


def _cursor(request: Request, length: int) -> list[int]:
    given = request.query["cursor"][:200]
    try:
        numbers = json.loads(base64.b64decode(given + "=" * (-len(given) % 4), altchars=b"-_", validate=True))
    except (ValueError, binascii.Error, RecursionError):
        numbers = None
    whole = isinstance(numbers, list) and all(type(each) is int and abs(each) < 2**62 for each in numbers)
    if not whole or len(numbers) != length or min(numbers) < -1:
        raise Problem(400, "This cursor is none that was given: take `next` of the page before, whole.")
    return numbers
