"""Votes of a few people who sit together, revealed at once: how they lie, and what to talk about.

No statistics: everyone is in the room, and what the team agrees on afterwards is the result.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from assessments.surveys.answers import DONT_KNOW, NOT_APPLICABLE, Sheet
from assessments.surveys.questionnaire import CHOICE, PERCENT, Item, Questionnaire

SAME, NEAR, APART, UNKNOWN = "same", "near", "apart", "unknown"
NEAR_STEPS = {CHOICE: 1, PERCENT: 10}  # options, points of 100


@dataclass(frozen=True)
class Spread:
    """All votes on one question, by nobody's name. `counts`: of each option (choice); `values`: in order (percent).
    `kind`: same, near (neighbouring options, ten points of a hundred), apart, or unknown (nobody gave a value).
    `low`, `high`: the ends."""

    counts: tuple[int, ...]
    values: tuple[float, ...]
    dont_know: int
    not_applicable: int
    kind: str
    low: float | None
    high: float | None

    @property
    def votes(self) -> int:
        """How many have voted, with a value or without."""
        return (sum(self.counts) or len(self.values)) + self.dont_know + self.not_applicable

    @property
    def unanimous(self) -> bool:
        """Whether all votes are one and the same, "don't know" too."""
        without = sum(1 for number in (self.dont_know, self.not_applicable) if number)
        return (self.kind == SAME and not without) or (self.kind == UNKNOWN and without == 1)


def items(questionnaire: Questionnaire) -> tuple[Item, ...]:
    """What can be voted on, in the order it is written; texts and pain points are not."""
    return tuple(item for item in questionnaire.items if item.kind in (CHOICE, PERCENT))


def spread(item: Item, votes: Iterable[Sheet]) -> Spread:
    """How the votes on one question lie; sheets without an answer to it are no votes."""
    sheets = list(votes)
    values = sorted(sheet.values[item.key] for sheet in sheets if item.key in sheet.values)
    said = [sheet.said[item.key] for sheet in sheets if item.key in sheet.said]
    counts = tuple(values.count(option) for option in range(len(item.options))) if item.kind == CHOICE else ()
    head = (counts, () if item.kind == CHOICE else tuple(values), said.count(DONT_KNOW), said.count(NOT_APPLICABLE))
    if not values:
        return Spread(*head, UNKNOWN, None, None)
    low, high = values[0], values[-1]
    kind = SAME if low == high else NEAR if high - low <= NEAR_STEPS[item.kind] else APART
    return Spread(*head, kind, low, high)


def hint(one: Spread) -> str:
    """What to talk about now, in a sentence or two."""
    if one.kind == UNKNOWN:
        if one.dont_know and one.not_applicable:
            return "Nobody chose a line: talk about whether the question is about you at all."
        return "Nobody knows: say where one would look." if one.dont_know else "All say that it is not about you."
    said = {
        SAME: "All who chose a line chose the same." if one.dont_know or one.not_applicable else "You all agree.",
        NEAR: "You are close together. What would one have to see for the higher answer to hold?",
        APART: "You are far apart. Let both ends say first what they have seen, then the others.",
    }[one.kind]
    if one.dont_know:
        said += " Tell those who don't know where you saw it."
    if one.not_applicable and one.kind != APART:
        said += " Somebody says that it is not about you: hear why."
    return said


def words(item: Item, answer: Mapping[str, Any] | None) -> str:
    """An answer as people read it: the text of the option, "12 of 100", or what was said instead."""
    if answer is None:
        return ""
    if "said" in answer:
        return {DONT_KNOW: "Don't know", NOT_APPLICABLE: "Not applicable"}[answer["said"]]
    value = answer["value"]
    return f"{value:g} of 100" if item.kind == PERCENT else item.options[value].text
