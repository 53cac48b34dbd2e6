"""A report as PDF, made without a browser: pictures are vectors, the font is in the file, tables go on over pages.

The same report gives the same bytes.
"""

import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from xml.sax.saxutils import escape

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    CondPageBreak,
    Flowable,
    Frame,
    KeepTogether,
    NextPageTemplate,
    PageBreak,
    PageTemplate,
    Paragraph,
    Spacer,
    Table,
    TableStyle,
)

from data.reporting import document, words
from data.reporting.document import Block, Picture, Points, Report, Section, Text
from data.reporting.ink import COLOURS
from data.reporting.vectors import Drawing

FONTS = Path(__file__).parent.parent.parent / "content" / "fonts"
REGULAR, BOLD = "Milepost", "Milepost-Bold"
MARGIN, FOOT = 18 * mm, 16 * mm
WIDE = 800  # pixels of a picture: wider ones get a page on its side
_MISSING = "□"
_INK, _SOFT, _LINE, _NOW, _BAND = (HexColor(COLOURS[each]) for each in ("ink", "soft", "line", "now", "band"))


def pdf(report: Report) -> bytes:
    """The file."""
    _fonts()
    out = BytesIO()
    made = _Document(out, report)
    made.build(list(_story(report)), canvasmaker=_Numbered)
    return out.getvalue()


@lru_cache(maxsize=1)
def _fonts() -> frozenset[int]:
    """Registers the faces, once in a process; the characters that they have."""
    faces = {REGULAR: "SourceSans3-Regular.ttf", BOLD: "SourceSans3-Semibold.ttf"}
    found = []
    for name, file in faces.items():
        font = TTFont(name, str(FONTS / file))
        pdfmetrics.registerFont(font)
        found.append(frozenset(font.face.charToGlyph))
    pdfmetrics.registerFontFamily(REGULAR, normal=REGULAR, bold=BOLD, italic=REGULAR, boldItalic=BOLD)
    return found[0] & found[1]


@lru_cache(maxsize=4096)
def drawable(text: str) -> str:
    """The text with a square for each sign that the font does not have, and without those that cannot be seen."""
    known = _fonts()

    def one(sign: str) -> str:
        if ord(sign) in known:
            return sign
        if not sign.isprintable():
            return " " if sign.isspace() else ""
        plain = unicodedata.normalize("NFKC", sign)
        return plain if all(ord(each) in known for each in plain) else _MISSING

    return "".join(one(sign) for sign in unicodedata.normalize("NFC", text))


def _style(size: float, leading: float, **more) -> ParagraphStyle:
    options = {"fontName": REGULAR, "textColor": _INK, "spaceAfter": 0, **more}
    return ParagraphStyle("", fontSize=size, leading=leading, **options)


TITLE = _style(23, 27, fontName=BOLD, spaceAfter=3)
UNDER = _style(10.5, 15, textColor=_SOFT, spaceAfter=10)
HEADING = _style(14.5, 18, fontName=BOLD, spaceBefore=16, spaceAfter=6)
CAPTION = _style(10.5, 13.5, fontName=BOLD, spaceBefore=7, spaceAfter=4)
BODY = _style(9.8, 13.6, spaceAfter=5)
QUIET = _style(8.8, 12, textColor=_SOFT, spaceAfter=6)
POINT = _style(9.8, 13.4, leftIndent=11, bulletIndent=1, spaceAfter=3)
CELL, HEAD = _style(8.6, 11.2), _style(8.6, 11.2, fontName=BOLD)
SMALL = _style(8.8, 12, textColor=_SOFT, leftIndent=11, bulletIndent=1, spaceAfter=3)
LONGEST = 500  # characters of a cell: a row must fit on a page
SHORT = 80  # of a cell whose row stays on the page of those above it


def _paragraph(text: str, style: ParagraphStyle, bullet: str | None = None) -> Paragraph:
    """All text passes here: nothing in it is read as markup."""
    return Paragraph(escape(drawable(text)), style, bulletText=bullet)


# What stands where


def _story(report: Report) -> Iterator[Flowable]:
    yield _paragraph(report.title, TITLE)
    yield _paragraph(words.about(report), UNDER)
    yield _Summary([_paragraph(sentence, POINT, "•") for sentence in report.summary])
    on_side = False
    for section in report.sections:
        wide = any(isinstance(block, Picture) and Drawing(block.svg, (REGULAR, BOLD)).width > WIDE
                   for block in section.blocks)  # fmt: skip
        if wide or on_side:
            yield NextPageTemplate("side" if wide else "upright")
            yield PageBreak()
        on_side = wide
        yield from _section(section)


def _section(section: Section) -> Iterator[Flowable]:
    """A heading never stands alone at the foot of a page."""
    heading: list[Flowable] = [_Heading(section.title)]
    for block in section.blocks:
        for together in _block(block):
            if isinstance(together[-1], Table):
                yield CondPageBreak(52 * mm if heading else 35 * mm)
                yield from (*heading, *together)
            else:
                yield KeepTogether([*heading, *together])
            heading = []


def _block(block: Block) -> Iterator[list[Flowable]]:
    """What belongs together, in pieces."""
    match block:
        case Text():
            yield [_paragraph(block.text, QUIET if block.quiet else BODY)]
        case Points():
            for item in block.items:
                yield [_paragraph(item, POINT, "•")]
        case Picture():
            caption = [_paragraph(block.caption, QUIET)] if block.caption else []
            yield [_paragraph(block.title, CAPTION), _Picture(block), Spacer(1, 3), *caption]
        case document.Table():
            yield [_paragraph(block.title, CAPTION), _table(block)]
            yield [Spacer(1, 4), *([_paragraph(block.note, QUIET)] if block.note else [])]


def _table(block: document.Table) -> Table:
    rows = [[_paragraph(cell, HEAD) for cell in block.head]]
    for row in block.rows:
        strong = {place for number, place in block.strong if number == len(rows) - 1}
        rows.append([_paragraph(cut(cell), HEAD if place in strong else CELL) for place, cell in enumerate(row)])
    looks = [
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LINEBELOW", (0, 0), (-1, 0), 0.9, _INK),
        ("LEFTPADDING", (0, 0), (-1, -1), 0),
        ("RIGHTPADDING", (0, 0), (-1, -1), 6),
        ("TOPPADDING", (0, 0), (-1, -1), 3),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 3),
    ]
    first = 1
    for number, row in enumerate(block.rows, start=1):
        if row[0] and number > 1:
            looks.append(("LINEABOVE", (0, number), (-1, number), 0.5, _LINE))
        if row[0]:
            first = number
        elif number - first < 8 and max(map(len, row)) <= SHORT:
            looks.append(("NOSPLIT", (0, first), (0, number)))
    looks.append(("LINEBELOW", (0, -1), (-1, -1), 0.5, _LINE))
    wide = A4[0] - 2 * MARGIN
    whole = sum(block.widths)
    table = Table(rows, [wide * each / whole for each in block.widths], repeatRows=1, hAlign="LEFT")
    table.setStyle(TableStyle(looks))
    return table


def cut(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1].rstrip()}…"


class _Heading(Paragraph):
    """A heading that also stands in the outline of the file."""

    def __init__(self, text: str):
        super().__init__(escape(drawable(text)), HEADING)
        self._said = text

    def draw(self) -> None:
        key = f"at-{self.canv.getPageNumber()}-{self._said}"
        self.canv.bookmarkPage(key)
        self.canv.addOutlineEntry(self._said, key, 0)
        super().draw()


class _Picture(Flowable):
    """A drawing, as wide as the frame lets it be."""

    def __init__(self, block: Picture):
        super().__init__()
        self._drawing = Drawing(block.svg, (REGULAR, BOLD), drawable)

    def wrap(self, room: float, height: float) -> tuple[float, float]:
        wide, high = self._drawing.width, self._drawing.height
        tallest = landscape(A4)[1] - MARGIN - FOOT - 34 * mm if wide > WIDE else A4[1] - MARGIN - FOOT - 34 * mm
        self.width = min(room, wide, tallest * wide / high)
        self.height = self.width * high / wide
        return self.width, self.height

    def draw(self) -> None:
        self._drawing.on(self.canv, 0, 0, self.width)


class _Summary(Flowable):
    """The sentences of the summary on a ground of their own; longer than a page they go on without."""

    def __init__(self, lines: list[Paragraph]):
        super().__init__()
        self._lines = lines

    def wrap(self, room: float, height: float) -> tuple[float, float]:
        self.width = room
        self._heights = [line.wrap(room - 20, height)[1] for line in self._lines]
        self.height = sum(self._heights) + 3 * len(self._lines) + 15
        return room, self.height

    def split(self, room: float, height: float) -> list[Flowable]:
        return [Spacer(1, 4), *self._lines]

    def draw(self) -> None:
        self.canv.setFillColor(_BAND)
        self.canv.roundRect(0, 0, self.width, self.height, 4, stroke=0, fill=1)
        self.canv.setFillColor(_NOW)
        self.canv.rect(0, 0, 3, self.height, stroke=0, fill=1)
        y = self.height - 8
        for line, high in zip(self._lines, self._heights, strict=True):
            line.drawOn(self.canv, 11, y - high)
            y -= high + 3


# The pages


class _Document(BaseDocTemplate):
    def __init__(self, out: BytesIO, report: Report):
        super().__init__(
            out, pagesize=A4, title=report.title, author="Milepost", subject=words.about(report), lang="en",
            creator="Milepost", invariant=1, displayDocTitle=True,
        )  # fmt: skip
        self._foot = drawable(words.foot(report))
        for name, (wide, high) in (("upright", A4), ("side", landscape(A4))):
            frame = Frame(
                MARGIN, FOOT + 6 * mm, wide - 2 * MARGIN, high - MARGIN - FOOT - 6 * mm,
                leftPadding=0, rightPadding=0, topPadding=0, bottomPadding=0,
            )  # fmt: skip
            self.addPageTemplates(PageTemplate(name, [frame], onPage=self._page, pagesize=(wide, high)))

    def _page(self, canvas: Canvas, document: BaseDocTemplate) -> None:
        canvas.setStrokeColor(_LINE)
        canvas.setLineWidth(0.6)
        canvas.line(MARGIN, FOOT, canvas._pagesize[0] - MARGIN, FOOT)
        canvas.setFont(REGULAR, 8.5)
        canvas.setFillColor(_SOFT)
        canvas.drawString(MARGIN, FOOT - 12, self._foot)


class _Numbered(Canvas):
    """Writes "Page 2 of 5" once it is known how many there are."""

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self._pages: list[dict] = []

    def showPage(self) -> None:
        self._pages.append(dict(self.__dict__))
        self._startPage()

    def save(self) -> None:
        for number, page in enumerate(self._pages, start=1):
            self.__dict__.update(page)
            self.setFont(REGULAR, 8.5)
            self.setFillColor(_SOFT)
            self.drawRightString(self._pagesize[0] - MARGIN, FOOT - 12, f"Page {number} of {len(self._pages)}")
            super().showPage()
        super().save()
