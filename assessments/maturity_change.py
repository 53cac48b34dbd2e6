"""Two assessments of one team side by side: why each level changed - the practice, how much is known, or the model."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from fractions import Fraction
from itertools import permutations
from typing import Any

from assessments.maturity import JUDGED, Capability, Item, Mark, Seen, Standing, State, Statement, marked, standing

PRACTICE, COVERAGE, MODEL = "practice", "coverage", "model version"
CAUSES = (MODEL, COVERAGE, PRACTICE)
_SAME = "Nothing that counts has changed."
NEW, GONE, COMPARED = "new in the model", "gone from the model", "compared"


@dataclass(frozen=True)
class Snapshot:
    """One assessment, with everything needed to work it out again: the model by which it was judged, what was found by
    item id, the marks in force and the moment (microseconds)."""

    version: int
    at: int
    model: Mapping[str, Capability]
    seen: Mapping[str, Seen]
    marks: tuple[Mark, ...] = ()

    def standing(self, key: str) -> Standing:
        """Of one capability. Raises KeyError when the model does not have it."""
        return standing(self.model[key], self.seen, self.marks, self.at)

    def plain(self) -> dict[str, Any]:
        """As plain values for JSON; `of` reads them back to the same snapshot."""
        return {
            "version": self.version,
            "at": self.at,
            "model": [asdict(capability) for capability in self.model.values()],
            "seen": {key: [str(seen.state), seen.because] for key, seen in self.seen.items()},
            "marks": [asdict(mark) for mark in self.marks],
        }

    @classmethod
    def of(cls, plain: Mapping[str, Any]) -> "Snapshot":
        """From plain values. Raises KeyError, TypeError or ValueError where they are not what `plain` writes."""
        model = {each["key"]: _capability(each) for each in plain["model"]}
        seen = {key: Seen(State(state), because) for key, (state, because) in plain["seen"].items()}
        return cls(plain["version"], plain["at"], model, seen, tuple(Mark(**mark) for mark in plain["marks"]))


def _capability(plain: Mapping[str, Any]) -> Capability:
    statements = [
        Statement(each["level"], each["text"], tuple(Item(**item) for item in each["items"]))
        for each in plain["statements"]
    ]
    lists = {name: tuple(plain[name]) for name in ("upstream", "stages")}
    return Capability(**{**plain, **lists, "statements": tuple(statements)})


@dataclass(frozen=True)
class Change:
    """Of one capability. before, after: None where the model did not have it.

    parts: how many of the steps climbed each cause adds; they sum up exactly to `steps`, the steps climbed after minus
    before. A level that is not known has climbed no step, and the floor of coverage plays no part: that a level is told
    now and was not before is a matter of coverage, and said by `standing.coverage`.
    """

    kind: str
    capability: Capability
    before: Standing | None
    after: Standing | None
    steps: int
    parts: Mapping[str, Fraction]

    @property
    def because(self) -> str:
        """The parts in one sentence."""
        if self.kind != COMPARED:
            return f"{self.capability.name} is {self.kind}; there is nothing to compare."
        if self.before.told is None or self.after.told is None:
            return self._telling
        parts = [(_signed(part), _CAUSE[cause]) for cause, part in self.parts.items() if part]
        if not parts:
            return self._still
        steps = f"{_signed(Fraction(self.steps))} {'level' if abs(self.steps) == 1 else 'levels'}"
        if len(parts) == 1:
            return f"{steps} because of {parts[0][1]}."
        return f"{steps} in all: {', '.join(f'{part} because of {cause}' for part, cause in parts)}."

    @property
    def _telling(self) -> str:
        """Where a level is not told, then or now: no number of levels lies between."""
        then, now = self.before, self.after
        if not (then.applicable and now.applicable):
            return "It does not apply any more." if then.applicable else "It applies now." if now.applicable else _SAME
        if then.told is None and now.told is None:
            return "The level can still not be told."
        if now.told is None:
            return "Too little is known now to tell the level." if not now.covered else "Nothing tells the level now."
        told = "Enough is known now to tell the level." if not then.covered else "What is known now tells the level."
        also = [_CAUSE[cause] for cause in (PRACTICE, MODEL) if self.parts[cause]]
        has = "has" if len(also) == 1 else "have"
        return f"{told} {' and '.join(also).capitalize()} {has} a part in it." if also else told

    @property
    def _still(self) -> str:
        """Where the level is told both times and no step was climbed or lost."""
        same = (self.before.known, self.before.applicable) == (self.after.known, self.after.applicable)
        return _SAME if same else "What is known of it has changed, and the level has not."

    @property
    def differs(self) -> bool:
        """Whether its level, its claim or what is known of it is another one, or there is nothing to compare with."""
        if self.before is None or self.after is None:
            return True
        told = [(one.told, one.outline, one.shown, one.known, one.applicable) for one in (self.before, self.after)]
        return told[0] != told[1] or any(self.parts.values())


@dataclass(frozen=True)
class Moved:
    """A piece of evidence that says something else. before, after: with the marks put to it; None where nobody had
    looked, or that model does not ask for it. cause: as in `Change`."""

    item: Item
    before: Seen | None
    after: Seen | None
    cause: str


def moved(key: str, before: Snapshot, after: Snapshot) -> tuple[Moved, ...]:
    """The evidence of one capability whose state is another one, in the order of the newer model."""
    old, new = ({} if key not in side.model else _counted(side, key) for side in (before, after))
    asked = [side.model[key].items if key in side.model else {} for side in (after, before)]
    found = []
    for name, item in {**asked[0], **asked[1]}.items():
        first, second = old.get(name), new.get(name)
        states = [seen and seen.state for seen in (first, second)]
        if not all(name in each for each in asked):
            found.append(Moved(item, first, second, MODEL))
        elif states[0] != states[1]:
            found.append(Moved(item, first, second, PRACTICE if set(states) <= JUDGED else COVERAGE))
    return tuple(found)


def _counted(side: Snapshot, key: str) -> dict[str, Seen]:
    return marked(side.model[key], side.seen, [mark for mark in side.marks if mark.capability == key], side.at)


_CAUSE = {
    PRACTICE: "what is done now",
    COVERAGE: "what is known or counted now",
    MODEL: "another version of the model",
}


def compare(before: Snapshot, after: Snapshot) -> dict[str, Change]:
    """Every capability of either model, those of the newer first.

    Which cause is given how much does not depend on an order: it is the mean over all six orders in which model,
    coverage and practice can be changed from the old to the new (Shapley 1953, Contributions to the Theory of Games II,
    307-317), in exact fractions. Practice is evidence known both times that says something else; coverage is evidence
    that has become known or unknown, no longer applies or is excepted, or the other way round.
    """
    found = {}
    for key in [*after.model, *(key for key in before.model if key not in after.model)]:
        old, new = (snapshot.standing(key) if key in snapshot.model else None for snapshot in (before, after))
        if old is None or new is None:
            only = new or old
            found[key] = Change(NEW if new else GONE, only.capability, old, new, 0, dict.fromkeys(CAUSES, Fraction(0)))
            continue
        parts = _parts(key, before, after)
        found[key] = Change(COMPARED, new.capability, old, new, _climbed(new) - _climbed(old), parts)
    return found


def _parts(key: str, before: Snapshot, after: Snapshot) -> dict[str, Fraction]:
    sides = (before, after)

    def climbed(changed: frozenset[str]) -> int:
        """With these causes as they are after, and the others as they were before."""
        model = sides[MODEL in changed].model[key]
        old, new = (marked(model, side.seen, [m for m in side.marks if m.capability == key], side.at) for side in sides)
        return _climbed(standing(model, _mixed(model, old, new, changed)))

    known = {frozenset(done): climbed(frozenset(done)) for done in _subsets()}
    parts = dict.fromkeys(CAUSES, Fraction(0))
    orders = list(permutations(CAUSES))
    for order in orders:
        for place, cause in enumerate(order):
            done = frozenset(order[:place])
            parts[cause] += Fraction(known[done | {cause}] - known[done], len(orders))
    return parts


def _subsets() -> list[tuple[str, ...]]:
    return [tuple(c for bit, c in enumerate(CAUSES) if number >> bit & 1) for number in range(2 ** len(CAUSES))]


def _mixed(
    model: Capability, old: Mapping[str, Seen], new: Mapping[str, Seen], changed: frozenset[str]
) -> dict[str, Seen]:
    mixed = {}
    for key in model.items:
        first, second = old.get(key), new.get(key)
        both = first is not None and second is not None and {first.state, second.state} <= JUDGED
        taken = second if (PRACTICE if both else COVERAGE) in changed else first
        if taken is not None:
            mixed[key] = taken
    return mixed


def _climbed(found: Standing) -> int:
    return (found.claimed if found.capability.survey_only else found.shown) or 0


def _signed(part: Fraction) -> str:
    """+1, -1/2: a hyphen of its own width, as exact as it is."""
    return f"{'−' if part < 0 else '+'}{abs(part)}" if part else "±0"
