"""Does a machine look for secrets before others do?"""

import re

from assessments.evidence.finding import Effort, Evidence, Finding, Outcome, met, not_applicable, not_met, unknown
from assessments.evidence.infrastructure import has_work
from assessments.evidence.pipelines import calls, ran, workflows
from assessments.evidence.probe import Probe
from assessments.evidence.snapshot import Snapshot

PROBE = Probe(
    key="secret-scanning",
    title="Changes are scanned for secrets",
    family="secrets",
    capabilities=("secrets-management", "pervasive-security"),
    why="A secret that is found before the push can be replaced in peace.",
    how="Programs such as gitleaks, TruffleHog, detect-secrets, ggshield and the like in workflows or in the hooks "
    "of pre-commit, or secret scanning of the forge.",
    outcomes={
        Outcome.MET: "A scan for secrets runs.",
        Outcome.NOT_MET: "None is known to run.",
        Outcome.UNKNOWN: "No workflow or hook looks, and whether the forge does was not collected.",
        Outcome.NOT_APPLICABLE: "There is no code.",
    },
    remedy="Turn on secret scanning with push protection, or run gitleaks in pre-commit and on pull requests.",
    effort=Effort.MINUTES,
    part="scanning",
    version=2,
)

_ACTIONS = re.compile(
    r"^(gitleaks/gitleaks-action|trufflesecurity/trufflehog|gitguardian/\S+|zricethezav/gitleaks-action|"
    r"secret-scanner/\S+|oxsecurity/megalinter\S*|max/secret-scan)"
)
_COMMANDS = re.compile(
    r"^(gitleaks|trufflehog|detect-secrets|detect-secrets-hook|ggshield|talisman|git-secrets|git secrets|whispers|"
    r"ripsecrets|noseyparker|kingfisher|betterleaks|trivy .*secret)"
)
_HOOKS = re.compile(
    r"gitleaks|trufflehog|detect-secrets|ggshield|talisman|git-secrets|ripsecrets|detect-private-key|"
    r"detect-aws-credentials|kingfisher"
)


def judge(snapshot: Snapshot) -> Finding:
    if not has_work(snapshot):
        return not_applicable("The repository holds neither code nor infrastructure.")
    scanning = snapshot.facts.scanning if snapshot.facts else None
    if scanning and scanning.secrets:
        said = " with push protection" if scanning.push_protection else ""
        return met("The forge looks for secrets.", [Evidence(None, None, f"secret scanning is turned on{said}")])
    found = calls(snapshot, _ACTIONS) + [
        each.evidence() for each in ran(snapshot) if _COMMANDS.match(each.command.spoken)
    ]
    for path, text in snapshot.texts(snapshot.find(".pre-commit-config.{yaml,yml}", "lefthook.{yml,yaml}", ".husky/*")):
        for number, line in enumerate(text.splitlines(), 1):
            if _HOOKS.search(line.split("#", 1)[0]):
                found.append(Evidence(path, number, line))
    for flow in workflows(snapshot):
        for _, step in flow.steps():
            if step.uses and "super-linter" in step.uses.where and step.env.get("VALIDATE_GITLEAKS") is True:
                found.append(Evidence(flow.path, step.env.at("VALIDATE_GITLEAKS"), "VALIDATE_GITLEAKS: true"))
    if found:
        return met("Changes are scanned for secrets.", found)
    if scanning is None or scanning.secrets is None:
        return unknown("No workflow or hook looks for secrets; whether the forge does was not collected.")
    return not_met("Nothing is known to look for secrets.")
