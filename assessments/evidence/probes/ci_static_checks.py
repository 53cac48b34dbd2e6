"""Does a machine look at format, types and common mistakes before a person does?"""

import re

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
from assessments.evidence.infrastructure import has_work
from assessments.evidence.pipelines import nothing_to_judge, on_changes, ran_on_changes, unseen
from assessments.evidence.probe import Probe
from assessments.evidence.snapshot import Snapshot
from assessments.evidence.vocabulary import checking, checks

PROBE = Probe(
    key="ci-static-checks",
    title="Formatting and static checks run on every change",
    family="pipelines",
    capabilities=("code-maintainability", "code-review-flow"),
    why="What a machine checks nobody needs to say in a review.",
    how="Commands and actions of workflows on push or pull requests, compared with linters, formatters and type "
    "checkers of common languages; scripts and targets that they call are followed. The settings of pre-commit.ci "
    "count as well.",
    outcomes={
        Outcome.MET: "A linter, formatter or type checker runs on changes, and its failure fails the run.",
        Outcome.PARTLY: "One runs, but its failure is ignored.",
        Outcome.NOT_MET: "None is known to run.",
        Outcome.UNKNOWN: "The pipeline stands in another system or another repository.",
        Outcome.NOT_APPLICABLE: "The repository holds neither code nor infrastructure.",
    },
    remedy="Add the linter and formatter of your language to the workflow on pull requests, and run them once over "
    "everything in a change of its own.",
    effort=Effort.HOURS,
    version=3,
)
_ANALYSES = re.compile(
    r"<(TreatWarningsAsErrors|EnforceCodeStyleInBuild|EnableNETAnalyzers)>\s*true|<(AnalysisMode|AnalysisLevel)>",
    re.IGNORECASE,
)


def judge(snapshot: Snapshot) -> Finding:
    if not has_work(snapshot):
        return not_applicable("The repository holds neither code nor infrastructure.")
    if none := nothing_to_judge(snapshot):
        return none if none.outcome is Outcome.UNKNOWN else not_met("There is no pipeline that could check.")
    found = [each for each in ran_on_changes(snapshot) if checks(each.command)]
    counted = [each.evidence() for each in found if not each.ignored] + _actions(snapshot)
    for path, text in snapshot.texts(snapshot.find(".pre-commit-config.yaml")):
        if "\nci:" in f"\n{text}":
            counted.append(Evidence(path, text[: text.find("ci:")].count("\n") + 1, "is run by pre-commit.ci"))
    counted += _compilers(snapshot)
    if counted:
        return met("Static checks run on changes.", counted)
    if found:
        return partly("Static checks run, but their failure is ignored.", [each.evidence() for each in found])
    if elsewhere := [job.uses for flow in on_changes(snapshot) for job in flow.jobs if job.uses and job.uses.foreign]:
        return unknown(f"The pipeline calls {elsewhere[0].text}, which stands in another repository.")
    return unseen(snapshot) or not_met("No static check is known to run on changes.")


def _actions(snapshot: Snapshot) -> list[Evidence]:
    return [
        Evidence(workflow.path, step.uses.line, step.uses.text)
        for workflow in on_changes(snapshot)
        for _, step in workflow.steps()
        if step.uses and (checking(step.uses.name) or checking(step.uses.where)) and not step.ignored
    ]


def _compilers(snapshot: Snapshot) -> list[Evidence]:
    """Compilers of .NET that are told to take warnings for errors, or to analyse, when the pipeline builds."""
    if not any(each.command.spoken.startswith("dotnet build") for each in ran_on_changes(snapshot)):
        return []
    return [
        Evidence(path, text.count("\n", 0, told.start()) + 1, told[0])
        for path, text in snapshot.texts(snapshot.find("**/Directory.Build.props"))
        if (told := _ANALYSES.search(text))
    ]
