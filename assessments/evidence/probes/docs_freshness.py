"""Do documents change with the code?"""

from assessments.evidence.files import sources
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
from assessments.evidence.history import DAY
from assessments.evidence.probe import Probe
from assessments.evidence.snapshot import Snapshot
from assessments.evidence.writing import README

PROBE = Probe(
    key="docs-freshness",
    title="Documents change together with the code",
    family="documentation",
    capabilities=("documentation-quality",),
    why="A document that was right two years ago costs more time than none.",
    how="The newest change of README and documents, compared with the newest change of source files: met within 90 "
    "days of it, partly within a year.",
    outcomes={
        Outcome.MET: "Documents changed within 90 days of the newest change of code.",
        Outcome.PARTLY: "Within a year.",
        Outcome.NOT_MET: "More than a year before it.",
        Outcome.UNKNOWN: "The history was not read, or is too short.",
        Outcome.NOT_APPLICABLE: "There are no documents, or no code.",
    },
    remedy="Change the document in the same pull request as the code, and ask for it in the template.",
    effort=Effort.WEEKS,
    asks="history",
    version=2,
)


def judge(snapshot: Snapshot) -> Finding:
    if snapshot.history is None:
        return unknown("The history was not read.")
    documents = [*snapshot.find(*README), *snapshot.find("{docs,doc,documentation}/**/*.{md,rst,adoc,mdx}")]
    documents += snapshot.active("**/README{,.md,.rst,.adoc}")
    code = sources(snapshot).product
    if not documents or not code:
        return not_applicable("There are no documents, or no code.")
    last = snapshot.history.last
    changed = max((last[path] for path in code if path in last), default=None)
    if changed is None:
        return not_applicable("The code has not changed within two years.")
    written = max(((last[path], path) for path in documents if path in last), default=None)
    if written is None:
        if not snapshot.history.complete:
            return unknown("The history that is held is too short to tell.")
        return not_met(
            "Documents are more than two years older than the code.",
            [Evidence(documents[0], None, "older than two years")],
        )
    days = max(0, (changed - written[0]) // DAY)
    said = f"The newest change of a document is {days} days older than that of the code."
    place = [Evidence(written[1], None, "changed last")]
    if len(set(documents)) == 1 and days > 90:  # one page may say little that changes
        return partly(said, place)
    return met(said, place) if days <= 90 else partly(said, place) if days <= 365 else not_met(said, place)
