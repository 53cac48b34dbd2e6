"""What changes of how work is done would be worth: ranges, never a point, and always against today.

Only differences are counted: what is kept as it is has neither cost nor gain. Amounts are events and hours, and become
money only where somebody has said what an hour costs. Nothing here is about how many people there are: time that comes
back is time for other work.

Method. Every input is a quantity with a range: measured (a 95 % interval around a value, half of the draws on either
side of it) or assumed (two ends, anything between equally likely). All are drawn together DRAWS times, each spread
evenly over its whole range (Latin hypercube: McKay, Beckman and Conover 1979, Technometrics 21, 239-245), and put
through the same few lines of arithmetic: propagation of distributions as in JCGM 101:2008 (GUM, supplement 1). Every
result is told as its median and the range that holds nine of ten draws. Draws are the same each time, so the same
inputs give the same numbers, and changing one of them moves nothing else.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from zlib import crc32

import numpy as np
from scipy import special

MEASURED, ASSUMED = "measured", "assumed"
FACTS, EXPECTED, WORK, PUTTING_IN, MONEY = "facts", "expected", "work", "putting in", "money"
DRAWS = 4_096
MONTHS = 36  # of the curve
HORIZON = 24  # months that are added up
_SEED = 2026
_Z = float(special.ndtri(0.975))
_MINUTES, _DAY, _YEAR = 60.0, 24.0, 12.0


@dataclass(frozen=True)
class Quantity:
    """An input. unit: as it is kept; least, most: what it may be; low, high: what is proposed, None where nothing can
    be proposed or where it is measured. share: kept as a part of 1."""

    key: str
    group: str
    name: str
    unit: str
    about: str
    low: float | None = None
    high: float | None = None
    least: float = 0.0
    most: float = 1_000_000.0
    share: bool = False


#: In the order in which they are shown. The first group comes from the facts.
QUANTITIES: Mapping[str, Quantity] = {
    each.key: each
    for each in (
        Quantity(
            "deployments", FACTS, "Deployments that reach users", "a year",
            "Of the services looked at, at the pace of the window.",
        ),
        Quantity(
            "failures", FACTS, "Failures that began with a deployment", "a year",
            "Confirmed ones, where a source of incidents is connected; never those inferred from reverts.",
        ),
        Quantity(
            "impaired", FACTS, "Hours with such a failure", "hours a year",
            "From the deployment to its recovery. One that is still open counts as long as it has lasted.",
        ),
        Quantity(
            "deploying", FACTS, "Hours of deploying", "hours a year",
            "From the start to the finish of each deployment that shipped a change.",
        ),
        Quantity(
            "before", FACTS, "Hours that changes wait before the merge", "hours a year",
            "Waiting for the first review, and from the approval to the merge; of all changes together.",
        ),
        Quantity(
            "after", FACTS, "Hours that changes wait after the merge", "hours a year",
            "From the merge to the start of the deployment that ships them; of all changes together.",
        ),
        Quantity(
            "fewer_failures", EXPECTED, "Fewer failures", "of today's",
            "At today's number of deployments.", 0.05, 0.3, -1, 1, True,
        ),
        Quantity(
            "sooner_over", EXPECTED, "Failures that are over sooner", "of today's",
            "The part by which the time to recovery gets shorter.", 0.1, 0.4, -1, 1, True,
        ),
        Quantity(
            "less_deploying", EXPECTED, "Shorter deployments", "of today's",
            "The part by which a deployment takes less time.", 0.1, 0.5, -1, 1, True,
        ),
        Quantity(
            "less_before", EXPECTED, "Less waiting before the merge", "of today's",
            "The part by which it gets shorter.", 0.1, 0.4, -1, 1, True,
        ),
        Quantity(
            "less_after", EXPECTED, "Less waiting after the merge", "of today's",
            "The part by which it gets shorter.", 0.1, 0.5, -1, 1, True,
        ),
        Quantity(
            "failure_work", WORK, "Work that one failure takes", "hours",
            "Of everybody together: finding it, mending it, telling others, and writing down what was learnt.", 4, 20,
            most=10_000,
        ),
        Quantity(
            "attended", WORK, "Work in each hour of deploying", "hours",
            "0 where nobody attends, 1 where one person watches all the time, more where several do.", 0.1, 0.6,
            most=50,
        ),
        Quantity(
            "waiting_work", WORK, "Work lost for each day that a change waits", "minutes",
            "Finding back into it, asking for the review again, bringing it up to date.", 0, 15, most=1_440,
        ),
        Quantity(
            "people", PUTTING_IN, "People in a team who change how they work", "a team",
            "They learn, and are slower at first.", 4, 8, most=1_000,
        ),
        Quantity(
            "learning", PUTTING_IN, "Learning and trying out", "hours each",
            "Reading, exercises, and a proof of concept in the team's own repository.", 20, 50, most=2_000,
        ),
        Quantity(
            "slower", PUTTING_IN, "Slower at the start", "of the work",
            "Least at the end of those months: it gets better step by step.", 0.05, 0.15, 0, 1, True,
        ),
        Quantity(
            "slower_months", PUTTING_IN, "Months until nobody is slower", "months",
            "Things get worse before they get better.", 2, 4, most=MONTHS,
        ),
        Quantity(
            "month", PUTTING_IN, "Work of a person", "hours a month", "Without holidays and other absence.", 110, 140,
            least=1, most=300,
        ),
        Quantity(
            "whole_months", PUTTING_IN, "Months until the effect is whole", "months",
            "It grows evenly until then.", 4, 12, most=MONTHS,
        ),
        Quantity(
            "upkeep", PUTTING_IN, "Looking after what was built", "hours a year and team",
            "Pipelines, tests, alerts and runbooks need care.", 20, 80, most=100_000,
        ),
        Quantity(
            "hour_rate", MONEY, "What an hour of work costs", "an hour", "With everything an employer pays for it.",
        ),
        Quantity(
            "impaired_cost", MONEY, "What an hour with a failure costs", "an hour",
            "What the organisation loses while users have it: not the work of mending it.",
        ),
        Quantity(
            "tools", MONEY, "Tools and services", "a year and team", "Licences, runners and the like, beside today's.",
        ),
    )
}  # fmt: skip
#: What each difference needs, and what of it is work.
_NEEDS = {
    "failures": ("failures", "fewer_failures"),
    "impaired": ("impaired", "fewer_failures", "sooner_over"),
    "deploying": ("deploying", "less_deploying"),
    "before": ("before", "less_before"),
    "after": ("after", "less_after"),
}
DIFFERENCES: Mapping[str, str] = {
    "failures": "Failures avoided",
    "impaired": "Hours with a failure avoided",
    "deploying": "Hours of deploying avoided",
    "before": "Waiting before the merge avoided",
    "after": "Waiting after the merge avoided",
}


@dataclass(frozen=True)
class Input:
    """A quantity with its range. kind: measured (low and high are its 95 % interval) or assumed (anything between them
    is equally likely; value is their middle)."""

    key: str
    kind: str
    low: float
    value: float
    high: float


@dataclass(frozen=True)
class Range:
    """The median of all draws, and the range of nine in ten."""

    low: float
    middle: float
    high: float


@dataclass(frozen=True)
class Difference:
    """Of a year once the effect is whole. amount: None where an input is not known, and `missing` names it."""

    key: str
    amount: Range | None
    work: Range | None
    missing: str


@dataclass(frozen=True)
class Driver:
    """What the hours after HORIZON months would be with this input at its lower and at its upper end (5 and 95 of 100),
    and all others in their middle."""

    key: str
    kind: str
    at_low: float
    at_high: float

    @property
    def swing(self) -> float:
        return abs(self.at_high - self.at_low)


@dataclass(frozen=True)
class Money:
    """In the currency that was stated. net: after HORIZON months; ratio: net / all that was put in, None where that is
    nothing. impaired: whether
    hours with a failure are in it; what is not stated is left out and is not 0."""

    gained: Range
    put_in: Range
    net: Range
    ratio: Range | None
    impaired: bool
    tools: bool


@dataclass(frozen=True)
class Worth:
    """differences: in the order of DIFFERENCES. given_back: hours of work a year once the effect is whole, without
    upkeep; put_in: hours until then, of which learning and slower. curve: cumulated hours after 0..MONTHS months.
    lowest: the month in which the median is lowest. even: months until the hours are back for good, of the draws in
    which that is within MONTHS (share); None where that is in none. after: cumulated hours after 12 and HORIZON months.
    ratio: hours back for each hour put in, upkeep taken off, within HORIZON months; None where nothing is put in.
    chance: share of draws in which the hours are back by then. drivers: the strongest first."""

    differences: tuple[Difference, ...]
    given_back: Range
    upkeep: Range
    learning: Range
    slower: Range
    put_in: Range
    curve: tuple[Range, ...]
    lowest: int
    even: Range | None
    even_share: float
    after_year: Range
    after: Range
    ratio: Range | None
    chance: float
    drivers: tuple[Driver, ...]
    money: Money | None


def proposed(key: str) -> Input | None:
    """What is assumed as long as nobody has said otherwise; None where nothing can be."""
    what = QUANTITIES[key]
    if what.low is None or what.high is None:
        return None
    return Input(key, ASSUMED, what.low, (what.low + what.high) / 2, what.high)


def refused(key: str, low: float, high: float) -> str:
    """Why these cannot be the ends of what is assumed, in a sentence; "" where they can."""
    what = QUANTITIES.get(key)
    if what is None or what.group == FACTS:
        return "This is measured, or it is no input: choose another."
    numbers = [each for each in (low, high) if not isinstance(each, bool) and isinstance(each, int | float)]
    if len(numbers) < 2 or not all(-np.inf < each < np.inf for each in numbers):
        return "Give both ends of the range as numbers."
    if low > high:
        return "The lower end is above the upper one: change places."
    if low < what.least or high > what.most:
        times = 100 if what.share else 1
        unit = " %" if what.share else ""
        return f"{what.name} lies between {what.least * times:,.0f} and {what.most * times:,.0f}{unit}."
    return ""


def work_out(inputs: Mapping[str, Input], teams: int) -> Worth:
    """What these would be worth for so many teams. inputs: by key; what is missing is not known, and what needs it is
    left out and named. Raises ValueError where an input that is always stated is missing, or without a team."""
    always = [key for key, what in QUANTITIES.items() if what.group in (EXPECTED, WORK, PUTTING_IN)]
    if lacking := [key for key in always if key not in inputs]:
        raise ValueError(f"not stated: {', '.join(lacking)}")
    if teams < 1:
        raise ValueError("a programme without a team has neither cost nor gain")
    drawn = {key: _draw(one) for key, one in inputs.items()}
    amounts, work = _differences(drawn)
    flows = _Flows(drawn, work, teams)
    curve = np.stack([flows.after(month) for month in range(MONTHS + 1)])
    middle = np.median(curve, axis=1)
    even, share = _even(curve)
    after = curve[HORIZON]
    return Worth(
        differences=tuple(_difference(key, drawn, amounts, work) for key in DIFFERENCES),
        given_back=_range(flows.back),
        upkeep=_range(flows.upkeep),
        learning=_range(flows.learning),
        slower=_range(flows.slower),
        put_in=_range(flows.put_in),
        curve=tuple(_range(each) for each in curve),
        lowest=int(np.argmin(middle)),
        even=even,
        even_share=share,
        after_year=_range(curve[12]),
        after=_range(after),
        ratio=_ratio(after + flows.put_in, flows.put_in),
        chance=float(np.mean(after >= 0)),
        drivers=_drivers(inputs, drawn, teams),
        money=_money(drawn, amounts, flows, teams),
    )


def _draw(one: Input) -> np.ndarray:
    """DRAWS values, each from its own part of the range, in an order of its own that hangs on the key alone."""
    random = np.random.default_rng([_SEED, crc32(one.key.encode())])
    u = (random.permutation(DRAWS) + random.random(DRAWS)) / DRAWS
    return _at(one, u)


def _at(one: Input, u: np.ndarray | float) -> np.ndarray:
    """The values below which parts u of all lie."""
    if one.kind == ASSUMED:
        return one.low + np.asarray(u) * (one.high - one.low)
    z = special.ndtri(u) / _Z
    what = QUANTITIES[one.key]
    spread = np.where(z < 0, one.value - one.low, one.high - one.value)
    return np.clip(one.value + z * spread, what.least, np.inf if what.group == FACTS else what.most)


def _differences(drawn: Mapping[str, np.ndarray]) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """What is avoided in a year, and the hours of work in it. Hours with a failure and hours of waiting are no work
    themselves."""
    amounts, work = {}, {}
    for key, needs in _NEEDS.items():
        if any(each not in drawn for each in needs):
            continue
        today, kept = drawn[needs[0]], np.ones(())
        for each in needs[1:]:
            kept = kept * (1 - drawn[each])
        amounts[key] = today * (1 - kept)
    if "failures" in amounts:
        work["failures"] = amounts["failures"] * drawn["failure_work"]
    if "deploying" in amounts:
        work["deploying"] = amounts["deploying"] * drawn["attended"]
    for key in ("before", "after"):
        if key in amounts:
            work[key] = amounts[key] / _DAY * drawn["waiting_work"] / _MINUTES
    return amounts, work


class _Flows:
    """Hours of work that go in and come back."""

    def __init__(self, drawn: Mapping[str, np.ndarray], work: Mapping[str, np.ndarray], teams: int):
        people = teams * drawn["people"]
        self.back = sum(work.values(), np.zeros_like(people))
        self.upkeep = teams * drawn["upkeep"]
        self.learning = people * drawn["learning"]
        self._months, self._whole = drawn["slower_months"], drawn["whole_months"]
        self._lost = people * drawn["month"] * drawn["slower"]  # in a month in which all of it were lost
        self.slower = self._lost * self._months / 2
        self.put_in = self.learning + self.slower

    def returned(self, month: float) -> np.ndarray:
        """That came back by then, upkeep taken off: the effect grows evenly until it is whole."""
        whole = np.maximum(self._whole, 1e-9)
        grown = np.where(month < whole, month**2 / (2 * whole), month - whole / 2)
        return self.back / _YEAR * grown - self.upkeep / _YEAR * month

    def spent(self, month: float) -> np.ndarray:
        """That went in by then: learning is spread over the slower months, and these are the slowest at the start."""
        months = np.maximum(self._months, 1e-9)
        part = np.minimum(month / months, 1.0)
        return self.learning * part + self._lost * months * (part - part**2 / 2)

    def after(self, month: float) -> np.ndarray:
        return self.returned(month) - self.spent(month)


def _even(curve: np.ndarray) -> tuple[Range | None, float]:
    """The first month from which the hours are back for good, and the share of draws that have one."""
    negative = curve < 0
    last = np.where(negative.any(axis=0), MONTHS - np.argmax(negative[::-1], axis=0), 0)
    back = last < MONTHS
    months = np.where(negative.any(axis=0), last + 1, 0)[back]
    return (_range(months.astype(float)) if len(months) else None), float(np.mean(back))


def _difference(key: str, drawn: Mapping, amounts: Mapping, work: Mapping) -> Difference:
    if key not in amounts:
        return Difference(key, None, None, next(each for each in _NEEDS[key] if each not in drawn))
    return Difference(key, _range(amounts[key]), _range(work[key]) if key in work else None, "")


def _drivers(inputs: Mapping[str, Input], drawn: Mapping[str, np.ndarray], teams: int) -> tuple[Driver, ...]:
    middle = {key: np.median(values) for key, values in drawn.items()}
    found = []
    for key, one in inputs.items():
        if QUANTITIES[key].group == MONEY:
            continue
        ends = []
        for part in (0.05, 0.95):
            at = {**middle, key: _at(one, part)}
            ends.append(float(_Flows(at, _differences(at)[1], teams).after(HORIZON)))
        found.append(Driver(key, one.kind, *ends))
    moving = [each for each in found if each.swing > 1e-9]
    return tuple(sorted(moving, key=lambda each: (-each.swing, each.key)))


def _money(drawn: Mapping, amounts: Mapping, flows: _Flows, teams: int) -> Money | None:
    if "hour_rate" not in drawn:
        return None
    rate, years = drawn["hour_rate"], HORIZON / _YEAR
    whole = np.maximum(drawn["whole_months"], 1e-9)
    grown = np.where(whole > HORIZON, HORIZON**2 / (2 * whole), HORIZON - whole / 2) / _YEAR
    gained = flows.back * grown * rate
    put_in = flows.put_in * rate + flows.upkeep * years * rate
    users = "impaired_cost" in drawn and "impaired" in amounts
    if users:
        gained = gained + amounts["impaired"] * grown * drawn["impaired_cost"]
    if "tools" in drawn:
        put_in = put_in + teams * drawn["tools"] * years
    net = gained - put_in
    return Money(_range(gained), _range(put_in), _range(net), _ratio(net, put_in), users, "tools" in drawn)


def _ratio(back: np.ndarray, put_in: np.ndarray) -> Range | None:
    """None where something could come back for nothing: no number is large enough for that."""
    return _range(back / put_in) if (put_in > 1e-9).all() else None


def _range(values: np.ndarray) -> Range:
    low, middle, high = np.quantile(values, (0.05, 0.5, 0.95))
    return Range(float(low), float(middle), float(high))
