"""Is it written what to do when it breaks?"""

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
)
from assessments.evidence.operating import operated
from assessments.evidence.probe import Probe
from assessments.evidence.snapshot import Snapshot
from assessments.evidence.writing import named

PROBE = Probe(
    key="runbooks",
    title="There are runbooks",
    family="documentation",
    capabilities=("documentation-quality", "proactive-failure-notification"),
    why="Steps that are written can be followed at night, by somebody else, and improved afterwards.",
    how="Documents named after runbooks, playbooks, on-call, incidents, troubleshooting, operations or disaster "
    "recovery, with at least 200 letters; where the product is operated. "
    "Elsewhere only those named after runbooks, on-call, incidents or disasters count.",
    outcomes={
        Outcome.MET: "There are such documents.",
        Outcome.PARTLY: "There are some, hardly more than headings.",
        Outcome.NOT_MET: "The product is operated from here, and there are none.",
        Outcome.NOT_APPLICABLE: "Nothing here is known to be operated.",
    },
    remedy="Write the first one for the alert that fired last: what it means, how to look, how to stop it, whom to "
    "call.",
    effort=Effort.DAYS,
    version=2,
)
_CERTAIN = re.compile(r"run[-_ ]?books?|on[-_ ]?call|incident|disaster", re.IGNORECASE)


def judge(snapshot: Snapshot) -> Finding:
    words = r"run[-_ ]?books?|play[-_ ]?books?|on[-_ ]?call|incident[-_ ]?response|troubleshoot\w*|"
    words += r"operations?|operating|disaster[-_ ]?recovery|rollback"
    paths = named(snapshot, words, r"run[-_ ]?books?|on[-_ ]?call|operations|troubleshooting|playbooks")
    if not operated(snapshot):  # then a page on trouble is for those who use a library
        paths = [path for path in paths if _CERTAIN.search(path)]
    full, thin = [], []
    for path, text in snapshot.texts(paths[:100]):
        (full if len("".join(text.split())) >= 200 else thin).append(Evidence(path, None, "document"))
    if full:
        return met("It is written what to do when it breaks.", full)
    if thin:
        return partly("Documents for operating are hardly more than headings.", thin)
    if operated(snapshot):
        return not_met("The product is operated, and no runbook was found.", operated(snapshot)[:3])
    return not_applicable("Nothing here is known to be operated.")
