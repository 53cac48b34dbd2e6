"""A goal at a glance: metric and counter-metric beside each other, each with where it was, is, should be and is on the
way to."""

from html import escape

from assessments import forecast
from assessments import goals as ways
from assessments.delivery import present
from assessments.goals import Figure
from data.improving.forecasts import Course, Pair
from data.improving.goals import OPEN, GoalView, Stand
from pages.ui import lead_goals_spark, lead_goals_words
from pages.ui.goal_words import NO_VALUE

MARKS = {
    ways.BETTER: ("mp-better", "Better than"),
    ways.WORSE: ("mp-worse", "Worse than"),
    ways.NOT_APART: ("", "Not told apart from"),
    ways.NOT_KNOWN: ("mp-none", "Not compared with"),
}
KEPT = {
    ways.KEPT: ("mp-better", "Within its limit of {limit}"),
    ways.CLOSE: ("", "Beyond its limit of {limit}, though that may be chance"),
    ways.BROKEN: ("mp-worse", "Beyond its limit of {limit}"),
    ways.NOT_KNOWN: ("mp-none", "Limit {limit}"),
}
VERDICTS = {
    forecast.ON_COURSE: "on course",
    forecast.OFF_COURSE: "not on course",
    forecast.OPEN: "open",
}


def html(one: GoalView, stand: Stand, pair: Pair) -> str:
    """Both halves."""
    progress, before = stand.progress, [present.number(each.value, each.unit) for each in one.baseline]
    mark, word = MARKS[progress.state]
    told = f"{word} {before[0]} when it was set"
    if progress.at_target:
        mark, told = "mp-better", f"At the target; {before[0]} when it was set"
    left = _half(one, pair[0], stand.now, (mark, told), "target")
    mark, word = KEPT[progress.counter]
    told = (
        f"{word.format(limit=present.number(one.wanted.counter_limit, one.counter.unit))}; {before[1]} when it was set"
    )
    return f'<div class="mp-goal">{left}{_half(one, pair[1], stand.counter, (mark, told), "limit")}</div>'


def _half(one: GoalView, course: Course, now: Figure, said: tuple[str, str], aim: str) -> str:
    mark, told = said
    number = present.number(now.value, now.unit) if now.value is not None else NO_VALUE.get(now.state, "not known")
    what = "Should get better" if aim == "target" else "Must not get worse"
    interval = present.between(now.low, now.high, now.unit)
    sure = f"95 %: {interval}, n = {now.n:,}" if interval else f"n = {now.n:,}"
    return (
        f'<div><div class="mp-quiet">{what}</div><div><b>{escape(course.metric.name)}</b></div>'
        f'<div class="mp-big"><span class="mp-dot {mark}"></span>{escape(number)}</div>'
        f'<div class="mp-quiet">{escape(sure)}</div><div class="mp-quiet">{escape(told)}</div>'
        f"{lead_goals_spark.plot(one, course, aim)}{_ahead(one, course)}</div>"
    )


def _ahead(one: GoalView, course: Course) -> str:
    """The end of the band in a line, or why there is none."""
    if one.state != OPEN:
        return ""
    if course.ahead is None or not len(course.ahead.week):
        return f'<div class="mp-quiet">{escape(course.why_not or course.ahead.why_not)}</div>'
    if course.ahead.verdict not in VERDICTS:
        return f'<div class="mp-quiet">{escape(course.ahead.why_not)}</div>'
    said = f"As things go, {lead_goals_words.between(course)} on its day: {VERDICTS[course.ahead.verdict]}"
    return f'<div class="mp-quiet"><b>{escape(said)}</b></div>'
