"""Where the boxes of a diagram go: in layers along the arrows, with few crossings. No randomness; the same text is the
same picture.

An arrow that jumps over layers bends through points in them; a label of an arrow is such a point with a size, so that
it never lies on a box.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise

from content.diagrams.dot import Diagram, Edge, Node

FONT, SMALL = 14.0, 12.5
LETTER = 0.54  # mean width of a letter, in sizes of the font
WRAP, WRAP_LABEL = 20, 18  # letters
PAD_X, PAD_Y, LINE = 14.0, 10.0, 1.25
APART, LAYER, BESIDE = 22.0, 46.0, 16.0  # between boxes of a layer; between layers; beside the picture
SWEEPS = 12


@dataclass
class Spot:
    """A box (node), a label (lines), or a bend. x, y: its middle."""

    width: float
    height: float
    node: Node | None = None
    lines: tuple[str, ...] = ()
    layer: int = 0
    x: float = 0.0
    y: float = 0.0
    before: list["Spot"] = field(default_factory=list)
    after: list["Spot"] = field(default_factory=list)


@dataclass(frozen=True)
class Route:
    """An arrow through these spots, from tail to head."""

    edge: Edge
    spots: tuple[Spot, ...]


@dataclass(frozen=True)
class Picture:
    width: float
    height: float
    spots: tuple[Spot, ...]
    routes: tuple[Route, ...]
    sideways: bool


def lay_out(drawn: Diagram, sideways: bool) -> Picture:
    """The picture; sideways: layers from left to right."""
    boxes = {node.name: _box(node) for node in drawn.nodes}
    turned = _turned(drawn)
    _layers(boxes, drawn, turned, 2 if any(edge.label for edge in drawn.edges) else 1)
    routes = [_route(boxes, edge, index in turned) for index, edge in enumerate(drawn.edges)]
    spots = list(boxes.values()) + [spot for route in routes for spot in route.spots[1:-1]]
    layers = _ordered(spots)
    _placed(layers, sideways)
    width = max(spot.x + spot.width / 2 for spot in spots) + BESIDE
    height = max(spot.y + spot.height / 2 for spot in spots) + BESIDE
    return Picture(width, height, tuple(spots), tuple(routes), sideways)


def wrapped(lines: Iterable[str], letters: int) -> tuple[str, ...]:
    """Each line broken between words; a word longer than a line stays whole."""
    found: list[str] = []
    for line in lines:
        row = ""
        for word in line.split():
            if row and len(row) + 1 + len(word) > letters:
                found.append(row)
                row = word
            else:
                row = f"{row} {word}".strip()
        found.append(row)
    return tuple(found)


def _box(node: Node) -> Spot:
    lines = wrapped(node.label, WRAP)
    width = max(len(line) for line in lines) * FONT * LETTER + 2 * PAD_X
    height = len(lines) * FONT * LINE + 2 * PAD_Y
    if node.shape == "diamond":
        width, height = width * 1.45, height * 1.6
    elif node.shape == "round":
        width += PAD_X
    elif node.shape == "cylinder":
        height += PAD_Y
    return Spot(max(width, 56.0), height, node, lines)


def _turned(drawn: Diagram) -> set[int]:
    """The arrows that close a circle; they are laid out the other way round."""
    ways: dict[str, list[tuple[int, str]]] = {node.name: [] for node in drawn.nodes}
    for index, edge in enumerate(drawn.edges):
        ways[edge.tail].append((index, edge.head))
    found, done, on_way = set(), set(), set()

    def visit(name: str) -> None:
        on_way.add(name)
        for index, head in ways[name]:
            if head in on_way:
                found.add(index)
            elif head not in done:
                visit(head)
        on_way.discard(name)
        done.add(name)

    for node in drawn.nodes:
        if node.name not in done:
            visit(node.name)
    return found


def _layers(boxes: dict[str, Spot], drawn: Diagram, turned: set[int], step: int) -> None:
    """The longest way to each box; then each is drawn down to what it leads to, so that arrows are short."""
    ways = [
        (boxes[edge.head], boxes[edge.tail]) if index in turned else (boxes[edge.tail], boxes[edge.head])
        for index, edge in enumerate(drawn.edges)
    ]
    for _ in boxes:
        for tail, head in ways:
            head.layer = max(head.layer, tail.layer + step)
    for _ in boxes:
        for spot in boxes.values():
            heads = [head.layer for tail, head in ways if tail is spot]
            if heads and not any(head is spot for _, head in ways):
                spot.layer = min(heads) - step


def _route(boxes: dict[str, Spot], edge: Edge, turned: bool) -> Route:
    tail, head = boxes[edge.tail], boxes[edge.head]
    low, high = (head, tail) if turned else (tail, head)
    lines = wrapped(edge.label, WRAP_LABEL)
    middle = (low.layer + high.layer) // 2
    way = [low]
    for layer in range(low.layer + 1, high.layer):
        if lines and layer == middle:
            width = max(len(line) for line in lines) * SMALL * LETTER + 10
            way.append(Spot(width, len(lines) * SMALL * LINE + 4, None, lines, layer))
        else:
            way.append(Spot(10, 10, None, (), layer))
    way.append(high)
    for one, other in pairwise(way):
        one.after.append(other)
        other.before.append(one)
    return Route(edge, tuple(way[::-1] if turned else way))


def _ordered(spots: list[Spot]) -> list[list[Spot]]:
    """The layers, each in the order with the fewest crossings that sweeping finds."""
    layers: list[list[Spot]] = [[] for _ in range(max(spot.layer for spot in spots) + 1)]
    for spot in spots:
        layers[spot.layer].append(spot)
    best, least = [list(layer) for layer in layers], _crossings(layers)
    for sweep in range(SWEEPS):
        down = sweep % 2 == 0
        for layer in layers if down else layers[::-1]:
            places = {id(spot): place for row in layers for place, spot in enumerate(row)}

            def middle(spot: Spot, places=places, down=down) -> float:
                beside = spot.before if down else spot.after
                return sum(places[id(one)] for one in beside) / len(beside) if beside else places[id(spot)]

            layer.sort(key=middle)
        if (now := _crossings(layers)) < least:
            best, least = [list(layer) for layer in layers], now
    return best


def _crossings(layers: list[list[Spot]]) -> int:
    count = 0
    for upper, lower in pairwise(layers):
        places = {id(spot): place for place, spot in enumerate(lower)}
        ends = [places[id(head)] for tail in upper for head in sorted(tail.after, key=lambda one: places[id(one)])]
        count += sum(one > other for index, one in enumerate(ends) for other in ends[index + 1 :])
    return count


def _placed(layers: list[list[Spot]], sideways: bool) -> None:
    """Along the layers one behind the other; across them near what they are joined with, never closer than APART."""

    def across(spot: Spot) -> float:
        return spot.height if sideways else spot.width

    at: dict[int, float] = {}
    for layer in layers:
        place = 0.0
        for spot in layer:
            at[id(spot)] = place + across(spot) / 2
            place += across(spot) + APART
    for sweep in range(SWEEPS * 2):
        for layer in layers if sweep % 2 == 0 else layers[::-1]:
            wish = []
            for spot in layer:
                beside = (spot.before if sweep % 2 == 0 else spot.after) or spot.before or spot.after
                weight = sum(_weight(spot, one) for one in beside)
                pulled = sum(_weight(spot, one) * at[id(one)] for one in beside)
                wish.append(pulled / weight if beside else at[id(spot)])
            for spot, place in zip(layer, _apart(wish, layer, [across(spot) for spot in layer]), strict=True):
                at[id(spot)] = place
    first = min(at[id(spot)] - across(spot) / 2 for layer in layers for spot in layer)
    along = BESIDE
    for layer in layers:
        thick = max((spot.width if sideways else spot.height) for spot in layer)
        for spot in layer:
            middle, beside = along + thick / 2, at[id(spot)] - first + BESIDE
            spot.x, spot.y = (middle, beside) if sideways else (beside, middle)
        along += thick + LAYER * _share(layers)


def _weight(spot: Spot, other: Spot) -> float:
    """A box pulls a box; a long arrow gives way."""
    return 1.0 if spot.node is None or other.node or other.lines else 0.1


def _share(layers: list[list[Spot]]) -> float:
    """Labels have layers of their own, so layers stand closer."""
    return 0.5 if any(spot.lines and not spot.node for layer in layers for spot in layer) else 1.0


def _apart(wish: list[float], layer: list[Spot], sizes: list[float]) -> list[float]:
    """Places near to what is wished in which nothing overlaps; where two would, a bend gives way to a box."""
    places, masses = list(wish), [1.0 if spot.node or spot.lines else 0.05 for spot in layer]
    pairs = range(1, len(places))
    for _ in range(SWEEPS * bool(pairs)):
        for index in pairs:
            lacks = _between(sizes, index) - (places[index] - places[index - 1])
            if lacks > 0:
                share = masses[index] / (masses[index - 1] + masses[index])
                places[index - 1] -= lacks * share
                places[index] += lacks * (1 - share)
    for index in pairs:  # what is left of it
        places[index] = max(places[index], places[index - 1] + _between(sizes, index))
    return places


def _between(sizes: list[float], index: int) -> float:
    return (sizes[index - 1] + sizes[index]) / 2 + APART
