"""From the bytes of a file to columns of text with row numbers: encoding, separator, CSV, JSON lines, JSON array."""

import codecs
import csv
import io
import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from data.sources.files_columns import Column, FileError, Kind, candidates, listed, match
from data.sources.files_json import NotOneValue, array, as_text, clean, json_lines

MAX_BYTES = 200_000_000
MAX_ROWS = 1_000_000
MAX_CELL = 4_000  # characters
MAX_LINE = 1_000_000  # characters of one line; also of one object of a JSON array
MAX_COLUMNS = 1_000
_BATCH = 20_000  # rows turned into a frame at once: bounds memory
_SHOWN = 80  # characters of a faulty value that are shown
_NO_OBJECT = "This is not a JSON object: write {...} on one line."

Progress = Callable[[int], None]


@dataclass(frozen=True)
class Raw:
    """Cells as text (null = empty). `frame` has the column `row` and one column for each of `columns`, named by header;
    `faults` are (row, column, value, problem) of rows that cannot be read at all; `rows` counts these too."""

    frame: pl.DataFrame
    columns: dict[str, Column]
    faults: list[tuple[int, str, str, str]]
    rows: int
    notes: list[str]


def read(kind: Kind, source: Path | bytes, progress: Progress) -> Raw:
    """The cells of a file. Rows are numbered as a spreadsheet or an editor shows them: the header of a CSV is row 1,
    the first line of JSON lines is row 1, the first item of a JSON array is row 1.

    Raises FileError for everything that is not such a file, or is too large.
    """
    encoding, notes = _encoding(source)
    with _open(source) as binary, io.TextIOWrapper(binary, encoding=encoding, newline="") as text:
        try:
            first = text.read(4096).lstrip()[:1]
            text.seek(0)
            if first == "[":
                raw = _objects(kind, array(text, MAX_LINE), progress)
            elif first == "{":
                raw = _objects(kind, json_lines(_lines(text)), progress)
            else:
                raw = _csv(kind, text, progress)
        except UnicodeError:
            raise FileError("The file is damaged: its text breaks off in the middle; export it again.") from None
    raw.notes[:0] = notes
    return raw


def _open(source: Path | bytes):
    return io.BytesIO(source) if isinstance(source, bytes) else source.open("rb")


def _encoding(source: Path | bytes) -> tuple[str, list[str]]:
    """Encoding by its mark, else UTF-8 where every byte fits, else Latin-1, which always fits but may be wrong."""
    size = len(source) if isinstance(source, bytes) else source.stat().st_size
    if size > MAX_BYTES:
        raise FileError(f"The file is larger than {MAX_BYTES // 1_000_000} MB: split it, by year for example.")
    with _open(source) as binary:
        head = binary.read(4096)
        if not head.strip(b" \t\r\n\xef\xbb\xbf\xff\xfe"):
            raise FileError("The file is empty: download the template to see what belongs in it.")
        if head.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
            raise FileError("This is a workbook or an archive: save the sheet as CSV and import that.")
        if head.startswith(b"\x1f\x8b"):
            raise FileError("This file is compressed: unpack it first.")
        if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return "utf-16", []
        if b"\x00" in head:
            raise FileError("This is not a text file: save it as CSV or JSON lines in UTF-8.")
        decoder = codecs.getincrementaldecoder("utf-8")()
        try:
            chunk = head
            while chunk:
                decoder.decode(chunk)
                chunk = binary.read(1 << 20)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return "latin-1", ["The file is not UTF-8 and was read as Latin-1: check accents and special characters."]
    return "utf-8-sig", []


def _lines(text: io.TextIOBase) -> Iterator[str]:
    number = 0
    while line := text.readline(MAX_LINE):
        number += 1
        if len(line) == MAX_LINE and line[-1] not in "\r\n":
            raise FileError(f"Line {number} has more than {MAX_LINE:,} characters: this is neither CSV nor JSON lines.")
        yield line


def _csv(kind: Kind, text: io.TextIOBase, progress: Progress) -> Raw:
    lines = _lines(text)
    skipped, line = 0, next(lines, "")
    while line and not line.strip():
        skipped, line = skipped + 1, next(lines, "")
    separator = None
    if line.lower().startswith("sep=") and len(line.strip()) <= 5:  # what spreadsheets write for themselves
        separator = line.rstrip("\r\n")[4:] or "\t"
        skipped, line = skipped + 1, next(lines, "")
        if separator not in ",;\t":
            raise FileError(f"The separator {separator!r} is not supported: use comma, semicolon or tab.")
    separator = separator or _separator(kind, line)
    reader = csv.reader(itertools.chain([line], lines), delimiter=separator, strict=True)
    records = _records(reader, skipped)
    header = [cell.strip() for cell in next(records, (0, []))[1]]
    while header and not header[-1]:
        header.pop()
    if len(header) > MAX_COLUMNS:
        raise FileError(f"The file has more than {MAX_COLUMNS:,} columns: this is not a CSV file of {kind.name}.")
    columns = match(kind, [name for name in header if name])
    places = [header.index(name) for name in columns]
    width, frames, faults, rows = len(header), [], [], 0
    while batch := list(itertools.islice(records, _BATCH)):
        good, numbers = [], []
        for number, cells in batch:
            if not any(cells):
                continue
            rows += 1
            if len(cells) == width or (len(cells) > width and not any(cells[width:])):
                good.append(cells)
                numbers.append(number)
            else:
                faults.append((number, "", separator.join(cells)[:_SHOWN], _ragged(len(cells), width)))
        _check_rows(rows)
        frames.append(_frame(columns, numbers, [[cells[place] for cells in good] for place in places]))
        progress(rows)
    ignored = [name for name in header if name and name not in columns]
    return Raw(_joined(columns, frames), columns, faults, rows, _ignored(ignored))


def _records(reader, number: int) -> Iterator[tuple[int, list[str]]]:
    """Records with their number; one record may span several lines."""
    while True:
        number += 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise FileError(_broken(number, str(error))) from None
        yield number, cells


def _check_rows(rows: int) -> None:
    if rows > MAX_ROWS:
        raise FileError(f"The file has more than {MAX_ROWS:,} rows: split it, by year for example.")


def _separator(kind: Kind, line: str) -> str:
    """Of comma, semicolon and tab the one that gives the header most names we know, then most names."""

    def worth(separator: str) -> tuple[int, int]:
        try:
            names = next(csv.reader([line], delimiter=separator), [])
        except csv.Error:
            return 0, 0
        return sum(bool(candidates(kind, name)) for name in names[:MAX_COLUMNS]), len(names)

    return max(",;\t", key=worth)


def _ragged(cells: int, width: int) -> str:
    return f"This row has {cells} cells, the header has {width}: put text that holds the separator into double quotes."


def _broken(row: int, reason: str) -> str:
    if "field limit" in reason or "unexpected end" in reason:
        return f"A double quote that is opened in or after row {row} is never closed: close it, or double it in text."
    return f"Row {row} has a double quote in the wrong place: put the whole cell into quotes, double those in it."


def _objects(kind: Kind, items: Iterator[tuple[int, object]], progress: Progress) -> Raw:
    known: dict[str, bool] = {}
    frames, faults, rows = [], [], 0
    while batch := list(itertools.islice(items, _BATCH)):
        good, numbers = [], []
        for number, item in batch:
            rows += 1
            if not isinstance(item, dict):
                faults.append((number, "", clean(str(item)[:_SHOWN]), _NO_OBJECT))
                continue
            for key in item:
                if key not in known:
                    known[key] = bool(candidates(kind, key))
            try:
                good.append({key: as_text(key, value) for key, value in item.items() if known[key]})
                numbers.append(number)
            except NotOneValue as error:
                faults.append((number, str(error), "", "This holds an object or nested list: write one value."))
        if len(known) > MAX_COLUMNS:
            raise FileError(f"The objects have more than {MAX_COLUMNS:,} names: this is no file of {kind.name}.")
        _check_rows(rows)
        names = [name for name, useful in known.items() if useful]
        frames.append(_frame(names, numbers, [[item.get(name) for item in good] for name in names]))
        progress(rows)
    if rows and not known:
        raise FileError("No line of this file is a JSON object: write one object a line, or one array of objects.")
    columns = match(kind, list(known)) if known else {}
    ignored = [clean(name) for name in known if name not in columns]
    return Raw(_joined(columns, frames), columns, faults, rows, _ignored(ignored))


def _frame(columns, numbers: list[int], values: list[list[str | None]]) -> pl.DataFrame:
    series = [pl.Series(name, cells, dtype=pl.String) for name, cells in zip(columns, values, strict=True)]
    return pl.DataFrame([pl.Series("row", numbers, dtype=pl.Int64), *series])


def _joined(columns: dict[str, Column], frames: list[pl.DataFrame]) -> pl.DataFrame:
    """One frame of trimmed cells by column name, empty ones as null."""
    empty = pl.DataFrame(schema={"row": pl.Int64, **dict.fromkeys(columns, pl.String)})
    whole = pl.concat([empty, *frames], how="diagonal")
    cell = {header: pl.col(header).str.strip_chars() for header in columns}
    return whole.select(
        pl.col("row").alias("row"),
        *(pl.when(cell[name] != "").then(cell[name]).alias(column.name) for name, column in columns.items()),
    )


def _ignored(names: list[str]) -> list[str]:
    return [f"Columns that are not used: {listed(names)}."] if names else []
