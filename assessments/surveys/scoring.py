"""What the answers of a group say: for each item and construct its mean with interval, spread and agreement.

"Don't know", "not applicable" and "unanswered" are three counts of their own and in no mean.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil

import numpy as np

from assessments import statistics
from assessments.surveys.anonymity import K
from assessments.surveys.answers import DONT_KNOW, NOT_APPLICABLE, Sheet
from assessments.surveys.intervals import KNOWN, Interval, T, interval
from assessments.surveys.questionnaire import CHOICE, PERCENT, Item, Questionnaire

VERSION = 1  # raised when the same answers would say something else
AGREE, DISCUSS, OPPOSED, TOO_FEW = "agree", "discuss", "opposed", "too few"
UP, DOWN, UNCLEAR, NOT_COMPARABLE = "up", "down", "no clear change", "not comparable"


@dataclass(frozen=True)
class Agreement:
    """r_wg of one item and the limit it must reach for that many answers. `verdict`: agree, discuss (below the limit),
    opposed (below 0: further apart than chance) or too few (no limit exists)."""

    verdict: str
    value: float | None
    limit: float | None


@dataclass(frozen=True)
class ItemResult:
    """Answers to one item. `counts`: how often each option was chosen (choice); `values`: the answers in order
    (percent). `mean` on 0 .. `top`; it is to be shown where `told` is "mean", with the distribution alone where it is
    "discuss", and not at all where it is "too few"."""

    key: str
    kind: str
    top: int
    better: str
    n: int
    dont_know: int
    not_applicable: int
    unanswered: int
    counts: tuple[int, ...] = ()
    values: tuple[float, ...] = ()
    mean: float | None = None
    sd: float | None = None
    interval: Interval | None = None
    agreement: Agreement | None = None
    told: str = TOO_FEW

    @property
    def quartiles(self) -> tuple[float, float, float] | None:
        """The answers a quarter, half and three quarters up (type 1 of Hyndman and Fan 1996): answers that were given,
        without decimals, for results that may be shown coarsely. None without answers."""
        return _quartiles(self.values or [i for i, count in enumerate(self.counts) for _ in range(count)])


@dataclass(frozen=True)
class ConstructResult:
    """Several items that ask about one thing: `mean` over people of each person's mean, for people who answered at
    least half of the items."""

    key: str
    items: tuple[str, ...]
    top: int
    better: str
    n: int
    mean: float | None
    sd: float | None
    interval: Interval | None


@dataclass(frozen=True)
class Result:
    """What one group said. `population`: how many were asked; `answered`: sheets."""

    population: int
    answered: int
    items: Mapping[str, ItemResult]
    constructs: Mapping[str, ConstructResult]

    @property
    def response(self) -> float:
        """Share of those asked who answered."""
        return self.answered / self.population if self.population else 0.0


@dataclass(frozen=True)
class Change:
    """Second result minus first. `kind`: up, down (of the value, not of its worth), no clear change, or not comparable;
    `reason` in words. `difference`, `low`, `high` are None where they cannot be compared."""

    kind: str
    reason: str
    difference: float | None = None
    low: float | None = None
    high: float | None = None


def score(questionnaire: Questionnaire, sheets: Sequence[Sheet], population: int, least: int = K) -> Result:
    """Everything the sheets of one group say. `population`: people of that group who were asked.

    Raises ValueError when there are more sheets than people. What may be shown is decided by `anonymity.plan`; an item
    that fewer than `least` answered is "too few" to be told.
    """
    if len(sheets) > population:
        raise ValueError(f"{len(sheets)} answer sheets from {population} people")
    scored = [item for item in questionnaire.items if item.kind in (CHOICE, PERCENT)]
    items = {item.key: item_result(item, sheets, population, least) for item in scored}
    constructs: dict[str, list[Item]] = {}
    for item in scored:
        if item.construct:
            constructs.setdefault(item.construct, []).append(item)
    return Result(
        population,
        len(sheets),
        items,
        {key: _construct(key, group, sheets, population) for key, group in constructs.items()},
    )


def item_result(item: Item, sheets: Sequence[Sheet], population: int, least: int = K) -> ItemResult:
    """The answers to one choice or percent item. Who said "don't know" or "not applicable" is known not to belong to
    those the mean is about, so they leave its population."""
    values = sorted(sheet.values[item.key] for sheet in sheets if item.key in sheet.values)
    said = [sheet.said[item.key] for sheet in sheets if item.key in sheet.said]
    n, choice = len(values), item.kind == CHOICE
    counts = tuple(values.count(option) for option in range(item.top + 1)) if choice else ()
    agreement = agree(counts) if choice else None
    told = TOO_FEW if n < least else "mean" if not choice or agreement.verdict == AGREE else DISCUSS
    return ItemResult(
        item.key,
        item.kind,
        item.top,
        item.better,
        n,
        said.count(DONT_KNOW),
        said.count(NOT_APPLICABLE),
        len(sheets) - n - len(said),
        counts,
        () if choice else tuple(values),
        *_moments(values),
        interval(values, population - len(said), item.top),
        agreement,
        told,
    )


def agree(counts: Sequence[int]) -> Agreement:
    """Whether the answers lie closer together than those of people who choose at random would."""
    n, options = sum(counts), len(counts)
    limit = statistics.r_wg_limit(n, options) if n > 1 else None
    if limit is None:
        return Agreement(TOO_FEW, float(statistics.r_wg(counts)) if n > 1 else None, None)
    value = statistics.r_wg(counts)
    verdict = AGREE if value >= limit else OPPOSED if value < 0 else DISCUSS
    return Agreement(verdict, float(value), float(limit))


def compare(first: ItemResult | ConstructResult | None, second: ItemResult | ConstructResult | None) -> Change:
    """Whether the second result is clearly another than the first, asked of the same group with the same question.

    Clear is what lies outside the interval of the difference: by MOVER where both intervals are t, else from end to
    end, as no chance was assumed for the people who did not answer. Either way a difference inside one of the two
    intervals is no clear change.
    """
    if first is None or second is None:
        return Change(NOT_COMPARABLE, "it was not asked both times")
    if (first.top, first.better) != (second.top, second.better):
        return Change(NOT_COMPARABLE, "the question has changed")
    for result in (first, second):
        if result.interval is None or getattr(result, "told", "mean") == TOO_FEW:
            return Change(NOT_COMPARABLE, "too few answered")
        if getattr(result, "told", "mean") == DISCUSS:
            return Change(NOT_COMPARABLE, "the team does not agree, so a mean says little; compare the distributions")
    one, two = ((result.mean, result.interval.low, result.interval.high) for result in (first, second))
    difference, low, high = statistics.difference(one, two)
    if {first.interval.kind, second.interval.kind} != {T}:
        low, high = two[1] - one[2], two[2] - one[1]
    kind = UP if low > 1e-9 else DOWN if high < -1e-9 else UNCLEAR
    everyone = first.interval.kind == second.interval.kind == KNOWN
    reason = "everyone answered both times" if everyone else f"the difference lies between {low:+.1f} and {high:+.1f}"
    return Change(kind, reason, float(difference), float(low), float(high))


def _construct(key: str, items: list[Item], sheets: Sequence[Sheet], population: int) -> ConstructResult:
    # In order: the last digits of sums of fractions would tell in which order the sheets lie.
    values = sorted(value for sheet in sheets if (value := _own_mean(items, sheet)) is not None)
    # Only who has no value for any of its items is known not to belong to those the mean is about.
    outside = sum(all(item.key in sheet.said for item in items) for sheet in sheets)
    shown = interval(values, population - outside, items[0].top)
    return ConstructResult(
        key, tuple(item.key for item in items), items[0].top, items[0].better, len(values), *_moments(values), shown
    )


def _own_mean(items: Iterable[Item], sheet: Sheet) -> float | None:
    items = list(items)
    values = [sheet.values[item.key] for item in items if item.key in sheet.values]
    return sum(values) / len(values) if 2 * len(values) >= len(items) else None


def _moments(values: Sequence[float]) -> tuple[float | None, float | None]:
    if not values:
        return None, None
    return float(np.mean(values)), float(np.std(values, ddof=1)) if len(values) > 1 else None


def _quartiles(values: Sequence[float]) -> tuple[float, float, float] | None:
    if not values:
        return None
    ordered = sorted(values)
    return tuple(ordered[ceil(len(ordered) * quarter / 4) - 1] for quarter in (1, 2, 3))
