"""Steps as rows of text, as people type them into a table: "2 h", "1-3 h", "95 %"; and the sentences where that fails.

A row has a text for each field of a step that is typed, `key` and `path` besides; an empty text is "not known". What is
typed is never lost: rows that cannot be read stay rows.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from assessments.workflow.amounts import Amount
from assessments.workflow.model import HAPPY, LONGEST, STATED, Step, problems

TIMES = ("lead", "process", "wait_before")
SHARES = ("complete_accurate",)
NUMBERS = ("queue", "batch_size", "manual_steps", "approvals")
TEXTS = ("name", "role", "tool", "trigger", "output", "environment", "evidence", "stage", "source")
FIELDS = (*TEXTS, *TIMES, *SHARES, *NUMBERS)
LABELS = {
    "lead": "the lead time",
    "process": "the work",
    "wait_before": "the wait before",
    "complete_accurate": "complete and accurate",
    "queue": "the queue",
    "batch_size": "the batch size",
    "manual_steps": "the manual steps",
    "approvals": "the approvals",
}

_UNITS = {
    "s": 1 / 60, "sec": 1 / 60, "second": 1 / 60, "m": 1, "min": 1, "minute": 1, "h": 60, "hr": 60, "hour": 60,
    "d": 1440, "day": 1440, "w": 10_080, "wk": 10_080, "week": 10_080,
}  # fmt: skip
_NUMBER = r"\d{1,9}(?:[.,]\d{1,9})?"
_PART = re.compile(rf"({_NUMBER})\s*([a-z]*)")
_RANGE = re.compile(r"\s*(?:-|\N{EN DASH}|\N{EM DASH}|\N{MINUS SIGN}|\bto\b)\s*")
_INSIDE = re.compile(r"(?P<value>[^()]+?)\s*\((?P<range>[^()]+)\)")
_HOW_TIME = "write it like 10 min, 2 h, 1 d, or a range like 1-3 h"
_HOW_SHARE = "write it like 95 %, or a range like 80-95 %"


class _Unreadable(ValueError):
    pass


def rows(steps: Sequence[Step]) -> list[dict[str, str]]:
    """The steps as they are typed; `read` makes the same steps of them."""
    return [_row(step) for step in steps]


def read(typed: Sequence[Mapping[str, Any]], title: str) -> tuple[dict[str, Any], list[str]]:
    """A map in plain values, and all that is wrong with what was typed, a sentence each; the plain values are good only
    without any. Rows in which nothing was typed are left out; a row without a key gets one from its name."""
    kept = [row for row in typed if any(_text(row.get(field)) for field in FIELDS if field != "source")]
    found: list[str] = []
    taken = {str(row["key"]) for row in kept if row.get("key")}
    steps = []
    for number, row in enumerate(kept, start=1):
        name = _text(row.get("name"))
        label = f"Step {number} ({name})" if name else f"Step {number}"
        steps.append(_step(row, label, taken, found))
    plain = {"title": title.strip(), "steps": steps}
    return plain, found or problems(plain)


def time(text: str) -> Amount:
    """Minutes from "90", "2 h", "1 h 30 min", "1,5 h", "1-3 h", "2 h (1-3 h)"; a day has 24 hours. The value of a bare
    range is its middle. Raises ValueError with what to do."""
    return _amount(text, _minutes, _HOW_TIME)


def share(text: str) -> Amount:
    """A share of 1 from "95 %", "95", "80-95 %", "90 % (80-95 %)". Raises ValueError with what to do."""
    return _amount(text, _share, _HOW_SHARE)


def written_time(amount: Amount | None) -> str:
    """As it is typed, to the last part of a second."""
    return _written(amount, _exact_minutes)


def written_share(amount: Amount | None) -> str:
    return _written(amount, lambda value: f"{value * 100:.10g} %")


def _row(step: Step) -> dict[str, str]:
    row = {"key": step.key, "path": step.path, **{field: getattr(step, field) for field in TEXTS}}
    row |= {field: written_time(getattr(step, field)) for field in TIMES}
    row |= {field: written_share(getattr(step, field)) for field in SHARES}
    numbers = {field: getattr(step, field) for field in NUMBERS}
    return row | {field: "" if value is None else f"{value:.10g}" for field, value in numbers.items()}


def _step(row: Mapping[str, Any], label: str, taken: set[str], found: list[str]) -> dict[str, Any]:
    """The plain values of a row; adds what is wrong with it."""
    step: dict[str, Any] = {field: _text(row.get(field)) for field in TEXTS}
    step["path"] = row.get("path") or HAPPY
    step["source"] = step["source"] or STATED
    step["key"] = str(row["key"]) if row.get("key") else _new_key(step["name"], taken)
    for fields, reader in ((TIMES, time), (SHARES, share), (NUMBERS, _count)):
        for field in fields:
            text = _text(row.get(field))
            try:
                step[field] = _plain(reader(text)) if text else None
            except ValueError as error:
                found.append(f"{label}: {LABELS[field]} “{text[:40]}” {error}.")
    return step


def _plain(amount: Amount | float) -> Any:
    if not isinstance(amount, Amount):
        return amount
    return amount.value if amount.low == amount.high else dict(vars(amount))


def _text(raw: Any) -> str:
    return " ".join(str(raw).split()) if raw is not None else ""


def _new_key(name: str, taken: set[str]) -> str:
    """Of its letters; numbered where another step has it."""
    slug = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[: LONGEST // 4] or "step"
    key, number = slug, 2
    while key in taken:
        key, number = f"{slug}-{number}", number + 1
    taken.add(key)
    return key


def _amount(text: str, reader, how: str) -> Amount:
    """A value, a range, or a value with its range behind it in brackets."""
    line = " ".join(text.lower().replace("~", " ").split())
    if re.match(r"[-\N{MINUS SIGN}]\s*\d", line):
        raise ValueError("is negative; leave it empty when it is not known")
    try:
        if inside := _INSIDE.fullmatch(line):
            low, high = _ends(inside["range"], reader)
            return Amount(reader(inside["value"], ""), low, high)
        if len(_RANGE.split(line)) == 1:
            return Amount.exactly(reader(line, ""))
        low, high = _ends(line, reader)
    except _Unreadable as error:
        raise ValueError(str(error) or f"cannot be read: {how}") from None
    return Amount((low + high) / 2, low, high)


def _ends(text: str, reader) -> tuple[float, float]:
    """Both ends of a range; the first may leave its unit to the second."""
    parts = _RANGE.split(text)
    if len(parts) != 2:
        raise _Unreadable
    unit = re.search(r"[a-z%]+$", parts[1].strip())
    low, high = reader(parts[0], unit[0] if unit else ""), reader(parts[1], "")
    if low > high:
        raise _Unreadable("begins above its end: write the smaller first")
    return low, high


def _minutes(text: str, unit: str) -> float:
    """unit: of a number that stands alone; minutes without it."""
    line, whole, place, factor = text.strip(), 0.0, 0, None
    for part in _PART.finditer(line):
        if line[place : part.start()].strip():
            raise _Unreadable
        alone = (unit or "min") if place == 0 else "min" if factor == 60 else ""  # 1h30
        name = part[2] or (alone if part.end() == len(line) else "")
        factor = _UNITS.get(name) or _UNITS.get(name.removesuffix("s"))
        if factor is None:
            raise _Unreadable
        whole, place = whole + _number(part[1]) * factor, part.end()
    if place == 0 or line[place:].strip():
        raise _Unreadable
    return round(whole, 9)


def _share(text: str, unit: str) -> float:
    found = re.fullmatch(rf"({_NUMBER})\s*%?", text.strip())
    if not found:
        raise _Unreadable
    value = _number(found[1])
    if 0 < value < 1 and "%" not in text + unit:
        raise _Unreadable(f"would be less than 1 %: write {value * 100:.6g} % if that is meant")
    return round(value / 100, 12)


def _count(text: str) -> float:
    if not re.fullmatch(_NUMBER, text):
        raise ValueError("is no number; leave it empty when it is not known")
    value = _number(text)
    return int(value) if value.is_integer() else value


def _number(text: str) -> float:
    return float(text.replace(",", "."))


def _written(amount: Amount | None, write) -> str:
    if amount is None:
        return ""
    alone = write(amount.value)
    return alone if amount.low == amount.high else f"{alone} ({write(amount.low)} \N{EN DASH} {write(amount.high)})"


def _exact_minutes(value: float) -> str:
    """Without rounding: 2 h 30 min, 12 min 24 s, 0.01 min."""
    seconds = round(value * 60)
    if abs(seconds - value * 60) > 1e-6 or not seconds:
        return f"{value:.9f}".rstrip("0").rstrip(".") + " min"
    days, rest = divmod(seconds, 86_400)
    hours, rest = divmod(rest, 3_600)
    parts = ((days, "d"), (hours, "h"), (rest // 60, "min"), (rest % 60, "s"))
    return " ".join(f"{number} {unit}" for number, unit in parts if number)
