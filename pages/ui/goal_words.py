"""Goals in words: a figure with its interval, where a goal stands, what that does not say."""

from assessments import goals as ways
from assessments.delivery import present
from assessments.delivery.results import State
from assessments.goals import Figure
from data import store
from data.improving.goals import GoalView, Stand
from data.improving.measuring import METRICS
from pages.ui.text import count, day

NO_VALUE = {
    State.TOO_FEW: "too few to judge",
    State.NONE_HAPPENED: "none happened",
    State.NOT_COLLECTED: "not collected",
    State.NO_DATA: "no data yet",
}


def figure(one: Figure) -> str:
    """ "3.2 days (95 % interval 2.8 to 3.9 days, n = 64)", or why there is none."""
    if one.value is None:
        return NO_VALUE.get(one.state, "not known")
    words = present.between(one.low, one.high, one.unit)
    interval = f"95 % interval {words}, " if words else "no interval, "
    return f"{present.number(one.value, one.unit)} ({interval}n = {one.n:,})"


def short(one: GoalView, stand: Stand) -> str:
    """ "3.2 days, target 2 days", or why there is no value."""
    now = stand.now
    said = NO_VALUE.get(now.state, "not known") if now.value is None else present.number(now.value, now.unit)
    return f"{said}, target {present.number(one.wanted.target, one.metric.unit)}"


def title(metric: str, before: Figure, target: float) -> str:
    """What a goal is called when nobody says more."""
    unit = METRICS[metric].unit
    return f"{METRICS[metric].name}: {present.number(before.value, unit)} to {present.number(target, unit)}"


def state(one: GoalView, stand: Stand | None) -> tuple[str, str]:
    """Its badge: words and colour."""
    if one.state != "open":
        return one.state.capitalize(), {"reached": "green", "missed": "orange"}.get(one.state, "gray")
    if stand is None:
        return "Not measured", "gray"
    if stand.progress.counter == ways.BROKEN:
        return "At a cost", "orange"
    if stand.progress.at_target:
        return "At the target", "green"
    words = {
        ways.BETTER: ("Better", "green"),
        ways.WORSE: ("Worse", "orange"),
        ways.NOT_APART: ("Not told apart", "gray"),
        ways.NOT_KNOWN: ("Not known yet", "gray"),
    }
    return words[stand.progress.state]


def metric(one: GoalView, stand: Stand) -> str:
    """The metric now, beside its baseline."""
    now, before, wanted = stand.now, one.baseline[0], present.number(one.wanted.target, one.metric.unit)
    what = f"{one.metric.name}: {present.number(before.value, before.unit)} when it was set; the target is {wanted}."
    said = {
        ways.NOT_KNOWN: f"Since then: {NO_VALUE.get(now.state, 'not known')}.",
        ways.NOT_APART: f"Since then {figure(now)}, which is not told apart from the baseline: it may be chance.",
        ways.BETTER: f"Since then {figure(now)}: better than the baseline.",
        ways.WORSE: f"Since then {figure(now)}: worse than the baseline.",
    }[stand.progress.state]
    reached = " It is at the target." if stand.progress.at_target else ""
    return f"{what} {said}{reached}"


def counter(one: GoalView, stand: Stand) -> str:
    """Whether it was paid for."""
    limit = present.number(one.wanted.counter_limit, one.counter.unit)
    now = figure(stand.counter)
    return {
        ways.KEPT: f"{one.counter.name}: {now}, within its limit of {limit}.",
        ways.CLOSE: f"{one.counter.name}: {now}, beyond its limit of {limit}, though that may be chance.",
        ways.BROKEN: f"{one.counter.name}: {now}, beyond its limit of {limit}. The goal is paid for with it.",
        ways.NOT_KNOWN: f"{one.counter.name}: {now}, so whether it keeps its limit of {limit} is not known.",
    }[stand.progress.counter]


def overdue(stand: Stand | None) -> str:
    """Badges of days that have passed; empty where none has."""
    if stand is None:
        return ""
    passed = ((stand.overdue, "Its day has passed"), (stand.look_due, "A look is overdue"))
    return "".join(f" :orange-badge[{words}]" for yes, words in passed if yes)


def watched(one: GoalView) -> list[str]:
    """Who keeps an eye on it, and when they look next."""
    owner, look_at = one.wanted.owner, one.wanted.look_at
    nobody, nowhere = "nobody keeps an eye on it", "no next look"
    return [
        f"owner: {owner}" if owner else nobody,
        nowhere if look_at is None else f"next look {day(store.from_us(look_at))}",
    ]


def origin(one: GoalView) -> str:
    """Where it came from; empty where from nothing but a wish."""
    if one.capability_name:
        return f"from a gap: {one.capability_name} to level {one.wanted.level}"
    return "from a pain point" if one.wanted.pain_id is not None else ""


def heading(goals) -> str:
    """How many there are."""
    return count(len(goals), "goal")
