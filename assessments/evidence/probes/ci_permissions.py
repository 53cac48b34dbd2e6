"""What may a pipeline do with the token it is given?"""

from assessments.evidence.finding import Effort, Evidence, Finding, Outcome, share
from assessments.evidence.pipelines import nothing_to_judge, workflows
from assessments.evidence.probe import Probe
from assessments.evidence.reading.workflows import Workflow
from assessments.evidence.snapshot import Snapshot

PROBE = Probe(
    key="ci-permissions",
    title="Workflows state the rights they need",
    family="pipelines",
    capabilities=("supply-chain-security", "pervasive-security"),
    why="Without stated rights a workflow gets those set for the whole repository, often to write everything; a "
    "compromised action then has them too.",
    how="The `permissions` of each workflow, or of each of its jobs. `write-all`, and write rights to contents or "
    "packages at the top of a workflow with several jobs, do not count as stated.",
    outcomes={
        Outcome.MET: "Every workflow states its rights, and gives writing only to the job that needs it.",
        Outcome.PARTLY: "Some workflows do.",
        Outcome.NOT_MET: "No workflow does.",
        Outcome.NOT_APPLICABLE: "There are no workflows.",
    },
    remedy="Put `permissions: {contents: read}` at the top of each workflow, and more into the one job that needs it.",
    effort=Effort.MINUTES,
    every=True,
    version=2,
)


def judge(snapshot: Snapshot) -> Finding:
    if none := nothing_to_judge(snapshot):
        return none
    good, bad = [], []
    for workflow in workflows(snapshot):
        wrong = _wrong(workflow)
        (bad if wrong else good).append(
            Evidence(workflow.path, workflow.plain.at("permissions"), wrong or "states its rights")
        )
    return share(good, bad, "workflows", "state the rights they need", "There are no workflows.")


def _wrong(workflow: Workflow) -> str:
    stated = workflow.plain.get("permissions")
    if stated == "write-all":
        return "may write everything"
    for job in workflow.jobs:
        if job.get("permissions") == "write-all":
            return f"job {job.key} may write everything"
    if "permissions" in workflow.plain:
        wide = sorted(
            key for key in ("contents", "packages") if isinstance(stated, dict) and stated.get(key) == "write"
        )
        if wide and len(workflow.jobs) > 1:
            return f"all of its {len(workflow.jobs)} jobs may write {' and '.join(wide)}"
        return ""
    silent = [job.key for job in workflow.jobs if "permissions" not in job.plain]
    return f"job {silent[0]} has the rights set for the repository" if silent else ""
