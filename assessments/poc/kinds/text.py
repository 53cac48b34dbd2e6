"""Lines of text files without a reader of their own, such as .dockerignore."""

from collections.abc import Mapping
from typing import Any

from assessments.evidence.finding import Evidence
from assessments.poc.judging import Context, Judgement, Kind, failed, passed
from assessments.poc.model import Level
from assessments.poc.patterns import either, fits, spoken
from assessments.poc.schemas import GLOBS, PATTERNS, parameters

SCHEMA = parameters(
    {
        "files": GLOBS,
        "comments": {
            "description": "What begins a comment, which is left out; none for files that have no comments.",
            "enum": ["#", "//", "--", ";", "none"],
        },
        "has": PATTERNS | {"description": "Patterns each of which one line, without the spaces around it, fits."},
        "lacks": PATTERNS | {"description": "Patterns that no line fits."},
    },
    ("files", "comments"),
    anyOf=[{"required": ["has"]}, {"required": ["lacks"]}],
)


def judge(params: Mapping[str, Any], context: Context) -> Judgement:
    lines = [
        (path, number, bare)
        for path, text in context.texts(params["files"])
        for number, line in enumerate(text.splitlines(), 1)
        if (bare := _bare(line, params["comments"]))
    ]
    if not context.find(params["files"]):
        return failed(f"There is no file {either(params['files'])}.", missing=True)
    for pattern in params.get("lacks", ()):
        if there := [Evidence(path, number, line) for path, number, line in lines if fits(pattern, line)]:
            return failed(f"A line says {spoken(pattern, there[0].what)}.", there)
    seen = []
    for pattern in params.get("has", ()):
        here = next((Evidence(path, number, line) for path, number, line in lines if fits(pattern, line)), None)
        if here is None:
            return failed(f"No line says {spoken(pattern)}.", missing=True)
        seen.append(here)
    return passed("The lines are as they should be.", seen, every="lacks" in params)


def _bare(line: str, mark: str) -> str:
    """The line without a comment, which begins the line or stands behind a space."""
    line = line.strip()
    if mark == "none":
        return line
    if line.startswith(mark):
        return ""
    return line.split(f" {mark}", 1)[0].strip()


KIND = Kind("text", "Lines of a text file, comments left out.", SCHEMA, Level.E1, judge)
