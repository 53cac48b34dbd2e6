"""What a workflow map says about practices: figures with a range, each in one sentence, to be held against a limit."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from assessments.workflow.amounts import Amount, summed
from assessments.workflow.model import HAPPY, RECOVERY, Map, Step
from assessments.workflow.totals import totals

#: Stages of lead time (assessments/delivery/stages.py) that a step may be tied to.
DEPLOYING = ("waiting_to_deploy", "deploying")
REVIEWING = ("waiting_for_review", "review")


@dataclass(frozen=True)
class Drawn:
    """A map with its circumstances. `future`: whether a future state is drawn; `versions`: how many there are of this
    map; `age`: days since the newest was agreed, None where that is not known."""

    today: Map
    future: bool = False
    versions: int = 1
    age: float | None = None


@dataclass(frozen=True)
class Fact:
    """`amount` is None where the map does not tell; `because`: one sentence. `share`: the amount is a share of 1, and
    some is more than none."""

    amount: Amount | None
    because: str
    share: bool = False


def facts(drawn: Drawn) -> dict[str, Fact]:
    """Everything the map says, by name."""
    return {name: function(drawn) for name, function in FACTS.items()}


def lost(today: Map) -> dict[str, float]:
    """Share of the happy path's lead time that is waiting, by the measured stage that its steps are tied to. Empty
    while the lead time or waiting of a step is unknown: a share of a part would be too large."""
    whole = totals(today)
    if whole.lead.known is None or whole.waiting.known is None:
        return {}
    found: dict[str, float] = {}
    for step in today.path(HAPPY):
        if step.stage:
            found[step.stage] = found.get(step.stage, 0.0) + step.waiting.value / whole.lead.known.value
    return found


def _part(noun: str, has: Callable[[Step], bool]) -> Callable[[Drawn], Fact]:
    def fact(drawn: Drawn) -> Fact:
        steps = drawn.today.path(HAPPY)
        if not steps:
            return Fact(None, "The map has no happy path.")
        count = sum(map(has, steps))
        return Fact(Amount.exactly(count / len(steps)), f"{count} of {len(steps)} steps have {noun}.", share=True)

    return fact


def _constraint(drawn: Drawn) -> Fact:
    found = totals(drawn.today).constraint
    if found is None or not found.sure:
        return Fact(None, "The waiting of some step is not known, so the largest cannot be told.")
    return Fact(Amount.exactly(1), f"{found.step.name} holds {found.share:.0%} of the waiting.")


def _future(drawn: Drawn) -> Fact:
    return Fact(Amount.exactly(drawn.future), f"{'A' if drawn.future else 'No'} future state is drawn.")


def _age(drawn: Drawn) -> Fact:
    if drawn.age is None:
        return Fact(None, "It is not known when the map was agreed.")
    return Fact(Amount.exactly(drawn.age), f"The map is {drawn.age:.0f} days old.")


def _versions(drawn: Drawn) -> Fact:
    many = f"There are {drawn.versions} versions" if drawn.versions > 1 else "There is one version"
    return Fact(Amount.exactly(drawn.versions), f"{many} of the map.")


def _sum(noun: str, steps: Sequence[Step], where: str, amount: Callable[[Step], Amount | None], unit: str = "") -> Fact:
    if not steps:
        return Fact(None, f"No step of the map is {where}.")
    total = summed([(step.name, amount(step)) for step in steps])
    if total.known is None:
        return Fact(None, f"The {noun} of {', '.join(total.unknown)} are not known.")
    low, high = total.known.low, total.known.high
    size = f"{low:g} to {high:g}" if low < high else f"{high:g}"
    return Fact(total.known, f"{noun.capitalize()} {where}: {size}{unit}.")


def _tied(drawn: Drawn, stages: Sequence[str]) -> list[Step]:
    return [step for step in drawn.today.path(HAPPY) if step.stage in stages]


def _count(field: str) -> Callable[[Step], Amount | None]:
    return lambda step: None if getattr(step, field) is None else Amount.exactly(getattr(step, field))


def _deploying(drawn: Drawn) -> list[Step]:
    return _tied(drawn, DEPLOYING[1:])


#: Name -> function. The names stand in content/practices.yml.
FACTS: dict[str, Callable[[Drawn], Fact]] = {
    "steps-with-role": _part("a role that does them", lambda step: bool(step.role)),
    "steps-with-times": _part("a lead and a process time", lambda step: step.waiting is not None),
    "queues-known": _part("a known queue", lambda step: step.queue is not None),
    "constraint-known": _constraint,
    "future-drawn": _future,
    "map-age": _age,
    "versions": _versions,
    "deployment-manual-steps": lambda drawn: _sum(
        "manual steps", _deploying(drawn), "tied to deploying", _count("manual_steps")
    ),
    "deployment-approvals": lambda drawn: _sum(
        "approvals", _tied(drawn, DEPLOYING), "tied to deploying or the waiting before it", _count("approvals")
    ),
    "recovery-manual-steps": lambda drawn: _sum(
        "manual steps", drawn.today.path(RECOVERY), "on the recovery path", _count("manual_steps")
    ),
    "review-wait": lambda drawn: _sum(
        "waits", _tied(drawn, REVIEWING), "tied to review", lambda step: step.wait_before, " minutes"
    ),
}
