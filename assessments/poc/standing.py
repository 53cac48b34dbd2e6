"""Where a proof of concept stands, of all that was ever judged of it: it held once, it holds, it is stale, it broke."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from assessments.poc.engine import freshness
from assessments.poc.model import Verdict

#: Verdicts that are evidence of something.
GOOD = (Verdict.PRACTISED, Verdict.ACCEPTED, Verdict.VALIDATED)


class Held(StrEnum):
    """NEVER: nothing was judged. NOT_YET: it never held. REGRESSED: it held, and does not any more. STALE: it held, and
    nobody has been able to say so again for 90 days."""

    NEVER = "never"
    NOT_YET = "not yet"
    HOLDS = "holds"
    STALE = "stale"
    REGRESSED = "regressed"


@dataclass(frozen=True)
class Standing:
    """verdict: the one that counts; None when nothing was judged. at: when it was judged, in microseconds. fresh:
    fresh, due or stale, of what holds; empty otherwise."""

    held: Held
    verdict: Verdict | None = None
    at: int | None = None
    fresh: str = ""


def standing(judged: Iterable[tuple[Verdict, int]], now: int) -> Standing:
    """Of (verdict, microseconds), in the order in which they were judged: a clock may have gone back in between. One
    that was left open takes nothing back: what nobody could read is no bad result, it only makes what held grow
    old."""
    newest = list(judged)[::-1]
    if not newest:
        return Standing(Held.NEVER)
    place = next((place for place, (verdict, _) in enumerate(newest) if verdict in GOOD), None)
    if place is None:
        return Standing(Held.NOT_YET, *newest[0])
    if any(verdict is Verdict.FAILED for verdict, _ in newest[:place]):
        return Standing(Held.REGRESSED, *newest[0])
    fresh = freshness(newest[place][1], now)
    return Standing(Held.STALE if fresh == "stale" else Held.HOLDS, *newest[place], fresh)
