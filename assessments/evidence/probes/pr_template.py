"""Is a reviewer told what a change is for?"""

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

PROBE = Probe(
    key="pr-template",
    title="Pull requests begin with a template",
    family="review",
    capabilities=("code-review-flow", "documentation-quality"),
    why="A reviewer who must guess what a change is for reviews its form.",
    how="A template for pull requests in .github, the root or docs, with more than a heading.",
    outcomes={
        Outcome.MET: "There is one that asks for something.",
        Outcome.PARTLY: "There is one that is empty.",
        Outcome.NOT_MET: "There is none, here or of the owner.",
        Outcome.UNKNOWN: "There is none; whether the owner's `.github` repository supplies one was not collected.",
        Outcome.NOT_APPLICABLE: "The repository holds neither code nor infrastructure.",
    },
    remedy="Add .github/pull_request_template.md with three questions: why, how it was tried, and what may break.",
    effort=Effort.MINUTES,
    version=2,
)


def judge(snapshot: Snapshot) -> Finding:
    if not has_work(snapshot):
        return not_applicable("The repository holds neither code nor infrastructure.")
    found = snapshot.find(
        "{,.github/,docs/}pull_request_template{,.md,.txt}", "{,.github/,docs/}pull_request_template/*"
    )
    empty = []
    for path, text in snapshot.texts(found):
        if len("".join(text.split())) >= 20:
            return met("Pull requests begin with a template.", [Evidence(path, None, "template")])
        empty.append(Evidence(path, None, "is empty"))
    if empty:
        return partly("The template is empty.", empty)
    said = "Pull requests begin with a template."
    return inherited(snapshot, "pull request template", said) or not_met("There is no template for pull requests.")
