"""Is what the project says it runs on also what it is tested on?"""

import re

from assessments.evidence.finding import Effort, Evidence, Finding, Outcome, met, not_applicable, not_met
from assessments.evidence.pipelines import nothing_to_judge, on_changes
from assessments.evidence.probe import Probe
from assessments.evidence.reading.workflows import Job
from assessments.evidence.snapshot import Snapshot

PROBE = Probe(
    key="ci-matrix",
    title="Every version that is promised is tested",
    family="tests",
    capabilities=("test-automation",),
    why="A version that nobody tests is supported by hope.",
    how="Projects that name several versions they run on (classifiers of a Python package, environments of tox, "
    "several engines): a job on changes with a matrix of more than one value.",
    outcomes={
        Outcome.MET: "Changes are tested in a matrix.",
        Outcome.NOT_MET: "Several versions are promised, and no job on changes has a matrix.",
        Outcome.NOT_APPLICABLE: "One version is promised, and there is no matrix.",
    },
    remedy="Add `strategy: {matrix: {...}}` with the oldest and the newest version that you support.",
    effort=Effort.HOURS,
    version=2,
)

_CLASSIFIER = re.compile(r"Programming Language :: Python :: 3\.[0-9]+\b")
#: Names for parts of one run that is spread over several machines.
_PARTS = re.compile(
    r"shard|thread|chunk|split|partition|^(part|parts|group|index|container|parallel\w*)$", re.IGNORECASE
)
#: Names for what each job does, so that a matrix lists tasks rather than what is promised.
_TASKS = frozenset({"run", "command", "cmd", "task", "script"})
_TOX = re.compile(r"^\s*envlist\s*=.*py3?\{?[0-9,]*,", re.MULTILINE)


def judge(snapshot: Snapshot) -> Finding:
    if none := nothing_to_judge(snapshot):
        return none
    found = []
    for workflow in on_changes(snapshot):
        for job in workflow.jobs:
            if (values := _values(job)) > 1:
                line = job.plain.at("strategy")
                found.append(
                    Evidence(workflow.path, line, f"job {job.key} runs in a matrix of {values} values or more")
                )
    if found:
        return met("Changes are tested in a matrix.", found)
    promised = []
    for path, text in snapshot.texts(snapshot.find("pyproject.toml", "setup.py", "setup.cfg", "tox.ini")):
        versions = sorted(set(_CLASSIFIER.findall(text)))
        if len(versions) > 1:
            line = text[: text.find(versions[0])].count("\n") + 1
            promised.append(Evidence(path, line, f"promises {len(versions)} versions of Python"))
        elif several := _TOX.search(text):
            promised.append(Evidence(path, text[: several.end()].count("\n") + 1, several[0].strip()))
    if promised:
        return not_met("Several versions are promised, and no job on changes has a matrix.", promised)
    return not_applicable("One version is promised, and there is no matrix.")


def _values(job: Job) -> int:
    """The most values of one dimension of its matrix. What an expression gives counts as several."""
    strategy = job.get("strategy")
    matrix = strategy.get("matrix") if isinstance(strategy, dict) else None
    if isinstance(matrix, str):
        return 2
    if not isinstance(matrix, dict):
        return 0
    included = matrix.get("include")
    if (
        isinstance(included, list)
        and included
        and all(isinstance(each, dict) and _TASKS & each.keys() for each in included)
    ):
        return 0
    several = [each for name, each in matrix.items() if name != "exclude" and not _PARTS.search(name)]
    return max((len(each) if isinstance(each, list) else 2 for each in several), default=0)
