"""Does code of strangers run with the rights of the repository?"""

import re

from assessments.evidence.finding import Effort, Evidence, Finding, Outcome, met, not_met
from assessments.evidence.pipelines import nothing_to_judge, workflows
from assessments.evidence.probe import Probe
from assessments.evidence.snapshot import Snapshot

PROBE = Probe(
    key="ci-dangerous-triggers",
    title="Proposed code does not run with the repository's rights",
    family="pipelines",
    capabilities=("supply-chain-security", "pervasive-security"),
    why="The events pull_request_target, workflow_run and issue_comment start a workflow with secrets and write "
    "access. If it then checks out the proposed code and runs it, anyone who opens a pull request has them.",
    how="Workflows with one of these events, in which a step fetches the head of the pull request: checkout with "
    "such a `ref`, or `gh pr checkout`.",
    outcomes={
        Outcome.MET: "No workflow with such an event fetches proposed code.",
        Outcome.NOT_MET: "A workflow with such an event fetches proposed code.",
        Outcome.NOT_APPLICABLE: "There are no workflows.",
    },
    remedy="Build proposed code in a workflow on pull_request, without secrets, and pass what it made as an "
    "artifact to a second workflow that has the rights.",
    effort=Effort.HOURS,
    every=True,
    version=2,
)

_EVENTS = ("pull_request_target", "workflow_run", "issue_comment")
_HEAD = re.compile(
    r"github\.event\.pull_request\.head\.(sha|ref)|github\.head_ref|refs/pull/|"
    r"github\.event\.workflow_run\.(head_sha|head_branch|head_commit)|merge_commit_sha|event\.issue\.number"
)


def judge(snapshot: Snapshot) -> Finding:
    if none := nothing_to_judge(snapshot):
        return none
    bad = []
    for workflow in workflows(snapshot):
        event = next((event for event in _EVENTS if event in workflow.triggers), None)
        if event is None:
            continue
        for _, step in workflow.steps():
            ref = str(step.with_.get("ref") or "")
            if step.uses and step.uses.name == "actions/checkout" and _HEAD.search(ref):
                bad.append(Evidence(workflow.path, step.with_.at("ref"), f"{event} fetches {ref}"))
            for command in step.commands() if step.run else ():
                if command.words[:3] == ("gh", "pr", "checkout"):
                    bad.append(Evidence(workflow.path, command.line, f"{event} runs {command.text}"))
    if bad:
        return not_met("Proposed code is fetched where the workflow has the rights of the repository.", bad)
    return met("No workflow that has the rights of the repository fetches proposed code.")
