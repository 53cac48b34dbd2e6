"""What the probes say of real repositories: how often each gives which outcome.

    python -m benchmarks.tried FOLDER...

Each folder holds a git clone, with or without a work tree. Prints two tables in Markdown: the repositories with the
commit that was looked at, and the probes with how many findings of each outcome they gave. Nothing is fetched, and
nothing of the repositories is run.
"""

import argparse
import resource
import sys
from collections import Counter
from pathlib import Path

from assessments.evidence import Evaluation, Outcome, registry
from data.evidence.run import evidence
from data.sources.git_command import GitError

OUTCOMES = (Outcome.MET, Outcome.PARTLY, Outcome.NOT_MET, Outcome.UNKNOWN, Outcome.NOT_APPLICABLE)
#: Names of folders that say nothing of the repository in them.
NAMELESS = ("repo", ".git", "git")


def name_of(folder: Path) -> str:
    """How a clone is called in the table: its folder, or the one above where that says nothing."""
    path = folder.resolve()
    return (path.parent if path.name in NAMELESS else path).name.removesuffix(".git").replace("+", "/")


def repositories(looked: dict[str, tuple[Evaluation, float]]) -> str:
    """A row for each repository: commit, findings by outcome, seconds of the processor."""
    lines = ["| repository | commit | met | partly | not met | unknown | not applicable | CPU |"]
    lines.append("|---|---|--:|--:|--:|--:|--:|--:|")
    for name, (evaluation, seconds) in looked.items():
        counts = " | ".join(str(evaluation.count(outcome)) for outcome in OUTCOMES)
        lines.append(f"| {name} | `{evaluation.commit[:12]}` | {counts} | {seconds:.1f} s |")
    return "\n".join(lines)


def probes(evaluations: list[Evaluation]) -> str:
    """A row for each probe: how many findings of each outcome it gave."""
    lines = ["| probe | met | partly | not met | unknown | not applicable |", "|---|--:|--:|--:|--:|--:|"]
    for key in registry():
        counts = Counter(evaluation.of(key).outcome for evaluation in evaluations)
        lines.append(f"| {key} | {' | '.join(str(counts[outcome]) for outcome in OUTCOMES)} |")
    return "\n".join(lines)


def spent() -> float:
    """Seconds of the processor that this process and its children have used."""
    both = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(used.ru_utime + used.ru_stime for used in both)


def main(folders: list[str]) -> int:
    """Prints the tables. 1 when a clone could not be read; the others are looked at all the same."""
    looked: dict[str, tuple[Evaluation, float]] = {}
    failed = 0
    for folder in map(Path, folders):
        before = spent()
        try:
            evaluation = evidence(folder)
        except GitError as error:
            failed = 1
            print(f"{folder}: {error}", file=sys.stderr)
            continue
        looked[name_of(folder)] = (evaluation, spent() - before)
    print(repositories(looked), probes([evaluation for evaluation, _ in looked.values()]), sep="\n\n")
    return failed


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="What the probes say of real repositories.")
    parser.add_argument("folders", nargs="+", metavar="FOLDER", help="a git clone")
    sys.exit(main(parser.parse_args().folders))
