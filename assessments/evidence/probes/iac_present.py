"""Is the infrastructure written down as code?"""

import re

from assessments.evidence.finding import Effort, Evidence, Finding, Outcome, met, not_applicable, not_met, unknown
from assessments.evidence.infrastructure import kinds
from assessments.evidence.operating import deployments
from assessments.evidence.pipelines import ran, workflows
from assessments.evidence.probe import Probe
from assessments.evidence.snapshot import Snapshot
from assessments.evidence.vocabulary import deploying

PROBE = Probe(
    key="iac-present",
    title="Infrastructure is described in code",
    family="infrastructure",
    capabilities=("flexible-infrastructure", "version-control"),
    why="What is clicked together cannot be reviewed, compared or made again.",
    how="Terraform, CloudFormation, CDK, Pulumi, Bicep, Ansible, Helm charts, Kubernetes manifests and the like, "
    "outside of tests and examples; scripts that create machines by command count against it.",
    outcomes={
        Outcome.MET: "Infrastructure is described in files of a known kind.",
        Outcome.NOT_MET: "Scripts create infrastructure by single commands, and no file describes it.",
        Outcome.UNKNOWN: "The pipeline deploys, and what describes where to may stand in another repository.",
        Outcome.NOT_APPLICABLE: "Nothing here creates or deploys to infrastructure.",
    },
    remedy="Describe what the scripts create in Terraform or the tool of your cloud, and let the pipeline apply it.",
    effort=Effort.WEEKS,
    version=2,
)

_CREATES = re.compile(
    r"^(aws (\S+ )*(ec2 run-instances|rds create-db-instance|s3api create-bucket|s3 mb)|"
    r"aws (\S+ )*(eks create-cluster|ecs create-service)|"
    r"gcloud (\S+ )*(compute instances create|container clusters create|sql instances create)|"
    r"az (\S+ )*(vm create|aks create|group create|webapp create|sql server create)|"
    r"doctl (\S+ )*droplet create|hcloud server create)"
)


def judge(snapshot: Snapshot) -> Finding:
    found = kinds(snapshot)
    if found:
        return met(
            f"Infrastructure is described with {', '.join(found)}.",
            [Evidence(path, None, kind) for kind, path in found.items()],
        )
    by_hand = [each.evidence() for each in ran(snapshot) if _CREATES.match(each.command.spoken)]
    if by_hand:
        return not_met("Infrastructure is created by single commands.", by_hand)
    elsewhere = [each.evidence() for each in deployments(snapshot)]
    elsewhere += [
        Evidence(flow.path, step.uses.line, step.uses.text)
        for flow in workflows(snapshot)
        for _, step in flow.steps()
        if step.uses and deploying(step.uses.name)
    ]
    if elsewhere:
        return unknown("The pipeline deploys; what describes where to may stand in another repository.", elsewhere)
    return not_applicable("Nothing here creates infrastructure or deploys to it.")
