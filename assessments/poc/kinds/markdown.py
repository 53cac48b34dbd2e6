"""Markdown: sections that say something, tables without holes, and that nothing is left out that other files name."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from assessments.evidence.finding import Evidence
from assessments.evidence.reading.jenkinsfiles import read_jenkinsfile
from assessments.poc.judging import Context, Judgement, Kind, failed, passed
from assessments.poc.model import Level
from assessments.poc.patterns import fits, spoken
from assessments.poc.places import day
from assessments.poc.reading.markdown import Document, read_markdown
from assessments.poc.schemas import GLOBS, KEYS, PATTERNS, parameters, shape, truth, whole

SCHEMA = parameters(
    {
        "files": GLOBS,
        "min_files": whole(1, "So many files that fulfil the rest (1)."),
        "dated": truth("Their names hold a date as YYYY-MM-DD, each another one."),
        "sections": KEYS
        | {
            "description": "Headings, without regard to case, with words below them; `A|B` when either will do, "
            "the first one in its own words, `*` for anything."
        },
        "section_words": whole(1, "Words below each of these headings at least (1)."),
        "words": whole(1, "Words of text at least, headings, code and comments left out."),
        "mentions": PATTERNS | {"description": "Patterns each of which a line of text fits."},
        "table": {
            "description": "A table with these columns and no empty cell in them.",
            **shape(
                {
                    "columns": KEYS
                    | {"description": "Heads of columns, without regard to case; `A|B` when either will do."},
                    "rows": whole(1, "So many rows at least."),
                    "lists": KEYS
                    | {"description": "What the first of these columns lists; `A|B` when either will do."},
                },
                ("columns",),
            ),
        },
        "lists_stages_of": GLOBS
        | {"description": "Jenkinsfiles each of whose stages stands in a cell of some table of the document."},
    },
    ("files",),
    minProperties=2,
)


def judge(params: Mapping[str, Any], context: Context) -> Judgement:
    names = " or ".join(params["files"])
    read = [(path, read_markdown(text)) for path, text in context.texts(params["files"])]
    if "dated" in params:
        read = _dated(read)
    if not read:
        return failed(f"There is no {'dated ' if 'dated' in params else ''}file {names}.", missing=True)
    stages = _stages(params, context)
    judged = [(path, _wrong(params, document, stages)) for path, document in read]
    good = [path for path, wrong in judged if not wrong]
    wanted = params.get("min_files", 1)
    if len(good) >= wanted:
        places = [Evidence(path, None, "it says what it should") for path in good]
        return passed(f"{good[0]} says what it should.", places, every="lists_stages_of" in params)
    path, (_, why) = next((each for each in judged if each[1]), (read[0][0], (None, "")))
    places = [Evidence(path, wrong[0], wrong[1]) for path, wrong in judged if wrong]
    if why and wanted == 1:
        return failed(f"{path}: {why}.", places, missing=True)
    text = f"{len(good)} files say what they should, and {wanted} are needed"
    return failed(f"{text}; {path}: {why}." if why else f"{text}.", places, missing=True)


def _dated(read: list[tuple[str, Document]]) -> list[tuple[str, Document]]:
    """Those with a date in their name, one a day."""
    found: dict[str, tuple[str, Document]] = {}
    for path, document in read:
        for text in re.findall(r"(?<![0-9])[0-9]{4}-[0-9]{2}-[0-9]{2}(?![0-9])", path.rsplit("/", 1)[-1]):
            if day(text):
                found.setdefault(text, (path, document))
    return list(found.values())


def _stages(params: Mapping[str, Any], context: Context) -> list[str]:
    return [
        stage for _, text in context.texts(params.get("lists_stages_of", ())) for stage in read_jenkinsfile(text).stages
    ]


def _wrong(params: Mapping[str, Any], document: Document, stages: list[str]) -> tuple[int | None, str] | None:
    for names in params.get("sections", ()):
        here = [each for each in document.sections if each.level and _either(names, each.title)]
        if not here:
            return None, f"there is no heading {names.split('|')[0]}"
        if max(each.words for each in here) < params.get("section_words", 1):
            return here[0].line, f"there is too little below the heading {here[0].title}"
    if document.words < params.get("words", 0):
        return None, f"it has {document.words} words of text, and {params['words']} are needed"
    for pattern in params.get("mentions", ()):
        if not any(fits(pattern, line.strip()) for _, line in document.text):
            return None, f"no line of text says {spoken(pattern)}"
    if "table" in params and (wrong := _table(params["table"], document)):
        return wrong
    cells = {_folded(cell) for table in document.tables for _, row in table.rows for cell in row}
    lacking = [stage for stage in stages if _folded(stage) not in cells]
    return (None, f"no table lists the stage {lacking[0]}") if lacking else None


def _table(wanted: Mapping[str, Any], document: Document) -> tuple[int | None, str] | None:
    first = ", ".join(column.split("|")[0] for column in wanted["columns"])
    nearest: tuple[int | None, str] = (None, f"there is no table with the columns {first}")
    for table in document.tables:
        here = [[at for at, head in enumerate(table.columns) if _either(each, head)] for each in wanted["columns"]]
        if not all(here):
            continue
        places = [each[0] for each in here]
        wrong = _rows(wanted, places, table.rows)
        if wrong is None:
            return None
        nearest = (wrong[0] or table.line, wrong[1])
    return nearest


def _rows(
    wanted: Mapping[str, Any], places: list[int], rows: Iterable[tuple[int, tuple[str, ...]]]
) -> tuple[int | None, str] | None:
    rows = list(rows)
    for line, cells in rows:
        if any(not cells[place].strip(" -–—?.…") for place in places):
            return line, "a cell of the table is empty"
    if len(rows) < wanted.get("rows", 1):
        return None, f"the table has {len(rows)} rows, and {wanted.get('rows', 1)} are needed"
    for names in wanted.get("lists", ()):
        if not any(_either(names, cells[places[0]]) for _, cells in rows):
            return None, f"the table does not list {names}"
    return None


def _either(names: str, text: str) -> bool:
    return fits(names, _folded(text))


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())


def _globs(params: Mapping[str, Any]) -> tuple[str, ...]:
    return (*params["files"], *params.get("lists_stages_of", ()))


KIND = Kind("markdown", "What a document says: sections, tables, words.", SCHEMA, Level.E1, judge, globs=_globs)
