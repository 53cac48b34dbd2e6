"""Markdown: headings with what stands below them, tables, and words. Code and comments are told apart from text."""

import re
from dataclasses import dataclass, field

#: Lines of one file that are looked at.
LINES_LIMIT = 20_000
#: Characters of a heading or cell.
LONGEST = 1_000

_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})(.*)$")
_HEADING = re.compile(r" {0,3}(#{1,6})(?:[ \t]+(.*?))?(?:[ \t]+#+)?[ \t]*$")
_SETEXT = re.compile(r" {0,3}(=+|-+)[ \t]*$")
_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_MARKS = re.compile(r"[`*_\[\]]|\(https?://[^)\s]{1,2000}\)")


@dataclass(frozen=True)
class Table:
    """columns: heads as written. rows: cells of each row, filled up to the number of columns, with its line."""

    line: int
    columns: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]


@dataclass
class Section:
    """A heading with the lines below it, those of deeper headings too. level 0 is the whole file."""

    title: str
    level: int
    line: int
    lines: list[tuple[int, str]] = field(default_factory=list)

    @property
    def words(self) -> int:
        return sum(len(_WORD.findall(text)) for _, text in self.lines)


@dataclass(frozen=True)
class Document:
    sections: tuple[Section, ...]
    tables: tuple[Table, ...]

    @property
    def words(self) -> int:
        """Words of its text: without headings and code."""
        return self.sections[0].words

    @property
    def text(self) -> list[tuple[int, str]]:
        return self.sections[0].lines


def plain(text: str) -> str:
    """A heading or cell without marks."""
    return " ".join(_MARKS.sub("", text[:LONGEST]).split())


def read_markdown(text: str) -> Document:
    """Never fails."""
    kept, headings = _lines(text)
    sections = [Section("", 0, 1)]
    open_: list[Section] = [sections[0]]
    at = 0
    for number, line in kept:
        while at < len(headings) and headings[at][0] < number:
            _begin(headings[at], sections, open_)
            at += 1
        for each in open_:
            each.lines.append((number, line))
    for heading in headings[at:]:
        _begin(heading, sections, open_)
    return Document(tuple(sections), tuple(_tables(kept)))


def _begin(heading: tuple[int, int, str], sections: list[Section], open_: list[Section]) -> None:
    number, level, title = heading
    while open_[-1].level >= level:
        open_.pop()
    section = Section(plain(title), level, number)
    sections.append(section)
    open_.append(section)


def _lines(text: str) -> tuple[list[tuple[int, str]], list[tuple[int, int, str]]]:
    """(lines of text, (line, level, title) of headings), without code and comments."""
    kept: list[tuple[int, str]] = []
    headings: list[tuple[int, int, str]] = []
    fence = ""
    for number, line in enumerate(_uncommented(text).split("\n")[:LINES_LIMIT], 1):
        found = _FENCE.match(line)
        if fence:
            if found and found[1].startswith(fence) and not found[2].strip():
                fence = ""
            continue
        if found and "`" not in found[2]:
            fence = found[1]
            continue
        if heading := _HEADING.match(line):
            headings.append((number, len(heading[1]), heading[2] or ""))
        elif (
            _SETEXT.match(line)
            and kept
            and kept[-1][0] == number - 1
            and kept[-1][1].strip()
            and "|" not in kept[-1][1]
        ):
            title = kept.pop()[1]
            headings.append((number - 1, 1 if "=" in line else 2, title))
        elif not line.startswith(("    ", "\t")):
            kept.append((number, line))
    return kept, headings


def _uncommented(text: str) -> str:
    """Comments emptied, line breaks kept."""
    out, at = [], 0
    while (begin := text.find("<!--", at)) >= 0:
        end = text.find("-->", begin + 4)
        end = len(text) if end < 0 else end + 3
        out.append(text[at:begin])
        out.append("\n" * text.count("\n", begin, end))
        at = end
    out.append(text[at:])
    return "".join(out)


def _tables(lines: list[tuple[int, str]]) -> list[Table]:
    found = []
    at = 0
    while at + 1 < len(lines):
        number, head = lines[at]
        if "|" in head and lines[at + 1][0] == number + 1 and _is_rule(lines[at + 1][1]):
            columns = _cells(head)
            rows, at, last = [], at + 2, number + 1
            while at < len(lines) and lines[at][0] == last + 1 and "|" in lines[at][1]:
                last = lines[at][0]
                cells = _cells(lines[at][1])
                rows.append((last, tuple((cells + [""] * len(columns))[: len(columns)])))
                at += 1
            found.append(Table(number, tuple(columns), tuple(rows)))
        else:
            at += 1
    return found


def _is_rule(line: str) -> bool:
    return "-" in line and "|" in line and not set(line.strip()) - set("|-: \t")


def _cells(line: str) -> list[str]:
    bare = line.strip().removeprefix("|")
    if bare.endswith("|") and not bare.endswith("\\|"):
        bare = bare[:-1]
    return [plain(cell.replace("\\|", "|")) for cell in re.split(r"(?<!\\)\|", bare)]
