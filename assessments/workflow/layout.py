"""Where everything of a map stands when it is drawn: plain geometry, no drawing. Units are pixels of an SVG.

Each path is a pool of lanes, one lane for each role; steps go from left to right, one column each, so that an arrow
never crosses a box. Under each pool lies a time line.
"""

from dataclasses import dataclass
from itertools import pairwise

from assessments.workflow.model import HAPPY, RECOVERY, Map, Step
from assessments.workflow.totals import totals

MARGIN, LABEL, BOX, GAP = 24, 128, 164, 34
LANE, BOX_HEIGHT, TIMELINE, HEAD, BETWEEN = 124, 96, 62, 42, 30
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
    """From one step to the next, along these corners."""

    points: tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Pool:
    """One path: its lanes, boxes, arrows, and where its heading and time line begin."""

    path: str
    heading_y: float
    lanes: tuple[Lane, ...]
    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]
    timeline_y: float


@dataclass(frozen=True)
class Picture:
    """The whole drawing."""

    width: float
    height: float
    pools: tuple[Pool, ...]


def lay_out(drawn: Map) -> Picture:
    """The geometry of a map. A path without steps takes no room."""
    y, pools = float(MARGIN + HEAD), []
    columns = max(len(drawn.path(path)) for path in (HAPPY, RECOVERY))
    width = LABEL + GAP + columns * (BOX + GAP)
    for path in (HAPPY, RECOVERY):
        if steps := drawn.path(path):
            pools.append(_pool(drawn, path, steps, y, width))
            y = pools[-1].timeline_y + TIMELINE + BETWEEN
    return Picture(width + 2 * MARGIN, y - BETWEEN + MARGIN, tuple(pools))


def _pool(drawn: Map, path: str, steps: tuple[Step, ...], y: float, width: float) -> Pool:
    roles = list(dict.fromkeys(step.role or NO_ROLE for step in steps))
    top = y + HEAD
    lanes = tuple(Lane(role, MARGIN, top + LANE * row, width, LANE) for row, role in enumerate(roles))
    constraint = totals(drawn, path).constraint
    longest = max((step.lead.value for step in steps if step.lead), default=0)
    boxes = tuple(
        Box(
            step,
            MARGIN + LABEL + GAP + column * (BOX + GAP),
            top + LANE * roles.index(step.role or NO_ROLE) + (LANE - BOX_HEIGHT) / 2,
            BOX,
            BOX_HEIGHT,
            step.lead.value / longest if step.lead else 0.0,
            step.process.value / step.lead.value if step.lead and step.process else None,
            constraint is not None and constraint.step.key == step.key,
        )
        for column, step in enumerate(steps)
    )
    arrows = tuple(_arrow(first, second) for first, second in pairwise(boxes))
    return Pool(path, y, lanes, boxes, arrows, top + LANE * len(roles))


def _arrow(first: Box, second: Box) -> Arrow:
    """Straight within a lane, else with its corner in the gap between the two columns."""
    start, end = (first.x + first.width, first.y + first.height / 2), (second.x, second.y + second.height / 2)
    if start[1] == end[1]:
        return Arrow((start, end))
    middle = (start[0] + end[0]) / 2
    return Arrow((start, (middle, start[1]), (middle, end[1]), end))
