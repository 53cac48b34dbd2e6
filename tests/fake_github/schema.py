"""Holds every body against GitHub's published description of its REST API."""

import gzip
import json
import re
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import best_match

DATA = Path(__file__).parent / "data"
FORMATS = FormatChecker(formats=())
#: How many bodies of each operation and status are checked unless all are.
ENOUGH = 3


@FORMATS.checks("date-time")
def _is_date_time(value: object) -> bool:
    return not isinstance(value, str) or bool(
        re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)", value)
    )


@FORMATS.checks("uri")
def _is_uri(value: object) -> bool:
    return not isinstance(value, str) or bool(re.fullmatch(r"[a-z][a-z+.-]*:\S+", value))


class Mismatch(AssertionError):
    """The test GitHub sent, or was sent, what GitHub does not describe."""


@cache
def description() -> dict[str, Any]:
    """What was published, with objects that take only the properties that are described: else a misspelt one passes."""
    found = json.loads(gzip.decompress((DATA / "openapi.json.gz").read_bytes()))
    schemas = found["components"]["schemas"]
    parts = {name: schemas.pop(name) for name in _parts(found) if name in schemas}
    found = _closed(found)
    found["components"]["schemas"].update(parts)
    return found


def _parts(node: Any, inside: bool = False) -> set[str]:
    """Names of schemas that are parts of others by allOf: they must stay open."""
    if isinstance(node, list):
        return set().union(*(_parts(each, inside) for each in node))
    if not isinstance(node, dict):
        return set()
    found = {node["$ref"].rsplit("/", 1)[1]} if inside and isinstance(node.get("$ref"), str) else set()
    return found.union(*(_parts(value, name == "allOf") for name, value in node.items()))


def _closed(node: Any) -> Any:
    if isinstance(node, list):
        return [_closed(each) for each in node]
    if not isinstance(node, dict):
        return node
    found = {name: value if name == "allOf" else _closed(value) for name, value in node.items()}
    if isinstance(node.get("properties"), dict) and node.get("type") == "object" and "allOf" not in node:
        found.setdefault("additionalProperties", False)
    return found


@cache
def _validator(operation: str, status: str) -> Draft202012Validator | None:
    responses = description()["operations"].get(operation, {}).get("responses", {})
    schema = responses.get(status)
    if schema is None:
        return None
    return Draft202012Validator({**schema, "components": description()["components"]}, format_checker=FORMATS)


class Checker:
    """Checks the first few bodies of each kind, all of them when `strict`. What was checked is counted in `seen`."""

    def __init__(self, strict: bool = False):
        self.strict = strict
        self.seen: Counter[tuple[str, int]] = Counter()

    def response(self, operation: str, status: int, body: Any) -> None:
        """Raises Mismatch with the place and the reason."""
        self.seen[operation, status] += 1
        if not self.strict and self.seen[operation, status] > ENOUGH:
            return
        if operation not in description()["operations"]:
            raise Mismatch(f"{operation} is not in data/openapi.json.gz: run tests.fake_github.refresh")
        validator = _validator(operation, str(status))
        if validator is None:
            return
        if error := next(validator.iter_errors(body), None):
            deepest = best_match([error])
            place = "/".join(map(str, deepest.absolute_path))
            raise Mismatch(f"{operation} {status}: at {place or 'the top'}: {deepest.message[:300]}")

    def request(self, operation: str, query: dict[str, str]) -> str | None:
        """What is wrong with the parameters: one that GitHub does not know and ignores, or a word it does not take."""
        known = description()["operations"].get(operation, {}).get("parameters", {})
        known = {name: each["schema"] for name, each in known.items() if each["in"] == "query"}
        for name, value in query.items():
            if name not in known:
                return f"{operation} takes no parameter {name!r}: GitHub ignores it"
            if value not in (words := known[name].get("enum", [value])):
                return f"{operation}: {name}={value!r} is not one of {', '.join(map(str, words))}"
        return None
