"""How changes of teams are said: never in a place or a grade, always with what they rest on."""

from assessments import outcomes
from assessments.delivery import present
from assessments.delivery.results import State
from assessments.portfolio import Change, Metric, Moved, Tally
from data.leading import fleet, portfolio
from data.leading.portfolio import Portfolio, TeamLine
from pages.ui.text import count, day

MARK = {
    Moved.BETTER: ("mp-better", "Better"),
    Moved.WORSE: ("mp-worse", "Worse"),
    Moved.NOT_APART: ("", "Not told apart"),
    Moved.NOT_COMPARED: ("mp-none", "Not compared"),
}
WHY = {
    portfolio.NO_SERVICE: "No service yet.",
    portfolio.NOT_JUDGED: "Nothing worked out yet: no source, or no choice of what counts as production.",
    portfolio.STALE: "Its sources were last read before these weeks began.",
    portfolio.YOUNG: "It has no earlier weeks to be held against.",
    portfolio.NO_INTERVAL: "Too few for an interval in both windows.",
    str(State.NOT_COLLECTED): "Not collected: no source of incidents.",
    str(State.NONE_HAPPENED): "None happened in one of the windows.",
    str(State.NO_DATA): "No data in one of the windows.",
    str(State.TOO_FEW): "Too few in one of the windows.",
}
AGAINST = {
    fleet.BEFORE: "the {weeks} weeks before",
    fleet.YEAR: "the same weeks a year before",
    fleet.FIRST: "the first {weeks} weeks of each service",
}


def against(found: Portfolio) -> str:
    """What the last window is held against."""
    return AGAINST[found.against].format(weeks=found.weeks)


def signed(metric: Metric, value: float) -> str:
    """A change: −31 %, or +1.5 points of a share."""
    said = outcomes.signed(outcomes.TIMES if metric.parts else outcomes.SHARES, value)
    number, _, unit = said.partition(" ")
    return f"0 {unit}" if number.strip("+−0.") == "" else said


def interval(metric: Metric, change: Change) -> str:
    """Its 95 % interval; the unit is said once."""
    low, high = (signed(metric, each) for each in (change.low, change.high))
    return f"95 %: {low.partition(' ')[0]} to {high}"


def rests_on(line: TeamLine) -> str:
    """How many of its services could be compared, and those that moved on their own."""
    change = line.change
    if not change.compared:
        return count(line.services, "service")
    said = f"{change.compared} of {count(line.services, 'service')}"
    alone = [f"{number} {word}" for number, word in ((change.better, "better"), (change.worse, "worse")) if number]
    return f"{said}, {' and '.join(alone)} alone" if alone and line.services > 1 else said


def finding(found: Portfolio) -> str:
    """What the picture says, in two or three sentences; also that some would look changed by chance alone."""
    tally, name = found.tally, found.metric.name
    if not tally.compared:
        return f"{name} can be compared with {against(found)} in none of {count(len(found.teams), 'team')}."
    said = f"{name} against {against(found)}: better in {tally.better} of {count(tally.compared, 'team')} compared, "
    said += f"worse in {tally.worse}, not told apart from no change in {tally.not_apart}."
    if tally.compared >= 10:
        said += f" If nothing had changed, about {tally.by_chance:.0f} would still look changed by chance."
    if tally.not_compared:
        said += f" {tally.not_compared} cannot be compared."
    return said


def bar(name: str, tally: Tally) -> str:
    """The same counts for a reader who cannot see the bar."""
    return (
        f"{name}: {tally.better} better, {tally.not_apart} not told apart, {tally.worse} worse, "
        f"{tally.not_compared} not compared"
    )


def window(found: Portfolio) -> str:
    """From when to when, and what is not in it."""
    said = f"Whole weeks up to {day(found.until)}; the last {found.weeks} begin on {day(found.now)}."
    if found.stale:
        said += f" {count(found.stale, 'service')} left out: last read before that."
    return said


def value(metric: Metric, number: float) -> str:
    """A value of the metric."""
    return present.number(number, metric.unit)


_RATES = {1 / 90: "1 in 3 months", 1 / 30: "1 a month", 1 / 14: "1 in 2 weeks"}


def edge(metric: Metric, number: float) -> str:
    """The round end of a bin: 30 min, 16 h, 2 days; 3 a week, 2 a day; 7.5 %."""
    if metric.unit == "share":
        return f"{number * 100:g} %"
    if metric.unit == "hours":
        if number < 1:
            return f"{number * 60:g} min"
        return f"{number:g} h" if number < 48 else f"{number / 24:g} days"
    return _RATES.get(number) or (f"{number * 7:g} a week" if number < 1 else f"{number:g} a day")
