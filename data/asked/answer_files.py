"""Answers that were collected elsewhere, out of a CSV or JSON file: one row a person, one column a question.

The file is hostile. It is read as a whole or refused as a whole, with the number of each row that is wrong.
"""

import csv
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from assessments.surveys import answers
from assessments.surveys.answers import DONT_KNOW, NOT_APPLICABLE, AnswerError
from assessments.surveys.questionnaire import CHOICE, PAIN_POINTS, PERCENT, Item, Questionnaire
from data.sources.files_columns import FileError

MAX_BYTES = 10_000_000
MAX_ROWS = 500
MAX_COLUMNS = 200
SHOWN = 10  # problems that are listed
EMPTY = "The file is empty: it needs a header with the keys of the questions, and a row a person."
_FORMULA = tuple("=+-@＝＋－＠\t\r\n")


@dataclass(frozen=True)
class Collected:
    """What a file holds: raw answers of each person, the keys of the questions it has a column for, and what a person
    should know before it is kept."""

    rows: tuple[dict[str, Any], ...]
    keys: tuple[str, ...]
    notes: tuple[str, ...] = ()


def parse(questionnaire: Questionnaire, data: bytes) -> Collected:
    """The answers in a file. A cell is the number of an option from 0 on, its text or its key; 0 to 100 of a percent
    question; words of a comment; dont_know, not_applicable, or nothing, which is unanswered.

    Raises FileError, which names the first rows that are wrong.
    """
    text = _text(data)
    header, rows = _json(text) if text.lstrip()[:1] in ("[", "{") else _csv(text)
    items = {item.key: item for item in questionnaire.items}
    keys, notes = _columns(header, items)
    found, problems = [], []
    for number, cells in rows:
        if len(found) + len(problems) >= MAX_ROWS:
            raise FileError(f"The file has more than {MAX_ROWS} rows: a survey asks at most that many people.")
        try:
            raw = {key: answer for key in keys if (answer := _answer(items[key], cells.get(key))) is not None}
            sheet = answers.read(questionnaire, raw)
        except AnswerError as error:
            problems.append(f"row {number}: {error}")
            continue
        if sheet.answered:
            found.append(answers.written(sheet))
    if problems:
        more = f"; and {len(problems) - SHOWN} more" if len(problems) > SHOWN else ""
        raise FileError(f"Nothing was kept. {'; '.join(problems[:SHOWN])}{more}.")
    if not found:
        raise FileError("The file holds no answers: each row below the header is one person.")
    return Collected(tuple(found), keys, notes)


def _text(data: bytes) -> str:
    if len(data) > MAX_BYTES:
        raise FileError(f"The file is larger than {MAX_BYTES // 1_000_000} MB, more than {MAX_ROWS} people can write.")
    if data.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"\x1f\x8b")):
        raise FileError("This is a workbook or an archive: save the sheet as CSV and import that.")
    encoding = "utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        raise FileError("The file is not UTF-8: save it as CSV or JSON in UTF-8.") from None
    if "\0" in text:
        raise FileError("This is not a text file: save it as CSV or JSON in UTF-8.")
    if not text.strip():
        raise FileError(EMPTY)
    return text


def _csv(text: str) -> tuple[list[str], Iterator[tuple[int, Mapping[str, str]]]]:
    first = text.lstrip("\r\n").split("\n", 1)[0]
    separator = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        records = [(reader.line_num, [cell.strip() for cell in cells]) for cells in reader]
    except csv.Error as error:
        raise FileError(f"Line {reader.line_num} cannot be read as CSV ({error}): export the file again.") from None
    records = [(line, cells) for line, cells in records if any(cells)]
    if not records:
        raise FileError(EMPTY)
    header = records[0][1]
    while header and not header[-1]:
        header.pop()
    for line, cells in records[1:]:
        if any(cells[len(header) :]):
            raise FileError(f"Line {line} has {len(cells)} cells, the header {len(header)}: export the file again.")
    return header, ((line, dict(zip(header, map(_unquoted, cells), strict=False))) for line, cells in records[1:])


def _json(text: str) -> tuple[list[str], Iterator[tuple[int, Mapping[str, Any]]]]:
    try:
        plain = json.loads(text)
    except (ValueError, RecursionError):
        raise FileError("The file begins like JSON and is none: export it again.") from None
    rows = plain.get("rows") if isinstance(plain, dict) else plain
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise FileError("JSON holds a list of objects, one for each person, or an object with such a list as rows.")
    header = list(dict.fromkeys(name.strip() for row in rows for name in row))
    stripped = ({name.strip(): value for name, value in row.items()} for row in rows)
    return header, enumerate(stripped, 1)


def _columns(header: list[str], items: Mapping[str, Item]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    if len(header) > MAX_COLUMNS:
        raise FileError(f"The file has more than {MAX_COLUMNS} columns: no questionnaire has as many questions.")
    if twice := sorted({name for name in header if name and header.count(name) > 1}):
        raise FileError(f"The column {_short(twice[0])} stands twice: keep one.")
    keys = tuple(key for key in items if key in header and items[key].kind != PAIN_POINTS)
    if not keys:
        raise FileError(
            f"No column is a question. The columns are named by keys, such as {', '.join(list(items)[:3])}."
        )
    pains = [key for key in items if key in header and items[key].kind == PAIN_POINTS]
    strange = [name for name in header if name and name not in items]
    notes = [f"The column {_short(name)} is no question and was left out." for name in strange[:SHOWN]]
    notes += [f"The column {key} holds pain points, which are not imported: name them by hand." for key in pains]
    return keys, tuple(notes)


def _answer(item: Item, cell: Any) -> dict[str, Any] | None:
    """The raw answer of a cell; None where it is empty. Raises AnswerError for what is neither."""
    if cell is None or cell == "":
        return None
    if isinstance(cell, bool) or not isinstance(cell, str | int | float):
        raise AnswerError(f"{item.key}: a number or a text is wanted")
    if isinstance(cell, str):
        said = cell.strip().casefold().replace(" ", "_").replace("'", "")
        if said in (DONT_KNOW, NOT_APPLICABLE):
            return {"said": said}
    if item.kind == CHOICE:
        return {"value": _option(item, cell)}
    if item.kind == PERCENT:
        return {"value": _percent(item, cell)}
    return {"value": cell if isinstance(cell, str) else str(cell)}


def _option(item: Item, cell: str | int | float) -> int:
    wanted = _folded(str(cell))
    for place, option in enumerate(item.options):
        if wanted in (str(place), f"{place}.0") or wanted in (_folded(option.text), _folded(option.key)):
            return place
    raise AnswerError(
        f"{item.key}: {_short(cell)} is none of its options, 0 to {item.top}, {DONT_KNOW} or {NOT_APPLICABLE}"
    )


def _percent(item: Item, cell: str | int | float) -> float:
    if not isinstance(cell, str):
        return cell
    text = cell.strip().removesuffix("%").strip().replace(",", ".")
    if not (text.isascii() and text.replace(".", "", 1).isdigit() and len(text) <= 20):
        raise AnswerError(f"{item.key}: {_short(cell)} is no number from 0 to 100")
    return float(text)


def _unquoted(cell: str) -> str:
    """Without the apostrophe that keeps a spreadsheet from taking a text for a formula."""
    return cell[1:] if cell.startswith("'") and cell.lstrip("'").startswith(_FORMULA) else cell


def _folded(text: str) -> str:
    return " ".join(text.split()).casefold()


def _short(text: object) -> str:
    return repr(str(text)[:40])
