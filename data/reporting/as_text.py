"""A report as Markdown and as CSV."""

import csv
import io
import re

from data.reporting import document, words
from data.reporting.document import Block, Picture, Points, Report, Text
from data.sources.files import csv_safe

_SIGNS = re.compile(r"([\\`*_{}\[\]()#+!|<>$~^&])")
_BEGINS = re.compile(r"^(\d*)([-=.:)])")
HEAD = ("report", "subject", "of", "quantity", "period", "state", "value", "low", "high", "n", "unit")


def markdown(report: Report) -> str:
    """The whole of it; pictures are told in words."""
    parts = [f"# {escaped(report.title)}", escaped(words.about(report))]
    parts.append("\n".join(f"- {escaped(sentence)}" for sentence in report.summary))
    for section in report.sections:
        parts.append(f"## {escaped(section.title)}")
        parts += [_block(block) for block in section.blocks]
    return "\n\n".join(parts) + "\n"


def comma_separated(report: Report) -> str:
    """One row a number, of the quarter and of the one before. An empty value is not known, which is never 0."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(HEAD)
    for one in report.numbers:
        cells = (one.value, one.low, one.high, one.n)
        row = (report.kind, report.name, one.of, one.quantity, one.period, one.state, *cells, one.unit)
        writer.writerow(csv_safe(cell) if isinstance(cell, str) else cell for cell in row)
    return out.getvalue()


def escaped(text: str) -> str:
    """On one line, with nothing in it that Markdown or HTML reads, nor a reader's program takes for an address."""
    line = "".join(sign if sign.isprintable() else " " for sign in " ".join(text.split()))
    return _BEGINS.sub(r"\1\\\2", _SIGNS.sub(r"\\\1", words.unlinked(line)))


def _block(block: Block) -> str:
    match block:
        case Text():
            return escaped(block.text)
        case Points():
            return "\n".join(f"- {escaped(item)}" for item in block.items)
        case Picture():
            told = [f"**{escaped(block.title)}**", escaped(block.alt), escaped(block.caption)]
            return "\n\n".join(each for each in told if each)
        case document.Table():
            lines = [f"**{escaped(block.title)}**", "", _row(block.head), _row(["---"] * len(block.head), False)]
            lines += [_row(row) for row in block.rows]
            return "\n".join(lines) + (f"\n\n{escaped(block.note)}" if block.note else "")


def _row(cells, foreign: bool = True) -> str:
    return f"| {' | '.join(escaped(cell) if foreign else cell for cell in cells)} |"
