"""Pain points: what a team says costs it time, put together, ranked and voted on.

Ranked by hours lost x people x confidence, all three shown. Who did not say hours is not counted as 0 hours.
"""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations, groupby
from statistics import fmean, median_high

from assessments.surveys.answers import PainPoint

#: How far a figure is to be trusted: one voice may be a bad week, several that agree are a pattern, a meter is no
#: voice.
CONFIDENCE = {"one voice": 0.5, "two voices": 0.75, "several voices": 0.9, "measured": 1.0}
ALIKE = 0.5  # share of the words of the shorter text from which two texts may mean the same
MOST_VOTES = 3
MOST_WORDS = 6  # of those that two have in common, in a sentence
_WORDS = """a an and are as at be been but by can do does for from get has have i in is it its my no not of on or our so
    that the there they this to too up us was we were when which who will with you your"""
_SMALL = frozenset(_WORDS.split())


@dataclass(frozen=True)
class Pain:
    """One pain point of a team. `hours`: lost last week by each person who named it and said how many; `people`: who
    named it; `texts`: their words. `measured`: the hours come from telemetry."""

    key: str
    step: str
    capability: str | None
    people: int
    hours: tuple[float, ...]
    how_often: tuple[int, ...]
    how_bad: tuple[int, ...]
    texts: tuple[str, ...]
    measured: bool = False

    @property
    def hours_each(self) -> float | None:
        """Mean hours a week of one person; None where nobody said."""
        return fmean(self.hours) if self.hours else None

    @property
    def confidence(self) -> str:
        """How well it is supported, a key of CONFIDENCE; voices are those that said hours."""
        voices = ("one voice", "one voice", "two voices", "several voices")[min(len(self.hours), 3)]
        return "measured" if self.measured else voices

    @property
    def usual_often(self) -> int | None:
        """The middle answer to how often, the more frequent of two; None where nobody answered."""
        return median_high(self.how_often) if self.how_often else None

    @property
    def usual_bad(self) -> int | None:
        """The middle answer to how bad, the worse of two; None where nobody answered."""
        return median_high(self.how_bad) if self.how_bad else None

    @property
    def hours_all(self) -> float | None:
        """Hours a week of everyone who named it; None where no hours are known."""
        return None if self.hours_each is None else self.hours_each * self.people

    @property
    def weight(self) -> float | None:
        """Hours a week of everyone who named it, times confidence; None where no hours are known."""
        return None if self.hours_all is None else self.hours_all * CONFIDENCE[self.confidence]


@dataclass(frozen=True)
class Ranked:
    """A pain point with its place: 1 costs the most, equal weights share a place; None without known hours."""

    place: int | None
    pain: Pain
    votes: int


@dataclass(frozen=True)
class Proposal:
    """Two pain points that may be one, for people to decide; `shared`: the words that both use; `same_capability`: both
    name the same one."""

    first: str
    second: str
    likeness: float
    shared: tuple[str, ...]
    same_capability: bool

    @property
    def reason(self) -> str:
        """Why they may be one, with some of the longer words."""
        same = "the same step and capability" if self.same_capability else "the same step"
        told = sorted(self.shared, key=lambda word: (-len(word), word))[:MOST_WORDS]
        return f"{same}, and both say {', '.join(sorted(told))}"


def collected(points: Sequence[PainPoint]) -> list[Pain]:
    """One pain for each point of the sheets, before anything is put together. Keys say nothing of the sheet."""

    def order(point: PainPoint) -> tuple:
        hours = -1.0 if point.hours is None else point.hours  # nothing said and none lost are not the same
        return point.step, point.capability or "", point.text, hours, point.how_often, point.how_bad

    ordered = sorted(points, key=order)
    return [
        Pain(
            f"p{number}",
            point.step,
            point.capability,
            1,
            () if point.hours is None else (point.hours,),
            (point.how_often,),
            (point.how_bad,),
            (point.text,) if point.text else (),
        )
        for number, point in enumerate(ordered, start=1)
    ]


def ranked(pains: Sequence[Pain], votes: Mapping[str, int] | None = None) -> list[Ranked]:
    """By weight, the heaviest first; those without known hours come after, by people who named them. Votes stand beside
    and order only what weighs the same."""
    votes = votes or {}
    weights = {pain.key: pain.weight for pain in pains}
    known = sorted(-weight for weight in weights.values() if weight is not None)

    def place(pain: Pain) -> int | None:
        weight = weights[pain.key]
        return None if weight is None else 1 + bisect_left(known, -weight)

    found = [Ranked(place(pain), pain, votes.get(pain.key, 0)) for pain in pains]
    last = len(found) + 1
    return sorted(found, key=lambda row: (row.place or last, -row.pain.people, -row.votes, row.pain.key))


def proposals(pains: Sequence[Pain]) -> list[Proposal]:
    """Pairs that may be duplicates, the likeliest first: at the same step, with no different capability, and with at
    least half of the words of the shorter one in common. Nothing is put together before people say so."""
    words = {pain.key: _words(pain) for pain in pains}
    found = []
    by_step = groupby(sorted(pains, key=lambda pain: pain.step), lambda pain: pain.step)
    for first, second in (pair for _, some in by_step for pair in combinations(some, 2)):
        capabilities = {first.capability, second.capability} - {None}
        shorter = min(len(words[first.key]), len(words[second.key]))
        shared = words[first.key] & words[second.key]
        if len(capabilities) > 1 or not shorter or len(shared) < ALIKE * shorter:
            continue
        same = first.capability is not None and first.capability == second.capability
        found.append(Proposal(first.key, second.key, len(shared) / shorter, tuple(sorted(shared)), same))
    return sorted(
        found, key=lambda proposal: (-proposal.likeness, -len(proposal.shared), proposal.first, proposal.second)
    )


def merged(pains: Sequence[Pain], keys: Sequence[str]) -> list[Pain]:
    """With those put together into the first of them, which keeps its key, step and (if it has one) capability.

    Raises ValueError when fewer than two of the keys are there or one is not.
    """
    by_key = {pain.key: pain for pain in pains}
    if len(set(keys)) < 2 or not set(keys) <= set(by_key):
        raise ValueError("name two or more pain points that are there")
    parts = [by_key[key] for key in dict.fromkeys(keys)]
    whole = Pain(
        parts[0].key,
        parts[0].step,
        next((part.capability for part in parts if part.capability), None),
        sum(part.people for part in parts),
        *(
            tuple(value for part in parts for value in getattr(part, name))
            for name in ("hours", "how_often", "how_bad")
        ),
        tuple(dict.fromkeys(text for part in parts for text in part.texts)),
        any(part.measured for part in parts),
    )
    rest = set(keys) - {whole.key}
    return [whole if pain.key == whole.key else pain for pain in pains if pain.key not in rest]


def tally(ballots: Sequence[Mapping[str, int]], keys: Sequence[str], most: int = MOST_VOTES) -> dict[str, int]:
    """Votes for each pain point: everyone has three, to spread or to put on one.

    Raises ValueError for a ballot with more, with a negative number, or for what is not there.
    """
    for ballot in ballots:
        if not set(ballot) <= set(keys):
            raise ValueError("a vote is for a pain point that is not there; reload the list")
        if any(type(number) is not int or number < 0 for number in ballot.values()) or sum(ballot.values()) > most:
            raise ValueError(f"everyone has {most} votes")
    return {key: sum(ballot.get(key, 0) for ballot in ballots) for key in keys}


def hours_by_step(pains: Sequence[Pain]) -> list[tuple[str, float]]:
    """Hours a week that everyone lost at each step, the most first. Steps of which no hours are known are left out."""
    found: dict[str, float] = {}
    for pain in pains:
        if pain.hours_all is not None:
            found[pain.step] = found.get(pain.step, 0.0) + pain.hours_all
    return sorted(found.items(), key=lambda row: (-row[1], row[0]))


def _words(pain: Pain) -> frozenset[str]:
    """What it is about: words of its texts in small letters without small words, plurals cut."""
    return frozenset().union(*map(_words_of, pain.texts))


@lru_cache(maxsize=4096)
def _words_of(text: str) -> frozenset[str]:
    parts = "".join(sign if sign.isalnum() else " " for sign in text.casefold()).split()
    return frozenset(word.removesuffix("s") if len(word) > 3 else word for word in parts if word not in _SMALL)
