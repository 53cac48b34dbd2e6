"""Does the pipeline run the tests?"""

from assessments.evidence.files import has_code
from assessments.evidence.finding import (
    Effort,
    Evidence,
    Finding,
    Outcome,
    met,
    not_applicable,
    not_met,
    partly,
    unknown,
)
from assessments.evidence.pipelines import nothing_to_judge, on_changes, ran, ran_on_changes, unseen
from assessments.evidence.probe import Probe
from assessments.evidence.snapshot import Snapshot
from assessments.evidence.vocabulary import testing, tests

PROBE = Probe(
    key="ci-tests",
    title="The pipeline runs the tests on every change",
    family="tests",
    capabilities=("test-automation", "continuous-integration", "ai-change-verification"),
    why="Tests that run only when somebody thinks of them stop working unnoticed.",
    how="Commands of workflows on push or pull requests, and of the scripts, Make targets and package.json entries "
    "they call, compared with the commands that run tests in common languages. What is only printed or commented "
    "out does not count.",
    outcomes={
        Outcome.MET: "A command runs tests, and its failure fails the run.",
        Outcome.PARTLY: "Tests run, but only on other events, or their failure is ignored.",
        Outcome.NOT_MET: "No command is known to run tests.",
        Outcome.UNKNOWN: "The commands come from variables, another system or a workflow of another repository.",
        Outcome.NOT_APPLICABLE: "The repository holds no code.",
    },
    remedy="Add a job that runs the test command of the project to the workflow on pull requests.",
    effort=Effort.HOURS,
    version=3,
)


def judge(snapshot: Snapshot) -> Finding:
    if not has_code(snapshot):
        return not_applicable("The repository holds no code.")
    if none := nothing_to_judge(snapshot):
        return none if none.outcome is Outcome.UNKNOWN else not_met("There is no pipeline that could run tests.")
    found = [each for each in ran_on_changes(snapshot) if tests(each.command)]
    counted = [each.evidence() for each in found if not each.ignored] + _actions(snapshot)
    if counted:
        return met("The pipeline runs tests on changes.", counted)
    if found:
        return partly("Tests run, but their failure is ignored.", [each.evidence() for each in found])
    if elsewhere := [each.evidence() for each in ran(snapshot) if tests(each.command)]:
        return partly("Tests run, but not when a change is proposed or pushed.", elsewhere)
    if hidden := _hidden(snapshot):
        return unknown("What the pipeline runs stands in another repository or in a variable.", hidden)
    return unseen(snapshot) or not_met("No command of the pipeline is known to run tests.")


def _actions(snapshot: Snapshot) -> list[Evidence]:
    return [
        Evidence(workflow.path, step.uses.line, step.uses.text)
        for workflow in on_changes(snapshot)
        for _, step in workflow.steps()
        if step.uses and testing(step.uses.name)
    ]


def _hidden(snapshot: Snapshot) -> list[Evidence]:
    found = []
    for workflow in on_changes(snapshot):
        for job in workflow.jobs:
            if job.uses and job.uses.foreign:
                found.append(Evidence(workflow.path, job.uses.line, job.uses.text))
    for each in ran_on_changes(snapshot):
        if each.command.words[0].startswith("${{") or each.command.words[0].startswith("$"):
            found.append(each.evidence())
    return found
