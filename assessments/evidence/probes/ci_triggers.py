"""Are changes built before and after they are merged?"""

from assessments.evidence.finding import Effort, Evidence, Finding, Outcome, met, not_applicable, not_met, partly
from assessments.evidence.infrastructure import has_work
from assessments.evidence.pipelines import nothing_to_judge, on_pushes, workflows
from assessments.evidence.probe import Probe
from assessments.evidence.reading.workflows import Workflow
from assessments.evidence.snapshot import Snapshot

PROBE = Probe(
    key="ci-triggers",
    title="A pipeline runs on every push and pull request",
    family="pipelines",
    capabilities=("continuous-integration", "continuous-delivery"),
    why="A clash that shows when a change is proposed costs minutes; one that shows in production costs a day.",
    how="Workflows that check out the code and run something, by their events: pull_request or merge_group, and "
    "push to branches. Pipelines of other systems are not read.",
    outcomes={
        Outcome.MET: "Workflows run for proposed changes and for what was pushed to a branch.",
        Outcome.PARTLY: "Workflows run for one of the two.",
        Outcome.NOT_MET: "No workflow runs when a change is proposed or pushed.",
        Outcome.NOT_APPLICABLE: "The repository holds neither code nor infrastructure.",
    },
    remedy="Give the workflow that builds and tests `on: pull_request` and `on: push` to the main branch.",
    effort=Effort.HOURS,
    version=2,
)


def judge(snapshot: Snapshot) -> Finding:
    if not has_work(snapshot):
        return not_applicable("The repository holds neither code nor infrastructure.")
    none = nothing_to_judge(snapshot)
    if none and none.outcome is Outcome.UNKNOWN:
        return none
    proposed, pushed = [], []
    for workflow in filter(_works, workflows(snapshot)):
        for event in ("pull_request", "merge_group", "pull_request_target"):
            if event in workflow.triggers:
                proposed.append(Evidence(workflow.path, workflow.line_of(event), f"runs on {event}"))
        if on_pushes(workflow):
            pushed.append(Evidence(workflow.path, workflow.line_of("push"), "runs on push"))
    if proposed and pushed:
        return met("Workflows run for proposed and for pushed changes.", proposed + pushed)
    if proposed:
        return partly("Workflows run for proposed changes, and none for what was merged.", proposed)
    if pushed:
        return partly("Workflows run for pushed changes, and none for pull requests.", pushed)
    return not_met("No workflow runs when a change is proposed or pushed.")


def _works(workflow: Workflow) -> bool:
    """Whether it looks at the code, rather than at labels and comments."""
    for job in workflow.jobs:
        fetches = any(step.uses and step.uses.name == "actions/checkout" for step in job.steps)
        if job.uses or (fetches and len(job.steps) > 1):
            return True
    return False
