"""What may be shown so that nothing shown, alone or put together, is about fewer than k people.

A group is everyone of one wave who answered and falls under one filter ("spring/all", "spring/developers"). People who
are in exactly the same groups form a region; a reader of full results can compute only what concerns whole regions of
the groups shown, whatever they subtract from what. So a group is shown in full only while every such region holds at
least k people. Regions are counted by people, over all waves: a reader may assume that everyone who stayed answered as
before, and then the difference of two waves is about those who came and left.

Among the groups of one rank the larger come first; that is the remainder rule: where hidden siblings sum to fewer than
k, the next smallest sibling is hidden too.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

K = 5
FULL, COARSE, HIDDEN = "full", "coarse", "hidden"


@dataclass(frozen=True)
class Visibility:
    """How much of a group may be shown, and why not more.

    full: counts, means, intervals. coarse: middle answer, middle half and whether to discuss, no counts and no
    decimals; for a group that full results of earlier waves would make too small by subtraction. hidden: nothing.
    """

    kind: str
    reason: str = ""


def plan(
    people: Mapping[frozenset[str], int],
    offered: Sequence[Collection[str]],
    shown: Collection[str] = (),
    k: int = K,
) -> dict[str, Visibility]:
    """What may be shown of each group of a closing wave, given all that was shown in full before.

    `people`: for each set of groups, of this and of earlier waves, how many people were in exactly these. `offered`:
    the groups of this wave by rank, those that matter most first; what is not offered is never shown. `shown`: groups
    of earlier waves that were shown in full. The answer depends on these counts alone, never on what anybody answered,
    and is made once for all readers: whoever asks later or more often learns nothing else.

    Raises ValueError when a group stands twice, a count is negative or k is below 2.
    """
    ranks = [list(rank) for rank in offered]
    every = [group for rank in ranks for group in rank]
    if len(set(every) | set(shown)) < len(every) + len(set(shown)):
        raise ValueError("a group is offered twice, or was shown before")
    if k < 2 or min(people.values(), default=0) < 0:
        raise ValueError("k is at least 2, and no count is negative")
    full, here, found = set(shown), set(), {}
    for rank in ranks:
        for group in sorted(rank, key=lambda group: (-_size(people, group), group)):
            found[group] = seen = _judge(people, group, full, here, k)
            if seen.kind != HIDDEN:
                here.add(group)
            if seen.kind == FULL:
                full.add(group)
    return found


def _judge(people: Mapping[frozenset[str], int], group: str, full: set[str], here: set[str], k: int) -> Visibility:
    size = _size(people, group)
    if size == 0:
        return Visibility(HIDDEN, "nobody answered")
    if size < k:
        return Visibility(HIDDEN, f"{size} of the {k} answers needed")
    if least := _smallest(people, here | {group}, k):
        return Visibility(HIDDEN, f"together with the groups shown it would single out {_people(least)}")
    if least := _smallest(people, full | {group}, k):
        reason = (
            f"who answered differs from an earlier wave by {_people(least)}; counts and decimals would be about them"
        )
        return Visibility(COARSE, reason)
    return Visibility(FULL)


def _smallest(people: Mapping[frozenset[str], int], groups: set[str], k: int) -> int:
    """The size of the smallest region of these groups below k; 0 when there is none. People outside all groups are in
    no result and form no region."""
    regions: dict[frozenset[str], int] = {}
    for pattern, count in people.items():
        if inside := pattern & groups:
            regions[inside] = regions.get(inside, 0) + count
    return min((count for count in regions.values() if 0 < count < k), default=0)


def _size(people: Mapping[frozenset[str], int], group: str) -> int:
    return sum(count for pattern, count in people.items() if group in pattern)


def _people(count: int) -> str:
    return "one person" if count == 1 else f"{count} people"


def patterns(memberships: Iterable[Collection[str]]) -> dict[frozenset[str], int]:
    """`people` of `plan` from the groups of each person; a person in no group is left out. Who has left since must be
    among them: it is the leaver whom a difference of waves would show."""
    found: dict[frozenset[str], int] = {}
    for groups in memberships:
        if groups:
            pattern = frozenset(groups)
            found[pattern] = found.get(pattern, 0) + 1
    return found
