"""A map as SVG. Every text in it is escaped and cut to its place; nothing in it runs, links or loads anything."""

import unicodedata
from collections.abc import Iterator
from xml.sax.saxutils import escape

from assessments.workflow import words
from assessments.workflow.layout import LABEL, MARGIN, Box, Lane, Picture, Pool, lay_out
from assessments.workflow.model import MEASURED, Map
from assessments.workflow.totals import totals

INK, SOFT, LINE, PAPER = "#1f2933", "#52606d", "#9aa5b1", "#ffffff"
LANES = ("#f5f7fa", "#ebeff4")
WORK, WAIT, CONSTRAINT, CONSTRAINT_PAPER = "#1f6f8b", "#c3ccd6", "#b7410e", "#fdf1ea"
FONT = "Inter, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, 'Noto Sans', sans-serif"


def svg(drawn: Map) -> str:
    """The map as the text of an SVG file, on white paper so that it reads the same anywhere."""
    picture = lay_out(drawn)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{picture.width:g}" height="{picture.height:g}" '
        f'viewBox="0 0 {picture.width:g} {picture.height:g}" role="img" font-family="{escape(FONT, {chr(34): ""})}">',
        f"<title>{_safe(drawn.title)}</title>",
        f"<desc>{_safe(_described(drawn, picture))}</desc>",
        '<defs><marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
        f'<path d="M0 0L8 4L0 8z" fill="{SOFT}"/></marker></defs>',
        f'<rect width="100%" height="100%" fill="{PAPER}"/>',
        _text(MARGIN, MARGIN + 20, _cut(drawn.title, picture.width - 2 * MARGIN, 20), 20, INK, bold=True),
    ]
    for pool in picture.pools:
        parts += _pool(drawn, pool, picture.width)
    return "\n".join([*parts, "</svg>"]) + "\n"


def _pool(drawn: Map, pool: Pool, width: float) -> Iterator[str]:
    yield _text(MARGIN, pool.heading_y + 26, words.PATHS[pool.path], 15, INK, bold=True)
    facts = "   ·   ".join(f"{name}: {value}" for name, value in words.summary(totals(drawn, pool.path)))
    left = MARGIN + _width(words.PATHS[pool.path], 15) + 28
    yield _text(left, pool.heading_y + 26, _cut(facts, width - left - MARGIN, 13), 13, SOFT)
    for number, lane in enumerate(pool.lanes):
        yield from _lane(lane, LANES[number % 2])
    for arrow in pool.arrows:
        corners = "L".join(f"{x:g} {y:g}" for x, y in arrow.points)
        yield f'<path d="M{corners}" fill="none" stroke="{SOFT}" stroke-width="1.6" marker-end="url(#head)"/>'
    for box in pool.boxes:
        yield from _box(box)
        yield from _bar(box, pool.timeline_y)
    for place, legend in enumerate((("Work", WORK), ("Waiting", WAIT))):
        y = pool.timeline_y + 20 + 17 * place
        yield f'<rect x="{MARGIN + 10}" y="{y - 9:g}" width="10" height="10" rx="2" fill="{legend[1]}"/>'
        yield _text(MARGIN + 26, y, legend[0], 12, SOFT)


def _lane(lane: Lane, paper: str) -> Iterator[str]:
    yield f'<rect x="{lane.x:g}" y="{lane.y:g}" width="{lane.width:g}" height="{lane.height:g}" fill="{paper}"/>'
    rows = _rows(lane.role, LABEL - 16, 13, 3)
    top = lane.y + lane.height / 2 - 8 * (len(rows) - 1) + 4
    for number, row in enumerate(rows):
        yield _text(lane.x + 10, top + 16 * number, row, 13, INK, bold=True)
    x = lane.x + LABEL
    yield f'<path d="M{x:g} {lane.y:g}V{lane.y + lane.height:g}" stroke="{PAPER}" stroke-width="3"/>'


def _box(box: Box) -> Iterator[str]:
    step, edge = box.step, CONSTRAINT if box.constraint else LINE
    paper = CONSTRAINT_PAPER if box.constraint else PAPER
    dashes = "" if step.lead is not None and step.process is not None else ' stroke-dasharray="5 4"'
    yield (
        f'<rect x="{box.x:g}" y="{box.y:g}" width="{box.width:g}" height="{box.height:g}" rx="7" fill="{paper}" '
        f'stroke="{edge}" stroke-width="{2.4 if box.constraint else 1.2}"{dashes}/>'
    )
    left, inner = box.x + 10, box.width - 20
    rows = _rows(step.name, inner, 13, 2)
    for number, row in enumerate(rows):
        yield _text(left, box.y + 21 + 16 * number, row, 13, INK, bold=True)
    if step.tool:
        yield _text(left, box.y + 22 + 16 * len(rows), _cut(step.tool, inner, 11.5), 11.5, SOFT)
    complete = words.percent(step.complete_accurate) if step.complete_accurate else "?"
    tail = f"%C&A {complete}" + (" · measured" if step.source == MEASURED else "")
    facts = (f"{_short_time(step.process)} of {_short_time(step.lead)}", tail)
    for number, row in enumerate(facts):
        yield _text(left, box.y + 72 + 15 * number, _cut(row, inner, 11.5), 11.5, INK)
    if box.constraint:
        label, wide = "Constraint", _width("Constraint", 11) + 14
        right = box.x + box.width - wide - 8
        yield f'<rect x="{right:g}" y="{box.y - 11:g}" width="{wide:g}" height="18" rx="9" fill="{CONSTRAINT}"/>'
        yield _text(right + 7, box.y + 2, label, 11, PAPER, bold=True)


def _bar(box: Box, top: float) -> Iterator[str]:
    """The step on the time line: as wide as its share of the longest, the work in it first."""
    y, whole = top + 12, max(box.bar * box.width, 2)
    if not box.bar:
        yield f'<path d="M{box.x:g} {y + 6}h{box.width:g}" stroke="{LINE}" stroke-width="2" stroke-dasharray="3 5"/>'
    else:
        yield f'<rect x="{box.x:g}" y="{y:g}" width="{whole:.1f}" height="12" rx="2" fill="{WAIT}"/>'
        if box.work is not None:
            yield f'<rect x="{box.x:g}" y="{y:g}" width="{whole * box.work:.1f}" height="12" rx="2" fill="{WORK}"/>'
    waiting = "waiting not known" if box.step.waiting is None else f"{words.minutes(box.step.waiting.value)} waiting"
    waiting = "no waiting" if box.step.waiting is not None and not box.step.waiting.value else waiting
    color = CONSTRAINT if box.constraint else SOFT
    yield _text(box.x, y + 28, waiting, 11.5, color, bold=box.constraint)


def _short_time(amount) -> str:
    return "?" if amount is None else words.minutes(amount.value)


def _described(drawn: Map, picture: Picture) -> str:
    told = [
        f"{words.PATHS[pool.path]}: {', then '.join(box.step.name for box in pool.boxes)}. "
        + "; ".join(f"{name} {value}" for name, value in words.summary(totals(drawn, pool.path)))
        for pool in picture.pools
    ]
    return ". ".join(told)


def _text(x: float, y: float, text: str, size: float, color: str, bold: bool = False) -> str:
    weight = ' font-weight="600"' if bold else ""
    return f'<text x="{x:g}" y="{y:g}" font-size="{size:g}" fill="{color}"{weight}>{_safe(text)}</text>'


def _safe(text: str) -> str:
    """Escaped, without what XML forbids or what turns the direction of the text around it."""
    allowed = (sign for sign in text if unicodedata.category(sign) not in ("Cc", "Cs", "Cn") or sign in "\n\t")
    return escape("".join(sign for sign in allowed if sign not in _TURNING), {'"': "&quot;"})


_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def _width(text: str, size: float) -> float:
    """About how wide a text is: wide scripts take a whole square, capitals more than small letters."""
    return size * sum(
        1.0
        if unicodedata.east_asian_width(sign) in "WF"
        else 0.68
        if sign.isupper()
        else 0.3
        if sign in " .,:il'|"
        else 0.56
        for sign in text
        if not unicodedata.combining(sign)
    )


def _cut(text: str, room: float, size: float) -> str:
    """The text, or its beginning with three dots where it does not fit."""
    if _width(text, size) <= room:
        return text
    while text and _width(f"{text}…", size) > room:
        text = text[:-1]
    return f"{text.rstrip()}…"


def _rows(text: str, room: float, size: float, most: int) -> list[str]:
    """The text in at most so many rows, broken between words."""
    rows, rest = [], text.split()
    while rest and len(rows) < most - 1:
        row = rest.pop(0)
        while rest and _width(f"{row} {rest[0]}", size) <= room:
            row += f" {rest.pop(0)}"
        rows.append(_cut(row, room, size))
    return [*rows, _cut(" ".join(rest), room, size)] if rest else rows
