"""Is a Jenkins pipeline still there?"""

from assessments.evidence.finding import Effort, Evidence, Finding, Outcome, met, not_applicable, not_met, partly
from assessments.evidence.pipelines import workflows
from assessments.evidence.probe import Probe
from assessments.evidence.reading.jenkinsfiles import JENKINSFILES, read_jenkinsfile
from assessments.evidence.snapshot import Snapshot

PROBE = Probe(
    key="jenkinsfile",
    title="No Jenkins pipeline is left beside the workflows",
    family="pipelines",
    capabilities=("pipeline-as-code", "continuous-integration"),
    why="Two pipelines for one product drift apart, and nobody knows which of them says that a change is good.",
    how="Files named Jenkinsfile that hold a pipeline or node block outside of comments.",
    outcomes={
        Outcome.MET: "Workflows exist and no Jenkinsfile does.",
        Outcome.PARTLY: "Workflows exist beside a Jenkinsfile: a migration is under way, or was not finished.",
        Outcome.NOT_MET: "The pipeline is a Jenkinsfile alone.",
        Outcome.NOT_APPLICABLE: "There are neither workflows nor a Jenkinsfile.",
    },
    remedy="Move the stages that are left to workflows, run both for a week with equal results, then remove the "
    "Jenkinsfile.",
    effort=Effort.DAYS,
    version=2,
)


def judge(snapshot: Snapshot) -> Finding:
    left = []
    for path, text in snapshot.texts(snapshot.active(*JENKINSFILES)):
        read = read_jenkinsfile(text)
        if read.kind:
            stages = f" of {len(read.stages)} stages" if read.stages else ""
            left.append(Evidence(path, read.line, f"{read.kind} pipeline{stages}"))
    flows = workflows(snapshot)
    if not left:
        return (
            met("There are workflows and no Jenkinsfile.")
            if flows
            else not_applicable("There are neither workflows nor a Jenkinsfile.")
        )
    if flows:
        return partly("A Jenkins pipeline is left beside the workflows.", left)
    return not_met("The pipeline is a Jenkinsfile.", left)
