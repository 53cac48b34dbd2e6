"""The Quick Check for anyone: five questions, and where the answers stand. No sign-in, no script, nothing is kept.

The answers stand in the address alone, under the names that DORA's own Quick Check gives them, so one address can be
read by both. What somebody pastes is taken apart and never fetched.
"""

import hashlib
from collections.abc import Mapping
from functools import lru_cache

from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from assessments.surveys import quick_check
from assessments.surveys.questionnaire import Item, Questionnaire
from assessments.surveys.quick_check import QuickCheckError
from content import catalog
from pages.web import quick_check_html, shell

PATH = "/quick-check"
LONGEST = 2_000  # characters of a query or of a pasted address
CACHE = "public, max-age=300"


def page(request: Request) -> Response:
    """The questions, or what becomes of answers in the address."""
    try:
        if len(request.url.query) > LONGEST:
            raise QuickCheckError("the address is too long to be one of a Quick Check")
        query = request.query_params
        if "url" in query:
            return _redirect(_answers(_pasted(query["url"])))
        if not set(query) & set(quick_check.names().values()):
            return _cached(request, "Quick check", quick_check_html.form(_items(), {}))
        values = _answers(query)
        if "edit" in query:
            return _cached(request, "Quick check", quick_check_html.form(_items(), values))
        if request.url.query != _query(values):
            return _redirect(values)
        found = [quick_check.placed(metric, value, catalog.benchmarks()) for metric, value in values.items()]
        score, wide = quick_check.score(values), _capabilities()
        body = quick_check_html.result(_items(), values, found, score, _means(), _query(values), wide)
        return _cached(request, "Quick check: result", body)
    except QuickCheckError as error:
        made = shell.page("Quick check", quick_check_html.form(_items(), {}, problem=str(error)))
        made.status_code = 400
        return made


ROUTES = [Route(PATH, page)]


def _answers(query: Mapping[str, str]) -> dict[str, float]:
    """Answers by metric; an empty field was not answered. Raises QuickCheckError."""
    names = quick_check.names().values()
    given = {name: query[name].strip() for name in names if query.get(name, "").strip()}
    if set(query) & set(names) and set(given.values()) <= {"-1"}:
        raise QuickCheckError("answer at least one question; leave out what you do not know")
    return quick_check.from_query(given)


def _pasted(address: str) -> Mapping[str, str]:
    """The query of an address, of whatever site: nothing else of it is looked at."""
    if len(address) > LONGEST:
        raise QuickCheckError("the address is too long to be one of a Quick Check")
    return QueryParams(address.partition("#")[0].partition("?")[2])


def _query(values: Mapping[str, float]) -> str:
    return str(QueryParams(quick_check.to_query(values)))


def _redirect(values: Mapping[str, float]) -> Response:
    return RedirectResponse(f"{PATH}?{_query(values)}", status_code=303)


def _cached(request: Request, title: str, body: str) -> Response:
    """The same address says the same to everybody, until another version of Milepost runs."""
    made = shell.page(title, body)
    tag = f'"{hashlib.sha256(made.body).hexdigest()[:16]}"'
    made.headers["ETag"], made.headers["Cache-Control"] = tag, CACHE
    if tag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers={"ETag": tag, "Cache-Control": CACHE})
    return made


@lru_cache
def _items() -> tuple[Item, ...]:
    """The questions that the score knows, in order."""
    asked = Questionnaire.of(catalog.surveys()["delivery-quick-check"])
    return tuple(item for item in asked.items if item.metric in quick_check.names())


def _means() -> dict[str, float]:
    """What respondents of 2025 reached on the scale 0 to 10, high is good."""
    data = catalog.benchmarks()["quickcheck_2025_industry"]["data"]["all"]
    throughput = data["software_delivery_throughput"]["mean"]
    return {"throughput": throughput, "stability": 10 - data["software_delivery_instability"]["mean"]}


def _capabilities() -> int:
    return sum(len(area["capabilities"]) for area in catalog.practices()["areas"])
