"""Drawing for reports: a sheet of plain shapes as SVG. What is drawn has a colour for paper, and a class by which the
page gives it another on a dark screen (`data/reporting/as_html.py`)."""

from collections.abc import Sequence
from xml.sax.saxutils import escape

FONT = "'Source Sans 3', 'Source Sans', 'Segoe UI', Roboto, 'Helvetica Neue', Arial, 'Noto Sans', sans-serif"
#: On white paper; text has at least 4.5:1 contrast on it, marks at least 3:1.
COLOURS = {
    "ink": "#0b1513",
    "soft": "#4a5a57",
    "line": "#c9d3d0",
    "band": "#e6f0ee",
    "now": "#0b6e63",
    "ribbon": "#bcdad5",
    "before": "#77695a",
    "warn": "#b0400c",
    "paper": "#ffffff",
    "step0": "#e3e9e7",
    "step1": "#b9d8d2",
    "step2": "#7fb9af",
    "step3": "#3f958a",
    "step4": "#0b6e63",
}
#: On a dark screen.
DARK = {
    "ink": "#eaf1ef",
    "soft": "#b3c2be",
    "line": "#3b4c48",
    "band": "#15302b",
    "now": "#5fd3bf",
    "ribbon": "#1d5a50",
    "before": "#c9b8a5",
    "warn": "#fdba74",
    "paper": "#0f1615",
    "step0": "#22302d",
    "step1": "#1f4f47",
    "step2": "#28786b",
    "step3": "#3aa897",
    "step4": "#7fe3d1",
}


class Sheet:
    """Shapes on a sheet of that size, in the order in which they were put there. Units are pixels of an SVG."""

    def __init__(self, width: float, height: float, title: str):
        self.width, self.height, self.title = width, height, title
        self._shapes: list[str] = []

    def rect(self, x: float, y: float, width: float, height: float, fill: str, edge: str = "", radius: float = 0):
        round_by = f' rx="{radius:g}"' if radius else ""
        place = f'x="{x:.1f}" y="{y:.1f}" width="{max(width, 0):.1f}" height="{max(height, 0):.1f}"'
        self._shapes.append(f"<rect {place}{round_by}{_look(fill, edge)}/>")

    def line(self, x: float, y: float, to_x: float, to_y: float, colour: str, width: float = 1, dashes: str = ""):
        self.path([(x, y), (to_x, to_y)], colour, width, dashes)

    def path(self, points: Sequence[tuple[float, float]], colour: str, width: float = 1, dashes: str = ""):
        """A line through points."""
        dashed = f' stroke-dasharray="{dashes}"' if dashes else ""
        self._shapes.append(f'<path d="M{_corners(points)}"{_look("", colour, width)}{dashed}/>')

    def area(self, points: Sequence[tuple[float, float]], fill: str):
        """What lies between points."""
        self._shapes.append(f'<path d="M{_corners(points)}z"{_look(fill)}/>')

    def circle(self, x: float, y: float, radius: float, fill: str, edge: str = "", width: float = 1.4):
        self._shapes.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:g}"{_look(fill, edge, width)}/>')

    def text(self, x: float, y: float, text: str, size: float = 11, colour: str = "ink", bold=False, anchor="start"):
        weight = ' font-weight="600"' if bold else ""
        place = "" if anchor == "start" else f' text-anchor="{anchor}"'
        look = f'{_look(colour)}{weight}{place} font-size="{size:g}"'
        self._shapes.append(f'<text x="{x:.1f}" y="{y:.1f}"{look}>{escape(_plain(text))}</text>')

    def hatch(self, x: float, y: float, width: float, height: float, colour: str = "line", apart: float = 5):
        """Slanting lines, for what is not known; one shape, as there may be hundreds."""
        lines, at = [], x - height
        while (at := at + apart) < x + width:
            left, right = max(at, x), min(at + height, x + width)
            if right > left:
                lines.append(_corners([(left, y + height - (left - at)), (right, y + height - (right - at))]))
        self._shapes.append(f'<path d="M{"M".join(lines)}"{_look("", colour)}/>')

    def svg(self) -> str:
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{self.width:g}" height="{self.height:g}" '
            f'viewBox="0 0 {self.width:g} {self.height:g}" role="img" font-family="{FONT}">'
            f"<title>{escape(_plain(self.title))}</title>{''.join(self._shapes)}</svg>"
        )


def _look(fill: str, edge: str = "", width: float = 1) -> str:
    named = " ".join(each for each in (fill and f"f-{fill}", edge and f"s-{edge}") if each)
    drawn = f' class="{named}" fill="{COLOURS[fill] if fill else "none"}"'
    return drawn + (f' stroke="{COLOURS[edge]}" stroke-width="{width:g}"' if edge else "")


def _corners(points: Sequence[tuple[float, float]]) -> str:
    return "L".join(f"{x:.1f} {y:.1f}" for x, y in points)


def _plain(text: str) -> str:
    return "".join(sign if sign.isprintable() else " " for sign in text)


_WIDE, _THIN = frozenset("mwMW@%"), frozenset(" .,:;ijltfr'|!·()[]-I")


def width_of(text: str, size: float) -> float:
    """About how wide a text is."""
    signs = (0.84 if s in _WIDE else 0.29 if s in _THIN else 0.62 if s.isupper() else 0.51 for s in text)
    return size * sum(signs)


def cut(text: str, room: float, size: float) -> str:
    """The text, or its beginning with three dots where it does not fit."""
    if width_of(text, size) <= room:
        return text
    while text and width_of(f"{text}…", size) > room:
        text = text[:-1]
    return f"{text.rstrip()}…"
