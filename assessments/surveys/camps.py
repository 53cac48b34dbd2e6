"""Where a team disagrees: which two views stand against each other."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Camp:
    """People who answered from option `low` to `high`; `usual` is what most of them chose."""

    low: int
    high: int
    usual: int
    people: int


def camps(counts: Sequence[int]) -> tuple[Camp, Camp] | None:
    """The lower and the upper of two camps, cut where their means lie furthest apart for their size (Otsu 1979, IEEE
    Transactions on Systems, Man, and Cybernetics 9, 62-66); None where everyone chose the same or nobody chose.

    `counts`: how often each option was chosen. In a camp that chose two options alike often, the one further from the
    other camp stands for it: a discussion begins at what differs.
    """
    total = sum(counts)
    best, cut = 0.0, None
    for place in range(1, len(counts)):
        below = sum(counts[:place])
        if below in (0, total):
            continue
        low = sum(option * count for option, count in enumerate(counts[:place])) / below
        high = sum(option * count for option, count in enumerate(counts) if option >= place) / (total - below)
        apart = below * (total - below) * (high - low) ** 2
        if apart > best + 1e-9:
            best, cut = apart, place
    if cut is None:
        return None
    lower = [option for option in range(cut) if counts[option]]
    upper = [option for option in range(cut, len(counts)) if counts[option]]
    return _camp(lower, counts, min), _camp(upper, counts, max)


def _camp(options: Sequence[int], counts: Sequence[int], outer) -> Camp:
    most = max(counts[option] for option in options)
    usual = outer(option for option in options if counts[option] == most)
    return Camp(options[0], options[-1], usual, sum(counts[option] for option in options))
