"""Does a finder of a weakness know whom to tell?"""

import re

from assessments.evidence.community import inherited
from assessments.evidence.finding import Effort, Evidence, Finding, Outcome, met, not_applicable, not_met, partly
from assessments.evidence.infrastructure import has_work
from assessments.evidence.probe import Probe
from assessments.evidence.snapshot import Snapshot
from assessments.evidence.writing import README

PROBE = Probe(
    key="security-policy",
    title="It is written how to report a weakness",
    family="supply-chain",
    capabilities=("pervasive-security",),
    why="Who finds no address publishes, or keeps it.",
    how="A SECURITY file in the root, .github or docs, or a sentence of the README or CONTRIBUTING on reporting "
    "weaknesses, with an address or a way to report.",
    outcomes={
        Outcome.MET: "There is one that says how to report.",
        Outcome.PARTLY: "There is one, without an address or a way to report.",
        Outcome.NOT_MET: "There is none, here or of the owner.",
        Outcome.UNKNOWN: "There is none; whether the owner's `.github` repository supplies one was not collected.",
        Outcome.NOT_APPLICABLE: "The repository holds neither code nor infrastructure.",
    },
    remedy="Add SECURITY.md with a private way to report, what you answer within how many days, and which versions "
    "get fixes.",
    effort=Effort.MINUTES,
    version=2,
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
_SURE = re.compile(
    r"[^\n]*((report|disclos|contact|e-?mail)[^\n]{0,80}(\S+@\S+\.\w+|https?://|\]\(|privately)|"
    r"report a vulnerability\b(?!\s*$)|security advisor)",
    re.IGNORECASE | re.MULTILINE,
)
#: What a page on something else says about weaknesses.
_SECTION = re.compile(
    r"(report|disclos|discover|found|sensitive|handl)[^\n]{0,60}(security|vulnerabilit)[^\n]{0,40}|"
    r"(security|vulnerabilit\w+)[^\n]{0,30}(report|disclos|please|contact|e-?mail)[^\n]{0,20}",
    re.IGNORECASE,
)


def judge(snapshot: Snapshot) -> Finding:
    if not has_work(snapshot):
        return not_applicable("The repository holds neither code nor infrastructure.")
    silent = []
    for path, text in snapshot.texts(snapshot.find(*_PLACES)):
        if way := _SURE.search(text) or _WAY.search(text):
            return met(
                "It is written how to report a weakness.",
                [Evidence(path, text.count("\n", 0, way.end()) + 1, "says how to report")],
            )
        silent.append(Evidence(path, None, "names no way to report"))
    said = "It is written how to report a weakness."
    for path, text in snapshot.texts(snapshot.find(*README, "{,.github/,docs/}CONTRIBUTING{,.md,.rst}")):
        for section in _SECTION.finditer(text):
            if _WAY.search(text, section.start(), section.end() + 300):
                line = text.count("\n", 0, section.start()) + 1
                return met(said, [Evidence(path, line, section[0])])
    if silent:
        return partly("There is a security file that names no way to report.", silent)
    return inherited(snapshot, "security policy", said) or not_met("Nothing says how to report a weakness.")
