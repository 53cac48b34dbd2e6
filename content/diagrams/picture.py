"""A diagram as SVG: words, shapes and arrows. Every text is escaped; nothing in it runs, links or loads."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from xml.sax.saxutils import escape

from content.diagrams.dot import Diagram, described
from content.diagrams.layers import FONT, LINE, SMALL, Picture, Route, Spot, lay_out

FACES = "'Source Sans 3', 'Source Sans', 'Segoe UI', Roboto, 'Helvetica Neue', Arial, 'Noto Sans', sans-serif"
WIDEST = 440.0  # of a picture that goes sideways; a wider one goes downwards, so that it can be read on a phone


@dataclass(frozen=True)
class Ink:
    """paper: of boxes. ink: words and edges of boxes. soft: labels. arrow. back: behind labels."""

    paper: str
    ink: str
    edge: str
    soft: str
    arrow: str
    back: str


LIGHT = Ink("#f2f5f4", "#0b1513", "#0b6e63", "#4a5a57", "#52605d", "#ffffff")
DARK = Ink("#16201e", "#eaf1ef", "#4fc9b4", "#b3c2be", "#93a5a0", "#0a0f0e")


def lay(drawn: Diagram) -> Picture:
    """The picture, sideways where that was wished and is not too wide."""
    made = lay_out(drawn, drawn.sideways)
    return lay_out(drawn, False) if drawn.sideways and made.width > WIDEST else made


def svg(drawn: Diagram, colours: Ink, title: str = "") -> tuple[str, float]:
    """The text of an SVG file, and how wide it is in pixels."""
    picture = lay(drawn)
    said = " ".join(described(drawn))
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{picture.width:.0f}" height="{picture.height:.0f}" '
        f'viewBox="0 0 {picture.width:.0f} {picture.height:.0f}" role="img" font-family="{FACES}">',
        f"<title>{_safe(title or said)}</title>",
        '<defs><marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" '
        'markerUnits="userSpaceOnUse" orient="auto-start-reverse">'
        f'<path d="M0 0L8 4L0 8z" fill="{colours.arrow}"/></marker></defs>',
        *(_arrow(route, picture.sideways, colours) for route in picture.routes),
    ]
    for spot in picture.spots:
        parts += _spot(spot, colours)
    return "".join([*parts, "</svg>"]), picture.width


def _spot(spot: Spot, colours: Ink) -> Iterator[str]:
    if spot.node is None:
        if spot.lines:
            yield _rect(spot, colours.back, "none", 4)
            yield from _words(spot, SMALL, colours.soft)
        return
    dashes = ' stroke-dasharray="5 3"' if spot.node.dashed else ""
    look = f'fill="{colours.paper}" stroke="{colours.edge}" stroke-width="1.4"{dashes}'
    left, right = spot.x - spot.width / 2, spot.x + spot.width / 2
    top, bottom = spot.y - spot.height / 2, spot.y + spot.height / 2
    if spot.node.shape == "diamond":
        corners = ((left, spot.y), (spot.x, top), (right, spot.y), (spot.x, bottom))
        yield f'<path d="M{"L".join(f"{x:.1f} {y:.1f}" for x, y in corners)}z" {look}/>'
    elif spot.node.shape == "cylinder":
        bend = f"a{spot.width / 2:.1f} 6 0 0"
        yield f'<path d="M{left:.1f} {top + 6:.1f}V{bottom - 6:.1f}{bend} 0 {spot.width:.1f} 0V{top + 6:.1f}" {look}/>'
        yield f'<ellipse cx="{spot.x:.1f}" cy="{top + 6:.1f}" rx="{spot.width / 2:.1f}" ry="6" {look}/>'
    elif spot.node.shape != "words":
        round_by = min(spot.height / 2, 26) if spot.node.shape == "round" else 2 if spot.node.shape == "note" else 7
        yield _rect(spot, colours.paper, colours.edge, round_by, dashes)
    yield from _words(spot, FONT, colours.ink, 4 if spot.node.shape == "cylinder" else 0)


def _rect(spot: Spot, fill: str, stroke: str, round_by: float, more: str = "") -> str:
    return (
        f'<rect x="{spot.x - spot.width / 2:.1f}" y="{spot.y - spot.height / 2:.1f}" width="{spot.width:.1f}" '
        f'height="{spot.height:.1f}" rx="{round_by:g}" fill="{fill}" stroke="{stroke}" stroke-width="1.4"{more}/>'
    )


def _words(spot: Spot, size: float, colour: str, down: float = 0) -> Iterator[str]:
    first = spot.y + down - (len(spot.lines) - 1) * size * LINE / 2 + size * 0.35
    for number, line in enumerate(spot.lines):
        y = first + number * size * LINE
        yield (
            f'<text x="{spot.x:.1f}" y="{y:.1f}" font-size="{size:g}" fill="{colour}" text-anchor="middle">'
            f"{_safe(line)}</text>"
        )


def _arrow(route: Route, sideways: bool, colours: Ink) -> str:
    """A smooth line through the spots, from the edge of one box to the edge of the other."""
    points = [_edge_of(route.spots[0], route.spots[1], sideways)]
    points += [(spot.x, spot.y) for spot in route.spots[1:-1]]
    points.append(_edge_of(route.spots[-1], route.spots[-2], sideways))
    path = f"M{points[0][0]:.1f} {points[0][1]:.1f}"
    for (x, y), (to_x, to_y) in pairwise(points):
        if sideways:
            half = (to_x - x) / 2
            path += f"C{x + half:.1f} {y:.1f} {to_x - half:.1f} {to_y:.1f} {to_x:.1f} {to_y:.1f}"
        else:
            half = (to_y - y) / 2
            path += f"C{x:.1f} {y + half:.1f} {to_x:.1f} {to_y - half:.1f} {to_x:.1f} {to_y:.1f}"
    dashes = ' stroke-dasharray="5 4"' if route.edge.dashed else ""
    heads = "" if route.edge.bare else ' marker-end="url(#head)"'
    heads += ' marker-start="url(#head)"' if route.edge.both else ""
    return f'<path d="{path}" fill="none" stroke="{colours.arrow}" stroke-width="1.5"{dashes}{heads}/>'


def _edge_of(spot: Spot, towards: Spot, sideways: bool) -> tuple[float, float]:
    if sideways:
        side = spot.width / 2 if towards.x > spot.x else -spot.width / 2
        return spot.x + side, spot.y
    side = spot.height / 2 if towards.y > spot.y else -spot.height / 2
    return spot.x, spot.y + side


def _safe(text: str) -> str:
    """What XML allows, escaped."""
    return escape("".join(letter if letter.isprintable() else " " for letter in text))
