"""Is it written why things are as they are?"""

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
from assessments.evidence.infrastructure import has_work
from assessments.evidence.probe import Probe
from assessments.evidence.snapshot import Snapshot
from assessments.evidence.writing import named

PROBE = Probe(
    key="decisions",
    title="Decisions are written down",
    family="documentation",
    capabilities=("documentation-quality", "learning-culture", "team-experimentation"),
    why="Who does not know why something is so either repeats the discussion or breaks the reason.",
    how="Records of decisions: documents in folders named adr, adrs, decisions, rfcs, proposals or design, or a "
    "document of decisions, with at least 200 letters.",
    outcomes={
        Outcome.MET: "At least three records, or one document with several.",
        Outcome.PARTLY: "One or two.",
        Outcome.NOT_MET: "There are none.",
        Outcome.NOT_APPLICABLE: "The repository holds neither code nor infrastructure.",
    },
    remedy="Begin with the last decision that people argued about: context, options, decision, consequences, on one "
    "page.",
    effort=Effort.HOURS,
    version=2,
)


def judge(snapshot: Snapshot) -> Finding:
    if not has_work(snapshot):
        return not_applicable("The repository holds neither code nor infrastructure.")
    paths = named(
        snapshot,
        r"\badrs?\b|architecture[-_ ]decisions?|decision[-_ ](log|records?)|decisions",
        r"adrs?|decisions|architecture[-_]decisions?|decision[-_]records?|rfcs?|proposals|design[-_]docs?|keps|"
        r"enhancements",
    )
    records, sections = [], 0
    for path, text in snapshot.texts(paths[:300]):
        if (
            path.lower().endswith(("readme.md", "index.md", "template.md", "0000-template.md"))
            or len("".join(text.split())) < 200
        ):
            continue
        records.append(Evidence(path, None, "record"))
        sections = max(
            sections, len(re.findall(r"^##? ", text, re.MULTILINE)) if "decisions" in path.rsplit("/", 1)[-1] else 0
        )
    if len(records) >= 3 or sections >= 4:
        return met(f"{max(len(records), sections)} decisions are written down.", records)
    return (
        partly("Few decisions are written down.", records)
        if records
        else not_met("No records of decisions were found.")
    )
