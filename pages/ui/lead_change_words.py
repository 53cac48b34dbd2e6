"""Before and after, in words: what was measured, never why."""

from collections.abc import Sequence

from assessments import goals as ways
from assessments.delivery import present
from assessments.goals import Figure
from data.improving.change import Change, Line
from pages.ui.goal_words import NO_VALUE
from pages.ui.text import count

STATES = {
    ways.BETTER: "Better",
    ways.WORSE: "Worse",
    ways.NOT_APART: "Not told apart",
    ways.NOT_KNOWN: "Not known",
}


def leading(found: Change) -> tuple[Line, ...]:
    """How deployments went, and the metric it was for with its counter-metric, unless they are the same thing."""
    wanted = [found.one.metric.key, *([found.one.counter.key] if found.one.counter else [])]
    wanted = [key for key in wanted if not (key == "deploying" and _known(found.tried[1:]))]
    by_key = {line.key: line for line in found.lines}
    tried = tuple(line for line in found.tried if _known((line,)))
    return (*tried, *(by_key[key] for key in wanted if key in by_key))


def _known(lines: Sequence[Line]) -> bool:
    return any(line.before.value is not None or line.after.value is not None for line in lines)


def finding(found: Change) -> str:
    """What is told apart, and what is not, in a sentence."""
    by_state = {state: [line.name for line in found.lines if line.state == state] for state in STATES}
    told = [
        f"{word}: {', '.join(name.lower() for name in by_state[state])}"
        for state, word in ((ways.BETTER, "Better"), (ways.WORSE, "Worse"))
        if by_state[state]
    ]
    same = len(by_state[ways.NOT_APART])
    told += [f"{count(same, 'metric')} not told apart from before"] if same else []
    return "; ".join(told) + "." if told else "None of the metrics is known on both sides."


def figure(one: Figure) -> str:
    """ "4.2 h (3.9 to 4.6 h), n = 49", or why there is none."""
    if one.value is None:
        return NO_VALUE.get(one.state, "not known")
    words = present.between(one.low, one.high, one.unit)
    return f"{number(one)}{f' ({words})' if words else ''}, n = {one.n:,}"


def number(one: Figure) -> str:
    """Its value; near all of them with a decimal, as 99.2 % is not 99 %."""
    if one.value is None:
        return "–"
    if one.unit == "share" and 0.98 < one.value < 1:
        return f"{one.value * 100:.1f} %"
    return present.number(one.value, one.unit)


def arrow(line: Line) -> str:
    """ "4.2 h → 10 min"."""
    return f"{number(line.before)} → {number(line.after)}"


def change(line: Line) -> str:
    """What it changed by: shares in points, else the part of before, from three times as much on how many times; empty
    where it is not known."""
    changed = line.changed
    if changed is None:
        return ""
    if line.unit == "share":
        said = f"{changed * 100:+.1f} points"
    elif changed >= 2:
        return f"{changed + 1:.0f} times as much"
    else:
        said = f"{changed * 100:+.{int(changed < -0.99)}f} %"
    return "no difference" if not said.strip("+-0. %points") else said.replace("-", "−")
