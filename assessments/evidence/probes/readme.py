"""Does the first page say what this is and how to run it?"""

import re

from assessments.evidence.finding import (
    Effort,
    Evidence,
    Finding,
    Outcome,
    met,
    not_applicable,
    not_met,
    partly,
    unknown,
)
from assessments.evidence.probe import Probe
from assessments.evidence.snapshot import Snapshot
from assessments.evidence.writing import README

PROBE = Probe(
    key="readme",
    title="The first page says what it is and how to run it",
    family="documentation",
    capabilities=("documentation-quality",),
    why="Everyone who comes to a repository begins there, and most go no further.",
    how="The README: at least 300 letters, and a heading or a block of commands that says how to install, build, "
    "run or use it.",
    outcomes={
        Outcome.MET: "It says what it is and how to run it.",
        Outcome.PARTLY: "It is there, and says one of the two.",
        Outcome.NOT_MET: "There is none.",
        Outcome.UNKNOWN: "It is a symbolic link, which is not followed.",
        Outcome.NOT_APPLICABLE: "The repository holds neither code nor text.",
    },
    remedy="Write three parts: what it is for, how to run it from a fresh checkout, and whom to ask.",
    effort=Effort.HOURS,
)

_HOW = re.compile(
    r"^ {0,3}(#{1,6}|=+)?[ \t]*[*_]*([^\w\n]*)(install\w*|usage|using\b|getting started|get started|quick ?start|"
    r"how to (run|"
    r"use|build|install)|running|run\b|build\w*|set ?up|development|developing|"
    r"deploy\w*|local development|commands|examples?|requirements|prerequisites|documentation|docs)\b|^\s*(\$ )?(npm|"
    r"yarn|pnpm|pip|docker|make|go|cargo|mvn|\./gradlew|brew|git clone|bundle|poetry|uv|npx|kubectl|helm|"
    r"terraform) \S+",
    re.IGNORECASE | re.MULTILINE,
)


def judge(snapshot: Snapshot) -> Finding:
    if not snapshot.own:
        return not_applicable("The repository is empty.")
    for path, text in snapshot.texts(snapshot.find(*README)[:1]):
        long = len("".join(text.split())) >= 300
        how = _HOW.search(text)
        if long and how:
            return met(
                "The README says what it is and how to run it.",
                [Evidence(path, text.count("\n", 0, how.start()) + 1, how[0].strip())],
            )
        missing = "does not say how to run it" if long else "is shorter than 300 letters"
        return partly(f"The README {missing}.", [Evidence(path, None, missing)])
    if snapshot.linked(*README):
        return unknown("The README is a symbolic link, which is not followed.")
    return not_met("There is no README.")
