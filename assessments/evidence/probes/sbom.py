"""Is it known what a release is made of?"""

import re

from assessments.evidence.finding import Effort, Evidence, Finding, Outcome, met, not_applicable, not_met
from assessments.evidence.pipelines import calls, ran, workflows
from assessments.evidence.probe import Probe
from assessments.evidence.releasing import artefacts, elsewhere
from assessments.evidence.snapshot import Snapshot

PROBE = Probe(
    key="sbom",
    title="Releases come with a list of their components",
    family="supply-chain",
    capabilities=("supply-chain-security",),
    why="When a weakness becomes known, the list says within minutes which releases have it.",
    how="Syft, CycloneDX, Trivy, the SBOM of docker buildx and the like in workflows, or assets of releases that "
    "are such lists; where something that was built is released.",
    outcomes={
        Outcome.MET: "A list is made.",
        Outcome.NOT_MET: "Something is released without one.",
        Outcome.UNKNOWN: "The release may be made in a pipeline that is not read.",
        Outcome.NOT_APPLICABLE: "Nothing that was built is released here.",
    },
    remedy="Add anchore/sbom-action to the workflow that releases, or `sbom: true` to docker/build-push-action.",
    effort=Effort.MINUTES,
    version=2,
)

_ACTIONS = re.compile(
    r"^(anchore/sbom-action|cyclonedx/\S+|actions/attest-sbom|advanced-security/\S*sbom\S*|microsoft/sbom-tool\S*|"
    r"psastras/sbom-rs\S*|philips-software/\S*sbom\S*|opensbom\S*)"
)
_COMMANDS = re.compile(
    r"^(syft|cyclonedx-\S+|cdxgen|spdx-sbom-generator|sbom-tool|trivy .*(cyclonedx|spdx)|cargo (cyclonedx|sbom)|"
    r"npm sbom|dotnet-CycloneDX|dotnet CycloneDX|bom generate|(mvn|mvnw) .*cyclonedx|(gradle|gradlew) .*cyclonedx|"
    r"docker (buildx )?build .*--sbom)"
)
_ASSET = re.compile(r"(sbom|\.spdx|\.cdx|cyclonedx|bom\.(json|xml))", re.IGNORECASE)


def judge(snapshot: Snapshot) -> Finding:
    made = artefacts(snapshot)
    found = calls(snapshot, _ACTIONS) + [
        each.evidence() for each in ran(snapshot) if _COMMANDS.match(each.command.spoken)
    ]
    for flow in workflows(snapshot):
        for _, step in flow.steps():
            if step.uses and str(step.with_.get("sbom", "")).lower() not in ("", "false"):
                found.append(Evidence(flow.path, step.with_.at("sbom"), f"{step.uses.where} with sbom"))
    for path, text in snapshot.texts(snapshot.find(".goreleaser.{yml,yaml}", "goreleaser.{yml,yaml}")):
        if line := re.search(r"^sboms:", text, re.MULTILINE):
            found.append(Evidence(path, text.count("\n", 0, line.start()) + 1, "sboms of goreleaser"))
    for release in (snapshot.facts.releases or ())[:1] if snapshot.facts else ():
        found += [Evidence(None, None, f"{release.tag}: {asset}") for asset in release.assets if _ASSET.search(asset)]
    if found:
        return met("A list of components is made.", found)
    if not made:
        return elsewhere(snapshot) or not_applicable("Nothing that was built is released here.")
    return not_met("Something is released without a list of its components.", made[:3])
