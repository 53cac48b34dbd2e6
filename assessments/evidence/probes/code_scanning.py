"""Does a machine look for weaknesses in the code?"""

import re

from assessments.evidence.files import has_code
from assessments.evidence.finding import Effort, Evidence, Finding, Outcome, met, not_applicable, not_met, unknown
from assessments.evidence.pipelines import calls, nothing_to_judge, ran, workflows
from assessments.evidence.probe import Probe
from assessments.evidence.snapshot import Snapshot

PROBE = Probe(
    key="code-scanning",
    title="Code is scanned for weaknesses",
    family="supply-chain",
    capabilities=("pervasive-security",),
    why="Many weaknesses have a known form that a scanner finds in minutes and a reviewer overlooks.",
    how="CodeQL, Semgrep, Bandit, gosec, Brakeman, Sonar and the like in workflows, or code scanning that the forge "
    "runs by itself.",
    outcomes={
        Outcome.MET: "A scan runs.",
        Outcome.NOT_MET: "No scan is known to run.",
        Outcome.UNKNOWN: "No workflow scans, and whether the forge does was not collected.",
        Outcome.NOT_APPLICABLE: "The repository holds no code.",
    },
    remedy="Turn on code scanning with CodeQL (default setup), or run Semgrep on pull requests.",
    effort=Effort.HOURS,
    part="scanning",
    version=2,
)

_ACTIONS = re.compile(
    r"^(github/codeql-action/(init|analyze)|returntocorp/semgrep-action|semgrep/\S+|securego/gosec|sonarsource/\S+|"
    r"snyk/actions\S*|"
    r"pycqa/bandit-action|checkmarx/\S+|veracode/\S+|microsoft/security-devops-action|oxsecurity/megalinter\S*|"
    r"shundor/python-bandit-scan|mobb-dev/\S+|horusec\S*|facebook/pysa-action)"
)
#: What looks at other things than the code, and uploads what it found in the same way.
_OTHERS = re.compile(r"scorecard|trivy|zizmor|anchore|grype|hadolint|checkov|tfsec|kics|dependency|osv")
_COMMANDS = re.compile(
    r"^(codeql|semgrep|opengrep|bandit|gosec|brakeman|sonar-scanner|snyk code|njsscan|flawfinder|phpcs-security|"
    r"psalm .*--taint|spotbugs|horusec|bearer scan|(mvn|mvnw|gradle|gradlew) .*sonar|ruff .*--select[= ]\S*\bS\b)"
)


def judge(snapshot: Snapshot) -> Finding:
    if not has_code(snapshot):
        return not_applicable("The repository holds no code.")
    if snapshot.facts and snapshot.facts.scanning and snapshot.facts.scanning.code:
        return met("The forge scans the code.", [Evidence(None, None, "code scanning is turned on")])
    found = calls(snapshot, _ACTIONS) + [
        each.evidence() for each in ran(snapshot) if _COMMANDS.match(each.command.spoken)
    ]
    for flow in workflows(snapshot):
        for job in flow.jobs:
            uses = [step.uses for step in job.steps if step.uses]
            if not any(_OTHERS.search(each.where.lower()) for each in uses):
                uploads = [each for each in uses if each.where.lower() == "github/codeql-action/upload-sarif"]
                found += [Evidence(flow.path, each.line, each.text) for each in uploads]
    if found:
        return met("A scan of the code runs.", found)
    none = nothing_to_judge(snapshot)
    if none and none.outcome is Outcome.UNKNOWN:
        return none
    if snapshot.facts is None or snapshot.facts.scanning is None or snapshot.facts.scanning.code is None:
        return unknown("No workflow scans the code; whether the forge does by itself was not collected.")
    return not_met("No scan of the code is known to run.")
