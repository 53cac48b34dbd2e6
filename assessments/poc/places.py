"""Places in a document and what must hold there: the small language of conditions on YAML and JSON.

A place is a path of keys: `jobs.*.steps[].uses`. `*` is every value of a mapping, `[]` every item of a list (a single
value where a list may stand counts as a list of one), `**` anything at any depth, quotes hold a key with dots in it.
A condition names a place, how many of its values must fit (`need`), and tests.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any, NamedTuple

from assessments.evidence.finding import Evidence
from assessments.evidence.reading import Malformed
from assessments.evidence.reading.shell import commands
from assessments.evidence.reading.workflows import pipes_fail
from assessments.evidence.reading.yamls import Map, Seq
from assessments.poc.judging import DAY, Context, Open, number, unknown
from assessments.poc.patterns import fits

#: Values that are looked at for one check.
STEPS_LIMIT = 60_000

_PART = re.compile(r"(?P<quote>'[^']{1,200}')|(?P<name>[^.'\[\]]+)|(?P<items>\[\])|(?P<dot>\.)")
_COMMIT = re.compile(r"[0-9a-f]{40}([0-9a-f]{24})?")
_DURATION = re.compile(r"([0-9]{1,9}(ms|[smhdwy]))+")
_PINNED = re.compile(r"[^@\s]+@[0-9a-f]{40}([0-9a-f]{24})?|[.$]/[^@\s]*|docker://[^@\s]+@sha256:[0-9a-f]{64}")

FORMS = {
    "commit": lambda text: bool(_COMMIT.fullmatch(text)),
    "pinned": lambda text: bool(_PINNED.fullmatch(text.strip())),
    "https": lambda text: bool(re.fullmatch(r"https://[^\s/]+\.[^\s]+", text)),
    "date": lambda text: day(text) is not None,
    "duration": lambda text: bool(_DURATION.fullmatch(text)),
}

_PLACE_PART = r"(?:(?:\*\*?|'[^']{1,200}'|[^.'\[\]*]+)(?:\[\])*|(?:\[\])+)"
#: JSON Schema of a place.
PLACE = {"type": "string", "maxLength": 200, "pattern": rf"^(?!.*\*\*.*\*\*)(?:{_PLACE_PART}(?:\.{_PLACE_PART})*)?$"}
_PATTERNS = {"type": ["string", "array"], "items": {"type": "string", "minLength": 1}, "minLength": 1, "minItems": 1}
_KEYS = {"type": "array", "items": {"type": "string", "minLength": 1}, "minItems": 1}
_SPAN = {
    "type": "object",
    "properties": {
        "min": {"type": "integer", "minimum": 0, "description": "At least so many."},
        "max": {"type": "integer", "minimum": 0, "description": "At most so many."},
    },
    "additionalProperties": False,
    "minProperties": 1,
}

#: JSON Schema of a condition; kinds put it among their definitions as `condition`.
CONDITION: dict[str, Any] = {
    "type": "object",
    "required": ["at"],
    "additionalProperties": False,
    "properties": {
        "at": PLACE | {"description": "The place; empty for the whole document."},
        "need": {
            "description": "How many values there must fit: each (the default; there must be one), some, none, or from "
            "min to max.",
            "anyOf": [{"enum": ["each", "some", "none"]}, _SPAN],
        },
        "where": {
            "description": "Only values for which these conditions hold count.",
            "type": "array",
            "items": {"$ref": "#/$defs/condition"},
            "minItems": 1,
        },
        "absent": {"const": "allowed", "description": "With each: it is fine when there is no such value."},
        "say": {"type": "string", "minLength": 3, "maxLength": 200, "description": "What is wrong, in words."},
        "is": {"description": "One of these values.", "type": "array", "minItems": 1},
        "like": _PATTERNS | {"description": "A text that fits one of these patterns."},
        "unlike": _PATTERNS | {"description": "A text that fits none of these patterns."},
        "at_least": {"type": "number", "description": "A number that is not lower."},
        "at_most": {"type": "number", "description": "A number that is not higher."},
        "times_baseline": {
            "description": "A number that is at most so many times that of the committed baseline.",
            "type": "object",
            "required": ["name", "at_most"],
            "additionalProperties": False,
            "properties": {
                "name": {"type": "string", "minLength": 1, "description": "Its key in docs/poc/baseline.yml."},
                "at_most": {"type": "number", "exclusiveMinimum": 0, "description": "The factor."},
            },
        },
        "type": {
            "description": "What kind of value it is.",
            "enum": ["map", "list", "text", "number", "truth"],
        },
        "names": _KEYS | {"description": "Keys, items, or the one text, of which all are there."},
        "names_none": _KEYS | {"description": "Keys, items, or the one text, of which none is there."},
        "has": _KEYS | {"description": "Keys with something in them, all of which are there."},
        "lacks": _KEYS | {"description": "Keys none of which is there."},
        "count": _SPAN | {"description": "How many keys or items it has."},
        "form": {"description": "What a text looks like.", "enum": sorted(FORMS)},
        "days_from": {
            "description": "A date that lies so many days from another one, or from today.",
            "type": "object",
            "required": ["of"],
            "additionalProperties": False,
            "properties": {
                "of": PLACE | {"minLength": 1, "description": "`today`, or a place with a date."},
                "least": {"type": "integer", "description": "Days at least; negative for before."},
                "most": {"type": "integer", "description": "Days at most."},
            },
        },
        "runs": _PATTERNS
        | {
            "description": "A step or job one of whose commands, not what it prints, fits. With need: none any; else "
            "one that is heard when it fails, without `|| true` or a pipe into `tee` and the like behind it, the "
            "latter unless the shell has pipefail."
        },
        "listed_at": PLACE | {"minLength": 1, "description": "One of the values at that place."},
        "all": {
            "description": "Conditions that hold within it.",
            "type": "array",
            "items": {"$ref": "#/$defs/condition"},
            "minItems": 1,
        },
        "any": {
            "description": "Lists of conditions, one of which holds within it as a whole.",
            "type": "array",
            "items": {"type": "array", "items": {"$ref": "#/$defs/condition"}, "minItems": 1},
            "minItems": 1,
        },
    },
}
CONDITIONS = {"type": "array", "items": {"$ref": "#/$defs/condition"}, "minItems": 1}


class Spot(NamedTuple):
    """A value with its line; 0 where it is not known."""

    value: Any
    line: int


@dataclass(frozen=True)
class Said:
    """Of one condition on one document, or on several: whether it holds, why not, the spots that say so. absent: it
    does not hold because something was not found."""

    holds: bool
    because: str
    spots: tuple[Spot, ...]
    absent: bool = False


def day(value: Any) -> date | None:
    """The day that a text names as YYYY-MM-DD."""
    text = value if isinstance(value, str) else ""
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


@lru_cache(maxsize=4096)
def parts(path: str) -> tuple[str, ...]:
    """The steps of a path. Raises ValueError for what is none."""
    found, at = [], 0
    while at < len(path):
        match = _PART.match(path, at)
        if match is None:
            raise ValueError(f"{path!r} is no place: write keys with dots between them, such as jobs.*.steps[]")
        at = match.end()
        if match["quote"]:
            found.append("=" + match["quote"][1:-1])
        elif match["name"]:
            found.append(match["name"] if match["name"] in ("*", "**") else "=" + match["name"])
        elif match["items"]:
            found.append("[]")
    if found.count("**") > 1:
        raise ValueError(f"{path!r} has ** more than once")
    return tuple(found)


class Looker:
    """Looks at documents for one check, and gives up when that would take too long."""

    def __init__(self, context: Context):
        self.context = context
        self.steps = 0
        self.within: list[Any] = []  # what is looked at, from the document inwards
        self.denied = 0  # conditions with need: none around this one

    def spots(self, root: Spot, path: str) -> list[Spot]:
        found = [root]
        for part in parts(path):
            found = [inner for each in found for inner in self._step(each, part)]
        return found

    def _spend(self, amount: int) -> None:
        self.steps += amount
        if self.steps > STEPS_LIMIT:
            raise Malformed("it holds more values than are looked at for one check")

    def _step(self, spot: Spot, part: str) -> list[Spot]:
        value = spot.value
        if part == "**":
            return self._below(spot)
        if part == "[]":
            if isinstance(value, Seq):
                self._spend(len(value))
                return [Spot(each, line) for each, line in zip(value, value.lines, strict=True)]
            return [] if value is None or isinstance(value, Map) else [spot]
        self._spend(1)
        if not isinstance(value, Map):
            return []
        if part == "*":
            self._spend(len(value))
            return [Spot(each, value.at(key)) for key, each in value.items()]
        return [Spot(value[part[1:]], value.at(part[1:]))] if part[1:] in value else []

    def _below(self, spot: Spot) -> list[Spot]:
        found, waiting = [], [spot]
        while waiting:
            each = waiting.pop()
            found.append(each)
            self._spend(1)
            if isinstance(each.value, Map):
                waiting += [Spot(inner, each.value.at(key)) for key, inner in each.value.items()]
            elif isinstance(each.value, Seq):
                waiting += [Spot(inner, line) for inner, line in zip(each.value, each.value.lines, strict=True)]
        return found

    # -- conditions -------------------------------------------------------------------------------------------------

    def judge(self, condition: Mapping[str, Any], roots: list[Spot]) -> Said:
        """One condition over the documents, taken together."""
        good: list[Spot] = []
        bad: list[tuple[Spot, str]] = []
        self.denied += condition.get("need") == "none"
        for root in roots:
            self.within.append(root.value)
            for spot in self.spots(root, condition["at"]):
                if not all(self.judge(each, [spot]).holds for each in condition.get("where", ())):
                    continue
                why = self._wrong(condition, spot, root)
                if why:
                    bad.append((spot, why))
                else:
                    good.append(spot)
            self.within.pop()
        self.denied -= condition.get("need") == "none"
        return self._counted(condition, good, bad)

    def _counted(self, condition: Mapping[str, Any], good: list[Spot], bad: list[tuple[Spot, str]]) -> Said:
        need, place = condition.get("need", "each"), condition["at"] or "the document"
        said = condition.get("say", "")
        if need == "each":
            if bad:
                return Said(False, said or f"{place} {bad[0][1]}", tuple(spot for spot, _ in bad))
            if good or condition.get("absent"):
                return Said(True, "", tuple(good))
            return Said(False, said or f"there is no {place}", (), True)
        if need == "none":
            return Said(not good, said or f"{place} stands where it must not", tuple(good))
        if need == "some":
            if good:
                return Said(True, "", tuple(good))
            why = bad[0][1] if bad else ""
            return Said(
                False,
                said or (f"no {place} fits: it {why}" if why else f"there is no {place}"),
                tuple(spot for spot, _ in bad),
                True,
            )
        if len(good) < need.get("min", 0):
            text = said or f"{len(good)} of {place} fit, and {need['min']} are needed"
            return Said(False, text, tuple(good), True)
        if len(good) > need.get("max", len(good)):
            return Said(False, said or f"{len(good)} of {place} fit, and {need['max']} are allowed", tuple(good))
        return Said(True, "", tuple(good))

    def _wrong(self, condition: Mapping[str, Any], spot: Spot, root: Spot) -> str:
        """What is wrong with a value under the tests of a condition; empty when nothing is."""
        for name, wanted in condition.items():
            if name in _TESTS and (why := _TESTS[name](self, wanted, spot.value)):
                return why
        if "listed_at" in condition:
            listed = [each.value for each in self.spots(root, condition["listed_at"])]
            if spot.value not in listed:
                return f"is not among those at {condition['listed_at']}"
        if "days_from" in condition and (why := self._days(condition["days_from"], spot.value, root)):
            return why
        for each in condition.get("all", ()):
            said = self.judge(each, [spot])
            if not said.holds:
                return f"does not fit: {said.because}"
        if "any" in condition:
            tried = [[self.judge(each, [spot]) for each in group] for group in condition["any"]]
            if not any(all(said.holds for said in group) for group in tried):
                return f"does not fit: {next(said.because for said in tried[0] if not said.holds)}"
        return ""

    def _days(self, wanted: Mapping[str, Any], value: Any, root: Spot) -> str:
        here = day(value)
        if here is None:
            return "is no date as YYYY-MM-DD"
        if wanted["of"] == "today":
            if self.context.snapshot.as_of is None:
                raise Open(unknown("It is not known on which day this is looked at."))
            other = date(1970, 1, 1) + timedelta(days=self.context.snapshot.as_of // DAY)
        else:
            found = [made for each in self.spots(root, wanted["of"]) if (made := day(each.value))]
            if not found:
                return f"has no date at {wanted['of']} to be counted from"
            other = found[0]
        days = (here - other).days
        if days < wanted.get("least", days):
            return f"lies {days} days from {wanted['of']}; at least {wanted['least']} are needed"
        return (
            f"lies {days} days from {wanted['of']}, more than {wanted['most']}"
            if days > wanted.get("most", days)
            else ""
        )


def _shown(value: Any) -> str:
    if isinstance(value, (Map, Seq)):
        return f"{len(value)} values"
    text = " ".join(("nothing" if value is None else str(value)).split())
    return text if len(text) <= 60 else text[:59] + "…"


def _names(value: Any) -> set[str]:
    if isinstance(value, Map):
        return set(value)
    return {str(each) for each in (value if isinstance(value, Seq) else [value]) if not isinstance(each, (Map, Seq))}


def _filled(value: Any) -> bool:
    return not (
        value is None
        or (isinstance(value, (str, Map, Seq)) and not (value.strip() if isinstance(value, str) else value))
    )


def _same(one: Any, other: Any) -> bool:
    """True is not 1 here."""
    return isinstance(one, bool) == isinstance(other, bool) and one == other


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) and value == value else None


def _is(looker: Looker, wanted: list, value: Any) -> str:
    return "" if any(_same(each, value) for each in wanted) else f"is {_shown(value)}"


def _like(looker: Looker, wanted: Any, value: Any) -> str:
    text = None if isinstance(value, (Map, Seq)) or value is None else str(value)
    return "" if text is not None and fits(wanted, text) else f"is {_shown(value)}"


def _unlike(looker: Looker, wanted: Any, value: Any) -> str:
    return f"is {_shown(value)}" if not _like(looker, wanted, value) else ""


def _at_least(looker: Looker, wanted: float, value: Any) -> str:
    amount = _number(value)
    return "" if amount is not None and amount >= wanted else f"is {_shown(value)}, not {number(wanted)} or more"


def _at_most(looker: Looker, wanted: float, value: Any) -> str:
    amount = _number(value)
    return "" if amount is not None and amount <= wanted else f"is {_shown(value)}, not {number(wanted)} or less"


def _times(looker: Looker, wanted: Mapping[str, Any], value: Any) -> str:
    limit = looker.context.baseline(wanted["name"]) * wanted["at_most"]
    return _at_most(looker, limit, value)


def _type(looker: Looker, wanted: str, value: Any) -> str:
    made = {
        "map": isinstance(value, Map),
        "list": isinstance(value, Seq),
        "text": isinstance(value, str),
        "number": _number(value) is not None,
        "truth": isinstance(value, bool),
    }
    return "" if made[wanted] else f"is {_shown(value)}, not a {wanted}"


def _all_names(looker: Looker, wanted: list[str], value: Any) -> str:
    lacking = [name for name in wanted if name not in _names(value)]
    return f"does not name {', '.join(lacking)}" if lacking else ""


def _no_names(looker: Looker, wanted: list[str], value: Any) -> str:
    there = [name for name in wanted if name in _names(value)]
    return f"names {', '.join(there)}" if there else ""


def _has(looker: Looker, wanted: list[str], value: Any) -> str:
    lacking = [key for key in wanted if not (isinstance(value, Map) and _filled(value.get(key)))]
    return f"has no {', '.join(lacking)}" if lacking else ""


def _lacks(looker: Looker, wanted: list[str], value: Any) -> str:
    there = [key for key in wanted if isinstance(value, Map) and key in value]
    return f"has {', '.join(there)}" if there else ""


def _count(looker: Looker, wanted: Mapping[str, int], value: Any) -> str:
    size = len(value) if isinstance(value, (Map, Seq)) else 0
    if size < wanted.get("min", 0):
        return f"has {size} entries, not {wanted['min']} or more"
    return f"has {size} entries, not {wanted['max']} or less" if size > wanted.get("max", size) else ""


def _form(looker: Looker, wanted: str, value: Any) -> str:
    return "" if isinstance(value, str) and FORMS[wanted](value) else f"is {_shown(value)}, not {_FORM_NAMES[wanted]}"


_FORM_NAMES = {
    "commit": "a full commit",
    "pinned": "pinned to a full commit",
    "https": "an https address",
    "date": "a date as YYYY-MM-DD",
    "duration": "a duration such as 5m",
}


def _runs(looker: Looker, wanted: Any, value: Any) -> str:
    workflow = looker.within[0] if isinstance(looker.within[0], Map) else Map(0)
    job = value if isinstance(value, Map) and "steps" in value else _job_of(workflow, value)
    for step in [value, *_steps(value)]:
        script = step.get("run") if isinstance(step, Map) else None
        pipefail = isinstance(script, str) and pipes_fail(step, job, workflow)
        for command in commands(script, pipefail=pipefail) if isinstance(script, str) else ():
            if fits(wanted, " ".join(command.words)) and (looker.denied or not command.ignored):
                return ""
    return "runs no such command"


def _steps(job: Any) -> list[Map]:
    steps = job.get("steps") if isinstance(job, Map) else None
    return [each for each in steps if isinstance(each, Map)] if isinstance(steps, Seq) else []


def _job_of(workflow: Map, step: Any) -> Map | None:
    jobs = workflow.get("jobs")
    every = jobs.values() if isinstance(jobs, Map) else ()
    return next((job for job in every if any(each is step for each in _steps(job))), None)


_TESTS = {
    "is": _is,
    "like": _like,
    "unlike": _unlike,
    "at_least": _at_least,
    "at_most": _at_most,
    "times_baseline": _times,
    "type": _type,
    "names": _all_names,
    "names_none": _no_names,
    "has": _has,
    "lacks": _lacks,
    "count": _count,
    "form": _form,
    "runs": _runs,
}


def evidence(path: str | None, spots: tuple[Spot, ...]) -> list[Evidence]:
    """Where the values stand, and what they are. Of one that holds others the place says enough."""
    return [
        Evidence(path, spot.line or None, "" if path and isinstance(spot.value, (Map, Seq)) else _shown(spot.value))
        for spot in spots
    ]


def universal(conditions: Any) -> bool:
    """Whether conditions say something of all values, so that one in an unread file could break them."""
    return any(
        each.get("need", "each") in ("each", "none")
        or (isinstance(each.get("need"), Mapping) and "max" in each["need"])
        for each in conditions
    )


def dated(params: Any) -> bool:
    """Whether any condition within these parameters depends on the day."""
    if isinstance(params, Mapping):
        return params.get("of") == "today" or any(dated(each) for each in params.values())
    return isinstance(params, (list, tuple)) and any(dated(each) for each in params)


def baselined(params: Any) -> bool:
    """Whether any condition within these parameters is held against the baseline."""
    if isinstance(params, Mapping):
        return "times_baseline" in params or any(baselined(each) for each in params.values())
    return isinstance(params, (list, tuple)) and any(baselined(each) for each in params)
