"""A map as SVG. Every text in it is escaped and cut to its place; nothing in it runs, links or loads anything."""

import unicodedata
from collections.abc import Iterator
from xml.sax.saxutils import escape

from assessments.workflow import words
from assessments.workflow.colours import LIGHT, Palette
from assessments.workflow.layout import MARGIN, Arrow, Band, Box, Lane, Picture, Pool, lay_out
from assessments.workflow.model import MEASURED, Map
from assessments.workflow.totals import totals

FONT = "'Source Sans 3', 'Source Sans', 'Segoe UI', Roboto, 'Helvetica Neue', Arial, 'Noto Sans', sans-serif"
NAME, SMALL = 12.5, 11
PAD = 7  # inside a box
ROWS = 5  # of a box


def svg(drawn: Map, palette: Palette = LIGHT) -> str:
    """The map as the text of an SVG file, on paper of its own so that it reads the same anywhere."""
    picture = lay_out(drawn)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{picture.width:g}" height="{picture.height:g}" '
        f'viewBox="0 0 {picture.width:g} {picture.height:g}" role="img" font-family="{FONT}">',
        f"<title>{_safe(drawn.title)}</title>",
        f"<desc>{_safe(described(drawn, picture))}</desc>",
        '<defs><marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" '
        f'markerUnits="userSpaceOnUse" orient="auto"><path d="M0 0L8 4L0 8z" fill="{palette.arrow}"/></marker></defs>',
        f'<rect width="100%" height="100%" fill="{palette.paper}"/>',
        _text(MARGIN, MARGIN + 18, _cut(drawn.title, picture.width - 2 * MARGIN, 20, True), 20, palette.ink, bold=True),
    ]
    for pool in picture.pools:
        parts += _pool(drawn, pool, picture.width, palette)
    return "\n".join([*parts, "</svg>"]) + "\n"


def _pool(drawn: Map, pool: Pool, width: float, palette: Palette) -> Iterator[str]:
    yield _text(MARGIN, pool.heading_y + 16, words.PATHS[pool.path], 15, palette.ink, bold=True)
    x = width - MARGIN
    for name, colour in (("Waiting", palette.wait), ("Work", palette.work)):
        x -= _width(name, 12)
        yield _text(x, pool.heading_y + 16, name, 12, palette.soft)
        yield f'<rect x="{x - 16:.1f}" y="{pool.heading_y + 6:g}" width="11" height="11" rx="2" fill="{colour}"/>'
        x -= 36
    facts = [f"{name}: {value}" for name, value in words.summary(totals(drawn, pool.path))]
    for number, row in enumerate(_lines(facts, width - 2 * MARGIN, 13, 2)):
        yield _text(MARGIN, pool.heading_y + 37 + 17 * number, row, 13, palette.soft)
    for band in pool.bands:
        yield from _band(band, palette)


def _band(band: Band, palette: Palette) -> Iterator[str]:
    for number, lane in enumerate(band.lanes):
        paper = palette.lanes[number % 2]
        yield f'<rect x="{lane.x:g}" y="{lane.y:g}" width="{lane.width:g}" height="{lane.height:g}" fill="{paper}"/>'
    for arrow in band.arrows:
        yield _line(arrow, palette)
    for number, lane in enumerate(band.lanes):
        yield _role(lane, palette, palette.lanes[number % 2])
    for box in band.boxes:
        yield from _box(box, palette)
        yield from _bar(box, band.timeline_y, palette)


def _line(arrow: Arrow, palette: Palette) -> str:
    corners = "L".join(f"{x:g} {y:g}" for x, y in arrow.points)
    dashes = ' stroke-dasharray="4 3"' if arrow.broken else ""
    return (
        f'<path d="M{corners}" fill="none" stroke="{palette.arrow}" stroke-width="1.6"{dashes} '
        'marker-end="url(#head)"/>'
    )


def _role(lane: Lane, palette: Palette, paper: str) -> str:
    """The heading of a lane, with a rim of its paper: an arrow may go down behind it."""
    role = _cut(lane.role, 300, 12, True)
    rim = f' stroke="{paper}" stroke-width="4" stroke-linejoin="round" paint-order="stroke"'
    return _text(lane.x + 10, lane.y + 15, role, 12, palette.soft, bold=True, more=rim)


def _box(box: Box, palette: Palette) -> Iterator[str]:
    step, edge = box.step, palette.constraint if box.constraint else palette.line
    dashes = "" if step.lead is not None and step.process is not None else ' stroke-dasharray="5 4"'
    yield (
        f'<rect x="{box.x:g}" y="{box.y:g}" width="{box.width:g}" height="{box.height:g}" rx="7" '
        f'fill="{palette.hot if box.constraint else palette.box}" stroke="{edge}" '
        f'stroke-width="{2.4 if box.constraint else 1.2}"{dashes}/>'
    )
    left, inner = box.x + PAD, box.width - 2 * PAD
    facts = _facts(box, inner)
    names = _rows(step.name, inner, NAME, ROWS - len(facts))
    for number, row in enumerate(names):
        yield _text(left, box.y + 19 + 15 * number, row, NAME, palette.ink, bold=True)
    if step.tool and len(names) + 1 + len(facts) <= ROWS:
        yield _text(left, box.y + 19 + 15 * len(names), _cut(step.tool, inner, SMALL), SMALL, palette.soft)
    for number, row in enumerate(facts):
        bottom = box.y + box.height - 10 - 14.5 * (len(facts) - 1 - number)
        yield _text(left, bottom, _cut(row, inner, SMALL), SMALL, palette.ink)
    if box.constraint:
        yield from _badge(box, palette)


def _badge(box: Box, palette: Palette) -> Iterator[str]:
    """On the lower edge, where no heading of a lane stands."""
    label, wide = "Constraint", _width("Constraint", 11, True) + 14
    x, y = box.x + box.width - wide - 5, box.y + box.height - 5
    yield f'<rect x="{x:.1f}" y="{y:g}" width="{wide:.1f}" height="16" rx="8" fill="{palette.constraint}"/>'
    yield _text(x + 7, y + 12, label, 11, palette.paper, bold=True)


def _facts(box: Box, room: float) -> list[str]:
    """Times and quality in the rows of a box: "15 min of 1 h" where there is room, else one row each."""
    step = box.step
    work, lead = _short_time(step.process), _short_time(step.lead)
    together = f"{work} of {lead}"
    times = [together] if _width(together, SMALL) <= room else [f"{work} of", lead]
    complete = words.percent(step.complete_accurate).split(" (")[0] if step.complete_accurate else "?"
    quality = f"%C&A {complete}"
    longer = f"{quality} · measured"
    return [*times, longer if step.source == MEASURED and _width(longer, SMALL) <= room else quality]


def _bar(box: Box, top: float, palette: Palette) -> Iterator[str]:
    """The step on the time line: as wide as its share of the longest, the work in it first."""
    y, whole = top + 10, max(box.bar * box.width, 2)
    if not box.bar:
        yield (
            f'<path d="M{box.x:g} {y + 6:g}h{box.width:g}" stroke="{palette.line}" stroke-width="2" '
            'stroke-dasharray="3 5"/>'
        )
    else:
        yield f'<rect x="{box.x:g}" y="{y:g}" width="{whole:.1f}" height="12" rx="2" fill="{palette.wait}"/>'
        if box.work is not None:
            share = whole * box.work
            yield f'<rect x="{box.x:g}" y="{y:g}" width="{share:.1f}" height="12" rx="2" fill="{palette.work}"/>'
    waiting = box.step.waiting
    if waiting is None:
        told = ("waiting not known", "wait not known", "wait: ?")
    elif not waiting.value:
        told = ("no waiting",)
    else:
        told = (f"{words.minutes(waiting.value)} waiting", f"{words.minutes(waiting.value)} wait")
    says = next((text for text in told if _width(text, SMALL) <= box.width + 10), told[-1])
    colour = palette.constraint if box.constraint else palette.soft
    yield _text(box.x, y + 27, says, SMALL, colour, bold=box.constraint)


def _short_time(amount) -> str:
    return "?" if amount is None else words.minutes(amount.value)


def described(drawn: Map, picture: Picture | None = None) -> str:
    """The map in a few sentences, for those who do not see the drawing."""
    told = [
        f"{words.PATHS[pool.path]}: {', then '.join(box.step.name for box in pool.boxes)}. "
        + "; ".join(f"{name} {value}" for name, value in words.summary(totals(drawn, pool.path)))
        for pool in (picture or lay_out(drawn)).pools
    ]
    return ". ".join(told)


def _text(x: float, y: float, text: str, size: float, color: str, bold: bool = False, more: str = "") -> str:
    weight = ' font-weight="600"' if bold else ""
    return f'<text x="{x:.6g}" y="{y:g}" font-size="{size:g}" fill="{color}"{weight}{more}>{_safe(text)}</text>'


def _safe(text: str) -> str:
    """Escaped, without what XML forbids or what turns the direction of the text around it."""
    allowed = (sign for sign in text if unicodedata.category(sign) not in ("Cc", "Cs", "Cn") or sign in "\n\t")
    return escape("".join(sign for sign in allowed if sign not in _TURNING), {'"': "&quot;"})


_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_WIDE, _SLIM, _THIN = frozenset("mwMW@%"), frozenset('tfrsIJ()/-[]*"“”'), frozenset(" .,:;ijl'|!·’")
_BOLD = 1.06


def _width(text: str, size: float, bold: bool = False) -> float:
    """About how wide a text is in a face as wide as Arial: wide scripts take a whole square."""
    whole = sum(_advance(sign) for sign in text if not unicodedata.combining(sign))
    return size * whole * (_BOLD if bold else 1)


def _advance(sign: str) -> float:
    if unicodedata.east_asian_width(sign) in "WF":
        return 1.0
    if sign in _WIDE:
        return 0.86
    if sign in _THIN:
        return 0.27
    if sign in _SLIM:
        return 0.36
    return 0.68 if sign.isupper() else 0.56


def _cut(text: str, room: float, size: float, bold: bool = False) -> str:
    """The text, or its beginning with three dots where it does not fit."""
    if _width(text, size, bold) <= room:
        return text
    while text and _width(f"{text}…", size, bold) > room:
        text = text[:-1]
    return f"{text.rstrip()}…"


def _rows(text: str, room: float, size: float, most: int) -> list[str]:
    """A name, which is bold, in at most so many rows, broken between words."""
    rows, rest = [], text.split()
    while rest and len(rows) < most - 1:
        row = rest.pop(0)
        while rest and _width(f"{row} {rest[0]}", size, True) <= room:
            row += f" {rest.pop(0)}"
        rows.append(_cut(row, room, size, True))
    return [*rows, _cut(" ".join(rest), room, size, True)] if rest else rows


def _lines(facts: list[str], room: float, size: float, most: int) -> list[str]:
    """Facts in at most so many lines, broken between facts; what is too long for a line is cut."""
    lines = [""]
    for fact in facts:
        longer = f"{lines[-1]}   ·   {fact}" if lines[-1] else fact
        if lines[-1] and _width(longer, size) > room and len(lines) < most:
            lines.append(fact)
        else:
            lines[-1] = longer
    return [_cut(line, room, size) for line in lines]
