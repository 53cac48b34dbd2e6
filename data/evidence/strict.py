"""JSON of somebody else, read strictly: what one reader would take for this and another for that is refused."""

import json
import math
from typing import Any

from assessments.evidence.reading import Malformed

#: Bytes of a file, values in it, levels of nesting, digits of a number.
BYTES, VALUES, DEPTH, DIGITS = 20 * 1024 * 1024, 2_000_000, 60, 300


def text_of(content: bytes, limit: int = BYTES) -> str:
    """UTF-8 with or without a mark. Raises Malformed."""
    if len(content) > limit:
        raise Malformed(f"it is larger than {limit // 1024 // 1024} MB")
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise Malformed("it is UTF-16; save it as UTF-8")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Malformed("it is not UTF-8 text") from None
    if "\0" in text:
        raise Malformed("it is not text")
    return text


def load(content: bytes, limit: int = BYTES) -> Any:
    """Plain values. Raises Malformed: also for a name that stands twice in one object, for numbers that JSON does not
    have, and for what is nested deeper or larger than anybody writes."""
    text = text_of(content, limit)
    if text.count("[") + text.count("{") > VALUES:  # before they take a hundred bytes each
        raise Malformed(f"it holds more than {VALUES:,} values")
    reading = _Reading()
    try:
        value = json.loads(
            text,
            object_pairs_hook=reading.object,
            parse_constant=_no_number,
            parse_int=_whole,
            parse_float=_broken,
        )
    except Malformed:
        raise
    except json.JSONDecodeError as error:
        raise Malformed(f"line {error.lineno} is not JSON") from None
    except (ValueError, RecursionError):
        raise Malformed("it is not JSON, or nested too deep") from None
    _measure(value)
    return value


class _Reading:
    def __init__(self):
        self.values = 0

    def object(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        self.values += len(pairs)
        if self.values > VALUES:
            raise Malformed(f"it holds more than {VALUES:,} values")
        made = dict(pairs)
        if len(made) != len(pairs):
            names = [name for name, _ in pairs]
            twice = next(name for name in made if names.count(name) > 1)
            raise Malformed(f"the name {twice[:60]!r} stands twice in one object")
        return made


def _no_number(text: str) -> Any:
    raise Malformed(f"{text} is no number of JSON")


def _whole(text: str) -> int:
    if len(text) > DIGITS:
        raise Malformed(f"a number has more than {DIGITS} digits")
    return int(text)


def _broken(text: str) -> float:
    value = float(text) if len(text) <= DIGITS else math.inf
    if not math.isfinite(value):
        raise Malformed("a number is too large")
    return value


def _measure(value: Any) -> None:
    """Depth and number of values, without recursion."""
    waiting, count = [(value, 1)], 0
    while waiting:
        each, depth = waiting.pop()
        if not isinstance(each, dict | list):
            continue
        if depth > DEPTH:
            raise Malformed(f"it is nested deeper than {DEPTH} levels")
        count += len(each)
        if count > VALUES:
            raise Malformed(f"it holds more than {VALUES:,} values")
        inner = each.values() if isinstance(each, dict) else each
        waiting += [(one, depth + 1) for one in inner if isinstance(one, dict | list)]


def table(value: Any, key: str) -> dict[str, Any]:
    """The object below a name; empty where there is none."""
    found = value.get(key) if isinstance(value, dict) else None
    return found if isinstance(found, dict) else {}


def items(value: Any, key: str) -> list[Any]:
    """The list below a name; empty where there is none."""
    found = value.get(key) if isinstance(value, dict) else None
    return found if isinstance(found, list) else []


def text(value: Any, key: str) -> str:
    """The text below a name; empty where there is none."""
    found = value.get(key) if isinstance(value, dict) else None
    return found if isinstance(found, str) else ""
