"""Does every job end by itself?"""

from assessments.evidence.finding import Effort, Evidence, Finding, Outcome, share
from assessments.evidence.pipelines import nothing_to_judge, workflows
from assessments.evidence.probe import Probe
from assessments.evidence.snapshot import Snapshot

PROBE = Probe(
    key="ci-timeouts",
    title="Jobs have a time limit",
    family="pipelines",
    capabilities=("continuous-integration", "pipeline-as-code"),
    why="A job that hangs holds a runner for six hours, and everyone behind it waits.",
    how="The `timeout-minutes` of every job that has steps, or of each of its steps. Jobs that call a reusable "
    "workflow cannot have one and are left out.",
    outcomes={
        Outcome.MET: "Every job has a time limit.",
        Outcome.PARTLY: "Some jobs have one.",
        Outcome.NOT_MET: "No job has one, so the limit is six hours.",
        Outcome.NOT_APPLICABLE: "There are no jobs with steps.",
    },
    remedy="Set `timeout-minutes` of each job to about three times what it usually takes.",
    effort=Effort.MINUTES,
    every=True,
    version=2,
)


def judge(snapshot: Snapshot) -> Finding:
    if none := nothing_to_judge(snapshot):
        return none
    good, bad = [], []
    for workflow in workflows(snapshot):
        for job in workflow.jobs:
            if not job.steps:
                continue
            if "timeout-minutes" in job.plain:
                good.append(Evidence(workflow.path, job.plain.at("timeout-minutes"), f"limit of job {job.key}"))
            elif all("timeout-minutes" in step.plain for step in job.steps):
                good.append(Evidence(workflow.path, job.line, f"limit of every step of job {job.key}"))
            else:
                bad.append(Evidence(workflow.path, job.line, f"job {job.key} has no limit"))
    return share(good, bad, "jobs", "have a time limit", "No job has steps of its own.")
