"""All probes over one snapshot. One that fails is unknown and stops no other."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from assessments.evidence.finding import Finding, Outcome, unknown
from assessments.evidence.probe import Probe, Registered, registry
from assessments.evidence.snapshot import Snapshot, Spent

#: Files named when several could not be read.
NAMED = 3
#: Outcomes after which nothing is to be done, or nobody knows yet what.
_SETTLED = frozenset({Outcome.MET, Outcome.NOT_APPLICABLE, Outcome.UNKNOWN})


@dataclass(frozen=True)
class Result:
    """A probe and what it found."""

    probe: Probe
    finding: Finding


@dataclass(frozen=True)
class Evaluation:
    """One repository at one commit. unread: why, by path, of everything that some probe could not read."""

    commit: str
    results: tuple[Result, ...]
    unread: Mapping[str, str]

    def of(self, key: str) -> Finding:
        """The finding of that probe. Raises KeyError when it did not run."""
        return next((each.finding for each in self.results if each.probe.key == key), None) or _missing(key)

    def count(self, outcome: Outcome) -> int:
        return sum(each.finding.outcome == outcome for each in self.results)


def _missing(key: str):
    raise KeyError(key)


def evaluate(
    snapshot: Snapshot,
    probes: Mapping[str, Registered] | None = None,
    *,
    stop: Callable[[], bool] = lambda: False,
    told: Callable[[int, int], None] = lambda done, total: None,
) -> Evaluation:
    """Runs the probes, all when none are named. `stop` is asked before each and before each reading of files; once it
    says yes, what is left is unknown. `told` hears how many probes are done, of how many; what it raises ends this."""
    results = []
    unread: dict[str, str] = {}
    chosen = registry() if probes is None else probes
    with snapshot.until(stop):
        for each in chosen.values():
            told(len(results), len(chosen))
            finding = judged(snapshot, each)
            unread |= dict(finding.unread)
            results.append(Result(each.probe, finding))
    return Evaluation(snapshot.commit, tuple(results), unread)


def judged(snapshot: Snapshot, each: Registered) -> Finding:
    """One probe, with what it could not read taken into account: nothing is called missing, not applicable or
    complete that may stand in a file nobody could read."""
    with snapshot.asking() as unread:
        try:
            finding = each.judge(snapshot)
        except Spent as error:
            finding = unknown(str(error))
        except Exception as error:  # a probe of many; its trouble must not take the others along
            finding = unknown(f"This probe failed on this repository ({type(error).__name__}); the others did not.")
    finding = replace(_guarded(snapshot, each.probe, finding, unread), unread=tuple(sorted(unread.items())))
    finding = _with_reason(snapshot, each.probe, finding)
    if finding.outcome in _SETTLED:
        return finding
    return replace(finding, remedy=finding.remedy or each.probe.remedy, effort=finding.effort or each.probe.effort)


def _with_reason(snapshot: Snapshot, probe: Probe, finding: Finding) -> Finding:
    """Says why the facts are not there that would have told."""
    why = snapshot.facts.why.get(probe.part) if snapshot.facts else None
    if finding.outcome is not Outcome.UNKNOWN or not why:
        return finding
    return replace(finding, because=f"{finding.because} {why}")


def _guarded(snapshot: Snapshot, probe: Probe, finding: Finding, unread: dict[str, str]) -> Finding:
    shaky = (
        (finding.outcome in (Outcome.NOT_MET, Outcome.NOT_APPLICABLE) and not finding.evidence)
        or (finding.outcome is Outcome.MET and probe.every)
        or (finding.outcome is Outcome.PARTLY and not finding.evidence)
    )
    if shaky and unread:
        named = "; ".join(f"{path}: {why}" for path, why in sorted(unread.items())[:NAMED])
        more = f" and {len(unread) - NAMED} more" if len(unread) > NAMED else ""
        return replace(unknown(f"Not everything could be read ({named}{more})."), evidence=finding.evidence)
    if shaky and snapshot.left_out and probe.asks == "files":
        return replace(unknown(f"Only part of the files is known: {snapshot.left_out}"), evidence=finding.evidence)
    return finding
