"""The commit graph of trunk and tags, and what it says: positions on trunk, and which trunk commit brought what.

Everything here is linear in the number of commits. Clocks play no part: order comes from ancestry alone.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property

from data.sources.git_command import Git

NONE = -1


@dataclass(frozen=True)
class Graph:
    """Commits by index, children before parents.

    shas, parents: of each commit. trunk: index of the commit at each position, 0 = oldest. contained: the highest trunk
    position that a commit contains (its own on trunk). brought_by: position of the trunk commit that first contained it
    (its own on trunk); both NONE where there is none.
    """

    shas: list[str]
    index: dict[str, int]
    parents: list[tuple[int, ...]]
    trunk: list[int]
    contained: list[int]
    brought_by: list[int]

    def on_trunk(self, commit: int) -> bool:
        position = self.brought_by[commit]
        return position != NONE and self.trunk[position] == commit

    def brought(self, position: int) -> list[int]:
        """The side commits that the trunk commit at that position brought in, without itself."""
        return self._brought.get(position, [])

    @cached_property
    def _brought(self) -> dict[int, list[int]]:
        found: dict[int, list[int]] = {}
        for commit, position in enumerate(self.brought_by):
            if position != NONE and not self.on_trunk(commit):
                found.setdefault(position, []).append(commit)
        return found

    def position_bringing(self, sha: str) -> int | None:
        """Position of the trunk commit that brought a commit given by its sha or an unambiguous beginning of it."""
        commit = self.index.get(sha)
        if commit is None:
            at = bisect_left(self._sorted, sha)
            matches = self._sorted[at : at + 2]
            if not matches or not matches[0].startswith(sha) or (len(matches) > 1 and matches[1].startswith(sha)):
                return None
            commit = self.index[matches[0]]
        position = self.brought_by[commit]
        return None if position == NONE else position

    @cached_property
    def _sorted(self) -> list[str]:
        return sorted(self.shas)

    def reachable(self, shas: Iterable[str]) -> bytearray:
        """1 for each commit that is one of those or an ancestor of one."""
        marked = bytearray(len(self.shas))
        for sha in shas:
            if sha in self.index:
                marked[self.index[sha]] = 1
        for commit, parents in enumerate(self.parents):
            if marked[commit]:
                for parent in parents:
                    marked[parent] = 1
        return marked


def read_graph(
    git: Git, head: str, others: Iterable[str], progress: Callable[[int], None] = lambda count: None
) -> Graph:
    """Names and parents of every commit reachable from trunk's head or the others; `progress` gets the count so far."""
    shas: list[str] = []
    found: list[list[str]] = []
    for line in git.lines("rev-list", "--topo-order", "--parents", "--stdin", names=dict.fromkeys([head, *others])):
        sha, *parents = line.split(" ")
        shas.append(sha)
        found.append(parents)
        if not len(shas) % 5000:
            progress(len(shas))
    index = {sha: number for number, sha in enumerate(shas)}
    parents = [tuple(index[parent] for parent in names) for names in found]
    trunk = _first_parents(parents, index[head])
    contained = _contained(parents, trunk)
    return Graph(shas, index, parents, trunk, contained, _brought_by(parents, trunk))


def _first_parents(parents: list[tuple[int, ...]], head: int) -> list[int]:
    chain = [head]
    while parents[chain[-1]]:
        chain.append(parents[chain[-1]][0])
    return chain[::-1]


def _contained(parents: list[tuple[int, ...]], trunk: list[int]) -> list[int]:
    contained = [NONE] * len(parents)
    for position, commit in enumerate(trunk):
        contained[commit] = position
    for commit in range(len(parents) - 1, -1, -1):  # parents first
        # On trunk its own position is the highest already: what it merged forked from trunk before it.
        contained[commit] = max(contained[commit], max((contained[parent] for parent in parents[commit]), default=NONE))
    return contained


def _brought_by(parents: list[tuple[int, ...]], trunk: list[int]) -> list[int]:
    brought = [NONE] * len(parents)
    for position, commit in enumerate(trunk):
        brought[commit] = position
    for position, commit in enumerate(trunk):
        waiting = [parent for parent in parents[commit][1:] if brought[parent] == NONE]
        for parent in waiting:
            brought[parent] = position
        while waiting:
            for parent in parents[waiting.pop()]:
                if brought[parent] == NONE:
                    brought[parent] = position
                    waiting.append(parent)
    return brought
