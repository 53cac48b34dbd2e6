"""Are known weaknesses of dependencies noticed?"""

import re

from assessments.evidence.dependencies import used
from assessments.evidence.finding import Effort, Evidence, Finding, Outcome, met, not_applicable, not_met, unknown
from assessments.evidence.pipelines import calls, nothing_to_judge, ran
from assessments.evidence.probe import Probe
from assessments.evidence.snapshot import Snapshot

PROBE = Probe(
    key="dependency-scanning",
    title="Dependencies are checked for known weaknesses",
    family="supply-chain",
    capabilities=("pervasive-security", "supply-chain-security"),
    why="Attackers read the lists of weaknesses too, and faster.",
    how="Dependency review, OSV, Trivy or Grype on files, pip-audit, npm audit, cargo audit or deny, govulncheck, "
    "OWASP dependency check, Snyk and the like in workflows, or alerts of the forge.",
    outcomes={
        Outcome.MET: "A check runs.",
        Outcome.NOT_MET: "None is known to run.",
        Outcome.UNKNOWN: "No workflow checks, and whether the forge does was not collected.",
        Outcome.NOT_APPLICABLE: "The repository has no dependencies of a known kind.",
    },
    remedy="Turn on dependency alerts of the forge, and add actions/dependency-review-action on pull requests.",
    effort=Effort.MINUTES,
    part="scanning",
    version=2,
)

_ACTIONS = re.compile(
    r"^(actions/dependency-review-action|google/osv-scanner-action\S*|aquasecurity/trivy-action|anchore/scan-action|"
    r"pypa/gh-action-pip-audit|"
    r"golang/govulncheck-action|rustsec/audit-check|actions-rs/audit-check|actions-rust-lang/audit|"
    r"embarkstudios/cargo-deny-action|snyk/actions\S*|dependency-check/\S+|fossas/\S+|"
    r"mend/\S+|ossf/scorecard-action|symfonycorp/security-checker-action|sonatype\S*|google/osv-scanner/\S+)"
)
_COMMANDS = re.compile(
    r"^(pip-audit|safety|(npm|pnpm|yarn|bun) (\S+ )*audit|better-npm-audit|audit-ci|cargo (audit|deny|vet)|"
    r"govulncheck|osv-scanner|trivy (fs|repo|filesystem)|"
    r"grype|snyk test|bundle(r)?-audit|bundle audit|composer audit|local-php-security-checker|"
    r"dotnet list .*--vulnerable|nancy|mix deps\.audit|mix hex\.audit|"
    r"(mvn|mvnw) .*dependency-check|(gradle|gradlew) .*dependencyCheck|uv audit)"
)


def judge(snapshot: Snapshot) -> Finding:
    if not used(snapshot):
        return not_applicable("The repository has no dependencies of a known kind.")
    scanning = snapshot.facts.scanning if snapshot.facts else None
    if scanning and scanning.dependencies:
        return met("The forge watches the dependencies.", [Evidence(None, None, "dependency alerts are turned on")])
    found = calls(snapshot, _ACTIONS) + [
        each.evidence() for each in ran(snapshot) if _COMMANDS.match(each.command.spoken)
    ]
    if found:
        return met("Dependencies are checked for known weaknesses.", found)
    none = nothing_to_judge(snapshot)
    if none and none.outcome is Outcome.UNKNOWN:
        return none
    if scanning is None or scanning.dependencies is None:
        return unknown("No workflow checks dependencies; whether the forge does was not collected.")
    return not_met("No check of dependencies is known to run.")
