"""What became other between two checks of one proof of concept."""

from collections.abc import Mapping
from dataclasses import dataclass

from assessments.poc.model import Level, Outcome

Said = Mapping[str, tuple[Outcome, Level | None]]  # by the id of a check


@dataclass(frozen=True)
class Changes:
    """Ids of checks, each in one place. better: they pass now. worse: they passed before. failing, open: they fail, or
    are not known, and were otherwise, though they did not pass. firmer, weaker: they pass as before, on other
    evidence."""

    better: tuple[str, ...] = ()
    worse: tuple[str, ...] = ()
    failing: tuple[str, ...] = ()
    open: tuple[str, ...] = ()
    firmer: tuple[str, ...] = ()
    weaker: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return any(vars(self).values())


def changes(before: Said, after: Said) -> Changes:
    """In the order of `after`. A check that is not in both is in none: it was added or taken out by a newer version.
    What was left out before or is now changed by a person's will, and is not told either."""
    found: dict[str, list[str]] = {}
    for check, (outcome, level) in after.items():
        was, rested = before.get(check, (None, None))
        if was is not None and (place := _place(was, outcome, rested, level)):
            found.setdefault(place, []).append(check)
    return Changes(**{place: tuple(checks) for place, checks in found.items()})


def _place(was: Outcome, now: Outcome, rested: Level | None, rests: Level | None) -> str:
    if Outcome.SKIPPED in (was, now):
        return ""
    if now is Outcome.PASS and was is Outcome.PASS:
        return "" if rested is None or rests is None or rested == rests else "firmer" if rests > rested else "weaker"
    if was == now:
        return ""
    if now is Outcome.PASS:
        return "better"
    if was is Outcome.PASS:
        return "worse"
    return "failing" if now is Outcome.FAIL else "open"
