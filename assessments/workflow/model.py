"""A map as plain values and as checked steps. Plain values come from an editor or a file and are hostile until read."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from assessments.workflow.amounts import Amount, minus

HAPPY, RECOVERY = "happy", "recovery"
STATED, MEASURED = "stated", "measured"
FEWEST, MOST = 5, 15  # steps of a map
LONGEST = 200  # characters of a text
LONGEST_TIME = 60.0 * 24 * 366 * 2  # minutes
LARGEST = 1_000_000  # of what is counted
_TEXTS = ("role", "trigger", "output", "tool", "environment", "evidence", "stage")
_COUNTS = ("queue", "batch_size", "manual_steps", "approvals")


class MapError(ValueError):
    """A map that cannot be read; `problems` holds one sentence for everything wrong."""

    def __init__(self, problems: Sequence[str]):
        super().__init__(" ".join(problems))
        self.problems = tuple(problems)


@dataclass(frozen=True)
class Step:
    """One step. Times are minutes; `lead` from accepting the work to handing it on and includes `wait_before`;
    `process` is the time somebody or something works on it. `complete_accurate`: share of what arrives from here that
    the next step can use as it is. `stage`: the measured stage of lead time it is tied to. None and "" mean: not
    known."""

    key: str
    name: str
    path: str = HAPPY
    role: str = ""
    trigger: str = ""
    output: str = ""
    tool: str = ""
    lead: Amount | None = None
    process: Amount | None = None
    complete_accurate: Amount | None = None
    wait_before: Amount | None = None
    queue: float | None = None
    batch_size: float | None = None
    manual_steps: int | None = None
    approvals: int | None = None
    environment: str = ""
    evidence: str = ""
    stage: str = ""
    source: str = STATED

    @property
    def waiting(self) -> Amount | None:
        """Lead time in which nobody works on it."""
        return minus(self.lead, self.process)


@dataclass(frozen=True)
class Map:
    """A workflow: its steps in order, those of the happy path before those of the recovery path."""

    title: str
    steps: tuple[Step, ...]

    def path(self, name: str) -> tuple[Step, ...]:
        """The steps of that path, in order."""
        return tuple(step for step in self.steps if step.path == name)

    @classmethod
    def of(cls, plain: Any) -> "Map":
        """From plain values, as `plain` writes them. Raises MapError with all that `problems` finds."""
        if found := problems(plain):
            raise MapError(found)
        steps = [_step(step) for step in plain["steps"]]
        after = {step["key"]: step["after"] for step in plain["steps"] if step.get("after")}
        ordered = [step for path in (HAPPY, RECOVERY) for step in _ordered(path, steps, after)]
        return cls(plain["title"].strip(), tuple(ordered))

    def plain(self) -> dict[str, Any]:
        """As plain values for JSON; `of` reads them back to the same map. What is unknown is null."""
        return {"title": self.title, "steps": [_plain(step) for step in self.steps]}


def problems(plain: Any) -> list[str]:
    """Everything wrong with a map in plain values, one sentence each that says what to do; empty when it can be read.

    title, steps[key, name, path, ...]: the fields of `Step`; a time is minutes or {value, low, high}; `after` may name
    the step before it, else the order of the list counts.
    """
    if not isinstance(plain, Mapping) or not isinstance(plain.get("steps"), list):
        return ["A map has a title and a list of steps."]
    found = [] if _text(plain.get("title"), 1) else [f"Give the map a title of at most {LONGEST} characters."]
    if strange := sorted(set(plain) - {"title", "steps"}):
        found.append(f"A map has no {', '.join(strange)}.")
    steps = plain["steps"]
    if not FEWEST <= len(steps) <= MOST:
        found.append(f"A map has {FEWEST} to {MOST} steps; this one has {len(steps)}. Split or put together.")
    if not all(isinstance(step, Mapping) for step in steps):
        return [*found, "Each step is a set of fields."]
    for number, step in enumerate(steps, start=1):
        found += _of_step(step, number)
    if found:
        return found
    return _keys(steps) or _order(steps)


def _of_step(step: Mapping, number: int) -> list[str]:
    name = step.get("name")
    label = f"Step {number} ({name.strip()})" if _text(name, 1) else f"Step {number}"
    found = [] if _text(name, 1) else [f"{label}: give it a name of at most {LONGEST} characters."]
    if not _text(step.get("key"), 1):
        found.append(f"{label}: it needs a key.")
    if step.get("after") is not None and not _text(step["after"], 1):
        found.append(f"{label}: after names the key of another step.")
    if strange := sorted(set(map(str, step)) - {field.name for field in fields(Step)} - {"after"}):
        found.append(f"{label}: a step has no {', '.join(strange)}.")
    if step.get("path", HAPPY) not in (HAPPY, RECOVERY):
        found.append(f"{label}: the path is {HAPPY} or {RECOVERY}.")
    if step.get("source", STATED) not in (STATED, MEASURED):
        found.append(f"{label}: the source is {STATED} or {MEASURED}.")
    for field in _TEXTS:
        if step.get(field) is not None and not _text(step[field], 0):
            found.append(f"{label}: {_words(field)} is a text of at most {LONGEST} characters.")
    if step.get("evidence") and not str(step["evidence"]).startswith("https://"):
        found.append(f"{label}: the evidence is a link that begins with https://.")
    for field in _COUNTS:
        if (number := step.get(field)) is not None and not (_number(number) and 0 <= number <= LARGEST):
            limits = f"a number from 0 to {LARGEST:,}"
            found.append(f"{label}: {_words(field)} is {limits}; leave it empty when it is not known.")
    wrong = [problem for field in _AMOUNTS for problem in _amount_problems(step.get(field), field)]
    return found + [f"{label}: {problem}" for problem in wrong or _times(step)]


#: Of each amount: its largest value, and whether it may be 0.
_AMOUNTS = {
    "lead": (LONGEST_TIME, False),
    "process": (LONGEST_TIME, False),
    "wait_before": (LONGEST_TIME, True),
    "complete_accurate": (1.0, False),
}


def _amount_problems(raw: Any, field: str) -> list[str]:
    if raw is None:
        return []
    most, zero = _AMOUNTS[field]
    amount = _amount(raw)
    if amount is None:
        return [f"{_words(field)} is a number, or a value with low and high."]
    if amount.low < 0:
        return [f"{_words(field)} is negative."]
    if amount.value == 0 or (amount.low == 0 and not zero):
        return [] if zero else [f"{_words(field)} is 0; leave it empty when it is not known."]
    if amount.high > most:
        return [f"{_words(field)} is more than {'100 %' if most == 1 else 'two years'}."]
    if not amount.low <= amount.value <= amount.high:
        return [f"{_words(field)} lies outside its own range."]
    return []


def _times(step: Mapping) -> list[str]:
    lead, process, wait = (_amount(step.get(field)) for field in ("lead", "process", "wait_before"))
    if lead and process and any(getattr(process, end) > getattr(lead, end) for end in ("low", "value", "high")):
        return ["the process time is longer than the lead time, which includes it."]
    if lead and wait and wait.value + (process.value if process else 0) > lead.value + 1e-9:
        return ["the wait before and the process time are longer than the lead time, which includes both."]
    return []


def _keys(steps: list[Mapping]) -> list[str]:
    keys = [step["key"] for step in steps]
    found = [f"Two steps have the key {key}." for key in sorted({key for key in keys if keys.count(key) > 1})]
    names = {step["key"]: step["name"].strip() for step in steps}
    for step in steps:
        if (after := step.get("after")) is not None and after not in names:
            found.append(f"{step['name'].strip()} comes after {after!r}, which is no step of this map.")
    return found


def _order(steps: list[Mapping]) -> list[str]:
    """What forbids one order: a loop, two steps after the same one, a happy step after a recovery step."""
    by_key = {step["key"]: step for step in steps}
    path = {key: step.get("path", HAPPY) for key, step in by_key.items()}
    after = {step["key"]: step["after"] for step in steps if step.get("after") is not None}
    name = {key: step["name"].strip() for key, step in by_key.items()}
    found = []
    for key, before in after.items():
        if path[key] == HAPPY and path[before] == RECOVERY:
            found.append(f"{name[key]} is on the happy path and cannot come after {name[before]} of the recovery path.")
    for before in dict.fromkeys(after.values()):
        both = [name[key] for key, earlier in after.items() if earlier == before and path[key] == path[before]]
        if len(both) > 1:
            found.append(f"{' and '.join(both)} both come after {name[before]}; put them in one order.")
    seen: set[str] = set()
    for start in after:
        trail = [start]
        while trail[-1] in after and after[trail[-1]] not in trail and trail[-1] not in seen:
            trail.append(after[trail[-1]])
        if trail[-1] in after and after[trail[-1]] in trail and not seen & set(trail):
            circle = trail[trail.index(after[trail[-1]]) :]
            loop = " → ".join(name[key] for key in [*circle[::-1], circle[-1]])
            found.append(f"The steps {loop} form a loop; work that goes back belongs on the recovery path.")
        seen.update(trail)
    return found


def _ordered(path: str, steps: list[Step], after: Mapping[str, str]) -> list[Step]:
    """The steps of the path in list order, each that names a step before it moved behind that one."""
    mine = {step.key: step for step in steps if step.path == path}
    following = {before: key for key, before in after.items() if key in mine and before in mine}
    ordered: list[Step] = []
    for key in mine:
        if after.get(key) in mine:
            continue
        while key is not None:
            ordered.append(mine[key])
            key = following.get(key)
    return ordered


def _step(raw: Mapping) -> Step:
    texts = {field: (raw.get(field) or "").strip() for field in _TEXTS}
    amounts = {field: _amount(raw.get(field)) for field in _AMOUNTS}
    counts = {field: raw.get(field) for field in _COUNTS}
    head = raw["key"], raw["name"].strip(), raw.get("path", HAPPY)
    return Step(*head, **texts, **amounts, **counts, source=raw.get("source", STATED))


def _plain(step: Step) -> dict[str, Any]:
    made = dict(vars(step))
    for field in _AMOUNTS:
        amount = made[field]
        if amount is not None:
            made[field] = amount.value if amount.low == amount.high else vars(amount)
    return made


def _amount(raw: Any) -> Amount | None:
    if _number(raw):
        return Amount.exactly(raw)
    if isinstance(raw, Mapping) and set(raw) == {"value", "low", "high"} and all(_number(raw[end]) for end in raw):
        return Amount(raw["value"], raw["low"], raw["high"])
    return None


def _number(raw: Any) -> bool:
    """Whole numbers of any length are some: which is too large is said by its limit."""
    return (isinstance(raw, int) and not isinstance(raw, bool)) or (isinstance(raw, float) and math.isfinite(raw))


def _text(raw: Any, shortest: int) -> bool:
    return isinstance(raw, str) and shortest <= len(raw.strip()) and len(raw) <= LONGEST and raw.isprintable()


def _words(field: str) -> str:
    known = {"complete_accurate": "complete and accurate", "lead": "the lead time", "process": "the process time"}
    return known.get(field, f"the {field.replace('_', ' ')}")
