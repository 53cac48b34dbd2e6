"""Is it known who must look at which part?"""

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
)
from assessments.evidence.infrastructure import has_work
from assessments.evidence.ownership import codeowners
from assessments.evidence.pipelines import workflows
from assessments.evidence.probe import Probe
from assessments.evidence.reading.codeowners import owner_of
from assessments.evidence.snapshot import Snapshot

PROBE = Probe(
    key="codeowners",
    title="The code and the pipeline have owners",
    family="review",
    capabilities=("code-review-flow", "code-maintainability", "pipeline-as-code"),
    why="Whoever changes a part they do not know needs to know whom to ask, and the owner needs to hear of it.",
    how="The CODEOWNERS file that counts: lines that can be read, and an owner for product code. At least four of "
    "five source files must have one, and every workflow, as whoever changes it changes what is checked.",
    outcomes={
        Outcome.MET: "There are owners for at least four fifths of the code, and for every workflow.",
        Outcome.PARTLY: "Some of the code or of the workflows has owners, or lines are wrong.",
        Outcome.NOT_MET: "There is no CODEOWNERS, or it names owners of nothing.",
        Outcome.NOT_APPLICABLE: "The repository holds neither code nor infrastructure.",
    },
    remedy="Add .github/CODEOWNERS with a line `* @organisation/team`, and lines for the parts that others own.",
    effort=Effort.MINUTES,
    version=2,
)


def judge(snapshot: Snapshot) -> Finding:
    if not has_work(snapshot):
        return not_applicable("The repository holds neither code nor infrastructure.")
    file = codeowners(snapshot)
    if file is None:
        return not_met("There is no CODEOWNERS.")
    path, rules = file
    wrong = [Evidence(path, rule.line, rule.wrong) for rule in rules if rule.wrong]
    code = sources(snapshot).product or sources(snapshot).tests or snapshot.own
    sample = code[:: max(1, len(code) // 1000)]
    owned = sum(bool(rule and rule.owners) for rule in (owner_of(rules, each) for each in sample))
    part = owned / len(sample)
    good = [
        Evidence(path, rule.line, f"{rule.pattern} {' '.join(rule.owners)}")
        for rule in rules
        if not rule.wrong and rule.owners
    ]
    if not owned:
        return not_met(
            "CODEOWNERS names no owner of the code.", wrong or [Evidence(path, None, "names no owner of the code")]
        )
    if wrong:
        return partly(f"{len(wrong)} lines of CODEOWNERS cannot be read by the forge.", wrong, good)
    bare = [
        Evidence(flow.path, None, "has no owner")
        for flow in workflows(snapshot)
        if not ((rule := owner_of(rules, flow.path)) and rule.owners)
    ]
    if bare and part >= 0.8:
        return partly(f"{len(bare)} workflows have no owner.", bare, good)
    if part < 0.8:
        return partly(
            f"{part:.0%} of the source files have owners.", [Evidence(path, None, f"{part:.0%} have owners")], good
        )
    return met(f"{part:.0%} of the source files have owners.", good)
