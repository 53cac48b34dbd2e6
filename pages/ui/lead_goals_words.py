"""Where a goal is on the way to, in words: never as a promise."""

from assessments import forecast
from assessments.delivery import present
from data import store
from data.improving import measuring
from data.improving.forecasts import Course
from data.improving.goals import GoalView
from pages.ui.text import day

VERDICTS = {
    forecast.ON_COURSE: "on course",
    forecast.OFF_COURSE: "not on course",
    forecast.OPEN: "whether it gets there is open",
}


def ahead(one: GoalView, course: Course) -> str:
    """The band on its day, and what that says of the target."""
    if course.ahead is None:
        return f"No forecast: {course.why_not}"
    found = course.ahead
    if not len(found.week):
        return f"No forecast. {found.why_not}"
    band, aim = between(course), present.number(course.aim, course.metric.unit)
    when = day(store.from_us(one.wanted.due_at))
    if found.why_not:
        last = day(next(measuring.dates(found.week[-1:])))
        return f"If things go on as they have, it is {band} in the week of {last} (80 %). {found.why_not}"
    said = {
        forecast.ON_COURSE: f"on course for {aim}",
        forecast.OFF_COURSE: f"not on course for {aim}",
        forecast.OPEN: f"whether it gets to {aim} is open",
    }[found.verdict]
    return f"If things go on as they have, it is {band} on {when} (80 %): {said}."


def course(found: Course) -> str:
    """ "on course", "not on course" or "open"; empty where there is no forecast of its day."""
    if found.ahead is None or not len(found.ahead.week):
        return ""
    return VERDICTS.get(found.ahead.verdict, "")


def title(course: Course, counter: bool) -> str:
    """The finding above the picture."""
    name, aim = course.metric.name, present.number(course.aim, course.metric.unit)
    what = f"the limit of {aim}" if counter else f"the target of {aim}"
    if course.ahead is None or not len(course.ahead.week) or course.ahead.verdict == forecast.NOT_TOLD:
        return f"{name} and {what}"
    return {
        forecast.ON_COURSE: f"{name} {'keeps' if counter else 'is on course for'} {what}, as things go",
        forecast.OFF_COURSE: f"{name} {'does not keep' if counter else 'is not on course for'} {what}, as things go",
        forecast.OPEN: f"Whether {name.lower()} {'keeps' if counter else 'gets to'} {what} is open",
    }[course.ahead.verdict]


def between(course: Course) -> str:
    """The ends of the band."""
    return present.between(float(course.ahead.low[-1]), float(course.ahead.high[-1]), course.metric.unit)
