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
    version=2,
)

_SURE = (
    r"install\w*|usage|using|getting started|get started|quick ?start|how to (run|use|build|install|start)|running|run|"
    r"build\w*|set ?up|development|developing|local development"
)
_WORDS = rf"{_SURE}|deploy\w*|commands|examples?(?= *:?$)|requirements|prerequisites|documentation|docs"
#: From the surest sign on: a heading, an underlined heading, a command, an entry of a list of contents, a sentence.
_HOW = tuple(
    re.compile(expression, re.MULTILINE)
    for expression in (
        rf"(?i:^ {{0,3}}(#{{1,6}}|=+) *[^\w\n\[!]*({_SURE})\b[^\n]{{0,40}}$)",
        rf"(?i:^ {{0,3}}(#{{1,6}}|=+) *[^\w\n\[!]*({_WORDS})\b[^\n]{{0,40}}$)",
        rf"(?i:^ *({_WORDS})\b[^\n]{{0,40}}\n[-=~^]{{3,}}\s*$)",
        r"^\s*(\$ )?(npm|yarn|pnpm|pip|docker|make|go|cargo|mvn|\./gradlew|brew|git clone|bundle|poetry|uv|npx|kubectl|"
        r"helm|terraform) (install|run|get|test|build|init|apply|ci|i|add|sync|up|compose|https?:|\S+$)",
        rf"(?i:^\s*[-*+] \W*({_WORDS})[\w ]{{0,20}}(\]|:|$))",
        r"(?i:^[^\w\n\[!]{0,3}(install\w*|usage|getting started|get started|quick ?start|how to \w+|running|set ?up|"
        r"build\w*|see|read)\b[^\n]*(\]\(|https?://|:$|`))",
    )
)


def judge(snapshot: Snapshot) -> Finding:
    if not snapshot.own:
        return not_applicable("The repository is empty.")
    for path, text in snapshot.texts(snapshot.find(*README)[:1]):
        long = len("".join(text.split())) >= 300
        how = next((found for each in _HOW if (found := each.search(text))), None)
        if long and how:
            said = how[0].strip().splitlines()[0]
            line = text.count("\n", 0, how.end() - len(how[0].lstrip())) + 1
            return met("The README says what it is and how to run it.", [Evidence(path, line, said)])
        missing = "does not say how to run it" if long else "is shorter than 300 letters"
        return partly(f"The README {missing}.", [Evidence(path, None, missing)])
    if snapshot.linked(*README):
        return unknown("The README is a symbolic link, which is not followed.")
    return not_met("There is no README.")
