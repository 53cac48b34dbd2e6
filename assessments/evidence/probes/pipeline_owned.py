"""Is a change of the pipeline looked at by those who own it?"""

from assessments.evidence.finding import Effort, Evidence, Finding, Outcome, met, not_applicable, not_met
from assessments.evidence.ownership import codeowners
from assessments.evidence.pipelines import nothing_to_judge, workflows
from assessments.evidence.probe import Probe
from assessments.evidence.reading.codeowners import owner_of
from assessments.evidence.snapshot import Snapshot

PROBE = Probe(
    key="pipeline-owned",
    title="Workflows have an owner who is asked to review",
    family="review",
    capabilities=("pipeline-as-code", "supply-chain-security"),
    why="Whoever changes a workflow changes what is checked and what may deploy; its owner should see that.",
    how="The rule of CODEOWNERS that decides for each workflow names an owner.",
    outcomes={
        Outcome.MET: "Every workflow has an owner.",
        Outcome.NOT_MET: "Workflows have no owner.",
        Outcome.NOT_APPLICABLE: "There are no workflows.",
    },
    remedy="Add a line `/.github/ @organisation/team` to CODEOWNERS.",
    effort=Effort.MINUTES,
)


def judge(snapshot: Snapshot) -> Finding:
    if none := nothing_to_judge(snapshot):
        return none
    if not workflows(snapshot):
        return not_applicable("There are no workflows.")
    file = codeowners(snapshot)
    if file is None:
        return not_met("There is no CODEOWNERS.")
    path, rules = file
    owned = {flow.path: owner_of(rules, flow.path) for flow in workflows(snapshot)}
    bare = [Evidence(flow, None, "has no owner") for flow, rule in owned.items() if rule is None or not rule.owners]
    if bare:
        return not_met(f"{len(bare)} of {len(owned)} workflows have no owner.", bare)
    deciding = {rule.line: rule for rule in owned.values()}
    return met(
        "Every workflow has an owner.",
        [Evidence(path, line, f"{rule.pattern} {' '.join(rule.owners)}") for line, rule in sorted(deciding.items())],
    )
