"""The course of a goal in one glance: the mean up to each week, the target across, the band of where it is on the way.
Small, so that a page of goals can be looked through; the large one with axes and table is `lead_goals_chart`."""

from html import escape

import numpy as np

from assessments.delivery import present
from data import store
from data.improving import measuring
from data.improving.forecasts import Course
from data.improving.goals import GoalView
from pages.ui import lead_style
from pages.ui.charts import BLUE, GREY, TEAL, VIOLET
from pages.ui.text import day

WIDE, HIGH = 320, 84
BEFORE = 13  # weeks drawn before it was set
_THIN = "vector-effect='non-scaling-stroke'"


def plot(one: GoalView, course: Course, aim: str) -> str:
    """HTML of the picture with its words; "" where nothing is known. aim: target or limit."""
    if course.ahead is None or len(course.ahead.past[0]) < 2:
        return ""
    first, last = _ends(course)
    if last <= first:
        return ""
    top = _top(course, first)
    drawn = lead_style.picture(_svg(course, first, last, top), escape(_alt(one, course, aim)))
    place = 100 * (1 - course.aim / top)
    words = f"{aim} {present.number(course.aim, course.metric.unit)}"
    shift = "2px" if place < 30 else "-13px"  # below its line where nothing fits above
    highest = f'<span style="top:1px">{escape(present.number(top, course.metric.unit))}</span>' if place >= 30 else ""
    begun = day(next(measuring.dates(np.array([first]))))
    ended = day(next(measuring.dates(np.array([last]))))
    ended = f"due {day(store.from_us(one.wanted.due_at))}" if last == course.due else ended
    return (
        f'<div class="mp-plot">{drawn}{highest}'
        f'<span class="mp-aim" style="top:calc({max(place, 0):.0f}% + {shift})">{escape(words)}</span></div>'
        f'<div class="mp-quiet mp-ends"><span>{begun}</span><span>{ended}</span></div>'
    )


def _ends(course: Course) -> tuple[int, int]:
    """The weeks drawn."""
    known = course.ahead.past[0]
    first = max(int(known[0]), course.since - BEFORE)
    if first >= known[-1]:
        first = int(known[max(len(known) - BEFORE, 0)])
    coming = course.ahead.week
    return first, int(coming[-1] if len(coming) else known[-1])


def _top(course: Course, first: int) -> float:
    week, mean = course.ahead.past
    values = [*mean[week >= first], course.aim, *course.ahead.high]
    most = max(float(each) for each in values) * 1.12
    return (min(most, 1.0) if course.metric.unit == "share" else most) or 1.0


def _svg(course: Course, first: int, last: int, top: float) -> str:
    def x(week: np.ndarray | float) -> np.ndarray | float:
        return (week - first) / (last - first) * WIDE

    def y(value: np.ndarray | float) -> np.ndarray | float:
        return HIGH * (1 - np.minimum(value / top, 1.2))

    week, mean = (each[course.ahead.past[0] >= first] for each in course.ahead.past)
    drawn = [
        f"<path d='M0 {y(course.aim):.1f}H{WIDE}' stroke='{VIOLET}' stroke-width='1.5' stroke-dasharray='5 4' {_THIN}/>"
    ]
    if first <= course.since <= last:
        at = x(course.since)
        drawn.append(
            f"<path d='M{at:.1f} 0V{HIGH}' stroke='{GREY}' stroke-width='1.5' stroke-dasharray='2 3' {_THIN}/>"
        )
    if len(course.ahead.week):
        begin = np.array([week[-1]]), np.array([mean[-1]])
        weeks = np.concatenate([begin[0], course.ahead.week])
        low, high, middle = (
            y(np.concatenate([begin[1], each])) for each in (course.ahead.low, course.ahead.high, course.ahead.middle)
        )
        there, back = _line(x(weeks), high), _line(x(weeks)[::-1], low[::-1])
        drawn.append(f"<path d='M{there}L{back}Z' fill='{BLUE}' opacity='.26'/>")
        drawn.append(f"<path d='M{_line(x(weeks), middle)}' fill='none' stroke='{BLUE}' stroke-width='1.5' {_THIN}/>")
    drawn.append(f"<path d='M{_line(x(week), y(mean))}' fill='none' stroke='{TEAL}' stroke-width='2.5' {_THIN}/>")
    drawn.append(f"<path d='M0 {HIGH}H{WIDE}' stroke='{GREY}' stroke-width='1' {_THIN}/>")
    return (
        f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {WIDE} {HIGH}' preserveAspectRatio='none'>"
        f"{''.join(drawn)}</svg>"
    )


def _line(x: np.ndarray, y: np.ndarray) -> str:
    return "L".join(f"{one:.1f} {other:.1f}" for one, other in zip(x.tolist(), y.tolist(), strict=True))


def _alt(one: GoalView, course: Course, aim: str) -> str:
    unit, mean = course.metric.unit, course.ahead.past[1]
    told = f"{course.metric.name} since it was set on {day(store.from_us(one.created_at))}: "
    told += f"the mean is {present.number(float(mean[-1]), unit)} now, the {aim} {present.number(course.aim, unit)}"
    if len(course.ahead.week):
        ends = float(course.ahead.low[-1]), float(course.ahead.high[-1])
        told += f", and the band ends at {present.between(*ends, unit)}"
    return f"{told}."
