"""POST /graphql: what is asked, what it costs, the limits, the faults that only exist here."""

import json
from typing import TYPE_CHECKING, Any

from tests.fake_github import graphql_code, graphql_settings
from tests.fake_github.access import Token
from tests.fake_github.call import DOCS, Problem
from tests.fake_github.clock import stamp
from tests.fake_github.graphql_cost import MOST_NODES, Cost
from tests.fake_github.graphql_engine import Context, run, said, understood
from tests.fake_github.records import Row

if TYPE_CHECKING:
    from tests.fake_github.faults import Fault
    from tests.fake_github.gate import Asked
    from tests.fake_github.hub import GitHub

__all__ = ["answer", "graphql_code", "graphql_settings"]

SECONDARY = "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."
SLOW = (
    "Something went wrong while executing your query. This may be the result of a timeout, or it could be a GitHub "
    "bug. Please include `TEST` when reporting this issue."
)


def answer(hub: "GitHub", asked: "Asked", token: Token, fault: "Fault | None") -> tuple[Row, int]:
    """(body, points): the status is always 200. Raises Problem for what never reaches GraphQL."""
    if asked.method != "POST":
        raise Problem(404, "Not Found")
    if token.kind in ("anonymous", "jwt"):
        raise Problem(401, "This endpoint requires you to be authenticated.")
    query, variables, operation = _asked(asked.body)
    bucket = token.bucket("graphql", hub.clock)
    kind = fault.kind if fault else ""
    if kind in ("403-primary", "429-without-retry-after", "graphql-rate-limited", "graphql-rate-limit"):
        bucket.used, bucket.reset = bucket.limit, hub.world.now() + int(fault.seconds or 2)
    if kind in ("403-primary", "429-without-retry-after"):
        raise Problem(int(kind[:3]), "API rate limit exceeded for user ID 1.")
    if kind.startswith(("403-", "429")):
        wait = {} if kind.endswith("without-retry-after") else {"Retry-After": str(int(fault.seconds))}
        raise Problem(int(kind[:3]), SECONDARY, wait, documentation_url=f"{DOCS}/graphql")
    if kind == "graphql-rate-limited":
        return {"errors": [{"type": "RATE_LIMITED", "message": "API rate limit exceeded for user ID 1."}]}, 0
    if kind == "graphql-timeout":
        return {"data": None, "errors": [{"message": SLOW}]}, 0
    if bucket.remaining <= 0 or kind == "graphql-rate-limit":
        message = "API rate limit already exceeded for user ID 1."
        return {"errors": [{"type": "RATE_LIMIT", "code": "graphql_rate_limit", "message": message}]}, 0
    if hub.secondary and token.spent_points("graphql", hub.clock.now()) >= hub.secondary:
        raise Problem(403, SECONDARY, {"Retry-After": "60"})
    return _executed(hub, token, query, variables, operation, kind)


def _asked(body: bytes) -> tuple[str, Row, str | None]:
    try:
        asked = json.loads(body)
    except ValueError:
        raise Problem(400, "Problems parsing JSON") from None
    query = asked.get("query") if isinstance(asked, dict) else None
    if not isinstance(query, str):
        raise Problem(400, "A query attribute must be specified and must be a string.")
    return query, asked.get("variables") or {}, asked.get("operationName")


def _executed(
    hub: "GitHub", token: Token, query: str, variables: Row, operation: str | None, kind: str
) -> tuple[Row, int]:
    document, wrong = understood(query)
    if document is None or wrong:
        hub.problems.append(f"GraphQL: {'; '.join(error.message for error in wrong)}\n{query}")
        return {"errors": [said(error) for error in wrong]}, 0
    cost = Cost(document, variables)
    if cost.nodes > MOST_NODES:
        message = f"This query requests up to {cost.nodes:,} possible nodes which exceeds the maximum limit of "
        message += f"{MOST_NODES:,}."
        return {"errors": [{"type": "MAX_NODE_LIMIT_EXCEEDED", "message": message}]}, 0
    bucket = token.bucket("graphql", hub.clock)

    def rate() -> Row:
        used = min(bucket.limit, bucket.used + cost.points)
        return {
            "cost": cost.points, "limit": bucket.limit, "nodeCount": cost.nodes, "remaining": bucket.limit - used,
            "resetAt": stamp(bucket.reset), "used": used,
        }  # fmt: skip

    context = Context(hub.world, hub.url, token, rate)
    body = run(document, context, variables, operation)
    hub.problems += [f"GraphQL: the test GitHub does not serve {name}" for name in context.broken]
    return (_partial(body) if kind == "graphql-partial" else body), cost.points


def _partial(body: Row) -> Row:
    """The last element of the longest list of nodes becomes null, with an error, as when one part timed out."""
    best: tuple[int, list[Any], list[Any]] = (0, [], [])

    def walk(value: Any, path: list[Any]) -> None:
        nonlocal best
        if isinstance(value, list):
            if len(value) > best[0]:
                best = (len(value), value, path)
            for place, each in enumerate(value):
                walk(each, [*path, place])
        elif isinstance(value, dict):
            for name, each in value.items():
                walk(each, [*path, name])

    walk(body["data"], [])
    count, found, path = best
    if not count:
        return {"data": None, "errors": [{"message": SLOW}]}
    found[-1] = None
    error = {"path": [*path, count - 1], "locations": [], "message": SLOW}
    return {**body, "errors": [*body.get("errors", []), error]}
