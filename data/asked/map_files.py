"""Maps as files: a JSON that somebody else wrote is read whole or refused in sentences, and a picture is painted from
the drawing with a font of our own, because a server may have none."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import resvg_py
from pydantic_core import from_json, to_json

from assessments.workflow.model import Map, MapError, problems
from data.asked.maps import FUTURE, TODAY
from data.teams import LONGEST_NAME

MOST_BYTES = 256 * 1024
MOST_PROBLEMS = 20
SHARP = 2  # pixels of a picture for one of the drawing
FONTS = Path(__file__).parent.parent.parent / "content" / "fonts"
#: Scripts that the font has: Latin, Greek, Cyrillic, signs. Others are looked for among the fonts of the server.
_HAS = ((0x20, 0x530), (0x1D00, 0x2000), (0x2000, 0x2070), (0x20A0, 0x20C0), (0x2100, 0x2200))


@dataclass(frozen=True)
class Imported:
    """What a file holds, in plain values that are good. future: None when it has none."""

    title: str
    today: dict[str, Any]
    future: dict[str, Any] | None


def read_json(data: bytes) -> Imported:
    """From a map (title, steps) or from both states of one (today, future). Raises MapError with what is wrong."""
    if len(data) > MOST_BYTES:
        raise MapError([f"The file is larger than {MOST_BYTES // 1024} KB, and no map is: choose another file."])
    try:
        given = from_json(data.removeprefix(b"\xef\xbb\xbf"), allow_inf_nan=False)
    except ValueError:
        raise MapError(
            ["The file is no JSON in UTF-8, or too deep. Export a map to see what one looks like."]
        ) from None
    both = given if isinstance(given, dict) and TODAY in given else {TODAY: given}
    states = {kind: both.get(kind) for kind in (TODAY, FUTURE) if kind == TODAY or both.get(kind) is not None}
    found = [
        f"In the {kind} state: {problem}" if len(states) > 1 else problem
        for kind, state in states.items()
        for problem in problems(state)
    ]
    if len(found) > MOST_PROBLEMS:
        found = [*found[:MOST_PROBLEMS], f"And {len(found) - MOST_PROBLEMS:,} more."]
    if found:
        raise MapError(found)
    plain = {kind: Map.of(state).plain() for kind, state in states.items()}
    return Imported(plain[TODAY]["title"][:LONGEST_NAME].strip(), plain[TODAY], plain.get(FUTURE))


def write_json(drawn: Map) -> bytes:
    """One state of a map; `read_json` reads it back to the same."""
    return to_json(drawn.plain(), indent=2) + b"\n"


@lru_cache(maxsize=32)
def png(drawing: str) -> bytes:
    """The drawing (the text of an SVG of ours) as a picture, twice as large; remembered, as it costs a good part of a
    second. The same on every machine but for scripts that our font does not have."""
    ours = all(any(first <= ord(sign) < last for first, last in _HAS) for sign in drawing if not sign.isspace())
    files = sorted(str(path) for path in FONTS.glob("*.otf"))
    return resvg_py.svg_to_bytes(svg_string=drawing, font_files=files, skip_system_fonts=ours, zoom=SHARP)
