"""Our own drawings on a canvas of the PDF, as vectors: rectangles, circles, paths of straight lines, texts, and the
arrow heads of lines. It reads what `data.reporting.ink` and workflow maps write, and nothing else."""

import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from math import atan2, cos, pi, sin

from reportlab.lib.colors import HexColor
from reportlab.pdfgen.canvas import Canvas

_SPACE = "{http://www.w3.org/2000/svg}"
_PARTS = re.compile(r"[MLHVZmlhvz]|-?\d+(?:\.\d+)?(?:e-?\d+)?")
_HEAD = 7.0  # length of an arrow head


class Drawing:
    """A drawing with its size in pixels; `on` puts it on a canvas. Raises ValueError for what is not ours."""

    def __init__(self, svg: str, fonts: tuple[str, str], drawable: Callable[[str], str] = str):
        """fonts: names of the regular and the bold face; drawable: makes of a text what they have signs for."""
        self._root = ElementTree.fromstring(svg)  # noqa: S314 - written by us, see above
        self._fonts, self._drawable = fonts, drawable
        self.width, self.height = (float(self._root.get(name)) for name in ("width", "height"))

    def on(self, canvas: Canvas, x: float, y: float, width: float) -> None:
        """Draws it with its lower left corner there, that wide."""
        scale = width / self.width
        canvas.saveState()
        canvas.translate(x, y + self.height * scale)
        canvas.scale(scale, -scale)
        canvas.setLineJoin(1)
        for shape in self._root:
            draw = _SHAPES.get(shape.tag.removeprefix(_SPACE))
            if draw is None:
                raise ValueError(f"a drawing of ours has no {shape.tag}")
            canvas.saveState()
            draw(self, canvas, shape)
            canvas.restoreState()
        canvas.restoreState()

    def _rect(self, canvas: Canvas, shape) -> None:
        x, y = (float(shape.get(name, 0)) for name in ("x", "y"))
        width, height = (self._length(shape.get(name), whole) for name, whole in
                         (("width", self.width), ("height", self.height)))  # fmt: skip
        fill, stroke = _paint(canvas, shape)
        radius = min(float(shape.get("rx", 0)), width / 2, height / 2)
        draw = canvas.roundRect if radius else canvas.rect
        draw(x, y, width, height, *([radius] if radius else []), stroke=stroke, fill=fill)

    @staticmethod
    def _length(said: str, whole: float) -> float:
        return whole * float(said[:-1]) / 100 if said.endswith("%") else float(said)

    def _circle(self, canvas: Canvas, shape) -> None:
        x, y, radius = (float(shape.get(name)) for name in ("cx", "cy", "r"))
        fill, stroke = _paint(canvas, shape)
        canvas.circle(x, y, radius, stroke=stroke, fill=fill)

    def _path(self, canvas: Canvas, shape) -> None:
        fill, stroke = _paint(canvas, shape)
        path = canvas.beginPath()
        trail = _follow(path, shape.get("d"))
        canvas.drawPath(path, stroke=stroke, fill=fill)
        if stroke and len(trail) > 1:
            canvas.setFillColor(HexColor(shape.get("stroke")))
            if shape.get("marker-end"):
                _head(canvas, trail[-2], trail[-1])
            if shape.get("marker-start"):
                _head(canvas, trail[1], trail[0])

    def _text(self, canvas: Canvas, shape) -> None:
        x, y, size = (float(shape.get(name)) for name in ("x", "y", "font-size"))
        text = self._drawable(shape.text or "")
        font = self._fonts[shape.get("font-weight") == "600"]
        canvas.translate(x, y)
        canvas.scale(1, -1)  # the sheet has its beginning above, letters stand upright
        canvas.setFont(font, size)
        canvas.setFillColor(HexColor(shape.get("fill")))
        draw = {"middle": canvas.drawCentredString, "end": canvas.drawRightString}
        write = draw.get(shape.get("text-anchor"), canvas.drawString)
        if rim := shape.get("stroke"):  # of the paper behind it
            canvas.setStrokeColor(HexColor(rim))
            canvas.setLineWidth(float(shape.get("stroke-width")))
            write(0, 0, text, mode=1)
        write(0, 0, text)

    def _nothing(self, canvas: Canvas, shape) -> None:
        pass


_SHAPES = {
    "rect": Drawing._rect, "circle": Drawing._circle, "path": Drawing._path,
    "text": Drawing._text, "title": Drawing._nothing, "desc": Drawing._nothing, "defs": Drawing._nothing,
}  # fmt: skip


def _paint(canvas: Canvas, shape) -> tuple[int, int]:
    """Sets colours and lines; whether to fill and to stroke."""
    fill, stroke = shape.get("fill", "#000000"), shape.get("stroke", "none")
    if fill != "none":
        canvas.setFillColor(HexColor(fill))
    if stroke != "none":
        canvas.setStrokeColor(HexColor(stroke))
        canvas.setLineWidth(float(shape.get("stroke-width", 1)))
        if dashes := shape.get("stroke-dasharray"):
            canvas.setDash([float(each) for each in dashes.split()])
    return int(fill != "none"), int(stroke != "none")


def _follow(path, said: str) -> list[tuple[float, float]]:
    """Draws the words of a path; the points that it goes through."""
    words, at, trail = _PARTS.findall(said), 0, []
    here, begun, command = (0.0, 0.0), (0.0, 0.0), ""

    def take(number: int) -> list[float]:
        nonlocal at
        found = [float(each) for each in words[at : at + number]]
        at += number
        return found

    while at < len(words):
        if words[at].isalpha():
            command, at = words[at], at + 1
        from_x, from_y = here if command.islower() else (0.0, 0.0)
        match command.upper():
            case "M" | "L":
                x, y = take(2)
                here = (x + from_x, y + from_y)
                if command.upper() == "M":
                    path.moveTo(*here)
                    begun, command = here, "l" if command == "m" else "L"
                else:
                    path.lineTo(*here)
            case "H":
                here = (take(1)[0] + from_x, here[1])
                path.lineTo(*here)
            case "V":
                here = (here[0], take(1)[0] + from_y)
                path.lineTo(*here)
            case "Z":
                path.close()
                here = begun
        trail.append(here)
    return trail


def _head(canvas: Canvas, before: tuple[float, float], tip: tuple[float, float]) -> None:
    angle = atan2(tip[1] - before[1], tip[0] - before[0])
    path = canvas.beginPath()
    path.moveTo(*tip)
    for turn in (pi - 0.46, pi + 0.46):
        path.lineTo(tip[0] + _HEAD * cos(angle + turn), tip[1] + _HEAD * sin(angle + turn))
    path.close()
    canvas.drawPath(path, stroke=0, fill=1)
