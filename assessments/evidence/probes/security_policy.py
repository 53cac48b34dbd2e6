"""Does a finder of a weakness know whom to tell?"""

import re

from assessments.evidence.files import has_code
from assessments.evidence.finding import Effort, Evidence, Finding, Outcome, met, not_applicable, not_met, partly
from assessments.evidence.probe import Probe
from assessments.evidence.snapshot import Snapshot

PROBE = Probe(
    key="security-policy",
    title="It is written how to report a weakness",
    family="supply-chain",
    capabilities=("pervasive-security",),
    why="Who finds no address publishes, or keeps it.",
    how="A SECURITY file in the root, .github or docs, with an address or a way to report.",
    outcomes={
        Outcome.MET: "There is one that says how to report.",
        Outcome.PARTLY: "There is one, without an address or a way to report.",
        Outcome.NOT_MET: "There is none.",
        Outcome.NOT_APPLICABLE: "The repository holds no code.",
    },
    remedy="Add SECURITY.md with a private way to report, what you answer within how many days, and which versions "
    "get fixes.",
    effort=Effort.MINUTES,
)

_PLACES = (
    "SECURITY{,.md,.rst,.txt,.adoc}",
    ".github/SECURITY{,.md}",
    "docs/SECURITY.{md,rst}",
    "docs/source/security.{md,rst}",
)
_WAY = re.compile(
    r"\S+(@|\s?\[at\]\s?)\S+\.\w+|https?://|report a vulnerability|security advisor|privately report|"
    r"private vulnerability",
    re.IGNORECASE,
)


def judge(snapshot: Snapshot) -> Finding:
    if not has_code(snapshot):
        return not_applicable("The repository holds no code.")
    silent = []
    for path, text in snapshot.texts(snapshot.find(*_PLACES)):
        if way := _WAY.search(text):
            return met(
                "It is written how to report a weakness.",
                [Evidence(path, text.count("\n", 0, way.start()) + 1, "says how to report")],
            )
        silent.append(Evidence(path, None, "names no way to report"))
    if silent:
        return partly("There is a security file that names no way to report.", silent)
    return not_met("Nothing says how to report a weakness.")
