"""Does the team write down what it learned from a failure?"""

from assessments.evidence.finding import (
    Effort,
    Evidence,
    Finding,
    Outcome,
    met,
    not_applicable,
    partly,
)
from assessments.evidence.probe import Probe
from assessments.evidence.snapshot import Snapshot
from assessments.evidence.writing import named

PROBE = Probe(
    key="postmortems",
    title="Failures are written up",
    family="documentation",
    capabilities=("generative-organizational-culture", "learning-culture"),
    why="A failure that is written up is paid for once.",
    how="Documents named after postmortems, incident reviews, retrospectives or lessons learned, or in folders of "
    "such a name.",
    outcomes={
        Outcome.MET: "At least one is there.",
        Outcome.PARTLY: "Only a template is there.",
        Outcome.NOT_APPLICABLE: "None is there: they may be kept elsewhere.",
    },
    remedy="Keep a one-page template here, and write the first for the last failure: what happened, what helped, "
    "what changes.",
    effort=Effort.HOURS,
    version=2,
)


def judge(snapshot: Snapshot) -> Finding:
    words, folders = (
        r"post[-_ ]?mortems?|incident[-_ ](review|report)s?|retrospectives?|lessons[-_ ]learned",
        r"post[-_ ]?mortems?|incidents|incident[-_ ](reviews|reports)|retros?|retrospectives?",
    )
    found = named(snapshot, words, folders)
    templates = snapshot.find("**/*post*mortem*template*", "**/*template*post*mortem*", "**/*post*mortem*/*template*")
    real = [path for path in found if "template" not in path.lower() and not path.lower().endswith("readme.md")]
    if real:
        return met(f"{len(real)} failures are written up.", [Evidence(path, None, "document") for path in real])
    if templates or found:
        return partly(
            "There is a place for it, and nothing is written up.",
            [Evidence(path, None, "template") for path in (*templates, *found)[:3]],
        )
    return not_applicable("Nothing of the kind is here; it may be kept elsewhere.")
