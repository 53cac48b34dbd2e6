"""Is what an image brings along checked?"""

import re

from assessments.evidence.finding import Effort, Evidence, Finding, Outcome, met, not_applicable, not_met
from assessments.evidence.images import shipped
from assessments.evidence.pipelines import nothing_to_judge, ran, unseen, workflows
from assessments.evidence.probe import Probe
from assessments.evidence.snapshot import Snapshot

PROBE = Probe(
    key="image-scanning",
    title="Images are checked for known weaknesses",
    family="containers",
    capabilities=("container-images", "pervasive-security"),
    why="An image holds a whole operating system that no manifest of the project names.",
    how="Trivy, Grype, Snyk, Docker Scout, Clair or ECR scans of an image in workflows, where Dockerfiles are shipped.",
    outcomes={
        Outcome.MET: "A scan of an image runs.",
        Outcome.NOT_MET: "Images are built, and no scan of them is known to run.",
        Outcome.NOT_APPLICABLE: "No image is shipped.",
    },
    remedy="Scan the image right after it is built, with Trivy or Grype, and fail on what is critical and has a fix.",
    effort=Effort.HOURS,
    version=2,
)

_ACTIONS = re.compile(
    r"^(aquasecurity/trivy-action|anchore/scan-action|docker/scout-action|snyk/actions/docker|azure/container-scan|"
    r"crazy-max/ghaction-container-scan|sysdiglabs/\S+|goodwithtech/dockle-action|erzz/dockle-action|cloudsmith\S*)"
)
_COMMANDS = re.compile(
    r"^(trivy (image|i)\b|grype|docker scout|snyk container|clair|dockle|aws ecr (start-image-scan|"
    r"describe-image-scan-findings)|gcloud artifacts docker images scan)"
)


def judge(snapshot: Snapshot) -> Finding:
    files = shipped(snapshot)
    if not files:
        return not_applicable("No image is shipped.")
    none = nothing_to_judge(snapshot)
    if none and none.outcome is Outcome.UNKNOWN:
        return none
    found = [each.evidence() for each in ran(snapshot) if _COMMANDS.match(each.command.spoken)]
    for flow in workflows(snapshot):
        for _, step in flow.steps():
            if step.uses and _ACTIONS.match(step.uses.where.lower()):
                kind = str(step.with_.get("scan-type") or "")
                if step.uses.name != "aquasecurity/trivy-action" or kind in ("", "image") or "image-ref" in step.with_:
                    found.append(Evidence(flow.path, step.uses.line, step.uses.text))
    if found:
        return met("Images are checked for known weaknesses.", found)
    return unseen(snapshot) or not_met(
        "No scan of an image is known to run.", [Evidence(file.path, None, "is built") for file in files]
    )
