"""Can what a pipeline runs change without a change in the repository?"""

from assessments.evidence.finding import Effort, Evidence, Finding, Outcome, met, not_applicable, not_met, partly
from assessments.evidence.pipelines import actions, nothing_to_judge, workflows
from assessments.evidence.probe import Probe
from assessments.evidence.reading.workflows import Uses
from assessments.evidence.snapshot import Snapshot

PROBE = Probe(
    key="ci-pinned-actions",
    title="Actions are pinned to a commit",
    family="pipelines",
    capabilities=("supply-chain-security", "pipeline-as-code"),
    why="A tag of somebody else's action can be moved to other code, which then runs with the rights of the pipeline.",
    how="Each `uses` of workflows and of the actions of this repository: a full commit sha (or an image digest) is "
    "pinned, a tag or branch is not. Actions of the same repository need no pin.",
    outcomes={
        Outcome.MET: "Everything called from outside is pinned.",
        Outcome.PARTLY: "Some of it is pinned, or only actions of GitHub itself (actions/, github/) are not.",
        Outcome.NOT_MET: "Nothing that is called is pinned.",
        Outcome.NOT_APPLICABLE: "No action from outside is used.",
    },
    remedy="Replace each tag by the commit it names, with the tag as a comment behind it, and let Dependabot or "
    "Renovate keep them fresh.",
    effort=Effort.HOURS,
    every=True,
    version=2,
)


def judge(snapshot: Snapshot) -> Finding:
    if none := nothing_to_judge(snapshot):
        return none
    good, theirs, foreign = [], [], []
    for path, uses in _all(snapshot):
        if not uses.foreign and not uses.where.startswith("docker://"):
            continue
        place = Evidence(path, uses.line, uses.text)
        if uses.pinned:
            good.append(place)
        elif uses.where.lower().startswith(("actions/", "github/")):
            theirs.append(place)
        else:
            foreign.append(place)
    count = len(good) + len(theirs) + len(foreign)
    if not count:
        return not_applicable("No action from outside is used.")
    if not theirs and not foreign:
        return met(f"All {count} calls of actions are pinned to a commit.", good)
    said = f"{len(good)} of {count} calls of actions are pinned to a commit."
    if good:
        return partly(said, foreign + theirs, good)
    if not foreign:
        return partly(f"{said} All are actions of GitHub itself.", theirs)
    return not_met(said, foreign + theirs)


def _all(snapshot: Snapshot) -> list[tuple[str, Uses]]:
    found: list[tuple[str, Uses]] = []
    for workflow in workflows(snapshot):
        found += [(workflow.path, job.uses) for job in workflow.jobs if job.uses]
        found += [(workflow.path, step.uses) for _, step in workflow.steps() if step.uses]
    for action in actions(snapshot):
        found += [(action.path, step.uses) for step in action.steps if step.uses]
    return found
