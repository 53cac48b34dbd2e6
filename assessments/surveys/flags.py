"""Signs that a sheet was filled in without reading. They are reported and never take a sheet out of a result."""

from collections.abc import Sequence
from dataclasses import dataclass

from assessments.surveys.anonymity import K
from assessments.surveys.answers import Sheet
from assessments.surveys.questionnaire import CHOICE, Questionnaire

STRAIGHT, FAST = "straight", "fast"
LEAST_ITEMS = 8  # with fewer, the same option throughout is a plausible answer
SECONDS_PER_ITEM = 2.0


@dataclass(frozen=True)
class Flagged:
    """How many sheets have a sign, of how many; None where the number itself would be about fewer than k people."""

    straight: int | None
    fast: int | None
    sheets: int


def flags(questionnaire: Questionnaire, sheet: Sheet, seconds: float | None = None) -> frozenset[str]:
    """The signs of one sheet. straight: the same option number at every one of at least 8 choices. fast: less than two
    seconds for each answer (Huang et al. 2012, Journal of Business and Psychology 27, 99-114); `seconds` is known when
    a sheet is handed in, and only the sign is kept."""
    chosen = [
        sheet.values[item.key] for item in questionnaire.items if item.kind == CHOICE and item.key in sheet.values
    ]
    found = {STRAIGHT} if len(chosen) >= LEAST_ITEMS and len(set(chosen)) == 1 else set()
    if seconds is not None and sheet.answered and seconds < SECONDS_PER_ITEM * sheet.answered:
        found.add(FAST)
    return frozenset(found)


def flagged(signs: Sequence[frozenset[str]], k: int = K) -> Flagged:
    """How many sheets have which sign. A result without the flagged sheets is a filter like any other: offer it to
    `anonymity.plan`, never beside this."""

    def number(sign: str) -> int | None:
        count = sum(sign in found for found in signs)
        others = len(signs) - count
        return count if count == 0 or (count >= k and (others == 0 or others >= k)) else None

    return Flagged(number(STRAIGHT), number(FAST), len(signs))
