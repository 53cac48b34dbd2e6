"""What a map says, in sentences and rows for people: its figures, its constraint, what another version changes, and
what is measured beside what is stated."""

from collections.abc import Iterable
from dataclasses import dataclass

from assessments.delivery.results import Stage
from assessments.workflow import words
from assessments.workflow.amounts import Amount, Total
from assessments.workflow.model import HAPPY, RECOVERY, Map, Step
from assessments.workflow.totals import ADDED, CHANGED, KEPT, REMOVED, Totals, compare, totals

STATES = {KEPT: "As before", CHANGED: "Changed", ADDED: "New", REMOVED: "Gone"}


@dataclass(frozen=True)
class Figure:
    """A total by name. more: its range, or what is known of it where the whole is not."""

    name: str
    value: str
    more: str


def figures(of: Totals) -> tuple[Figure, ...]:
    """Lead time, work, activity ratio, complete and accurate."""
    return (
        _figure("Lead time", of.lead, words.minutes),
        _figure("Work", of.process, words.minutes),
        Figure("Activity ratio", *_told(of.activity, words.share)),
        _figure("Complete and accurate", of.complete_accurate, words.share),
    )


def _figure(name: str, total: Total, write) -> Figure:
    if total.known or total.partial is None:
        return Figure(name, *_told(total.known, write))
    return Figure(name, words.UNKNOWN, f"{write(total.partial.value)} without {words.listed(total.unknown)}")


def _told(amount: Amount | None, write) -> tuple[str, str]:
    if amount is None:
        return words.UNKNOWN, ""
    spread = "" if amount.low == amount.high else f"{write(amount.low)} to {write(amount.high)}"
    return write(amount.value), spread


def path(drawn: Map, name: str) -> str:
    """The totals of a path, "" for one without steps."""
    if not drawn.path(name):
        return ""
    told = [
        f"{one.name.lower()} {one.value}" + (f" ({one.more})" * bool(one.more)) for one in figures(totals(drawn, name))
    ]
    return f"{words.PATHS[name]}: {', '.join(told)}."


def constraint(drawn: Map, path: str = HAPPY) -> str:
    """Where the work waits most, "" for a path without steps."""
    if not drawn.path(path):
        return ""
    found = totals(drawn, path).constraint
    if found is None:
        known = all(step.waiting is not None for step in drawn.path(path))
        return "No step waits." if known else "Where the work waits is not known: no step has a lead time and its work."
    waits = f"{words.minutes(found.step.waiting.value)}, {words.share(found.share)} of the waiting"
    if found.sure:
        return f"The constraint is {found.step.name}: {waits}."
    return f"The constraint so far is {found.step.name}: {waits} that is known; not every step's is."


def changes(before: Map, after: Map) -> tuple[str, ...]:
    """What the second map changes against the first, the totals of both paths first."""
    told = [text for path in (HAPPY, RECOVERY) if (text := _of_path(before, after, path))]
    states: dict[str, list[str]] = {ADDED: [], REMOVED: [], CHANGED: []}
    for row in compare(before, after).steps:
        if row.state in states:
            states[row.state].append((row.after or row.before).name)
    for state, verb in ((REMOVED, "Gone"), (ADDED, "New"), (CHANGED, "Changed")):
        if names := states[state]:
            told.append(f"{verb}: {words.listed(names, len(names))}.")
    return tuple(told) or ("Nothing: both are the same, step by step.",)


def _of_path(before: Map, after: Map, path: str) -> str:
    if not before.path(path) or not after.path(path):
        return ""
    first, second = totals(before, path), totals(after, path)
    parts = []
    for name, one, other, write in (
        ("lead time", first.lead.known, second.lead.known, words.minutes),
        ("work", first.process.known, second.process.known, words.minutes),
        ("activity ratio", first.activity, second.activity, words.share),
        ("complete and accurate", first.complete_accurate.known, second.complete_accurate.known, words.share),
    ):
        old, new = (write(amount.value) if amount else words.UNKNOWN for amount in (one, other))
        parts.append(f"{name} {old}" + ("" if old == new else f" → {new}"))
    return f"{words.PATHS[path]}: {', '.join(parts)}."


def step_rows(before: Map, after: Map) -> list[dict[str, str]]:
    """Step by step: what it is in each of the two, in words; "" where it is not."""
    return [
        {
            "Step": _pair(row.before.name if row.before else "", row.after.name if row.after else ""),
            "State": STATES[row.state],
            "Lead time before": _time(row.before),
            "Lead time after": _time(row.after),
            "Complete and accurate before": _quality(row.before),
            "Complete and accurate after": _quality(row.after),
            "Done by": _pair(row.before.role if row.before else "", row.after.role if row.after else ""),
        }
        for row in compare(before, after).steps
    ]


def step_lines(drawn: Map, path: str) -> list[str]:
    """The steps of a path, a line each, for who cannot see the drawing or not the whole of it."""
    lines = []
    for step in drawn.path(path):
        facts = [step.role, step.tool, f"{words.time(step.process)} of {words.time(step.lead)}"]
        facts += [f"{words.percent(step.complete_accurate)} complete and accurate"]
        waiting = words.UNKNOWN if step.waiting is None else words.minutes(step.waiting.value)
        lines.append(f"{step.name}: {'; '.join(fact for fact in [*facts, f'waiting {waiting}'] if fact)}")
    return lines


def measured_rows(drawn: Map, stages: Iterable[Stage]) -> list[dict[str, str]]:
    """Each step that is tied to a measured stage beside the median of that stage."""
    by_key = {stage.key: stage for stage in stages}
    rows = []
    for step in drawn.steps:
        if not step.stage:
            continue
        stage = by_key.get(step.stage)
        known = stage is not None and stage.median_hours is not None
        rows.append(
            {
                "Step": step.name,
                "Measured stage": step.stage.replace("_", " ").capitalize(),
                "Stated": words.time(step.lead),
                "Measured, median": words.minutes(stage.median_hours * 60) if known else words.UNKNOWN,
                "Of changes": f"{stage.n:,}" if known else "0",
                "Difference": _difference(step, stage.median_hours * 60) if known else words.UNKNOWN,
            }
        )
    return rows


def _difference(step: Step, measured: float) -> str:
    if step.lead is None:
        return "Nothing is stated"
    if step.lead.low <= measured <= step.lead.high:
        return "Within the stated range" if step.lead.low < step.lead.high else "As stated"
    if not measured:
        return "Measured as no time"
    more = measured > step.lead.value
    times = measured / step.lead.value if more else step.lead.value / measured
    if times < 1.1:
        return "About as stated"
    return f"{times:.1f} times as long as stated" if more else f"{times:.1f} times shorter than stated"


def _pair(old: str, new: str) -> str:
    return old if not new or old == new else new if not old else f"{old} → {new}"


def _time(step: Step | None) -> str:
    return "" if step is None else words.time(step.lead)


def _quality(step: Step | None) -> str:
    return "" if step is None else words.percent(step.complete_accurate)
