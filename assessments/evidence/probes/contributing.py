"""Does a newcomer learn how a change is made here?"""

import re

from assessments.evidence.community import inherited
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
from assessments.evidence.infrastructure import has_work
from assessments.evidence.probe import Probe
from assessments.evidence.snapshot import Snapshot
from assessments.evidence.writing import README

PROBE = Probe(
    key="contributing",
    title="It is written how to make a change",
    family="documentation",
    capabilities=("documentation-quality", "code-maintainability"),
    why="Somebody from another team can help only where it is written how.",
    how="A CONTRIBUTING or DEVELOPMENT file in the root, .github or docs, or a part of the README with such a "
    "heading, with at least 200 letters or a link to where it is written.",
    outcomes={
        Outcome.MET: "It is written how to make a change.",
        Outcome.PARTLY: "The file is hardly more than a heading.",
        Outcome.NOT_MET: "It is not written.",
        Outcome.UNKNOWN: "There is none; whether the owner's `.github` repository supplies one was not collected.",
        Outcome.NOT_APPLICABLE: "The repository holds neither code nor infrastructure.",
    },
    remedy="Write how to set up, run the tests, name a branch, and what a reviewer looks for.",
    effort=Effort.HOURS,
    version=2,
)

_PLACES = (
    "{,.github/,docs/,doc/}{CONTRIBUTING,DEVELOPMENT,DEVELOPING,HACKING,DEVELOPER}{,.md,.rst,.txt,.adoc}",
    "docs/**/{contributing,development,developing,developer-guide,developer_guide}{,/index}.{md,rst,adoc}",
)
_HEADING = re.compile(
    r"^(#+\s*\W*(contribut\w*|development|developing|hacking|local development)\b.*|(contributing|development|"
    r"hacking)\s*\n[-=~]{4,})",
    re.IGNORECASE | re.MULTILINE,
)
#: A link to where it is written.
_ELSEWHERE = re.compile(r"\]\([^)\s]*contribut[^)\s]*\)|https?://\S*contribut|\]\[[^\]]*contribut", re.IGNORECASE)


def judge(snapshot: Snapshot) -> Finding:
    if not has_work(snapshot):
        return not_applicable("The repository holds neither code nor infrastructure.")
    thin = []
    for path, text in snapshot.texts(snapshot.find(*_PLACES)):
        if len("".join(text.split())) >= 200:
            return met("It is written how to make a change.", [Evidence(path, None, "document")])
        thin.append(Evidence(path, None, "hardly more than a heading"))
    for path, text in snapshot.texts(snapshot.find(*README)):
        if heading := _HEADING.search(text):
            after = text[heading.end() :]
            section = re.split(r"^#{1,2} ", after, maxsplit=1, flags=re.MULTILINE)[0]
            place = Evidence(path, text.count("\n", 0, heading.start()) + 1, heading[0].splitlines()[0])
            if len("".join(section.split())) >= 200 or _ELSEWHERE.search(section):
                return met("It is written how to make a change.", [place])
            thin.append(place)
    if thin:
        return partly("What is written on making a change is hardly more than a heading.", thin)
    said = "It is written how to make a change."
    return inherited(snapshot, "contributing", said) or not_met("It is not written how to make a change.")
