"""Are steps that several jobs need written once?"""

from collections import defaultdict

from assessments.evidence.finding import Effort, Evidence, Finding, Outcome, met, not_applicable, not_met, partly
from assessments.evidence.pipelines import actions, nothing_to_judge, workflows
from assessments.evidence.probe import Probe
from assessments.evidence.reading.workflows import Step
from assessments.evidence.snapshot import Snapshot

PROBE = Probe(
    key="ci-reuse",
    title="Steps that several jobs need stand in one place",
    family="pipelines",
    capabilities=("pipeline-as-code", "platform-engineering"),
    why="What is copied into many workflows is mended in some of them.",
    how="Runs of four equal steps in a row that stand in three jobs or more are copies. Reusable workflows and "
    "composite actions that are called are shared places.",
    outcomes={
        Outcome.MET: "Shared steps are called from one place, or there are no copies.",
        Outcome.PARTLY: "There are shared places and copies.",
        Outcome.NOT_MET: "There are copies, and nothing is shared.",
        Outcome.NOT_APPLICABLE: "There are fewer than three jobs with four steps.",
    },
    remedy="Move the steps into a composite action (`.github/actions/NAME/action.yml`) or a reusable workflow, and "
    "call it.",
    effort=Effort.HOURS,
    version=2,
)

_IN_A_ROW, _JOBS = 4, 3


def judge(snapshot: Snapshot) -> Finding:
    if none := nothing_to_judge(snapshot):
        return none
    own = {action.path for action in actions(snapshot)}
    shared, jobs = [], 0
    rows: dict[tuple, dict[tuple[str, str], Evidence]] = defaultdict(dict)
    for workflow in workflows(snapshot):
        for job in workflow.jobs:
            if job.uses:
                shared.append(Evidence(workflow.path, job.uses.line, f"calls {job.uses.text}"))
            for step in job.steps:
                where = step.uses.where[2:].rstrip("/") if step.uses and step.uses.where.startswith("./") else ""
                if where and own & {f"{where}/action.yml", f"{where}/action.yaml"}:
                    shared.append(Evidence(workflow.path, step.uses.line, f"calls {step.uses.where}"))
            signs = [_sign(step) for step in job.steps]
            jobs += len(signs) >= _IN_A_ROW
            for at in range(len(signs) - _IN_A_ROW + 1):
                row = tuple(signs[at : at + _IN_A_ROW])
                place = Evidence(
                    workflow.path, job.steps[at].line, f"job {job.key} has {_IN_A_ROW} steps that stand elsewhere"
                )
                rows[row].setdefault((workflow.path, job.key), place)
    copies = [place for places in rows.values() if len(places) >= _JOBS for place in places.values()]
    copied = list({(place.path, place.what): place for place in reversed(copies)}.values())[::-1]
    if copied and shared:
        return partly(f"{len(copied)} jobs hold copied steps, although some steps are shared.", copied, shared)
    if copied:
        return not_met(f"{len(copied)} jobs hold the same steps, copied.", copied)
    if shared:
        return met("Steps are shared, and no copies were found.", shared)
    if jobs < _JOBS:
        return not_applicable("There are fewer than three jobs with four steps.")
    return met("No row of steps was found in three jobs.")


def _sign(step: Step) -> tuple:
    uses = (step.uses.where, step.uses.ref) if step.uses else ()
    settings = tuple(sorted((key, str(value)) for key, value in step.with_.items()))
    return uses, " ".join(step.run.split()), settings
