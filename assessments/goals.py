"""How far a goal is: the metric since it was set beside its baseline, and the counter-metric beside its limit.

Two figures are told apart when the 95 % interval of their difference leaves out zero. That interval comes from the
intervals of both (Zou and Donner 2008, Statistics in Medicine 27, 1693-1702), whatever kind of figure they are.
"""

from dataclasses import dataclass
from math import hypot

LOW, HIGH = "low", "high"  # the end one wishes for
VALUE = "value"
NOT_KNOWN, NOT_APART, BETTER, WORSE = "not known", "not told apart", "better", "worse"
KEPT, CLOSE, BROKEN = "kept", "close", "broken"
PROPOSED = 0.3  # a goal is proposed to be better by that part
SLACK = 0.1  # a counter-metric is proposed to get worse by no more than that part
_LEAST_SHARE, _MOST_SHARE = 0.05, 1.0


@dataclass(frozen=True)
class Figure:
    """A metric in a window [start, end), microseconds. state: as `delivery.results.State`; value, low, high: None where
    there is none, which is never 0; n: what it rests on; unit: hours, a week, share."""

    state: str
    value: float | None
    low: float | None
    high: float | None
    n: int
    start: int
    end: int
    unit: str


@dataclass(frozen=True)
class Progress:
    """state: of the metric against its baseline. at_target: whether it is where it should get; None where not known.
    counter: whether the counter-metric kept its limit (close: it is beyond, and its interval reaches back; not known:
    no figure)."""

    state: str
    at_target: bool | None
    counter: str


def progress(
    baseline: Figure, now: Figure, target: float, better: str, counter: Figure, limit: float, counter_better: str
) -> Progress:
    """How far it is. `better`, `counter_better`: the end one wishes for (low, high)."""
    at_target = None if now.value is None else _reaches(now.value, target, better)
    return Progress(against(baseline, now, better), at_target, _kept(counter, limit, counter_better))


def difference(before: Figure, after: Figure) -> tuple[float, float] | None:
    """The 95 % interval of after minus before; None where one of them has no value or no interval."""
    if any(each is None for one in (before, after) for each in (one.value, one.low, one.high)):
        return None
    middle = after.value - before.value
    down = hypot(after.value - after.low, before.high - before.value)
    up = hypot(after.high - after.value, before.value - before.low)
    return middle - down, middle + up


def target(figure: Figure, better: str) -> float | None:
    """What may be proposed as a target; None without a value."""
    if figure.value is None:
        return None
    wanted = figure.value * (1 - PROPOSED if better == LOW else 1 + PROPOSED)
    return min(wanted, _MOST_SHARE) if figure.unit == "share" else wanted


def limit(figure: Figure, better: str) -> float | None:
    """How bad the counter-metric may become, as a proposal: a tenth worse, a share at least five points."""
    if figure.value is None:
        return None
    slack = figure.value * SLACK
    if figure.unit == "share":
        slack = max(slack, _LEAST_SHARE)
    wanted = figure.value + (slack if better == LOW else -slack)
    return min(max(wanted, 0.0), _MOST_SHARE) if figure.unit == "share" else max(wanted, 0.0)


@dataclass(frozen=True)
class Entry:
    """The unit in which people type a value: its name, and how much of the unit of the figure one of it is."""

    name: str
    size: float

    def shown(self, value: float | None) -> float | None:
        """As it is typed, to two digits behind the point."""
        return None if value is None else round(value / self.size, 2)

    def proposed(self, value: float | None) -> float | None:
        """As it is offered: to two significant digits, as nobody wants 19.35 hours."""
        return None if value is None else float(f"{value / self.size:.2g}")

    def kept(self, value: float) -> float:
        """As it is kept."""
        return value * self.size


def entry(figure: Figure) -> Entry:
    """That a reader would choose for the value: nobody types 150 days in hours."""
    if figure.unit == "share":
        return Entry("%", 0.01)
    if figure.unit != "hours":
        return Entry(figure.unit, 1.0)
    hours = figure.value or 0.0
    return Entry("days", 24.0) if hours >= 48 else Entry("hours", 1.0) if hours >= 2 else Entry("minutes", 1 / 60)


def refused(figure: Figure, target: float, better: str) -> str:
    """Why that target is none, in a sentence; "" where it is one."""
    if not 0 <= target < float("inf"):
        return "The target is a number that is not negative."
    if figure.unit == "share" and target > 1:
        return "The target is a share: 0 to 100 %."
    if figure.value is not None and _reaches(figure.value, target, better):
        return "The target is reached already: choose one that is better than where the team stands."
    return ""


def _reaches(value: float, target: float, better: str) -> bool:
    return value <= target if better == LOW else value >= target


def against(before: Figure, after: Figure, better: str) -> str:
    """Whether the second is told apart from the first, and which way: NOT_KNOWN, NOT_APART, BETTER or WORSE."""
    if after.value is None or before.value is None:
        return NOT_KNOWN
    apart = difference(before, after)
    if apart is None or apart[0] <= 0 <= apart[1]:
        return NOT_APART
    return BETTER if (apart[1] < 0) == (better == LOW) else WORSE


def _kept(figure: Figure, limit: float, better: str) -> str:
    if figure.value is None:
        return NOT_KNOWN
    if _reaches(figure.value, limit, better):
        return KEPT
    end = figure.low if better == LOW else figure.high
    return CLOSE if end is not None and _reaches(end, limit, better) else BROKEN
