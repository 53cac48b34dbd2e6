"""Items of JSON lines and JSON arrays, one at a time, and their values as text."""

import io
import json
import re
from collections.abc import Iterator

from data.sources.files_columns import FileError

_GAP = re.compile(r"[\s,]*")


def json_lines(lines: Iterator[str]) -> Iterator[tuple[int, object]]:
    """The value of each line; a line that is not JSON comes as its text."""
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                yield number, json.loads(line)
            except (ValueError, RecursionError):
                yield number, line.strip()


def array(text: io.TextIOBase, limit: int) -> Iterator[tuple[int, object]]:
    """The items of a JSON array, one after the other, without holding the whole file: an item has at most `limit`
    characters.

    Raises FileError for an item that is not an object, or that breaks off.
    """
    decoder, buffer, number = json.JSONDecoder(), text.read(limit), 0
    place = buffer.index("[") + 1
    while True:
        place = _GAP.match(buffer, place).end()
        if buffer.startswith("]", place):
            return
        try:
            item, end = decoder.raw_decode(buffer, place)
            if not isinstance(item, dict):
                raise ValueError
        except (ValueError, RecursionError):
            more = text.read(limit) if len(buffer) - place < limit else ""
            if not more:
                problem = f"Item {number + 1} of the JSON array is not a whole object: export it again."
                raise FileError(problem) from None
            buffer, place = buffer[place:] + more, 0
            continue
        number += 1
        yield number, item
        place = end


class NotOneValue(Exception):
    """A JSON value that no cell could hold; the text names where."""


def as_text(key: str, value: object) -> str | None:
    """A JSON value as the text a CSV would have held; a list becomes lines. Raises NotOneValue."""
    if value is None or isinstance(value, str):
        return value and clean(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, list) and all(isinstance(item, str | int) for item in value):
        return clean("\n".join(str(item) for item in value))
    raise NotOneValue(key)


def clean(text: str) -> str:
    """JSON can spell half a character (a lone surrogate), which no store takes."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode()
