"""Are there tests?"""

import re

from assessments.evidence.files import has_code, sources
from assessments.evidence.finding import (
    Effort,
    Evidence,
    Finding,
    Outcome,
    met,
    not_applicable,
    not_met,
    partly,
)
from assessments.evidence.infrastructure import kinds
from assessments.evidence.probe import Probe
from assessments.evidence.snapshot import Snapshot

PROBE = Probe(
    key="tests-present",
    title="The product has automated tests",
    family="tests",
    capabilities=("test-automation", "code-maintainability"),
    why="Without tests every change is a guess, and people stop changing things.",
    how="Files that are tests by their name or folder, in the languages of the product, compared with its source "
    "files: met from one test file for ten source files, partly from one for fifty.",
    outcomes={
        Outcome.MET: "At least one test file for ten source files.",
        Outcome.PARTLY: "At least one for fifty.",
        Outcome.NOT_MET: "Fewer, or none.",
        Outcome.NOT_APPLICABLE: "The repository holds no code.",
    },
    remedy="Begin with a test for the next thing that breaks, and one for each path that users take most.",
    effort=Effort.DAYS,
    version=2,
)
#: Endings of infrastructure code, beside which scripts are no product.
_INFRASTRUCTURE = (".yaml", ".yml", ".tpl", ".tf")


def judge(snapshot: Snapshot) -> Finding:
    if not has_code(snapshot):
        return not_applicable("The repository holds no code.")
    files = sources(snapshot)
    code, tests = len(files.product), len(files.tests)
    said = f"{tests:,} test files stand beside {code:,} source files."
    places = [Evidence(path, None, "test") for path in files.tests[:3]]
    inside = [] if tests else _inline(snapshot, files.product)
    if inside:
        return met("Tests stand in the source files.", inside)
    if tests and tests * 10 >= code:
        return met(said, places)
    if not tests and sum(path.endswith(_INFRASTRUCTURE) for path in snapshot.own) > 5 * code and kinds(snapshot):
        return not_applicable("What is kept here is infrastructure code, whose tests are judged apart.")
    return partly(said, places) if tests and tests * 50 >= code else not_met(said, places)


def _inline(snapshot: Snapshot, paths) -> list[Evidence]:
    """Languages in which tests usually stand in the file that they test."""
    rust = [path for path in paths if path.endswith((".rs", ".zig"))][:300]
    return [
        Evidence(path, text.count("\n", 0, at.start()) + 1, "tests in the file")
        for path, text in snapshot.texts(rust)
        if (at := re.search(r'^\s*(#\[cfg\(test\)\]|#\[test\]|test ")', text, re.MULTILINE))
    ]
