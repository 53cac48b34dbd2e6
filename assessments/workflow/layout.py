"""Where everything of a map stands when it is drawn: plain geometry, no drawing. Units are pixels of an SVG.

Each path is a pool of lanes, one lane for each role; steps go from left to right, one column each, so that an arrow
never crosses a box. Under the lanes lies a time line. A path too long for the page goes on in a second band below, with
lanes of its own; the paper is always as wide as a page.
"""

from dataclasses import dataclass
from itertools import pairwise

from assessments.workflow.model import HAPPY, RECOVERY, Map, Step
from assessments.workflow.totals import totals

WIDTH, MARGIN, GAP = 1120, 16, 20
WIDEST, COLUMNS = 200, 9  # of a column; columns of a band at most
STRIP, BOX_HEIGHT, BELOW = 22, 92, 13  # of a lane: its heading, a box, the rest
LANE = STRIP + BOX_HEIGHT + BELOW
TITLE, HEAD, TIMELINE, BETWEEN = 42, 64, 52, 26
NO_ROLE = "Role not known"


@dataclass(frozen=True)
class Lane:
    """The row of one role."""

    role: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Box:
    """One step. `bar`: its lead time as a share of the longest in its path, 0 when not known; `work`: the share of it
    in which somebody works, None when not known. `constraint`: the step that holds up the most."""

    step: Step
    x: float
    y: float
    width: float
    height: float
    bar: float
    work: float | None
    constraint: bool


@dataclass(frozen=True)
class Arrow:
    """From one step to the next, along these corners. `broken`: it leads out of a band, or into the next one."""

    points: tuple[tuple[float, float], ...]
    broken: bool = False


@dataclass(frozen=True)
class Band:
    """Steps of a path beside each other: their lanes, boxes and arrows, and where the time line begins."""

    lanes: tuple[Lane, ...]
    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]
    timeline_y: float


@dataclass(frozen=True)
class Pool:
    """One path: where its heading stands, and its bands."""

    path: str
    heading_y: float
    bands: tuple[Band, ...]

    @property
    def boxes(self) -> tuple[Box, ...]:
        """Of all bands, in order."""
        return tuple(box for band in self.bands for box in band.boxes)


@dataclass(frozen=True)
class Picture:
    """The whole drawing."""

    width: float
    height: float
    pools: tuple[Pool, ...]


def lay_out(drawn: Map) -> Picture:
    """The geometry of a map. A path without steps takes no room."""
    y, pools = float(MARGIN + TITLE), []
    broken = {path: _broken(drawn.path(path)) for path in (HAPPY, RECOVERY) if drawn.path(path)}
    columns = max(len(part) for parts in broken.values() for part in parts)
    pitch = min((WIDTH - 2 * MARGIN) / columns, WIDEST)
    for path, parts in broken.items():
        pools.append(_pool(drawn, path, parts, y, pitch))
        y = pools[-1].bands[-1].timeline_y + TIMELINE + BETWEEN
    return Picture(WIDTH, y - BETWEEN + MARGIN, tuple(pools))


def _broken(steps: tuple[Step, ...]) -> list[tuple[Step, ...]]:
    """The steps in as few bands as can be, of nearly the same length."""
    bands = -(-len(steps) // COLUMNS)
    long = -(-len(steps) // bands)
    return [steps[start : start + long] for start in range(0, len(steps), long)]


def _pool(drawn: Map, path: str, parts: list[tuple[Step, ...]], y: float, pitch: float) -> Pool:
    constraint = totals(drawn, path).constraint
    most = constraint.step.key if constraint else None
    longest = max((step.lead.value for step in drawn.path(path) if step.lead), default=0)
    bands, top = [], y + HEAD
    for number, part in enumerate(parts):
        goes_on = number < len(parts) - 1
        bands.append(_band(part, top, pitch, longest, most, begins=number == 0, ends=not goes_on))
        top = bands[-1].timeline_y + TIMELINE + 8
    return Pool(path, y, tuple(bands))


def _band(
    steps: tuple[Step, ...], top: float, pitch: float, longest: float, most: str | None, begins: bool, ends: bool
) -> Band:
    roles = list(dict.fromkeys(step.role or NO_ROLE for step in steps))
    wide = WIDTH - 2 * MARGIN
    lanes = tuple(Lane(role, MARGIN, top + LANE * row, wide, LANE) for row, role in enumerate(roles))
    boxes = tuple(
        Box(
            step,
            MARGIN + GAP / 2 + column * pitch,
            top + LANE * roles.index(step.role or NO_ROLE) + STRIP,
            pitch - GAP,
            BOX_HEIGHT,
            step.lead.value / longest if step.lead else 0.0,
            step.process.value / step.lead.value if step.lead and step.process else None,
            step.key == most,
        )
        for column, step in enumerate(steps)
    )
    arrows = [_arrow(first, second) for first, second in pairwise(boxes)]
    if not begins:
        into = boxes[0]
        arrows.insert(0, Arrow(((MARGIN, _middle(into)), (into.x, _middle(into))), broken=True))
    if not ends:
        last = boxes[-1]
        arrows.append(Arrow(((last.x + last.width, _middle(last)), (MARGIN + wide, _middle(last))), broken=True))
    return Band(lanes, boxes, tuple(arrows), top + LANE * len(roles))


def _middle(box: Box) -> float:
    return box.y + box.height / 2


def _arrow(first: Box, second: Box) -> Arrow:
    """Straight within a lane, else with its corner in the gap between the two columns."""
    start, end = (first.x + first.width, _middle(first)), (second.x, _middle(second))
    if start[1] == end[1]:
        return Arrow((start, end))
    middle = (start[0] + end[0]) / 2
    return Arrow((start, (middle, start[1]), (middle, end[1]), end))
