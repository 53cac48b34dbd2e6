"""Does a newer push end the run of an older one?"""

from assessments.evidence.finding import Effort, Evidence, Finding, Outcome, share
from assessments.evidence.pipelines import nothing_to_judge, workflows
from assessments.evidence.probe import Probe
from assessments.evidence.reading.workflows import texts
from assessments.evidence.snapshot import Snapshot

PROBE = Probe(
    key="ci-concurrency",
    title="Outdated runs are cancelled",
    family="pipelines",
    capabilities=("continuous-integration", "working-in-small-batches"),
    why="Runs for commits that were replaced keep runners from those that matter, so feedback comes later.",
    how="Workflows on pull_request with at least one job that has steps: `concurrency` with `cancel-in-progress` "
    "(true or an expression), at the top or in every job.",
    outcomes={
        Outcome.MET: "Every workflow on pull requests cancels what is outdated.",
        Outcome.PARTLY: "Some do.",
        Outcome.NOT_MET: "None does.",
        Outcome.NOT_APPLICABLE: "No workflow runs on pull requests.",
    },
    remedy="Add `concurrency: {group: '${{ github.workflow }}-${{ github.ref }}', cancel-in-progress: true}` to "
    "workflows on pull requests.",
    effort=Effort.MINUTES,
    every=True,
    version=2,
)


def judge(snapshot: Snapshot) -> Finding:
    if none := nothing_to_judge(snapshot):
        return none
    good, bad = [], []
    for workflow in workflows(snapshot):
        jobs = [job for job in workflow.jobs if job.steps]
        if not jobs or not _again(workflow.triggers.get("pull_request", False)):
            continue
        if _cancels(workflow.plain.get("concurrency")) or all(_cancels(job.get("concurrency")) for job in jobs):
            good.append(Evidence(workflow.path, workflow.plain.at("concurrency"), "cancels outdated runs"))
        else:
            bad.append(Evidence(workflow.path, workflow.plain.at("concurrency"), "lets outdated runs go on"))
    none = "No workflow runs on pull requests."
    return share(good, bad, "workflows on pull requests", "cancel outdated runs", none)


def _again(trigger) -> bool:
    """Whether a push to a proposed change runs it again: an event that names other types does not."""
    types = trigger.get("types") if isinstance(trigger, dict) else None
    return trigger is not False and (types is None or "synchronize" in texts(types))


def _cancels(concurrency) -> bool:
    said = concurrency.get("cancel-in-progress") if isinstance(concurrency, dict) else None
    return said is True or (isinstance(said, str) and "${{" in said)
