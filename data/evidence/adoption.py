"""Since when a practice has been there, from the history of trunk."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from assessments.evidence import Evaluation, Finding, Outcome, Registered, judged, registry
from data.evidence.past import touched, trunk
from data.evidence.trees import take
from data.sources.git_command import Git, Unsettled

_THERE = (Outcome.MET, Outcome.PARTLY)
#: Files whose beginnings are looked for at once, and bytes that their names may take in a command.
FILES, ROOM = 300, 100_000


@dataclass(frozen=True)
class Since:
    """instant: microseconds of the commit that brought it to trunk. open: it was there already where the history that
    is held begins, so that it may be older."""

    instant: int
    commit: str
    open: bool = False


def since_files(git: Git, evaluation: Evaluation) -> dict[str, Since]:
    """For each probe that found something: since when the oldest of the files that show it has been there.

    One walk over the commits that touched these files, well under a second for thousands of commits. A file that was
    moved counts from the move.
    """
    places = {
        result.probe.key: _paths(result.finding) for result in evaluation.results if result.finding.outcome in _THERE
    }
    wanted = _askable(path for paths in places.values() for path in paths)
    begun = begun_at(git, evaluation.commit, wanted)
    found = {}
    for key, paths in places.items():
        if known := [begun[path] for path in paths if path in begun]:
            found[key] = min(known, key=lambda since: since.instant)
    return found


def _paths(finding: Finding) -> list[str]:
    """The files that show what is there."""
    return list(dict.fromkeys(place.path for place in finding.good or finding.evidence if place.path))


def _askable(paths: Iterable[str]) -> list[str]:
    """The first of them, as many as fit in one command: a name may be as long as whoever wrote the tree wants."""
    found, room = [], ROOM
    for path in dict.fromkeys(paths):
        if len(found) < FILES and len(path.encode("utf-8", "replace")) <= room:
            found.append(path)
            room -= len(path.encode("utf-8", "replace"))
    return found


def begun_at(git: Git, sha: str, paths: list[str]) -> dict[str, Since]:
    """Since when each of these files has been on trunk, of those that came with a commit that is held."""
    if not paths:
        return {}
    commits = trunk(git, sha, paths=paths)
    shallow = git.one("rev-parse", "--is-shallow-repository") == "true"
    first = trunk(git, sha, "--max-parents=0")
    cut = {commit for _, commit, _ in first} if shallow else set()
    asked = set(paths)
    begun: dict[str, Since] = {}
    by_order = zip(commits, touched(git, commits, status="A"), strict=False)
    try:
        for (seconds, commit, _), (_, added) in by_order:  # newest first: the first adding met is that of today's file
            for path in asked.intersection(added) - begun.keys():
                begun[path] = Since(seconds * 1_000_000, commit, open=commit in cut)
    except Unsettled:
        return begun
    return begun


def since_judged(
    git: Git, evaluation: Evaluation, key: str, probes: Mapping[str, Registered] | None = None
) -> Since | None:
    """Since when that probe has found what it finds now (met or partly), by judging earlier commits.

    Looks only at commits that touched the files that show it, and halves the span between one where it was not there
    and one where it was; a practice that came, went and came again may be dated by an earlier coming. None when it is
    not there now, or no file shows it.
    """
    each = (registry() if probes is None else probes)[key]
    finding = evaluation.of(key)
    paths = _askable(_paths(finding))
    if finding.outcome not in _THERE or not paths:
        return None
    commits = trunk(git, evaluation.commit, paths=paths)
    if not commits:
        return None
    there, absent = 0, len(commits)  # newest first
    while absent - there > 1:
        middle = (there + absent) // 2
        if _is_there(git, commits[middle][1], each):
            there = middle
        else:
            absent = middle
    seconds, commit, parent = commits[there]
    shallow = parent is None and git.one("rev-parse", "--is-shallow-repository") == "true"
    return Since(seconds * 1_000_000, commit, open=shallow)


def _is_there(git: Git, commit: str, each: Registered) -> bool:
    return judged(take(git, commit, history=False), each).outcome in _THERE
