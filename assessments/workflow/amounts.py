"""Stated amounts with a range, and sums and products of them. Unknown is None and never counts as 0 or 100 %."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod


@dataclass(frozen=True)
class Amount:
    """A value with the range in which it usually lies: low <= value <= high. Minutes or shares."""

    value: float
    low: float
    high: float

    @classmethod
    def exactly(cls, value: float) -> "Amount":
        """One without a range."""
        return cls(value, value, value)


@dataclass(frozen=True)
class Total:
    """Of several amounts. `known`: None as soon as one of them is unknown; `partial`: of those that are known (None
    when none is); `unknown`: whose are missing, by name."""

    known: Amount | None
    partial: Amount | None
    unknown: tuple[str, ...] = ()


def summed(parts: Sequence[tuple[str, Amount | None]]) -> Total:
    """Their sum. Its range is from all at their low to all at their high: steps of one workflow go slowly together."""
    return _total(parts, sum)


def multiplied(parts: Sequence[tuple[str, Amount | None]]) -> Total:
    """Their product, with the range in the same way."""
    return _total(parts, prod)


def _total(parts: Sequence[tuple[str, Amount | None]], function) -> Total:
    there = [amount for _, amount in parts if amount is not None]
    unknown = tuple(name for name, amount in parts if amount is None)
    if not there:
        return Total(None, None, unknown)
    partial = Amount(*(function(getattr(amount, field) for amount in there) for field in ("value", "low", "high")))
    return Total(None if unknown else partial, partial, unknown)


def minus(whole: Amount | None, part: Amount | None) -> Amount | None:
    """What is left of a whole that holds the part: never below 0. None when either is unknown."""
    if whole is None or part is None:
        return None
    return Amount(max(whole.value - part.value, 0), max(whole.low - part.high, 0), max(whole.high - part.low, 0))


def ratio(part: Amount | None, whole: Amount | None) -> Amount | None:
    """Share of a part in the whole that holds it, 0 to 1, with the range over the low, the stated and the high case: as
    in a sum, everything goes slowly together. None when either is unknown."""
    if whole is None or part is None:
        return None
    cases = (part.value / whole.value, part.low / whole.low, part.high / whole.high)
    return Amount(cases[0], min(cases), max(cases))
