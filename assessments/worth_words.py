"""What changes are worth, in words: rough numbers with their ranges, findings as titles, and what is not in them."""

import math
from collections.abc import Mapping, Sequence

from assessments.worth import (
    DIFFERENCES,
    HORIZON,
    MEASURED,
    MONTHS,
    QUANTITIES,
    Difference,
    Input,
    Quantity,
    Range,
    Worth,
)

TIMES = ("before", "after")  # hours of waiting, which read better as days
#: What nobody should look for in these numbers.
NOT_IN_IT = (
    "What users or customers gain when something reaches them sooner: nobody here has measured it.",
    "What is not known. Where failures or waits are not collected, nothing of them is in these numbers.",
    "People. Hours that come back are time for other work of the same people; they are no posts, and no reason to have "
    "fewer of them.",
    "That inputs hang together. Each is drawn for itself; where a good one comes with other good ones, the true range "
    "is wider.",
)
METHOD = (
    "Each input has a range. Measured ones are drawn around their value so that 95 of 100 lie in their interval, "
    "assumed ones anywhere between their ends. All are drawn together 4,096 times (Latin hypercube, McKay, Beckman and "
    "Conover 1979) and put through the same arithmetic (JCGM 101:2008). Ranges hold nine of ten results. Totals of the "
    f"facts have the interval of Fay and Feuer (1997). Only differences to today count, over {HORIZON} months."
)


def rough(value: float) -> str:
    """To two significant digits, as nothing here is surer: 1,200; 34; 0.5; -7."""
    if not value or not math.isfinite(value):
        return "0"
    digits = 1 - math.floor(math.log10(abs(value)))
    rounded = round(value, digits)
    text = f"{rounded:,.0f}" if abs(rounded) >= 10 else f"{rounded:.{max(0, min(digits, 2))}f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "0") else text.replace("-", "−")


def told(found: Range, unit: str = "", size: float = 1.0) -> str:
    """The middle with its range: 1,600 h (740 to 2,500)."""
    middle, low, high = together(*(each / size for each in (found.middle, found.low, found.high)))
    return f"{middle}{unit} ({low} to {high})"


def together(first: float, *others: float) -> tuple[str, ...]:
    """Numbers that stand beside each other, roughly, with the decimals that the first one needs: 3.4, 0.6 and 12.0."""
    return _alike((first, *others), _places(first, 1, 1 if max(map(abs, (first, *others))) >= 1 else 2), significant=2)


def _places(value: float, more: int, most: int) -> int:
    """Decimals of a number below ten, one less for each power of ten above."""
    return max(0, min(most, more - math.floor(math.log10(abs(value))))) if value and math.isfinite(value) else 0


def _alike(values: Sequence[float], places: int, significant: int | None = None) -> tuple[str, ...]:
    """All with the same decimals, none where all are whole. significant: digits of large ones."""
    rounded = [
        round(each, places if significant is None else min(places, significant - 1 - _power(each)))
        if math.isfinite(each)
        else 0.0
        for each in values
    ]
    while places and all(each == round(each, places - 1) for each in rounded):
        places -= 1
    return tuple(f"{each + 0.0:,.{places}f}".replace("-", "−") for each in rounded)


def _power(value: float) -> int:
    return math.floor(math.log10(abs(value))) if value else 0


def difference(key: str, found: Range) -> str:
    """What is avoided in a year, with its unit."""
    if key in TIMES:
        return told(found, " days", 24.0)
    return told(found, "" if key == "failures" else " h")


def given(what: Quantity, one: Input) -> str:
    """The range of an input in the words of its unit."""
    size, unit = (0.01, " %") if what.share else (1.0, "")
    ends = f"{_exact(one.low / size)} to {_exact(one.high / size)}{unit}"
    if one.low == one.high:
        ends = f"{_exact(one.low / size)}{unit}"
    if one.kind == MEASURED and one.low != one.high:
        value, low, high = (each / size for each in (one.value, one.low, one.high))
        value, low, high = _alike((value, low, high), _places(max(map(abs, (value, low, high))), 2, 2))
        ends = f"{value}{unit} ({low} to {high})"
    return f"{ends} {what.unit}"


def _exact(value: float) -> str:
    """As somebody typed it, large numbers without decimals."""
    text = f"{value:,.0f}" if abs(value) >= 100 else f"{value:,.2f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text.replace("-", "−")


def chance(part: float) -> str:
    """In how many of a hundred draws."""
    if part >= 0.995:
        return "in nearly every case"
    if part <= 0.005:
        return "in hardly any case"
    return f"in {part * 100:.0f} of 100 cases"


def verdict(found: Worth) -> str:
    """Whether the hours that go in come back, in a sentence."""
    if found.ratio is None:
        return "Nothing is put in by what is stated here, so nothing has to come back: state what goes in."
    return (
        f"The hours put in are back within {HORIZON // 12} years {chance(found.chance)}: each hour put in brings back "
        f"{told(found.ratio)} by then."
    )


def curve(found: Worth) -> str:
    """What the course of the months shows."""
    lowest = found.curve[found.lowest].middle
    if not any(each.low or each.high for each in found.curve):
        return "Nothing goes in and nothing comes back."
    if found.lowest == 0:
        return "More comes back than goes in from the first month on, in the middle of all cases."
    first = f"First it costs: {rough(-lowest)} h after {_months(found.lowest)}, in the middle of all cases. "
    if found.even is None or found.even_share <= 0.005:
        return f"{first}Within {MONTHS // 12} years they are back in hardly any case."
    if found.even_share < 0.5:
        return f"{first}Within {MONTHS // 12} years they are back only {chance(found.even_share)}."
    at = _months(round(found.even.middle))
    return f"{first}Back after {at} ({found.even.low:.0f} to {found.even.high:.0f}), {chance(found.even_share)}."


def drivers(found: Worth) -> str:
    """What decides most, and what to do about it."""
    if not found.drivers:
        return "Nothing moves the result."
    first = found.drivers[0]
    name = QUANTITIES[first.key].name
    if first.kind == MEASURED:
        return f"Decides most: {name.lower()}, which is measured. The range is as narrow as the facts allow."
    return f"Decides most: {name.lower()}, which is assumed. Finding that out narrows the result more than anything."


def missing(found: Worth) -> tuple[str, ...]:
    """What could not be worked out, a sentence each."""
    return tuple(f"{DIFFERENCES[each.key]}: {why_not(each)}" for each in found.differences if each.amount is None)


def why_not(one: Difference) -> str:
    """Why a difference cannot be told."""
    name = QUANTITIES[one.missing].name
    return f"not known, as it is not known how it is today ({name[0].lower()}{name[1:]})."


def typed(what: Quantity, value: float) -> float:
    """As it is typed: shares in per cent."""
    return float(round(value * 100, 6) if what.share else value)


def kept(what: Quantity, value: float) -> float:
    """As it is kept."""
    return value / 100 if what.share else value


def tag(one: Input | None) -> str:
    """measured, assumed or not known."""
    return "not known" if one is None else one.kind


def _months(number: int) -> str:
    return f"{number} month{'' if number == 1 else 's'}"


def table(found: Worth) -> Mapping[int, Range]:
    """The months that a reader asks for."""
    return {month: found.curve[month] for month in (3, 6, 12, 18, 24, MONTHS)}
