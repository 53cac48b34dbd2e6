"""Does a script stop at its first error?"""

import re

from assessments.evidence.finding import (
    Effort,
    Evidence,
    Finding,
    Outcome,
    share,
)
from assessments.evidence.probe import Probe
from assessments.evidence.reading.shell import commands
from assessments.evidence.snapshot import Snapshot

PROBE = Probe(
    key="script-safety",
    title="Shell scripts stop at the first error",
    family="platform",
    capabilities=("automation-as-software",),
    why="A script that goes on after an error does the rest in the wrong state, such as deleting the wrong folder.",
    how="Shell scripts of more than ten commands, outside of tests and examples: `set -e` or `set -o errexit` (also "
    "in the first line), or every failure handled by hand with `|| exit`, `trap ... ERR`. Scripts that are only "
    "sourced are left out.",
    outcomes={
        Outcome.MET: "Every script stops.",
        Outcome.PARTLY: "Some do.",
        Outcome.NOT_MET: "None does.",
        Outcome.NOT_APPLICABLE: "There are no shell scripts of that length.",
    },
    remedy="Put `set -euo pipefail` below the first line, and run shellcheck in the pipeline.",
    effort=Effort.MINUTES,
    version=2,
)

_STOPS = re.compile(
    r"^\s*set\s+(-[a-zA-Z]*e|.*-o\s+errexit|.*\s-[a-z]*e[a-z]*\b)|^#!.*\s-[a-z]*e|trap\s+\S.*\bERR\b", re.MULTILINE
)
_HANDLED = re.compile(r"\|\|\s*(\{|exit|die|fail|return|abort|err)|\bset_error|&&\s*\\?$|\bexit\s+[1-9]", re.MULTILINE)
#: Files that others read in, whose settings would change those of the script that reads them.
_READ_IN = re.compile(
    r"(^|/)(lib|libs|utils?|common|functions|helpers?|env|setenv)([-_.]\w+)?\.(sh|bash)$", re.IGNORECASE
)
_FUNCTION = re.compile(r"^(function\s+)?[\w-]+\s*\(\)\s*\{?|^function\s+\w+", re.MULTILINE)


def judge(snapshot: Snapshot) -> Finding:
    good, bad = [], []
    for path, text in snapshot.texts(snapshot.active("**/*.{sh,bash}")[:500]):
        if not text.startswith("#!") or not re.match(r"#!.*\b(ba|z|k|da)?sh\b", text):
            continue
        if len(commands(text)) <= 10 or (_READ_IN.search(path) and len(_FUNCTION.findall(text)) >= 2):
            continue
        if stops := _STOPS.search(text):
            good.append(Evidence(path, text.count("\n", 0, stops.start()) + 1, stops[0]))
        elif len(_HANDLED.findall(text)) >= 3:
            good.append(Evidence(path, None, "failures are handled"))
        else:
            bad.append(Evidence(path, None, "goes on after an error"))
    return share(
        good, bad, "shell scripts", "stop at the first error", "There are no shell scripts of more than ten commands."
    )
