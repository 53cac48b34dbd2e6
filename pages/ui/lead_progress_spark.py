"""The course of a team as a small picture: the change against its own level before, with its interval. All have one
scale, so that what looks large is large; nothing of it says how high that level is."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, log

import numpy as np

from assessments.portfolio import Course, Metric, Moved
from pages.ui.charts import GREY, ORANGE, TEAL

WIDE, HIGH = 240, 74
COLOUR = {Moved.BETTER: TEAL, Moved.WORSE: ORANGE, Moved.NOT_APART: GREY, Moved.NOT_COMPARED: GREY}
_ENDS = {True: (1.5, 2, 3, 4, 6, 8), False: (0.05, 0.1, 0.2, 0.3, 0.5, 1)}


@dataclass(frozen=True)
class Scale:
    """end: the furthest change drawn, up and down: a factor, or a difference of shares."""

    parts: bool
    end: float

    def y(self, value: np.ndarray) -> np.ndarray:
        """From the top in pixels."""
        place = np.log(value) / log(self.end) if self.parts else value / self.end
        return HIGH / 2 * (1 - np.clip(place, -1.6, 1.6))

    @property
    def words(self) -> tuple[str, str]:
        """What stands at the top and at the bottom."""
        if not self.parts:
            return f"+{self.end * 100:.0f} points", f"−{self.end * 100:.0f} points"
        low = (1 - 1 / self.end) * 100
        return f"+{(self.end - 1) * 100:.0f} %", f"−{low:.0f} %"


def scale(metric: Metric, courses: Sequence[Course]) -> Scale:
    """One for all, so large that nineteen of twenty points are inside."""
    values = np.concatenate([one.value for one in courses]) if courses else np.array([])
    values = values[np.isfinite(values)]
    far = np.abs(np.log(values) if metric.parts else values)
    wanted = float(np.quantile(far, 0.95)) if len(far) else 0.0
    ends = _ENDS[metric.parts]
    wanted = exp(wanted) if metric.parts else wanted
    return Scale(metric.parts, next((end for end in ends if end >= wanted), ends[-1]))


def svg(course: Course, moved: Moved, on: Scale, weeks: int, events: Sequence[float]) -> str:
    """weeks: of the last window, which is shaded. events: weeks since the first drawn, with a part of one."""
    count, colour = len(course.week), COLOUR[moved]
    x = (np.arange(count) + 0.5) * WIDE / count
    begun = WIDE * max(count - weeks, 0) / count
    drawn = [f"<rect x='{begun:.1f}' y='0' width='{WIDE - begun:.1f}' height='{HIGH}' fill='{GREY}' opacity='.11'/>"]
    drawn.append(f"<path d='M0 {HIGH / 2}H{WIDE}' stroke='{GREY}' stroke-width='1' {_THIN}/>")
    y, low, high = (on.y(each) for each in (course.value, course.high, course.low))
    for start, end in _runs(np.isfinite(course.value)):
        there, back = _line(x[start:end], low[start:end]), _line(x[start:end][::-1], high[start:end][::-1])
        drawn.append(f"<path d='M{there}L{back}Z' fill='{colour}' opacity='.2'/>")
        if end - start == 1:
            drawn.append(
                f"<path d='M{x[start] - 2:.1f} {y[start]:.1f}h4' stroke='{colour}' stroke-width='2.5' {_THIN}/>"
            )
        else:
            path = _line(x[start:end], y[start:end])
            drawn.append(f"<path d='M{path}' fill='none' stroke='{colour}' stroke-width='2' {_THIN}/>")
    for event in events:
        at = event * WIDE / count
        drawn.append(
            f"<path d='M{at:.1f} 0V{HIGH}' stroke='{GREY}' stroke-width='1.5' stroke-dasharray='3 2' {_THIN}/>"
        )
    return (
        f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {WIDE} {HIGH}' preserveAspectRatio='none'>"
        f"{''.join(drawn)}</svg>"
    )


_THIN = "vector-effect='non-scaling-stroke'"


def _line(x: np.ndarray, y: np.ndarray) -> str:
    return "L".join(f"{one:.1f} {other:.1f}" for one, other in zip(x.tolist(), y.tolist(), strict=True))


def _runs(known: np.ndarray) -> list[tuple[int, int]]:
    """Stretches of weeks with a value, as [start, end)."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], known.astype(int), [0]])))
    return list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))
