"""Is somebody who reports trouble asked for what is needed?"""

from assessments.evidence.community import inherited
from assessments.evidence.finding import (
    Effort,
    Evidence,
    Finding,
    Outcome,
    met,
    not_applicable,
    not_met,
)
from assessments.evidence.infrastructure import has_work
from assessments.evidence.probe import Probe
from assessments.evidence.snapshot import Snapshot

PROBE = Probe(
    key="issue-forms",
    title="Reports of users begin with a form",
    family="flow",
    capabilities=("customer-feedback", "work-visibility-in-value-stream"),
    why="A report with a version and steps is answered; one without is asked back, once or for ever.",
    how="Templates or forms for issues in .github/ISSUE_TEMPLATE, or one template.",
    outcomes={
        Outcome.MET: "There is one.",
        Outcome.NOT_MET: "There is none, here or of the owner.",
        Outcome.UNKNOWN: "There is none; whether the owner's `.github` repository supplies one was not collected.",
        Outcome.NOT_APPLICABLE: "The repository holds neither code nor infrastructure.",
    },
    remedy="Add a form for bugs (version, steps, expected, seen) and one for wishes (what for, how today).",
    effort=Effort.MINUTES,
    version=2,
)


def judge(snapshot: Snapshot) -> Finding:
    if not has_work(snapshot):
        return not_applicable("The repository holds neither code nor infrastructure.")
    found = snapshot.find("{,.github/,docs/}ISSUE_TEMPLATE/*.{md,yml,yaml}", "{,.github/,docs/}issue_template{,.md}")
    real = [path for path in found if not path.lower().endswith(("/config.yml", "/config.yaml"))]
    if real:
        return met("Reports begin with a form.", [Evidence(path, None, "form") for path in real])
    return inherited(snapshot, "issue forms", "Reports begin with a form.") or not_met("There is no form for reports.")
