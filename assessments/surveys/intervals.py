"""How surely a team's mean is known when not everyone answered. The team is the whole population, not a sample of
one."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from assessments import statistics

T, CERTAIN, KNOWN = "t", "certain", "known"


@dataclass(frozen=True)
class Interval:
    """Low and high of the mean. `kind`: t (95 %, if those who answered are a chance selection), certain (holds whatever
    the others would have said), known (everyone answered: low = high)."""

    low: float
    high: float
    kind: str


def interval(values: Sequence[float], population: int, top: float) -> Interval | None:
    """The interval as it is shown, for answers from 0 to `top` of a population of that many; None without answers.

    A t interval with finite-population correction, never wider than what is certain. Where more than 60 % gave the same
    answer, or all did, t promises too much: then what is certain stands alone (definitions, "Survey statistics").
    Raises ValueError when more answered than there are.
    """
    n = len(values)
    if n > population:
        raise ValueError(f"{n} answers from {population} people")
    if not n:
        return None
    low, high = certain(values, population, top)
    if n == population:
        return Interval(low, high, KNOWN)
    if 5 * max(Counter(values).values()) > 3 * n:
        return Interval(low, high, CERTAIN)
    _, t_low, t_high = statistics.finite_mean(values, population)
    return Interval(max(low, t_low), min(high, t_high), T)


def certain(values: Sequence[float], population: int, top: float) -> tuple[float, float]:
    """The mean if all who did not answer were at 0, and if they all were at the top."""
    total, absent = sum(values), population - len(values)
    return total / population, (total + absent * top) / population
