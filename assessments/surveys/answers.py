"""One person's answers, checked against what was asked. Nothing in them says who or when.

Raw answers are what a page or a file sends: item key -> {"value": ...} or {"said": "dont_know" | "not_applicable"}.
They are hostile until `read` has seen them. An item that is left out is unanswered.
"""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from assessments.surveys.questionnaire import CHOICE, PAIN_POINTS, PERCENT, Item, Questionnaire

DONT_KNOW, NOT_APPLICABLE = "dont_know", "not_applicable"
LONGEST_TEXT = 5_000  # characters
MOST_HOURS = 168.0  # of a week


class AnswerError(ValueError):
    """An answer that the question does not have; the text says which and what to do."""


@dataclass(frozen=True)
class PainPoint:
    """What cost somebody time: the key of the workflow step, the capability it hangs on (or None), how often and how
    bad (option numbers of the item), hours lost last week (None: not said), and words."""

    step: str
    capability: str | None
    how_often: int
    how_bad: int
    hours: float | None
    text: str


@dataclass(frozen=True)
class Sheet:
    """The answers of one person. `values`: option number of a choice, 0 to 100 of a percent item. `said`: don't know or
    not applicable instead of a value. `texts` and `pains` by item key. What is in none of them is unanswered."""

    values: Mapping[str, float] = field(default_factory=dict)
    said: Mapping[str, str] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)
    pains: Mapping[str, tuple[PainPoint, ...]] = field(default_factory=dict)

    @property
    def answered(self) -> int:
        """Number of items with an answer of any kind."""
        return len(self.values) + len(self.said) + len(self.texts) + len(self.pains)


def read(questionnaire: Questionnaire, raw: Any, capabilities: frozenset[str] = frozenset()) -> Sheet:
    """The answers as a sheet. `capabilities`: keys a pain point may name.

    Raises AnswerError for the first answer that cannot be: an unknown item, an option that is not there, too long a
    text, a number that is none.
    """
    if not isinstance(raw, Mapping):
        raise AnswerError("answers come as an object with one entry for each question")
    items = {item.key: item for item in questionnaire.items}
    values, said, texts, pains = {}, {}, {}, {}
    for key, answer in raw.items():
        if key not in items:
            raise AnswerError(f"this questionnaire has no question {_short(key)}; reload the page to see what is asked")
        item = items[key]
        if not isinstance(answer, Mapping) or len(answer) != 1 or not set(answer) <= {"value", "said"}:
            raise AnswerError(f"{key}: give either a value, or said: {DONT_KNOW} or {NOT_APPLICABLE}")
        if "said" in answer:
            if answer["said"] not in (DONT_KNOW, NOT_APPLICABLE):
                raise AnswerError(f"{key}: said is {DONT_KNOW} or {NOT_APPLICABLE}")
            said[key] = answer["said"]
        elif item.kind in (CHOICE, PERCENT):
            values[key] = _value(item, answer["value"])
        elif item.kind == PAIN_POINTS:
            pains[key] = _pains(item, answer["value"], capabilities)
        else:
            texts[key] = clean(answer["value"], key)
    texts = {key: text for key, text in texts.items() if text}
    return Sheet(values, said, texts, {key: points for key, points in pains.items() if points})


def written(sheet: Sheet) -> dict[str, dict[str, Any]]:
    """The raw answers that `read` makes this sheet of; plain values for JSON."""
    raw: dict[str, dict[str, Any]] = {key: {"value": value} for key, value in {**sheet.values, **sheet.texts}.items()}
    raw |= {key: {"said": what} for key, what in sheet.said.items()}
    return raw | {key: {"value": [vars(point) for point in points]} for key, points in sheet.pains.items()}


def clean(text: Any, key: str) -> str:
    """A text as it may be kept: normal form C, line ends \\n, no control characters, no blank ends. Markdown, HTML, any
    script and direction stay what they are; who shows it escapes it.

    Raises AnswerError when it is no text, longer than LONGEST_TEXT or holds half a character.
    """
    if not isinstance(text, str):
        raise AnswerError(f"{key}: a text is wanted")
    if len(text) > LONGEST_TEXT:
        raise AnswerError(f"{key}: the text has {len(text):,} characters; shorten it to {LONGEST_TEXT:,}")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise AnswerError(f"{key}: the text holds half a character; type it anew") from None
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    return "".join(sign for sign in text if sign in "\n\t" or unicodedata.category(sign) != "Cc").strip()


def _value(item: Item, value: Any) -> float:
    if item.kind == PERCENT:
        number = _number(value, item.key, 100.0)
        return int(number) if number == int(number) else number
    if type(value) is not int or not 0 <= value < len(item.options):
        raise AnswerError(f"{item.key}: choose one of its options, 0 to {len(item.options) - 1}")
    return value


def _number(value: Any, key: str, most: float) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= most:
        raise AnswerError(f"{key}: a number from 0 to {most:g} is wanted")
    return float(value)


def _pains(item: Item, value: Any, capabilities: frozenset[str]) -> tuple[PainPoint, ...]:
    if not isinstance(value, list) or len(value) > item.most:
        raise AnswerError(f"{item.key}: at most {item.most} pain points")
    return tuple(_pain(item, point, capabilities) for point in value)


def _pain(item: Item, point: Any, capabilities: frozenset[str]) -> PainPoint:
    wanted = {"step", "capability", "how_often", "how_bad", "hours", "text"}
    if not isinstance(point, Mapping) or set(point) != wanted:
        raise AnswerError(f"{item.key}: a pain point has {', '.join(sorted(wanted))}")
    if point["step"] not in [step.key for step in item.steps]:
        raise AnswerError(f"{item.key}: choose a step of the workflow")
    if point["capability"] is not None and point["capability"] not in capabilities:
        raise AnswerError(f"{item.key}: choose a capability from the list, or none")
    for name, options in (("how_often", item.how_often), ("how_bad", item.how_bad)):
        if type(point[name]) is not int or not 0 <= point[name] < len(options):
            raise AnswerError(f"{item.key}: {name} is one of its options, 0 to {len(options) - 1}")
    hours = None if point["hours"] is None else _number(point["hours"], f"{item.key}, hours lost last week", MOST_HOURS)
    return PainPoint(
        point["step"], point["capability"], point["how_often"], point["how_bad"], hours, clean(point["text"], item.key)
    )


def _short(key: Any) -> str:
    return repr(str(key)[:40])
