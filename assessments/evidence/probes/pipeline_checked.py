"""Are workflows themselves checked?"""

from assessments.evidence.finding import Effort, Evidence, Finding, Outcome, met, not_met
from assessments.evidence.pipelines import nothing_to_judge, ran, workflows
from assessments.evidence.probe import Probe
from assessments.evidence.snapshot import Snapshot

PROBE = Probe(
    key="pipeline-checked",
    title="Workflows are checked like code",
    family="pipelines",
    capabilities=("pipeline-as-code",),
    why="An error in a workflow shows when it is needed; a checker finds misspelt keys, bad expressions and unsafe "
    "patterns before.",
    how="The checkers actionlint or zizmor in a workflow, in the hooks of pre-commit, or code scanning of actions "
    "with CodeQL.",
    outcomes={
        Outcome.MET: "A checker of workflows runs.",
        Outcome.NOT_MET: "None is known to run.",
        Outcome.NOT_APPLICABLE: "There are no workflows.",
    },
    remedy="Run actionlint and zizmor on pull requests that touch `.github`.",
    effort=Effort.HOURS,
    version=2,
)

_CHECKERS = ("actionlint", "zizmor", "octoscan", "poutine", "action-validator", "ghalint")


def judge(snapshot: Snapshot) -> Finding:
    if none := nothing_to_judge(snapshot):
        return none
    found = [each.evidence() for each in ran(snapshot) if each.command.program in _CHECKERS]
    for workflow in workflows(snapshot):
        for _, step in workflow.steps():
            if step.uses and any(name in step.uses.where.lower() for name in _CHECKERS):
                found.append(Evidence(workflow.path, step.uses.line, step.uses.text))
            codeql = step.uses and step.uses.where.startswith("github/codeql-action/init")
            if codeql and "actions" in str(step.with_.get("languages", "")):
                found.append(Evidence(workflow.path, step.uses.line, "scans actions"))
            if (step.uses and "megalinter" in step.uses.where) or (step.uses and "super-linter" in step.uses.where):
                found.append(Evidence(workflow.path, step.uses.line, step.uses.text))
    for path, text in snapshot.texts(snapshot.find(".pre-commit-config.{yaml,yml}")):
        for number, line in enumerate(text.splitlines(), 1):
            bare = line.split("#", 1)[0]
            if any(name in bare for name in _CHECKERS):
                found.append(Evidence(path, number, bare))
    if found:
        return met("Workflows are checked.", found)
    return not_met("No checker of workflows is known to run.")
