"""What the steps of a path come to, where the work waits, and what another version of the map would change."""

from collections.abc import Mapping
from dataclasses import dataclass

from assessments.workflow.amounts import Amount, Total, multiplied, ratio, summed
from assessments.workflow.model import HAPPY, Map, Step

KEPT, CHANGED, ADDED, REMOVED = "kept", "changed", "added", "removed"


@dataclass(frozen=True)
class Constraint:
    """The step with the largest share of the waiting. `sure`: False while the waiting of another step is unknown."""

    step: Step
    share: float
    sure: bool


@dataclass(frozen=True)
class Totals:
    """Of one path. lead, process, waiting: minutes; activity: process / lead; complete_accurate: the share of work that
    goes through all steps without being sent back (rolled %C&A, the product)."""

    lead: Total
    process: Total
    waiting: Total
    activity: Amount | None
    complete_accurate: Total
    constraint: Constraint | None


@dataclass(frozen=True)
class Beside:
    """A step of a map beside the same step of another version; one of the two is None where it was added or removed."""

    state: str
    before: Step | None
    after: Step | None


@dataclass(frozen=True)
class Comparison:
    """Two versions of a map: step by step, and the change of each total of the happy path (None: not known)."""

    steps: tuple[Beside, ...]
    lead: float | None
    process: float | None
    activity: float | None
    complete_accurate: float | None


def totals(drawn: Map, path: str = HAPPY) -> Totals:
    """Of the happy or the recovery path; every total is unknown while one of its parts is."""
    steps = drawn.path(path)
    lead, process, waiting = (
        summed([(step.name, getattr(step, field)) for step in steps]) for field in ("lead", "process", "waiting")
    )
    complete = multiplied([(step.name, step.complete_accurate) for step in steps])
    return Totals(lead, process, waiting, ratio(process.known, lead.known), complete, _constraint(steps))


def _constraint(steps: tuple[Step, ...]) -> Constraint | None:
    known = [step for step in steps if step.waiting is not None]
    whole = sum(step.waiting.value for step in known)
    if not whole:
        return None
    most = max(known, key=lambda step: step.waiting.value)
    return Constraint(most, most.waiting.value / whole, len(known) == len(steps))


def compare(before: Map, after: Map) -> Comparison:
    """Two versions of a map, matched by the keys of their steps; the order is that of `after`, then what was
    removed."""
    old, new = ({step.key: step for step in drawn.steps} for drawn in (before, after))
    rows = [
        Beside(ADDED if key not in old else KEPT if old[key] == step else CHANGED, old.get(key), step)
        for key, step in new.items()
    ]
    rows += [Beside(REMOVED, step, None) for key, step in old.items() if key not in new]
    first, second = totals(before), totals(after)
    pairs = [(getattr(first, name).known, getattr(second, name).known) for name in ("lead", "process")]
    pairs += [(first.activity, second.activity), (first.complete_accurate.known, second.complete_accurate.known)]
    return Comparison(tuple(rows), *(b.value - a.value if a and b else None for a, b in pairs))


def beside(drawn: Map, measured: Mapping[str, float]) -> list[tuple[Step, float]]:
    """Steps tied to a measured stage, with that stage's minutes; the stated value stays in the step."""
    return [(step, measured[step.stage]) for step in drawn.steps if step.stage in measured]
