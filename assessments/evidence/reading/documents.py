"""JSON and TOML, and the few package files whose insides are looked at."""

import json
import tomllib
from typing import Any

from assessments.evidence.reading import Malformed

#: Brackets that may be open at once: what Python's own readers nest without trouble.
DEPTH_LIMIT = 200


def _nesting(text: str) -> int:
    """The deepest nesting of brackets, those inside of texts counted too: an upper bound."""
    deepest = depth = 0
    for letter in text:
        if letter in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif letter in "]}":
            depth -= 1
    return deepest


def load_json(text: str) -> Any:
    """Plain values. Raises Malformed."""
    if text.count("[") + text.count("{") > DEPTH_LIMIT and _nesting(text) > DEPTH_LIMIT:
        raise Malformed(f"it is nested deeper than {DEPTH_LIMIT} levels")
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise Malformed(f"line {error.lineno} is not JSON") from None
    except (ValueError, RecursionError):
        raise Malformed("it is not JSON") from None


def load_toml(text: str) -> dict[str, Any]:
    """Plain values. Raises Malformed."""
    if text.count("[") + text.count("{") > DEPTH_LIMIT and _nesting(text) > DEPTH_LIMIT:
        raise Malformed(f"it is nested deeper than {DEPTH_LIMIT} levels")
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError, TypeError, KeyError, IndexError):  # TOMLDecodeError is a ValueError
        raise Malformed("it is not TOML") from None


def table(value: Any, *keys: str) -> dict[str, Any]:
    """The table below these keys; empty where there is none."""
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value if isinstance(value, dict) else {}


def package_scripts(text: str) -> dict[str, str]:
    """The scripts of a package.json. Raises Malformed."""
    scripts = table(load_json(text), "scripts")
    return {name: script for name, script in scripts.items() if isinstance(script, str)}


def line_of(text: str, part: str) -> int | None:
    """The line at which a part of a text first stands, from 1."""
    at = text.find(part)
    return None if at < 0 else text.count("\n", 0, at) + 1
