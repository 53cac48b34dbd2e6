"""What to do next: at most two tracks within the hours there are, chosen exactly, with a reason for and against each.

The rule (docs/maturity.md): the gap of a capability is the levels up to its target times its importance, and more where
the workflow map shows that lead time is lost in the stages it acts on. A set of tracks is worth the gap it closes, and
never more than there is; it costs the hours of everything in it that is still to be done, with what has to come before.
All sets are compared. Exact fractions, so that equal is equal.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import combinations
from typing import Any

from assessments.maturity import SURVEY, Item, Standing, State

AT_ONCE = 2  # tracks that a team has under way
TOP = 4
FINISHED, TESTED_OUT, UNDER_WAY = "finished", "tested out", "under way"
OPEN = ("wip", "beta", "active")
_AGAINST = (State.NOT_MET, State.PARTLY, State.EXCEPTED)
NAMED = 2  # capabilities named in a sentence


@dataclass(frozen=True)
class Gap:
    """Of one capability whose level is known. `levels` still to go, each worth `worth`: its importance, raised by the
    share of the lead time that is lost in its stages (`lost`, None where no map tells)."""

    standing: Standing
    target: int
    lost: float | None
    worth: Fraction

    @property
    def levels(self) -> int:
        return max(0, self.target - self.standing.told)

    @property
    def size(self) -> Fraction:
        return self.levels * self.worth


@dataclass(frozen=True)
class Choice:
    """A track with the one sentence why it was chosen, or was not. `hours`: of it and of what has to come before it and
    is still to be done (`before`, slugs in an order in which they can be done). `coming`: not written yet."""

    slug: str
    title: str
    hours: float
    before: tuple[str, ...]
    coming: bool
    because: str


@dataclass(frozen=True)
class Step:
    """The next statement of a capability that is not reached, with what speaks for it, what against it (an exception
    too), and the evidence that is not known. first: capabilities it builds on that are lower still."""

    capability: str
    level: int
    text: str
    speaks: tuple[str, ...]
    against: tuple[str, ...]
    open: tuple[Item, ...]
    size: float
    first: tuple[str, ...]

    @property
    def only_word(self) -> bool:
        """Whether nothing but what the team says could tell, and it has not said it."""
        said = bool(self.open) and all(item.lane == SURVEY for item in self.open)
        return said and not self.against and not self.speaks


@dataclass(frozen=True)
class Plan:
    """`picks` in the order of the tracks; `others` with the reason against each; `steps` by size of the gap; find_out:
    capabilities whose level is not known, each with a sentence on what to find out. closed: the part of the whole gap
    that the picks close, 0 to 1; None without a gap. hours: of the picks and all that comes before them. shares: the
    part that each track closes with what comes before it, by slug; empty without a gap."""

    picks: tuple[Choice, ...]
    others: tuple[Choice, ...]
    steps: tuple[Step, ...]
    find_out: tuple[tuple[str, str], ...]
    hours: float
    closed: float | None
    shares: Mapping[str, float] = field(default_factory=dict)


def plan(
    standings: Mapping[str, Standing],
    tracks: Mapping[str, Mapping[str, Any]],
    budget: float,
    *,
    targets: Mapping[str, int] | None = None,
    lost: Mapping[str, float] | None = None,
    states: Mapping[str, str] | None = None,
) -> Plan:
    """What a team should do next.

    `tracks` from content.catalog.tracks; `budget` in hours; `targets`: levels that the team has set itself, by
    capability (else one above where it stands); `lost` from assessments.workflow.facts.lost, None without a map;
    `states`: what the team has done of a track: finished, tested out or under way, by slug.
    Raises ValueError for a negative budget, a target outside 1 to 4 or a state that is none.
    """
    targets, states = dict(targets or {}), dict(states or {})
    if budget < 0:
        raise ValueError("a budget of hours cannot be negative")
    if strange := {*states.values()} - {FINISHED, TESTED_OUT, UNDER_WAY}:
        raise ValueError(f"a track cannot be {', '.join(sorted(strange))}")
    if any(not 1 <= target <= TOP for target in targets.values()):
        raise ValueError(f"a target is a level from 1 to {TOP}")
    gaps = _gaps(standings, targets, lost)
    weighed = _Weighed(gaps, tracks, states)
    chosen = weighed.best(budget)
    comes_before = {slug for pick in chosen for slug in weighed.before(pick)}
    picks = [weighed.choice(slug, _why(weighed, slug, budget)) for slug in chosen]
    others = [
        weighed.choice(slug, _why_not(weighed, slug, chosen, comes_before, budget, standings))
        for slug in tracks
        if slug not in chosen
    ]
    whole = sum(gap.size for gap in gaps.values())
    return Plan(
        tuple(picks),
        tuple(others),
        tuple(_steps(gaps, standings)),
        tuple(_find_out(standings)),
        float(weighed.cost(chosen)),
        float(weighed.gain(chosen) / whole) if whole else None,
        {slug: float(weighed.benefit([slug]) / whole) for slug in tracks} if whole else {},
    )


def _gaps(
    standings: Mapping[str, Standing], targets: Mapping[str, int], lost: Mapping[str, float] | None
) -> dict[str, Gap]:
    """Of every capability whose level is told. What is not known has no gap."""
    gaps = {}
    for key, standing in standings.items():
        if standing.told is None:
            continue
        share = None if lost is None else min(1.0, sum(lost.get(stage, 0.0) for stage in standing.capability.stages))
        target = targets.get(key, min(standing.told + 1, TOP))
        worth = standing.capability.importance * (1 + Fraction(share or 0))
        gaps[key] = Gap(standing, target, share, worth)
    return gaps


class _Weighed:
    """Tracks with their worth and cost for one team."""

    def __init__(self, gaps: Mapping[str, Gap], tracks: Mapping[str, Mapping[str, Any]], states: Mapping[str, str]):
        self.gaps, self.tracks, self.states = gaps, tracks, states
        self.places = {slug: place for place, slug in enumerate(tracks)}
        self.under_way = frozenset(slug for slug, state in states.items() if state == UNDER_WAY and slug in tracks)
        self.room = max(0, AT_ONCE - len(self.under_way))
        self.teaching = {slug: dict(self._teaches(track)) for slug, track in tracks.items()}
        self._ranks: dict[tuple[str, ...], tuple] = {}

    def _teaches(self, track: Mapping[str, Any]) -> Iterator[tuple[str, Fraction]]:
        for each in track["capabilities"]:
            if (gap := self.gaps.get(each["id"])) is not None:
                low, high = max(each["from_level"], gap.standing.told), min(each["to_level"], gap.target)
                if high > low:
                    yield each["id"], Fraction(str(each["weight"])) * (high - low) * gap.worth

    def candidates(self, budget: float) -> list[str]:
        """What may be begun and fits by itself."""
        mine = [slug for slug, track in self.tracks.items() if track["status"] in OPEN and slug not in self.states]
        return [slug for slug in mine if self.cost([slug]) <= budget] if self.room else []

    def closure(self, slugs: Collection[str]) -> set[str]:
        """The tracks with all that has to come before them, without what is finished or no longer taught."""
        done = {slug for slug, state in self.states.items() if state in (FINISHED, TESTED_OUT)}
        found: set[str] = set()
        rest = list(slugs)
        while rest:
            slug = rest.pop()
            if slug not in found and slug not in done and self.tracks[slug]["status"] in OPEN:
                found.add(slug)
                rest += self.tracks[slug]["requires"]
        return found

    def before(self, slug: str) -> list[str]:
        """What has to come before the track and is neither done nor under way, in an order that can be followed."""
        ordered: list[str] = []

        def visit(one: str) -> None:
            for other in self.tracks[one]["requires"]:
                if other in left and other not in ordered:
                    visit(other)
                    ordered.append(other)

        left = self.closure([slug]) - {slug} - self.under_way
        visit(slug)
        return ordered

    def cost(self, slugs: Collection[str]) -> Fraction:
        """Hours of all that is still to be begun."""
        return sum(
            (Fraction(str(self.tracks[slug]["hours"])) for slug in self.closure(slugs) - self.under_way), Fraction(0)
        )

    def benefit(self, slugs: Collection[str]) -> Fraction:
        """What the set closes of the gaps: of each capability at most its gap."""
        taught: dict[str, Fraction] = {}
        for slug in self.closure(slugs):
            for key, part in self.teaching[slug].items():
                taught[key] = taught[key] + part if key in taught else part
        return sum((min(self.gaps[key].size, part) for key, part in taught.items()), Fraction(0))

    def gain(self, slugs: Collection[str]) -> Fraction:
        """What the set closes beyond what is under way."""
        return self.benefit([*slugs, *self.under_way]) - self.benefit(self.under_way)

    def rank(self, slugs: tuple[str, ...]) -> tuple:
        """Smaller is better: most gain, then fewest hours, then fewest tracks, then the order of the tracks."""
        if slugs not in self._ranks:  # every track that is left out is weighed against all sets again
            order = [self.places[slug] for slug in slugs]
            self._ranks[slugs] = -self.gain(slugs), self.cost(slugs), len(slugs), order
        return self._ranks[slugs]

    def sets(self, budget: float) -> Iterator[tuple[str, ...]]:
        """All that fit in the hours, the empty one too."""
        candidates = self.candidates(budget)
        for size in range(self.room + 1):
            yield from (slugs for slugs in combinations(candidates, size) if self.cost(slugs) <= budget)

    def best(self, budget: float, holding: str | None = None) -> tuple[str, ...] | None:
        """The best set, or the best of those that hold a track (None when there is none)."""
        fitting = (slugs for slugs in self.sets(budget) if holding is None or holding in slugs)
        return min(fitting, key=self.rank, default=None)

    def choice(self, slug: str, because: str) -> Choice:
        track = self.tracks[slug]
        before = tuple(self.before(slug)) if slug not in self.states else ()
        hours = sum(self.tracks[each]["hours"] for each in (slug, *before))
        return Choice(slug, track["title"], float(hours), before, track["status"] == "wip", because)

    def title(self, slug: str) -> str:
        return self.tracks[slug]["title"]


def _why(weighed: _Weighed, slug: str, budget: float) -> str:
    """One sentence: the gap, where lead time is lost, the hours, what comes before."""
    inside = weighed.closure([slug])
    total: dict[str, Fraction] = {}
    for each in inside:
        for key, part in weighed.teaching[each].items():
            total[key] = total.get(key, Fraction(0)) + part
    closed = {key: min(part, weighed.gaps[key].size) for key, part in total.items()}
    most = sorted(closed, key=lambda key: (-closed[key], key))[:NAMED]
    parts = [f"{_name(weighed.gaps[key])} (level {_from_to(weighed.gaps[key])})" for key in most]
    if more := len(closed) - len(most):
        parts.append(f"{more} more")
    sentence = f"It works on {_and(parts)}"
    worst = max((weighed.gaps[key] for key in closed), key=lambda gap: gap.lost or 0, default=None)
    if worst is not None and worst.lost:
        sentence += f"; where {_name(worst)} acts, {percent(worst.lost)} of the lead time is lost to waiting"
    hours = float(weighed.cost([slug]))
    sentence += f"; it takes {hours:g} of your {budget:g} hours"
    if before := weighed.before(slug):
        sentence += f" together with {_and([weighed.title(each) for each in before])}, which comes before"
    return f"{sentence}."


def _why_not(
    weighed: _Weighed,
    slug: str,
    chosen: Sequence[str],
    comes_before: Collection[str],
    budget: float,
    standings: Mapping[str, Standing],
) -> str:
    """The first of these reasons that holds."""
    state = weighed.states.get(slug)
    if state == FINISHED:
        return "The team has finished it."
    if state == TESTED_OUT:
        return "The team's repositories pass its checks already."
    if state == UNDER_WAY:
        return "It is under way."
    if weighed.tracks[slug]["status"] not in OPEN:
        return "It is no longer taught."
    if slug in comes_before:
        pick = next(pick for pick in chosen if slug in weighed.before(pick))
        return f"It comes before {weighed.title(pick)} and is counted with it."
    if not weighed.benefit([slug]):
        return _teaches_nothing(weighed, slug, standings)
    if not weighed.room:
        return f"{_and([weighed.title(each) for each in weighed.under_way])} are under way; finish one first."
    hours = float(weighed.cost([slug]))
    if hours > budget:
        before = " with what comes before it" if weighed.before(slug) else ""
        return f"It takes {hours:g} hours{before}, and the plan has {budget:g}."
    if weighed.gain([*chosen, slug]) == weighed.gain(chosen):
        taught = _and([weighed.title(each) for each in [*chosen, *sorted(weighed.under_way)]])
        return f"What it would add is taught by {taught} already."
    return _outdone(weighed, slug, chosen, budget)


def _teaches_nothing(weighed: _Weighed, slug: str, standings: Mapping[str, Standing]) -> str:
    taught = [each for each in weighed.tracks[slug]["capabilities"] if each["id"] in standings]
    known = [each for each in taught if each["id"] in weighed.gaps]
    if not known:
        names = [standings[each["id"]].capability.name for each in taught]
        return (
            f"Where the team stands in {_and(names[:NAMED])} is not known; find out first."
            if names
            else ("It teaches nothing that was assessed.")
        )
    later = [
        each
        for each in known
        if weighed.gaps[each["id"]].levels and each["from_level"] >= weighed.gaps[each["id"]].target
    ]
    if later:
        gap = weighed.gaps[later[0]["id"]]
        return f"It begins at level {later[0]['from_level']} of {_name(gap)}, and the team is at {gap.standing.told}."
    unknown = len(taught) - len(known)
    if not unknown:
        return "The team has what it teaches."
    return f"The team has what it teaches, as far as is known: where it stands in {unknown} of {len(taught)} is not."


def _outdone(weighed: _Weighed, slug: str, chosen: Sequence[str], budget: float) -> str:
    rival = weighed.best(budget, slug)
    picked = _and([weighed.title(each) for each in chosen])
    most, less = weighed.gain(chosen), weighed.gain(rival)
    if less < most:
        whole = sum(gap.size for gap in weighed.gaps.values())
        shares = [percent(float(part / whole)) for part in (most, less)]
        verb = "close" if len(chosen) > 1 else "closes"
        return f"In {budget:g} hours {picked} {verb} {shares[0]} of the gap; the best choice with this one {shares[1]}."
    hours = [float(weighed.cost(slugs)) for slugs in (rival, chosen)]
    if hours[0] > hours[1]:
        return (
            f"The best choice with it closes as much as {picked}, and takes {hours[0]:g} hours instead of {hours[1]:g}."
        )
    return f"It is worth as much as {picked}, which stands before it in the list."


def _steps(gaps: Mapping[str, Gap], standings: Mapping[str, Standing]) -> list[Step]:
    """The next statement of each capability with a gap, largest gap first."""
    found = []
    for key, gap in gaps.items():
        if not gap.levels or (ahead := gap.standing.next) is None:
            continue
        seen = [(item, what) for item, what in ahead.seen if what is None or what.state is not State.NOT_APPLICABLE]
        speaks = [what.because for _, what in seen if what and what.state is State.MET]
        against = [what.because for _, what in seen if what and what.state in _AGAINST]
        unknown = [item for item, what in seen if what is None or what.state in (State.UNKNOWN, State.NOT_SEEN)]
        first = [
            f"{other.capability.name} (level {other.told})"
            for upstream in gap.standing.capability.upstream
            if (other := standings.get(upstream)) is not None and other.told is not None
            if other.told < gap.standing.told or other.told == 0
        ]
        statement = ahead.statement
        lists = [tuple(dict.fromkeys(some)) for some in (speaks, against, unknown)]
        found.append(Step(key, statement.level, statement.text, *lists, float(gap.size), tuple(first)))
    return sorted(found, key=lambda step: -step.size)


def _find_out(standings: Mapping[str, Standing]) -> Iterator[tuple[str, str]]:
    for key, standing in standings.items():
        if standing.told is None and standing.applicable:
            yield key, f"{standing.capability.name}: {_to_find(standing)}"


def _to_find(standing: Standing) -> str:
    """Why the level is not known, and the first thing that would tell it."""
    first, *more = standing.missing or ("",)
    rest = f" And {len(more)} more." if more else ""
    if standing.covered:
        what = "only the team's word speaks for" if standing.claimed else "nothing shows"
        return f"{what} its first level, and nothing refuses it. {first}{rest}".rstrip()
    pieces = f"{standing.applicable} pieces" if standing.applicable != 1 else "1 piece"
    verb = "is" if standing.known == 1 else "are"
    return f"{standing.known or 'none'} of {pieces} of evidence {verb} known. {first}{rest}".rstrip()


def _name(gap: Gap) -> str:
    return gap.standing.capability.name


def _from_to(gap: Gap) -> str:
    return f"{gap.standing.told} to {gap.target}"


def _and(names: Sequence[str]) -> str:
    return " and ".join(part for part in [", ".join(names[:-1]), *names[-1:]] if part)


def percent(share: float) -> str:
    """A part of a gap in words, whole, as levels are no finer: 5 %. What is less does not read as nothing."""
    return "below 1 %" if 0 < share < 0.005 else f"{share * 100:.0f} %"
