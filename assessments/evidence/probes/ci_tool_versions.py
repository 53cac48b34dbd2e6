"""Does the pipeline say which version of a language it builds with?"""

import re

from assessments.evidence.finding import Effort, Evidence, Finding, Outcome, share
from assessments.evidence.pipelines import actions, nothing_to_judge, workflows
from assessments.evidence.probe import Probe
from assessments.evidence.reading.workflows import Step
from assessments.evidence.snapshot import Snapshot

PROBE = Probe(
    key="ci-tool-versions",
    title="Pipelines name the version of each language",
    family="pipelines",
    capabilities=("pipeline-as-code", "version-control"),
    why="What was built with whatever was newest on the day cannot be built again, and fails on a day of somebody "
    "else's choice.",
    how="The setup actions for Python, Node, Java, Go, Ruby, .NET, PHP and others: a version or a version file is "
    "given, and it is not `latest`, `stable`, `current` or the like.",
    outcomes={
        Outcome.MET: "Every setup names its version.",
        Outcome.PARTLY: "Some do.",
        Outcome.NOT_MET: "None does.",
        Outcome.NOT_APPLICABLE: "No such action is used.",
    },
    remedy="Give the version in the setup action, or better in a version file (.python-version, .nvmrc, go.mod) "
    "that developers use too.",
    effort=Effort.MINUTES,
    every=True,
    version=2,
)

#: Action -> settings that name its version.
_VERSIONS = {
    "actions/setup-python": ("python-version", "python-version-file"),
    "actions/setup-node": ("node-version", "node-version-file"),
    "actions/setup-java": ("java-version", "java-version-file"),
    "actions/setup-go": ("go-version", "go-version-file"),
    "actions/setup-dotnet": ("dotnet-version", "global-json-file"),
    "ruby/setup-ruby": ("ruby-version",),
    "shivammathur/setup-php": ("php-version", "php-version-file"),
    "erlef/setup-beam": ("otp-version", "version-file"),
    "subosito/flutter-action": ("flutter-version", "flutter-version-file"),
    "hashicorp/setup-terraform": ("terraform_version",),
    "opentofu/setup-opentofu": ("tofu_version", "tofu_version_file"),
    "denoland/setup-deno": ("deno-version", "deno-version-file"),
    "oven-sh/setup-bun": ("bun-version", "bun-version-file"),
    "julia-actions/setup-julia": ("version",),
}
_FILES = {
    "actions/setup-python": ("**/.python-version",),
    "actions/setup-dotnet": ("**/global.json",),
    "ruby/setup-ruby": ("**/.ruby-version", "**/.tool-versions", "**/mise.toml"),
    "oven-sh/setup-bun": ("**/.bun-version", "**/package.json"),
}
_MOVING = re.compile(r"(latest|stable|current|node|x|\*|lts(/\*)?|nightly|master|main)$", re.IGNORECASE)


def judge(snapshot: Snapshot) -> Finding:
    if none := nothing_to_judge(snapshot):
        return none
    steps = [(workflow.path, step) for workflow in workflows(snapshot) for _, step in workflow.steps()]
    steps += [(action.path, step) for action in actions(snapshot) for step in action.steps]
    good, bad = [], []
    for path, step in steps:
        if step.uses and step.uses.name in _VERSIONS:
            wrong = _wrong(snapshot, step)
            what = f"{step.uses.where} {wrong}" if wrong else f"{step.uses.where} names its version"
            (bad if wrong else good).append(Evidence(path, step.uses.line, what))
    return share(good, bad, "setups of languages", "name their version", "No setup action of a language is used.")


def _wrong(snapshot: Snapshot, step: Step) -> str:
    name = step.uses.name
    given = [(key, step.with_[key]) for key in _VERSIONS[name] if step.with_.get(key) not in (None, "")]
    if not given:
        return "" if snapshot.find(*_FILES.get(name, ())) else "names no version"
    moving = [str(value) for key, value in given if "file" not in key and _MOVING.match(str(value).strip())]
    return f"takes {moving[0]}" if moving else ""
