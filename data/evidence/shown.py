"""What a clone shows at one commit, put in order for people and programs: what to do first, and capability by
capability what the repository alone can tell."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from assessments import lanes, maturity
from assessments.evidence import Effort, Evaluation, Finding, Outcome, Probe, Result
from content import catalog
from content.practice_rules import asked_for
from data.evidence.run import evidence
from data.evidence.tools import Said, collect
from data.evidence.trees import committed_at, head_of, open_clone, resolved
from data.sources.git_refs import locate

#: What is to be done about, the worse first.
OPEN = (Outcome.NOT_MET, Outcome.PARTLY)
#: The commit checked out, which need not be one of the default branch.
CHECKED_OUT = "HEAD"
#: Findings named as the first to do.
FIRST = 5
#: What `--fail-on` takes beside keys of probes.
NEVER, NOT_MET = "never", "not-met"
_EFFORTS = list(Effort)
_NEEDED = 2  # the importance of a capability of DORA's core model


@dataclass(frozen=True)
class Change:
    """A probe that says something else than at the commit compared with."""

    result: Result
    before: Finding


@dataclass(frozen=True)
class Shown:
    """as_of: microseconds of the commit. standings: of the capabilities that a repository can tell something of, from
    what this one shows alone. base, changes: what is compared with (None: nothing), and what differs. others: what
    other tools said, beside."""

    name: str
    web_url: str | None
    commit: str
    as_of: int
    evaluation: Evaluation
    standings: tuple[maturity.Standing, ...]
    base: str | None = None
    changes: tuple[Change, ...] = ()
    others: tuple[Said, ...] = ()

    @property
    def open(self) -> list[Result]:
        """What is not met or partly met, in the order in which it is best done."""
        return sorted((each for each in self.evaluation.results if each.finding.outcome in OPEN), key=_order)

    @property
    def first(self) -> list[Result]:
        return self.open[:FIRST]

    def of(self, *outcomes: Outcome) -> list[Result]:
        return [each for each in self.evaluation.results if each.finding.outcome in outcomes]

    def counts(self) -> dict[Outcome, int]:
        return {outcome: self.evaluation.count(outcome) for outcome in Outcome}

    def failing(self, names: Collection[str]) -> list[Result]:
        """Of the probes named (`not-met`: all), those that are not met."""
        return [each for each in self.of(Outcome.NOT_MET) if NOT_MET in names or each.probe.key in names]


def show(path: Path | str, commit: str | None = None, *, base: str | None = None, tools: Collection[str] = ()) -> Shown:
    """What the files of that commit show: `HEAD` is the one checked out; the newest of the default branch when none is
    named. base: also say what differs from that commit. tools: other tools to ask, of data.evidence.tools.

    Nothing is stored and nothing is contacted. Raises GitError (EmptyRepository when there is no commit).
    """
    git = open_clone(Path(path).expanduser().resolve())
    place = locate(git)
    if commit == CHECKED_OUT:
        commit = git.one("rev-parse", "--verify", "-q", "HEAD^{commit}")
    sha = resolved(git, commit) if commit else head_of(git)
    before = evidence(git.path, resolved(git, base)) if base else None
    evaluation = evidence(git.path, sha)
    return Shown(
        place.name,
        place.web_url,
        evaluation.commit,
        committed_at(git, sha),
        evaluation,
        alone(evaluation),
        before.commit if before else None,
        tuple(_changes(before, evaluation)) if before else (),
        tuple(collect(git, sha, tools)),
    )


def _changes(before: Evaluation, after: Evaluation):
    earlier = {each.probe.key: each.finding for each in before.results}
    for each in after.results:
        if each.finding.outcome is not earlier[each.probe.key].outcome:
            yield Change(each, earlier[each.probe.key])


def alone(evaluation: Evaluation) -> tuple[maturity.Standing, ...]:
    """The capabilities that a repository can tell something of, judged by its lane alone."""
    seen = lanes.repositories({"": {each.probe.key: each.finding for each in evaluation.results}})
    known = maturity.capabilities(catalog.practices()).values()
    telling = [each for each in known if any(item.lane == maturity.REPOSITORY for item in each.items.values())]
    return tuple(maturity.standing(each, seen) for each in telling)


@lru_cache
def _asking() -> tuple[Mapping[str, list[str]], Mapping[str, int]]:
    """By probe the capabilities that ask for it as evidence; by capability its importance."""
    practices = catalog.practices()
    importance = {each["key"]: each["importance"] for area in practices["areas"] for each in area["capabilities"]}
    return asked_for(practices, "repository"), importance


def importance(probe: Probe) -> int:
    """The importance of the most important capability that asks for this probe; 1 when none does, or only as a hint."""
    asking, importances = _asking()
    return max((importances[key] for key in asking.get(probe.key, ())), default=1)


def needed(probe: Probe) -> bool:
    """Whether a capability of the greatest importance rests on it."""
    return importance(probe) >= _NEEDED


def _order(result: Result) -> tuple[Any, ...]:
    """Least effort first, then what matters most, then what most capabilities ask for."""
    probe, finding = result.probe, result.finding
    asking = len(set(_asking()[0].get(probe.key, ())))
    effort = _EFFORTS.index(finding.effort or probe.effort)
    return effort, -importance(probe), OPEN.index(finding.outcome), -asking, probe.key
